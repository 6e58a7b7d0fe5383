// SPDX-License-Identifier: MIT
#include <monochord/rest/emoji.hpp>

#include <monochord/model/emoji.hpp>
#include <monochord/model/emoji_bodies.hpp>
#include <monochord/model/emoji_list.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<emoji>> emoji_routes::list_guild_emojis(guild_id guild, const call_options& options) {
  return decoded<std::vector<emoji>>(queue_of(*this), make({method::get, "/guilds/{guild_id}/emojis"}, options, guild));
}

task<emoji> emoji_routes::get_guild_emoji(guild_id guild, emoji_id which, const call_options& options) {
  return decoded<emoji>(queue_of(*this),
                        make({method::get, "/guilds/{guild_id}/emojis/{emoji_id}"}, options, guild, which));
}

task<emoji> emoji_routes::create_guild_emoji(guild_id guild, const create_guild_emoji_body& body,
                                             const call_options& options) {
  return decoded<emoji>(queue_of(*this),
                        with(queue_of(*this), make({method::post, "/guilds/{guild_id}/emojis"}, options, guild), body));
}

task<emoji> emoji_routes::modify_guild_emoji(guild_id guild, emoji_id which, const modify_guild_emoji_body& body,
                                             const call_options& options) {
  return decoded<emoji>(
      queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/emojis/{emoji_id}"}, options, guild, which),
           body));
}

task<> emoji_routes::delete_guild_emoji(guild_id guild, emoji_id which, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/guilds/{guild_id}/emojis/{emoji_id}"}, options, guild, which));
}

task<emoji_list> emoji_routes::list_application_emojis(application_id application, const call_options& options) {
  return decoded<emoji_list>(queue_of(*this),
                             make({method::get, "/applications/{application_id}/emojis"}, options, application));
}

task<emoji> emoji_routes::get_application_emoji(application_id application, emoji_id which,
                                                const call_options& options) {
  return decoded<emoji>(queue_of(*this), make({method::get, "/applications/{application_id}/emojis/{emoji_id}"},
                                              options, application, which));
}

task<emoji> emoji_routes::create_application_emoji(application_id application,
                                                   const create_application_emoji_body& body,
                                                   const call_options& options) {
  return decoded<emoji>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/applications/{application_id}/emojis"}, options, application), body));
}

task<emoji> emoji_routes::modify_application_emoji(application_id application, emoji_id which,
                                                   const modify_application_emoji_body& body,
                                                   const call_options& options) {
  return decoded<emoji>(queue_of(*this), with(queue_of(*this),
                                              make({method::patch, "/applications/{application_id}/emojis/{emoji_id}"},
                                                   options, application, which),
                                              body));
}

task<> emoji_routes::delete_application_emoji(application_id application, emoji_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/applications/{application_id}/emojis/{emoji_id}"}, options, application, which));
}

}  // namespace monochord::rest
