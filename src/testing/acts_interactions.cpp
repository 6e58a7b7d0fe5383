// SPDX-License-Identifier: MIT
// Interactions that humans start: commands, components, modals.
// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
#include <algorithm>
#include <charconv>
#include <type_traits>

#include <monochord/core/error.hpp>
#include "testing/brain.hpp"

namespace monochord::testing::acts {

namespace {

[[noreturn]] void wrong(const std::string& what) { throw error(errc::invalid_argument, what); }

/// Interactions beyond so many are forgotten once their tokens are of no more use.
constexpr std::size_t interaction_history = 10'000;
constexpr duration token_life = std::chrono::minutes{15};

void forget_old_interactions(mock_state& state) {
  auto& all = state.world.interactions;
  while (all.size() >= interaction_history && state.now() - all.begin()->second.created > token_life) all.erase(all.begin());
}

/// The command of this kind that is visible in a channel: the guild's own comes first.
const json& find_command(mock_state& state, const channel_record& place, std::string_view name, int type) {
  for (const snowflake scope : {place.guild, snowflake{0}}) {
    const auto found = state.world.commands.find(scope);
    if (found == state.world.commands.end()) continue;
    for (const auto& command : found->second)
      if (text_at(command, "name") == name && int_at(command, "type") == type) return command;
  }
  wrong("no command named \"" + std::string(name) + "\" is registered there");
}

/// Opens an interaction: what every kind of it has.
interaction_record& open(mock_state& state, int type, user_id who, const channel_record& place) {
  forget_old_interactions(state);
  const snowflake id = state.world.next_id();
  interaction_record& made = state.world.interactions[id];
  made.id = id;
  // Long and opaque, as Discord's are; it opens nothing but this mock.
  made.token = "interaction-" + std::to_string(id * 0x9e3779b97f4a7c15U) + "-" + std::to_string(id ^ 0x5bd1e995U);
  made.type = type;
  made.user = who.value();
  made.channel = place.id;
  made.guild = place.guild;
  made.created = state.now();
  ++state.counters.interactions;
  return made;
}

void send(mock_state& state, gateway& gate, const interaction_record& interaction, json data, const json* message) {
  const auto& things = state.world;
  const channel_record& place = things.channels.at(interaction.channel);
  json out = {{"id", id_text(interaction.id)},
              {"application_id", id_text(things.application)},
              {"type", interaction.type},
              {"data", std::move(data)},
              {"channel_id", id_text(place.id)},
              {"channel", things.channel_json(place)},
              {"token", interaction.token},
              {"version", 1},
              {"locale", "en-US"},
              {"entitlements", json::array()},
              {"attachment_size_limit", state.options.attachment_limit_bytes},
              {"context", place.guild == 0 ? 1 : 0}};
  if (message) out["message"] = *message;
  if (place.guild == 0) {
    out["user"] = things.user_json(interaction.user);
    out["app_permissions"] = "2248473465835073";
    out["authorizing_integration_owners"] = {{"0", "0"}};
  } else {
    const guild_record& guild = things.guilds.at(place.guild);
    out["guild_id"] = id_text(guild.id);
    out["guild"] = {{"id", id_text(guild.id)}, {"locale", "en-US"}, {"features", json::array()}};
    out["guild_locale"] = "en-US";
    out["member"] = things.member_json(guild, interaction.user, true);
    out["member"]["permissions"] = id_text(things.permissions(guild, interaction.user));
    out["app_permissions"] = id_text(things.permissions(guild, things.bot));
    out["authorizing_integration_owners"] = {{"0", id_text(guild.id)}};
  }
  gate.event("INTERACTION_CREATE", place.guild, out);
}

/// Fills in the options of a command as Discord's client does: by the registered types, with `resolved` objects.
class option_filler {
 public:
  option_filler(mock_state& state, const channel_record& place) : state_(state), place_(place) {}

  json fill(const json& definition, const mock_option& given) {
    const auto type = int_at(definition, "type");
    json out = {{"name", given.name}, {"type", type}};
    json value = std::visit([&](const auto& v) { return convert(definition, type, v); }, given.value);
    const json& choices = at(definition, "choices");
    if (choices.is_array() && !choices.empty()) value = choice(choices, value, given.name);
    check_bounds(definition, value, given.name);
    out["value"] = std::move(value);
    return out;
  }

  json resolved = json::object();

