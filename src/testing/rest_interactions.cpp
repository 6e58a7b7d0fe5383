// SPDX-License-Identifier: MIT
// Answers of interactions, and what follows by their tokens.
// https://docs.discord.com/developers/interactions/receiving-and-responding
#include <algorithm>
#include <array>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

using namespace std::chrono_literals;

constexpr duration first_answer = 3s;
constexpr duration token_life = 15min;
constexpr std::int64_t ephemeral_flag = 1 << 6;
constexpr std::int64_t loading_flag = 1 << 7;

enum callback {
  message = 4,
  deferred_message = 5,
  deferred_update = 6,
  update = 7,
  autocomplete = 8,
  modal = 9,
  premium_required = 10,
  launch_activity = 12,
};

bool allowed(const interaction_record& interaction, int type) {
  const bool of_message = interaction.source_message != 0;
  if (type == premium_required || type == launch_activity) return interaction.type != 4;
  switch (interaction.type) {
    case 2: return type == message || type == deferred_message || type == modal;
    case 3: return type == message || type == deferred_message || type == deferred_update || type == update || type == modal;
    case 4: return type == autocomplete;
    case 5: return type == message || type == deferred_message || (of_message && (type == deferred_update || type == update));
    default: return false;
  }
}

int message_type_of(const interaction_record& interaction) { return interaction.type == 2 ? 20 : 0; }

}  // namespace

rest::answer rest::create_interaction_response(const call& what) {
  const auto found = state_.world.interactions.find(what.id("interaction_id"));
  if (found == state_.world.interactions.end() || found->second.token != what.param("interaction_token"))
    return refuse(404, 10062, "Unknown interaction", "unknown_interaction");
  interaction_record& interaction = found->second;
  if (interaction.callback_type != 0)
    return refuse(400, 40060, "Interaction has already been acknowledged.",
                  interaction.answer_lost ? "" : "interaction_answered_twice");
  if (state_.now() - interaction.created > first_answer)
    return refuse(404, 10062, "Unknown interaction", "interaction_late");
  const auto type = static_cast<int>(int_at(what.body, "type"));
  if (!allowed(interaction, type)) {
    form_errors errors;
    errors.add({"type"}, "INTERACTION_CALLBACK_TYPE_INVALID", "This interaction cannot be answered with this type");
    return invalid_form(errors);
  }
  return answer_interaction(what, interaction, type);
}

rest::answer rest::answer_interaction(const call& what, interaction_record& interaction, int type) {
  if (!state_.world.find_channel(interaction.channel)) return refuse(404, 10003, "Unknown Channel");  // it was deleted since
  const json data = at(what.body, "data").is_object() ? what.body["data"] : json::object();
  answer refusal;
  message_record* const source = state_.world.find_message(interaction.channel, interaction.source_message);
  if (type == message && !check_message_body(data, what, nullptr, refusal)) return refusal;
  if (type == update && source && !check_message_body(data, what, source, refusal)) return refusal;
  if (type == modal) {
    form_errors errors;
    check_modal_rules(data, errors);
    if (!errors.empty()) return invalid_form(errors);
  }
  interaction.callback_type = type;
  interaction.callback_data = data;
  interaction.ephemeral = (int_at(data, "flags") & ephemeral_flag) != 0;
  interaction.deferred = type == deferred_message;
  if (!interaction.deferred) interaction.answered_at = state_.now();
  ++state_.counters.interaction_answers;
  json resource = {{"type", type}};
  if (type == message || type == deferred_message) {
    const auto& sent = send_answer(interaction, data, what, interaction.deferred);
    interaction.original = id_at(sent.body, "id");
    resource["message"] = sent.body;
  } else if (type == update || type == deferred_update) {
    interaction.original = interaction.source_message;
    if (source && type == update) {
      state_.world.edit_message(*source, data);
      add_files(source->body, data, what);
      publish("MESSAGE_UPDATE", *state_.world.find_channel(interaction.channel), *source);
      resource["message"] = source->body;
    }
  } else if (type == launch_activity) {
    resource["activity_instance"] = {{"id", "i-" + id_text(interaction.id) + "-gc-" + id_text(interaction.channel)}};
  }
  if (!what.query_flag("with_response")) return no_content();
  json out = {{"interaction", {{"id", id_text(interaction.id)}, {"type", interaction.type}, {"channel_id", id_text(interaction.channel)}}}};
  if (interaction.guild != 0) out["interaction"]["guild_id"] = id_text(interaction.guild);
  if (type == message || type == deferred_message) {
    out["interaction"]["response_message_id"] = id_text(interaction.original);
    out["interaction"]["response_message_loading"] = interaction.deferred;
    out["interaction"]["response_message_ephemeral"] = interaction.ephemeral;
  }
  out["resource"] = std::move(resource);
  return ok(std::move(out));
}

