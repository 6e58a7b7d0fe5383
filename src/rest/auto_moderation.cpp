// SPDX-License-Identifier: MIT
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/auto_moderation_bodies.hpp>
#include <monochord/rest/auto_moderation.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<auto_moderation_rule>> auto_moderation_routes::list_auto_moderation_rules_for_guild(guild_id guild,
                                                                                                     const call_options& options) {
  return decoded<std::vector<auto_moderation_rule>>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/auto-moderation/rules"}, options, guild));
}

task<auto_moderation_rule> auto_moderation_routes::get_auto_moderation_rule(guild_id guild,
                                                                            auto_moderation_rule_id rule,
                                                                            const call_options& options) {
  return decoded<auto_moderation_rule>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/auto-moderation/rules/{rule_id}"}, options, guild, rule));
}

task<auto_moderation_rule> auto_moderation_routes::create_auto_moderation_rule(guild_id guild,
                                                                               const create_auto_moderation_rule_body& body,
                                                                               const call_options& options) {
  return decoded<auto_moderation_rule>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/guilds/{guild_id}/auto-moderation/rules"}, options, guild), body));
}

task<auto_moderation_rule> auto_moderation_routes::modify_auto_moderation_rule(guild_id guild,
                                                                               auto_moderation_rule_id rule,
                                                                               const modify_auto_moderation_rule_body& body,
                                                                               const call_options& options) {
  return decoded<auto_moderation_rule>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/auto-moderation/rules/{rule_id}"}, options,
          guild, rule), body));
}

task<> auto_moderation_routes::delete_auto_moderation_rule(guild_id guild, auto_moderation_rule_id rule,
                                                           const call_options& options) {
  return done(queue_of(*this),
      make({method::del, "/guilds/{guild_id}/auto-moderation/rules/{rule_id}"}, options, guild, rule));
}

}  // namespace monochord::rest