 private:
  template <class Value>
  json convert(const json& definition, std::int64_t type, const Value& value) {
    constexpr bool text = std::is_same_v<Value, std::string>;
    switch (type) {
      case 3:
        if constexpr (text) return value;
        break;
      case 4:
        if constexpr (std::is_same_v<Value, std::int64_t>) return value;
        if constexpr (text) return number<std::int64_t>(value);
        break;
      case 5:
        if constexpr (std::is_same_v<Value, bool>) return value;
        if constexpr (text) return value == "true" || value == "True";
        break;
      case 10:
        if constexpr (std::is_same_v<Value, double>) return value;
        if constexpr (std::is_same_v<Value, std::int64_t>) return static_cast<double>(value);
        if constexpr (text) return number<double>(value);
        break;
      case 6: case 7: case 8: case 9:
        if constexpr (std::is_same_v<Value, any_id>) return resolve(type, value.value());
        if constexpr (text) return resolve(type, named(type, value));
        break;
      case 11:
        if constexpr (text) return attachment(value);
        break;
      default: break;
    }
    wrong("the option \"" + text_at(definition, "name") + "\" takes another type of value");
  }

  /// Text that a human types where a number, or one of the choices' names, is wanted.
  template <class Number>
  static json number(const std::string& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return value;
    return text;
  }

  snowflake named(std::int64_t type, const std::string& name) {
    if (const auto id = any_id::parse(name)) return id.value();
    if (type == 6 || type == 9)
      if (const user_record* user = state_.world.find_user(name)) return user->id;
    const guild_record* guild = state_.world.find_guild(place_.guild);
    if (guild && type == 7)
      for (const auto id : guild->channels)
        if (state_.world.channels.at(id).name == name) return id;
    if (guild && (type == 8 || type == 9))
      for (const auto& role : guild->roles)
        if (role.name == name) return role.id;
    wrong("nothing is named \"" + name + "\" there");
  }

  json resolve(std::int64_t type, snowflake id) {
    const std::string text = id_text(id);
    const auto& things = state_.world;
    const auto guild = things.guilds.find(place_.guild);
    if ((type == 6 || type == 9) && things.users.contains(id)) {
      resolved["users"][text] = things.user_json(id);
      if (guild != things.guilds.end() && guild->second.members.contains(id)) {
        resolved["members"][text] = things.member_json(guild->second, id, false);
        resolved["members"][text]["permissions"] = id_text(things.permissions(guild->second, id));
      }
      return text;
    }
    if (type == 7 && things.channels.contains(id)) {
      json channel = things.channel_json(things.channels.at(id));
      channel["permissions"] = "2248473465835073";
      resolved["channels"][text] = std::move(channel);
      return text;
    }
    if ((type == 8 || type == 9) && guild != things.guilds.end())
      for (const auto& role : guild->second.roles)
        if (role.id == id) {
          resolved["roles"][text] = world::role_json(guild->second, role);
          return text;
        }
    wrong("an option names the id " + text + ", which nothing there has");
  }

  json attachment(const std::string& name) {
    const std::string id = id_text(state_.world.next_id());
    const std::string url = "https://cdn.discordapp.com/ephemeral-attachments/" + id + "/" + name;
    resolved["attachments"][id] = {{"id", id}, {"filename", name}, {"size", 1}, {"url", url}, {"proxy_url", url}, {"ephemeral", true}};
    return id;
  }

  static json choice(const json& choices, const json& value, const std::string& name) {
    for (const auto& one : choices)
      if (at(one, "value") == value || at(one, "name") == value) return one["value"];
    wrong("the option \"" + name + "\" has no such choice");
  }

  static void check_bounds(const json& definition, const json& value, const std::string& name) {
    const auto type = int_at(definition, "type");
    if ((type == 4 || type == 10) && !value.is_number()) wrong("the option \"" + name + "\" takes a number");
    if (value.is_number()) {
      const json& low = at(definition, "min_value");
      const json& high = at(definition, "max_value");
      if ((low.is_number() && value < low) || (high.is_number() && value > high))
        wrong("the value of the option \"" + name + "\" is out of its bounds");
    }
    if (type == 3) {
      const auto size = static_cast<std::int64_t>(characters(value.get_ref<const std::string&>()));
      if (size < int_at(definition, "min_length") || size > int_at(definition, "max_length", 6000))
        wrong("the text of the option \"" + name + "\" is too short or too long");
    }
  }