message_record& rest::send_answer(interaction_record& interaction, const json& data, const call& what, bool loading) {
  channel_record& channel = *state_.world.find_channel(interaction.channel);
  message_record message;
  message.body = state_.world.make_message(state_.world.next_id(), channel, state_.world.bot, data);
  message.body["type"] = message_type_of(interaction);
  message.body["webhook_id"] = id_text(state_.world.application);
  message.body["application_id"] = id_text(state_.world.application);
  message.body["interaction_metadata"] = {{"id", id_text(interaction.id)},
                                          {"type", interaction.type},
                                          {"user", state_.world.user_json(interaction.user)},
                                          {"authorizing_integration_owners", {{"0", id_text(interaction.guild)}}}};
  if (interaction.type == 2) message.body["interaction_metadata"]["name"] = interaction.name;
  if (loading) message.body["flags"] = int_at(message.body, "flags") | loading_flag;
  add_files(message.body, data, what);
  message.author = state_.world.bot;
  message.interaction = interaction.id;
  message.token = interaction.token;
  message.ephemeral = (int_at(data, "flags") & ephemeral_flag) != 0;
  message.at = state_.now();
  auto& stored = state_.world.store(channel, std::move(message));
  publish("MESSAGE_CREATE", channel, stored);
  return stored;
}

interaction_record* rest::by_token(const call& what) {
  if (what.id("webhook_id") != state_.world.application) return nullptr;
  const std::string token = what.param("webhook_token");
  for (auto& [id, interaction] : state_.world.interactions)
    if (interaction.token == token && interaction.callback_type != 0 && state_.now() - interaction.created < token_life)
      return &interaction;
  return nullptr;
}

rest::answer rest::edit_by_token(interaction_record& interaction, snowflake id, const call& what) {
  message_record* message = state_.world.find_message(interaction.channel, id);
  if (!message) return refuse(404, 10008, "Unknown Message");
  answer refusal;
  if (!check_message_body(what.body, what, message, refusal)) return refusal;
  state_.world.edit_message(*message, what.body);
  add_files(message->body, what.body, what);
  if (id == interaction.original) {
    message->body["flags"] = int_at(message->body, "flags") & ~loading_flag;
    if (interaction.deferred) {
      interaction.deferred = false;
      interaction.answered_at = state_.now();
      message->body["edited_timestamp"] = nullptr;  // filling in a deferred answer does not count as an edit
    }
  }
  publish("MESSAGE_UPDATE", *state_.world.find_channel(interaction.channel), *message);
  return ok(message->body);
}

rest::answer rest::erase_by_token(interaction_record& interaction, snowflake id) {
  channel_record* channel = state_.world.find_channel(interaction.channel);
  if (!channel || !channel->messages.contains(id)) return refuse(404, 10008, "Unknown Message");
  remove_message(*channel, id);
  return no_content();
}

rest::answer rest::get_original(const call& what) {
  const interaction_record* interaction = by_token(what);
  if (!interaction) return refuse(404, 10015, "Unknown Webhook", "unknown_interaction");
  const message_record* message = state_.world.find_message(interaction->channel, interaction->original);
  return message ? ok(message->body) : refuse(404, 10008, "Unknown Message");
}

rest::answer rest::update_original(const call& what) {
  interaction_record* interaction = by_token(what);
  if (!interaction) return refuse(404, 10015, "Unknown Webhook", "unknown_interaction");
  return edit_by_token(*interaction, interaction->original, what);
}

rest::answer rest::delete_original(const call& what) {
  interaction_record* interaction = by_token(what);
  if (!interaction) return refuse(404, 10015, "Unknown Webhook", "unknown_interaction");
  return erase_by_token(*interaction, interaction->original);
}

rest::answer rest::create_followup(const call& what) {
  interaction_record* interaction = by_token(what);
  if (!interaction) return refuse(404, 10015, "Unknown Webhook", "unknown_interaction");
  if (!state_.world.find_channel(interaction->channel)) return refuse(404, 10003, "Unknown Channel");
  answer refusal;
  if (!check_message_body(what.body, what, nullptr, refusal)) return refusal;
  // The first follow-up of a deferred answer takes its place.
  if (interaction->deferred) return edit_by_token(*interaction, interaction->original, what);
  ++interaction->followups;
  return ok(send_answer(*interaction, what.body, what, false).body);
}

rest::answer rest::get_followup(const call& what) {
  const interaction_record* interaction = by_token(what);
  if (!interaction) return refuse(404, 10015, "Unknown Webhook", "unknown_interaction");
  const message_record* message = state_.world.find_message(interaction->channel, what.id("message_id"));
  if (!message || message->token != interaction->token) return refuse(404, 10008, "Unknown Message");
  return ok(message->body);
}

rest::answer rest::update_followup(const call& what) {
  interaction_record* interaction = by_token(what);
  if (!interaction) return refuse(404, 10015, "Unknown Webhook", "unknown_interaction");
  const message_record* message = state_.world.find_message(interaction->channel, what.id("message_id"));
  if (!message || message->token != interaction->token) return refuse(404, 10008, "Unknown Message");
  return edit_by_token(*interaction, what.id("message_id"), what);
}

rest::answer rest::delete_followup(const call& what) {
  interaction_record* interaction = by_token(what);
  if (!interaction) return refuse(404, 10015, "Unknown Webhook", "unknown_interaction");
  const message_record* message = state_.world.find_message(interaction->channel, what.id("message_id"));
  if (!message || message->token != interaction->token) return refuse(404, 10008, "Unknown Message");
  return erase_by_token(*interaction, what.id("message_id"));
}

}  // namespace monochord::testing
