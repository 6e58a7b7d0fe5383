// SPDX-License-Identifier: MIT
// Values that are no objects of their own: those of audit log changes, and answers that are maps.
#include <monochord/json/audit_log_change.hpp>
#include <monochord/model/flat_map.hpp>

#include "json/table.hpp"

namespace monochord {

namespace {

// `how` is that of T; one body for all of them.
bool read(const json::type& how, const audit_log_change& change, const optional<raw_json>& value, std::string_view key,
          void* out) {
  if (!value || !change.key || *change.key != key || value->text() == "null") return false;
  const std::string_view text = value->text();
  json::failure why;
  return json::detail::decode_value(how, out, {text.data(), text.size(), text.size()}, why);
}

template <class T>
optional<T> read_as(const audit_log_change& change, const optional<raw_json>& value, std::string_view key) {
  T out{};
  if (!read(json::detail::type_of<T>::value, change, value, key, &out)) return std::nullopt;
  return out;
}

}  // namespace

template <class T>
optional<T> old_value(const audit_log_change& change, audit_log_key<T> key) {
  return read_as<T>(change, change.old_value, key.name);
}
template <class T>
optional<T> new_value(const audit_log_change& change, audit_log_key<T> key) {
  return read_as<T>(change, change.new_value, key.name);
}

#define MONOCHORD_CHANGE(...)                                                                             \
  template optional<__VA_ARGS__> old_value(const audit_log_change&, audit_log_key<__VA_ARGS__>);           \
  template optional<__VA_ARGS__> new_value(const audit_log_change&, audit_log_key<__VA_ARGS__>);
MONOCHORD_CHANGE(bool)
MONOCHORD_CHANGE(std::int64_t)
MONOCHORD_CHANGE(double)
MONOCHORD_CHANGE(std::string)
MONOCHORD_CHANGE(timestamp)
MONOCHORD_CHANGE(any_id)
MONOCHORD_CHANGE(channel_id)
MONOCHORD_CHANGE(emoji_id)
MONOCHORD_CHANGE(guild_id)
MONOCHORD_CHANGE(role_id)
MONOCHORD_CHANGE(user_id)
MONOCHORD_CHANGE(flags<permission>)
MONOCHORD_CHANGE(verification_level)
MONOCHORD_CHANGE(default_message_notifications_level)
MONOCHORD_CHANGE(explicit_content_filter_level)
MONOCHORD_CHANGE(mfa_level)
MONOCHORD_CHANGE(role_colors)
MONOCHORD_CHANGE(auto_moderation_trigger_metadata)
MONOCHORD_CHANGE(application_command_permission)
MONOCHORD_CHANGE(std::vector<audit_log_role>)
MONOCHORD_CHANGE(std::vector<auto_moderation_action>)
MONOCHORD_CHANGE(std::vector<overwrite>)
MONOCHORD_CHANGE(std::vector<role_id>)
MONOCHORD_CHANGE(std::vector<channel_id>)
#undef MONOCHORD_CHANGE

namespace json {

// The members of each role of a guild.
template <>
const type& type_for<flat_map<role_id, int>>() noexcept {
  return detail::type_of<flat_map<role_id, int>>::value;
}

}  // namespace json

}  // namespace monochord