  mock_state& state_;
  const channel_record& place_;
};

const json* find_named(const json& list, std::string_view name) {
  if (!list.is_array()) return nullptr;
  for (const auto& item : list)
    if (text_at(item, "name") == name) return &item;
  return nullptr;
}

/// The first word of a text and what follows it.
std::pair<std::string_view, std::string_view> first_word(std::string_view text) {
  const auto space = text.find(' ');
  return {text.substr(0, space), space == std::string_view::npos ? std::string_view() : text.substr(space + 1)};
}

/// Follows subcommands down; `wrap` puts a list of options below the path that was followed.
struct command_path {
  const json* definition;  ///< the command or subcommand whose options are filled in
  std::vector<std::pair<std::string, std::int64_t>> steps;

  json wrap(json options) const {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      json one = {{"name", step->first}, {"type", step->second}};
      if (!options.empty() || step->second == 1) one["options"] = std::move(options);
      options = json::array({std::move(one)});
    }
    return options;
  }
};

command_path follow(const json& command, std::string_view rest) {
  command_path path{&command, {}};
  while (!rest.empty()) {
    const auto [word, more] = first_word(rest);
    const json* next = find_named(at(*path.definition, "options"), word);
    if (!next || int_at(*next, "type") > 2) wrong("the command has no subcommand \"" + std::string(word) + "\"");
    path.steps.emplace_back(std::string(word), int_at(*next, "type"));
    path.definition = next;
    rest = more;
  }
  const json& options = at(*path.definition, "options");
  if (options.is_array() && !options.empty() && int_at(options[0], "type") <= 2)
    wrong("the command \"" + text_at(*path.definition, "name") + "\" needs a subcommand");
  return path;
}

json command_data(const json& command, json options, json resolved) {
  json data = {{"id", command["id"]}, {"name", command["name"]}, {"type", command["type"]}};
  if (!options.empty()) data["options"] = std::move(options);
  if (!resolved.empty()) data["resolved"] = std::move(resolved);
  if (command.contains("guild_id")) data["guild_id"] = command["guild_id"];
  return data;
}

/// The component with a custom id, wherever it stands below a list of components or one of them.
const json* find_component(const json& node, std::string_view custom_id) {
  if (node.is_array()) {
    for (const auto& component : node)
      if (const json* found = find_component(component, custom_id)) return found;
    return nullptr;
  }
  if (!node.is_object()) return nullptr;
  if (text_at(node, "custom_id") == custom_id) return &node;
  for (const char* below : {"components", "accessory", "component"})
    if (const json* found = find_component(at(node, below), custom_id)) return found;
  return nullptr;
}

void be_member(mock_state& state, gateway& gate, const channel_record& place, user_id who) {
  user(state, who);
  if (place.guild != 0 && !state.world.is_member(place.guild, who.value())) join(state, gate, guild_id{place.guild}, who);
}

}  // namespace

interaction_id slash(mock_state& state, gateway& gate, user_id who, channel_id where, std::string_view name,
                     const std::vector<mock_option>& options) {
  const channel_record& place = channel(state, where);
  be_member(state, gate, place, who);
  const auto [word, rest] = first_word(name);
  const json& command = find_command(state, place, word, 1);
  const command_path path = follow(command, rest);
  const json& definitions = at(*path.definition, "options");
  option_filler filler(state, place);
  json filled = json::array();
  for (const auto& option : options) {
    const json* definition = find_named(definitions, option.name);
    if (!definition) wrong("the command \"" + std::string(name) + "\" has no option \"" + option.name + "\"");
    filled.push_back(filler.fill(*definition, option));
  }
  if (definitions.is_array())
    for (const auto& definition : definitions)
      if (bool_at(definition, "required") && !find_named(filled, text_at(definition, "name")))
        wrong("the command \"" + std::string(name) + "\" needs its option \"" + text_at(definition, "name") + "\"");
  interaction_record& interaction = open(state, 2, who, place);
  interaction.name = word;
  send(state, gate, interaction, command_data(command, path.wrap(std::move(filled)), std::move(filler.resolved)), nullptr);
  return interaction_id{interaction.id};
}

interaction_id autocomplete(mock_state& state, gateway& gate, user_id who, channel_id where, std::string_view name,
                            std::string_view option, std::string_view typed) {
  const channel_record& place = channel(state, where);
  be_member(state, gate, place, who);
  const auto [word, rest] = first_word(name);
  const json& command = find_command(state, place, word, 1);
  const command_path path = follow(command, rest);
  const json* definition = find_named(at(*path.definition, "options"), option);
  if (!definition || !bool_at(*definition, "autocomplete"))
    wrong("the command \"" + std::string(name) + "\" has no option \"" + std::string(option) + "\" that autocompletes");
  json filled = json::array({{{"name", option}, {"type", (*definition)["type"]}, {"value", typed}, {"focused", true}}});
  interaction_record& interaction = open(state, 4, who, place);
  interaction.name = word;
  send(state, gate, interaction, command_data(command, path.wrap(std::move(filled)), json::object()), nullptr);
  return interaction_id{interaction.id};
}

