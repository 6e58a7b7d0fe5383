// SPDX-License-Identifier: MIT
#include <monochord/rest/sticker.hpp>

#include <monochord/model/sticker.hpp>
#include <monochord/model/sticker_bodies.hpp>
#include <monochord/model/sticker_pack.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

/// https://docs.discord.com/developers/resources/sticker#create-guild-sticker
constexpr std::uint64_t sticker_bytes = 512U << 10U;

}  // namespace

task<sticker> sticker_routes::get_sticker(sticker_id which, const call_options& options) {
  return decoded<sticker>(queue_of(*this), make({method::get, "/stickers/{sticker_id}"}, options, which));
}

task<sticker_pack_list> sticker_routes::list_sticker_packs(const call_options& options) {
  return decoded<sticker_pack_list>(queue_of(*this), make({method::get, "/sticker-packs"}, options));
}

task<sticker_pack> sticker_routes::get_sticker_pack(sticker_pack_id which, const call_options& options) {
  return decoded<sticker_pack>(queue_of(*this), make({method::get, "/sticker-packs/{pack_id}"}, options, which));
}

task<std::vector<sticker>> sticker_routes::list_guild_stickers(guild_id guild, const call_options& options) {
  return decoded<std::vector<sticker>>(queue_of(*this),
                                       make({method::get, "/guilds/{guild_id}/stickers"}, options, guild));
}

task<sticker> sticker_routes::get_guild_sticker(guild_id guild, sticker_id which, const call_options& options) {
  return decoded<sticker>(queue_of(*this),
                          make({method::get, "/guilds/{guild_id}/stickers/{sticker_id}"}, options, guild, which));
}

task<sticker> sticker_routes::create_guild_sticker(guild_id guild, const create_guild_sticker_body& body,
                                                   const call_options& options) {
  auto made = make({method::post, "/guilds/{guild_id}/stickers"}, options, guild);
  try {
    json::check_limits(body, queue_of(*this)->body_limits());
    auto form = std::make_shared<upload>();
    form->add_field("name", body.name);
    form->add_field("description", body.description);
    form->add_field("tags", body.tags);
    form->add_file("file", body.file);
    form->limit_attachments(sticker_bytes);
    made.content_type = form->content_type();
    made.make_rare().source = std::move(form);
  } catch (const error&) {
    made.make_rare().refused = std::current_exception();
  }
  return decoded<sticker>(queue_of(*this), std::move(made));
}

task<sticker> sticker_routes::modify_guild_sticker(guild_id guild, sticker_id which,
                                                   const modify_guild_sticker_body& body, const call_options& options) {
  return decoded<sticker>(
      queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/stickers/{sticker_id}"}, options, guild, which),
           body));
}

task<> sticker_routes::delete_guild_sticker(guild_id guild, sticker_id which, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/guilds/{guild_id}/stickers/{sticker_id}"}, options, guild, which));
}

}  // namespace monochord::rest
