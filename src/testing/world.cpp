// SPDX-License-Identifier: MIT
#include "testing/world.hpp"

#include <algorithm>
#include <set>

#include <monochord/core/snowflake.hpp>

namespace monochord::testing {

namespace {

constexpr std::uint64_t administrator = 1U << 3;
constexpr std::uint64_t all_permissions = (std::uint64_t{1} << 53) - 1;
/// What @everyone may in a new guild.
constexpr std::uint64_t everyone_permissions = 2248473465835073;
constexpr std::size_t channel_history = 10'000;
constexpr std::int64_t suppress_embeds_flag = 1 << 2;
constexpr std::int64_t has_snapshot_flag = 1 << 14;
constexpr std::int64_t components_v2_flag = 1 << 15;

json or_null(snowflake id) { return id == 0 ? json(nullptr) : json(id_text(id)); }

}  // namespace

std::string id_text(snowflake id) { return any_id{id}.str(); }

world::world(std::shared_ptr<monochord::clock> time) : clock_(std::move(time)) {
  bot = add_user("mock-bot", true).id;
  application = bot;  // as for every application made since 2016
}

snowflake world::next_id() {
  using std::chrono::duration_cast;
  const auto ms = duration_cast<std::chrono::milliseconds>(clock_->utc_now().time_since_epoch()).count();
  last_id_ = std::max(last_id_ + 1, static_cast<snowflake>(ms - discord_epoch_ms) << 22U);
  if (first_id_ == 0) first_id_ = last_id_;
  return last_id_;
}

snowflake world::next_guild_id() {
  // A time in 2016 that every number of shards up to 16 divides.
  constexpr snowflake base = snowflake{47'900'000'000} / 720'720 * 720'720;
  return (base + guild_count_++) << 22U;
}

user_record& world::add_user(std::string_view name, bool is_bot) {
  const snowflake id = next_id();
  user_record& user = users[id];
  user.id = id;
  user.name = name;
  user.bot = is_bot;
  return user;
}

user_record* world::find_user(std::string_view name) {
  const auto found = std::find_if(users.begin(), users.end(), [&](const auto& u) { return u.second.name == name; });
  return found == users.end() ? nullptr : &found->second;
}

channel_record* world::find_channel(snowflake id) {
  const auto found = channels.find(id);
  return found == channels.end() ? nullptr : &found->second;
}

guild_record* world::find_guild(snowflake id) {
  const auto found = guilds.find(id);
  return found == guilds.end() ? nullptr : &found->second;
}

message_record* world::find_message(snowflake channel, snowflake id) {
  channel_record* place = find_channel(channel);
  if (!place) return nullptr;
  const auto found = place->messages.find(id);
  return found == place->messages.end() ? nullptr : &found->second;
}

bool world::may_have_been_message(snowflake id) const {
  const auto place = channels.find(id);  // a thread may have the id of the message that it began with
  return id >= first_id_ && id <= last_id_ && (place == channels.end() || place->second.is_thread()) &&
         !users.contains(id) && !webhooks.contains(id) && !interactions.contains(id);
}

channel_record& world::direct_channel(snowflake user) {
  for (auto& [id, channel] : channels)
    if (channel.guild == 0 && channel.recipient == user) return channel;
  const snowflake id = next_id();
  channel_record& channel = channels[id];
  channel.id = id;
  channel.recipient = user;
  return channel;
}

bool world::is_member(snowflake guild, snowflake user) const {
  const auto found = guilds.find(guild);
  return found != guilds.end() && found->second.members.contains(user);
}

std::uint64_t world::permissions(const guild_record& guild, snowflake user) const {
  if (guild.owner == user) return all_permissions;
  std::uint64_t sum = 0;
  const auto member = guild.members.find(user);
  for (const auto& role : guild.roles) {
    const bool has = role.id == guild.id ||
                     (member != guild.members.end() && std::find(member->second.roles.begin(), member->second.roles.end(),
                                                                 role.id) != member->second.roles.end());
    if (has) sum |= role.id == guild.id && role.permissions == 0 ? everyone_permissions : role.permissions;
  }
  return (sum & administrator) != 0 ? all_permissions : sum;
}

bool is_higher(const role_record& a, const role_record& b) {
  return a.position != b.position ? a.position > b.position : a.id < b.id;
}

const role_record& world::highest_role(const guild_record& guild, snowflake user) {
  const role_record* highest = &guild.roles.front();  // @everyone
  const auto member = guild.members.find(user);
  if (member == guild.members.end()) return *highest;
  const auto& has = member->second.roles;
  for (const role_record& role : guild.roles)
    if (std::find(has.begin(), has.end(), role.id) != has.end() && is_higher(role, *highest)) highest = &role;
  return *highest;
}

bool world::is_above(const guild_record& guild, snowflake user, const role_record& role) {
  return guild.owner == user || is_higher(highest_role(guild, user), role);
}

bool world::is_above(const guild_record& guild, snowflake user, snowflake other) {
  if (user == other || guild.owner == other) return false;
  return !guild.members.contains(other) || is_above(guild, user, highest_role(guild, other));
}

json world::user_json(snowflake id) const {
  const auto found = users.find(id);
  if (found == users.end()) return nullptr;
  const user_record& user = found->second;
  json out = {{"id", id_text(id)},
              {"username", user.name},
              {"global_name", user.bot ? json(nullptr) : json(user.name)},
              {"discriminator", user.bot ? "0001" : "0"},
              {"avatar", nullptr},
              {"avatar_decoration_data", nullptr},
              {"collectibles", nullptr},
              {"primary_guild", nullptr},
              {"public_flags", 0}};
  if (user.bot) out["bot"] = true;
  return out;
}

json world::own_user_json() const {
  json out = user_json(bot);
  out["mfa_enabled"] = true;
  out["verified"] = true;
  out["email"] = nullptr;
  out["flags"] = 0;
  out["locale"] = "en-US";
  out["premium_type"] = 0;
  out["banner"] = nullptr;
  out["accent_color"] = nullptr;
  out["bio"] = "";
  return out;
}

json world::member_json(const guild_record& guild, snowflake user, bool with_user) const {
  const member_record& member = guild.members.at(user);
  json roles = json::array();
  for (const auto role : member.roles) roles.push_back(id_text(role));
  json out = {{"roles", roles},
              {"nick", member.nick.empty() ? json(nullptr) : json(member.nick)},
              {"avatar", nullptr},
              {"banner", nullptr},
              {"joined_at", format_timestamp(member.joined)},
              {"premium_since", nullptr},
              {"deaf", false},
              {"mute", false},
              {"flags", 0},
              {"pending", false},
              {"communication_disabled_until", nullptr}};
  if (with_user) out["user"] = user_json(user);
  out.update(member.settings);
  return out;
}

json world::role_json(const guild_record& guild, const role_record& role) {
  const bool everyone = role.id == guild.id;
  json out = {{"id", id_text(role.id)},
          {"name", role.name},
          {"description", nullptr},
          {"permissions", id_text(everyone && role.permissions == 0 ? everyone_permissions : role.permissions)},
          {"position", role.position},
          {"color", 0},
          {"colors", {{"primary_color", 0}, {"secondary_color", nullptr}, {"tertiary_color", nullptr}}},
          {"hoist", false},
          {"managed", false},
          {"mentionable", false},
          {"icon", nullptr},
          {"unicode_emoji", nullptr},
          {"flags", 0}};
  out.update(role.settings);
  return out;
}

json world::channel_json(const channel_record& channel) const {
  const snowflake last = channel.messages.empty() ? 0 : channel.messages.rbegin()->first;
  if (channel.guild == 0)
    return {{"id", id_text(channel.id)},
            {"type", 1},
            {"last_message_id", or_null(last)},
            {"flags", 0},
            {"recipients", json::array({user_json(channel.recipient)})}};
  if (channel.is_thread()) return thread_json(channel);
  json out = {{"id", id_text(channel.id)},
          {"type", channel.type},
          {"guild_id", id_text(channel.guild)},
          {"name", channel.name},
          {"position", channel.position},
          {"topic", nullptr},
          {"nsfw", false},
          {"parent_id", nullptr},
          {"last_message_id", or_null(last)},
          {"rate_limit_per_user", 0},
          {"permission_overwrites", json::array()},
          {"flags", 0}};
  out.update(channel.settings);
  return out;
}

json world::thread_json(const channel_record& thread) const {
  constexpr std::size_t most_counted = 50;  // members are counted up to here
  json out = {{"id", id_text(thread.id)},
              {"type", thread.type},
              {"guild_id", id_text(thread.guild)},
              {"parent_id", id_text(thread.parent)},
              {"owner_id", id_text(thread.owner)},
              {"name", thread.name},
              {"last_message_id", or_null(thread.messages.empty() ? 0 : thread.messages.rbegin()->first)},
              {"message_count", thread.messages.size()},
              {"total_message_sent", thread.messages.size()},
              {"member_count", std::min(thread.thread_members.size(), most_counted)},
              {"flags", 0}};
  out.update(thread.settings);
  if (thread.thread_members.contains(bot)) out["member"] = thread_member_json(thread, bot);
  return out;
}

json world::thread_member_json(const channel_record& thread, snowflake user) {
  return {{"id", id_text(thread.id)},
          {"user_id", id_text(user)},
          {"join_timestamp", format_timestamp(thread.thread_members.at(user))},
          {"flags", 0}};
}

json world::guild_json(const guild_record& guild) const {
  json roles = json::array();
  for (const auto& role : guild.roles) roles.push_back(role_json(guild, role));
  json out = {{"id", id_text(guild.id)},
              {"name", guild.name},
              {"owner_id", id_text(guild.owner)},
              {"features", json::array()},
              {"roles", roles},
              {"emojis", json::array()},
              {"stickers", json::array()},
              {"region", "deprecated"},
              {"afk_timeout", 300},
              {"system_channel_flags", 0},
              {"widget_enabled", false},
              {"verification_level", 0},
              {"default_message_notifications", 0},
              {"mfa_level", 0},
              {"explicit_content_filter", 0},
              {"max_presences", nullptr},
              {"max_members", 500000},
              {"max_video_channel_users", 25},
              {"max_stage_video_channel_users", 50},
              {"premium_tier", 0},
              {"premium_subscription_count", 0},
              {"premium_progress_bar_enabled", false},
              {"preferred_locale", "en-US"},
              {"nsfw", false},
              {"nsfw_level", 0}};
  for (const char* none : {"icon", "description", "home_header", "splash", "discovery_splash", "banner", "application_id",
                           "afk_channel_id", "system_channel_id", "widget_channel_id", "vanity_url_code",
                           "rules_channel_id", "safety_alerts_channel_id", "public_updates_channel_id", "incidents_data"})
    out[none] = nullptr;
  return out;
}

json world::guild_create_json(const guild_record& guild, bool presences, std::size_t large_threshold) const {
  json out = guild_json(guild);
  out["joined_at"] = format_timestamp(guild.bot_joined);
  const bool large = guild.members.size() > large_threshold;
  out["large"] = large;
  out["unavailable"] = false;
  out["member_count"] = guild.members.size();
  json members = json::array();
  for (const auto& [user, member] : guild.members)
    if (user == bot || guild.voice.contains(user) || (presences && (!large || users.at(user).status != "offline")))
      members.push_back(member_json(guild, user, true));
  out["members"] = std::move(members);
  json list = json::array();
  for (const auto id : guild.channels) {
    json channel = channel_json(channels.at(id));
    channel.erase("guild_id");  // the event's channels go without, as the documentation's samples show
    list.push_back(std::move(channel));
  }
  out["channels"] = std::move(list);
  json open = json::array();
  for (const auto id : guild.threads) {
    const channel_record& thread = channels.at(id);
    if (!bool_at(at(thread.settings, "thread_metadata"), "archived")) open.push_back(channel_json(thread));
  }
  out["threads"] = std::move(open);
  for (const char* empty : {"voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"})
    out[empty] = json::array();
  for (const auto& [user, voice] : guild.voice) {
    json state = voice_state_json(guild, user, voice);
    state.erase("guild_id");
    out["voice_states"].push_back(std::move(state));
  }
  for (const auto& [user, member] : guild.members)
    if (presences && users.at(user).status != "offline") {
      out["presences"].push_back(presence_json(guild, user));
      out["presences"].back().erase("guild_id");
    }
  for (const auto& sound : guild.sounds) out["soundboard_sounds"].push_back(sound_json(guild, sound));
  return out;
}

json world::application_json() const {
  return {{"id", id_text(application)},
          {"name", "mock-bot"},
          {"icon", nullptr},
          {"description", ""},
          {"summary", ""},
          {"type", nullptr},
          {"bot", user_json(bot)},
          {"bot_public", true},
          {"bot_require_code_grant", false},
          {"verify_key", std::string(64, '0')},
          {"flags", 0},
          {"flags_new", "0"},
          {"redirect_uris", json::array()},
          {"interactions_endpoint_url", nullptr},
          {"role_connections_verification_url", nullptr},
          {"owner", users.size() > 1 ? user_json(std::next(users.begin())->first) : user_json(bot)},
          {"approximate_guild_count", guilds.size()},
          {"approximate_user_install_count", 0},
          {"approximate_user_authorization_count", 0},
          {"event_webhooks_url", nullptr},
          {"event_webhooks_status", 1},
          {"explicit_content_filter", 0},
          {"team", nullptr},
          {"eligible_oauth2_scopes", json::array()}};
}

void world::find_mentions(json& message, const std::string& text, snowflake guild) const {
  json mentions = json::array();
  json roles = json::array();
  std::set<snowflake> seen;
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    const auto end = text.find('>', at);
    if (end == std::string::npos) break;
    std::string_view inner(text.data() + at + 1, end - at - 1);
    const bool role = inner.starts_with("@&");
    if (!inner.starts_with('@')) continue;
    inner.remove_prefix(role || inner.starts_with("@!") ? 2 : 1);
    const snowflake id = any_id::parse(inner).value();
    if (id == 0 || !seen.insert(id).second) continue;
    if (role) {
      roles.push_back(id_text(id));
    } else if (users.contains(id)) {
      json user = user_json(id);
      const auto place = guilds.find(guild);
      if (place != guilds.end() && place->second.members.contains(id)) user["member"] = member_json(place->second, id, false);
      mentions.push_back(std::move(user));
    }
  }
  message["mentions"] = std::move(mentions);
  message["mention_roles"] = std::move(roles);
  message["mention_everyone"] = text.find("@everyone") != std::string::npos;
}

json world::make_message(snowflake id, const channel_record& channel, snowflake author, const json& request) {
  const std::string text = text_at(request, "content");
  json out = {{"id", id_text(id)},
              {"type", 0},
              {"channel_id", id_text(channel.id)},
              {"author", user_json(author)},
              {"content", text},
              {"timestamp", format_timestamp(clock_->utc_now())},
              {"edited_timestamp", nullptr},
              {"tts", bool_at(request, "tts")},
              {"pinned", false},
              {"attachments", json::array()},
              {"embeds", json::array()},
              {"components", json::array()},
              {"flags", int_at(request, "flags")}};
  for (const char* list : {"embeds", "components"})
    if (at(request, list).is_array()) out[list] = at(request, list);
  for (auto& embed : out["embeds"])
    if (embed.is_object() && !embed.contains("type")) embed["type"] = "rich";
  if (!at(request, "nonce").is_null()) out["nonce"] = request["nonce"];
  find_mentions(out, text, channel.guild);
  if (at(request, "poll").is_object()) out["poll"] = poll_json(request["poll"]);
  for (const auto& sticker : at(request, "sticker_ids"))
    out["sticker_items"].push_back({{"id", id_text(id_of(sticker))}, {"name", "sticker"}, {"format_type", 1}});
  const json& reference = at(request, "message_reference");
  if (reference.is_object()) refer(out, channel, reference);
  return out;
}

void world::refer(json& message, const channel_record& channel, const json& reference) {
  const bool forward = int_at(reference, "type") == 1;
  const channel_record* from = forward ? find_channel(id_at(reference, "channel_id")) : &channel;
  if (!from) from = &channel;
  const snowflake id = id_at(reference, "message_id");
  json& made = message["message_reference"];
  made = {{"type", forward ? 1 : 0}, {"channel_id", id_text(from->id)}, {"message_id", id_text(id)}};
  if (from->guild != 0) made["guild_id"] = id_text(from->guild);
  const message_record* referenced = find_message(from->id, id);
  if (!forward) {
    message["type"] = 19;
    message["referenced_message"] = referenced ? referenced->body : json(nullptr);
    return;
  }
  message["flags"] = int_at(message, "flags") | has_snapshot_flag;
  message["message_snapshots"] = json::array();
  if (!referenced) return;
  if (referenced->body.contains("message_snapshots")) {  // what was forwarded is forwarded on
    message["message_snapshots"] = referenced->body["message_snapshots"];
    return;
  }
  json snapshot = json::object();
  for (const char* field : {"type", "content", "mentions", "mention_roles", "attachments", "embeds", "timestamp",
                            "edited_timestamp", "flags", "components", "sticker_items"})
    if (referenced->body.contains(field)) snapshot[field] = referenced->body[field];
  message["message_snapshots"].push_back({{"message", std::move(snapshot)}});
}

json world::poll_json(const json& request) const {
  constexpr std::int64_t usual_hours = 24;
  const auto without_nulls = [](json media) {
    for (auto entry = media.begin(); entry != media.end();) entry = entry->is_null() ? media.erase(entry) : std::next(entry);
    return media;
  };
  json answers = json::array();
  for (const auto& answer : at(request, "answers"))
    answers.push_back({{"answer_id", answers.size() + 1}, {"poll_media", without_nulls(at(answer, "poll_media"))}});
  const auto expiry = clock_->utc_now() + std::chrono::hours{int_at(request, "duration", usual_hours)};
  return {{"question", without_nulls(at(request, "question"))},
          {"answers", std::move(answers)},
          {"expiry", format_timestamp(expiry)},
          {"allow_multiselect", bool_at(request, "allow_multiselect")},
          {"layout_type", int_at(request, "layout_type", 1)},
          {"results", {{"is_finalized", false}, {"answer_counts", json::array()}}}};
}

json kept_attachments(const json& message, const json& request) {
  const json& stored = at(message, "attachments");
  if (!request.contains("attachments")) return stored;
  json kept = json::array();
  for (const auto& entry : request["attachments"]) {
    const auto known = std::find_if(stored.begin(), stored.end(), [&](const json& a) { return id_at(a, "id") == id_at(entry, "id"); });
    if (known == stored.end()) continue;  // it describes a new file
    json one = *known;
    for (const char* field : {"description", "title", "duration_secs", "waveform"}) {
      if (!entry.contains(field)) continue;
      if (entry[field].is_null()) one.erase(field);
      else one[field] = entry[field];
    }
    kept.push_back(std::move(one));
  }
  return kept;
}

json edited(const json& message, const json& request) {
  json out = message;
  for (const char* field : {"content", "embeds", "components"}) {
    if (!request.contains(field)) continue;
    const json& value = request[field];
    out[field] = !value.is_null() ? value : out[field].is_array() ? json::array() : json("");
  }
  // The other flags are Discord's own, and components v2 stay once they are there.
  if (!at(request, "flags").is_null())
    out["flags"] = (int_at(message, "flags") & ~suppress_embeds_flag) |
                   (int_at(request, "flags") & (suppress_embeds_flag | components_v2_flag));
  out["attachments"] = kept_attachments(message, request);
  return out;
}

void world::edit_message(message_record& message, const json& request) {
  json& body = message.body;
  body = edited(body, request);
  const channel_record* channel = find_channel(id_at(body, "channel_id"));
  find_mentions(body, text_at(body, "content"), channel ? channel->guild : 0);
  body["edited_timestamp"] = format_timestamp(clock_->utc_now());
}

message_record& world::store(channel_record& channel, message_record message) {
  const snowflake id = id_at(message.body, "id");
  if (channel.messages.size() >= channel_history) channel.messages.erase(channel.messages.begin());
  return channel.messages.insert_or_assign(id, std::move(message)).first->second;
}

json world::message_event(const channel_record& channel, const message_record& message) const {
  json out = message.body;
  out["channel_type"] = channel.guild == 0 ? 1 : channel.type;
  if (channel.guild == 0) return out;
  out["guild_id"] = id_text(channel.guild);
  const auto guild = guilds.find(channel.guild);
  if (guild != guilds.end() && guild->second.members.contains(message.author) && !out.contains("webhook_id"))
    out["member"] = member_json(guild->second, message.author, false);
  return out;
}

}  // namespace monochord::testing