interaction_id context_command(mock_state& state, gateway& gate, user_id who, channel_id where, std::string_view name,
                               any_id target) {
  const channel_record& place = channel(state, where);
  be_member(state, gate, place, who);
  const message_record* message = state.world.find_message(place.id, target.value());
  const json& command = find_command(state, place, name, message ? 3 : 2);
  json resolved = json::object();
  if (message) {
    resolved["messages"][target.str()] = message->body;
  } else {
    user(state, user_id{target.value()});
    resolved["users"][target.str()] = state.world.user_json(target.value());
    if (state.world.is_member(place.guild, target.value()))
      resolved["members"][target.str()] =
          state.world.member_json(state.world.guilds.at(place.guild), target.value(), false);
  }
  json data = command_data(command, json::array(), std::move(resolved));
  data["target_id"] = target.str();
  interaction_record& interaction = open(state, 2, who, place);
  interaction.name = name;
  send(state, gate, interaction, std::move(data), nullptr);
  return interaction_id{interaction.id};
}

interaction_id component(mock_state& state, gateway& gate, user_id who, message_id id, std::string_view custom_id,
                         const std::vector<std::string>* values) {
  for (const auto& [number, place] : state.world.channels) {
    const auto found = place.messages.find(id.value());
    if (found == place.messages.end()) continue;
    const json* used = find_component(at(found->second.body, "components"), custom_id);
    const auto type = used ? int_at(*used, "type") : 0;
    if (!used || (type == 2) != (values == nullptr))
      wrong("the message has no " + std::string(values ? "select menu" : "button") + " with custom_id \"" +
            std::string(custom_id) + "\"");
    if (bool_at(*used, "disabled")) wrong("the component \"" + std::string(custom_id) + "\" is disabled");
    json data = {{"custom_id", custom_id}, {"component_type", type}, {"id", int_at(*used, "id")}};
    if (values) data["values"] = *values;
    be_member(state, gate, place, who);
    interaction_record& interaction = open(state, 3, who, place);
    interaction.source_message = id.value();
    send(state, gate, interaction, std::move(data), &found->second.body);
    return interaction_id{interaction.id};
  }
  wrong("no message has the id " + id.str());
}

interaction_id submit_modal(mock_state& state, gateway& gate, user_id who, interaction_id opened_by,
                            const std::map<std::string, std::string>& values) {
  const auto opener = state.world.interactions.find(opened_by.value());
  if (opener == state.world.interactions.end() || opener->second.callback_type != 9)
    wrong("the interaction " + opened_by.str() + " was not answered with a modal");
  const json form = opener->second.callback_data;
  const channel_record& place = channel(state, channel_id{opener->second.channel});
  const auto source = opener->second.source_message;
  for (const auto& [custom_id, value] : values)
    if (!find_component(at(form, "components"), custom_id)) wrong("the modal has no input \"" + custom_id + "\"");
  const auto entered = [&](const json& input) {
    const auto found = values.find(text_at(input, "custom_id"));
    json out = {{"type", input["type"]}, {"custom_id", at(input, "custom_id")}, {"id", int_at(input, "id")}};
    const std::string value = found == values.end() ? text_at(input, "value") : found->second;
    if (value.empty() && bool_at(input, "required", true))
      wrong("the modal's input \"" + text_at(input, "custom_id") + "\" is required");
    if (int_at(input, "type") == 4) out["value"] = value;
    else out["values"] = value.empty() ? json::array() : json::array({value});
    return out;
  };
  json components = json::array();
  for (const auto& top : at(form, "components")) {
    json out = {{"type", top["type"]}, {"id", int_at(top, "id")}};
    if (top.contains("component")) {
      out["component"] = entered(top["component"]);
    } else if (at(top, "components").is_array()) {
      out["components"] = json::array();
      for (const auto& input : top["components"]) out["components"].push_back(entered(input));
    }
    components.push_back(std::move(out));
  }
  interaction_record& interaction = open(state, 5, who, place);
  interaction.source_message = source;
  const message_record* message = state.world.find_message(place.id, source);
  send(state, gate, interaction, {{"custom_id", form["custom_id"]}, {"components", std::move(components)}},
       message ? &message->body : nullptr);
  return interaction_id{interaction.id};
}

}  // namespace monochord::testing::acts
