// SPDX-License-Identifier: MIT
// Pinned messages.
#include <algorithm>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr std::uint64_t pin_messages = std::uint64_t{1} << 51;
constexpr std::size_t most_pins = 250;

}  // namespace

void rest::announce_pins(const channel_record& channel) {
  json data = {{"channel_id", id_text(channel.id)},
               {"last_pin_timestamp", channel.pins.empty() ? json(nullptr) : json(format_timestamp(channel.pins.back().at))}};
  if (channel.guild != 0) data["guild_id"] = id_text(channel.guild);
  gate_.event("CHANNEL_PINS_UPDATE", channel.guild, data);
}

rest::answer rest::change_pin(const call& what, bool add) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel || (channel->guild != 0 && !may(channel->guild, pin_messages, refusal))) return refusal;
  const snowflake id = what.id("message_id");
  message_record* message = state_.world.find_message(channel->id, id);
  if (!message || message->ephemeral) return refuse(404, 10008, "Unknown Message");
  const bool pinned = bool_at(message->body, "pinned");
  if (pinned == add) return no_content();
  if (add && channel->pins.size() >= most_pins) return refuse(400, 30003, "Maximum number of pins reached for the channel (250)");
  if (add) channel->pins.push_back({id, state_.options.clock->utc_now()});
  else std::erase_if(channel->pins, [&](const pin_record& pin) { return pin.message == id; });
  message->body["pinned"] = add;
  publish("MESSAGE_UPDATE", *channel, *message);
  announce_pins(*channel);
  return no_content();
}

rest::answer rest::create_pin(const call& what) { return change_pin(what, true); }

rest::answer rest::delete_pin(const call& what) { return change_pin(what, false); }

rest::answer rest::list_pins(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  const auto limit_text = what.query_value("limit");
  const std::size_t limit = limit_text.empty() ? 50 : any_id::parse(limit_text).value();
  const auto before = parse_timestamp(what.query_value("before"));
  json items = json::array();
  bool more = false;
  for (auto pin = channel->pins.rbegin(); pin != channel->pins.rend(); ++pin) {  // newest first
    const message_record* message = state_.world.find_message(channel->id, pin->message);
    if (!message || (before && pin->at >= *before)) continue;
    more = items.size() >= limit;
    if (more) break;
    items.push_back({{"pinned_at", format_timestamp(pin->at)}, {"message", message->body}});
  }
  return ok({{"items", std::move(items)}, {"has_more", more}});
}

rest::answer rest::list_pinned_messages(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  json out = json::array();
  for (auto pin = channel->pins.rbegin(); pin != channel->pins.rend(); ++pin)
    if (const message_record* message = state_.world.find_message(channel->id, pin->message)) out.push_back(message->body);
  return ok(std::move(out));
}

}  // namespace monochord::testing
