// SPDX-License-Identifier: MIT
// The limits that bodies are checked for against those of Discord's specification and documentation.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include <monochord/model/application_bodies.hpp>
#include <monochord/model/auto_moderation_bodies.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/onboarding_bodies.hpp>
#include <monochord/model/poll.hpp>
#include <monochord/model/scheduled_event_bodies.hpp>
#include <monochord/model/thread_bodies.hpp>

#include "json/table.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"
#include "typed_routes.hpp"

using namespace monochord;
using namespace monochord::tests;
using value = nlohmann::json;

namespace {

struct checked {
  const json::table& (*table)() noexcept;
  std::vector<std::string> schemas;   // of schemas.json
  std::vector<std::string> objects;   // anchors of objects.json
  std::string endpoint = {};          // a name of docs_endpoints.json
  std::string operation = {};         // of routes.json: what its body says, and its endpoints
};

template <class T>
constexpr auto table = &json::table_of<T>;

std::string select_schema(const std::string& kind, const char* where) {
  return kind + "SelectComponentFor" + where + "Request";
}

// What bodies are made of, and bodies that several routes take; the others come with their route (see below).
std::vector<checked> all_checked() {
  const auto select = [](auto how, const std::string& name, const std::string& anchor) {
    return checked{how, {select_schema(name, "Message"), select_schema(name, "Modal")}, {anchor}};
  };
  return {
      {table<create_message_body>, {"MessageCreateRequest"}, {}, "Create Message"},
      {table<edit_message_body>, {"MessageEditRequestPartial"}, {}, "Edit Message"},
      {table<interaction_response_data>,
       {"IncomingWebhookInteractionRequest", "IncomingWebhookUpdateForInteractionCallbackRequestPartial",
        "ModalInteractionCallbackRequestData", "InteractionApplicationCommandAutocompleteCallbackStringData",
        "SocialLayerSKUPurchaseEligibilityCallbackData"},
       {"interaction-response-object-messages", "interaction-response-object-autocomplete", "interaction-response-object-modal"}},
      {table<allowed_mentions>, {"MessageAllowedMentionsRequest"}, {"allowed-mentions-object-default-settings-for-allowed-mentions"}},
      {table<attachment_body>, {"MessageAttachmentRequest"}, {"attachment-object-attachment-request-structure"}},
      {table<embed>, {"RichEmbed"}, {"embed-object-embed-structure"}},
      {table<embed_footer>, {"RichEmbedFooter"}, {"embed-object-embed-footer-structure"}},
      {table<embed_image>, {"RichEmbedImage", "RichEmbedThumbnail"}, {"embed-object-embed-image-structure"}},
      {table<embed_video>, {"RichEmbedVideo"}, {"embed-object-embed-video-structure"}},
      {table<embed_provider>, {"RichEmbedProvider"}, {"embed-object-embed-provider-structure"}},
      {table<embed_author>, {"RichEmbedAuthor"}, {"embed-object-embed-author-structure"}},
      {table<embed_field>, {"RichEmbedField"}, {"embed-object-embed-field-structure"}},
      {table<emoji>, {"ComponentEmojiForRequest", "PollEmoji", "PollEmojiCreateRequest"}, {}},
      {table<shared_client_theme>, {"CustomClientThemeShareRequest"}, {"shared-client-theme-object-shared-client-theme-object-structure"}},
      {table<poll_media>, {"PollMedia", "PollMediaCreateRequest"}, {}},
      {table<poll_create_request>, {"PollCreateRequest"}, {"poll-create-request-object-poll-create-request-object-structure"}},
      {table<unfurled_media_item>, {"UnfurledMediaRequest", "UnfurledMediaRequestWithAttachmentReferenceRequired"}, {}},
      {table<action_row>, {"ActionRowComponentForMessageRequest"}, {"action-row-action-row-structure"}},
      {table<button>, {"ButtonComponentForMessageRequest"}, {"button-button-structure"}},
      select(table<string_select>, "String", "string-select-string-select-structure"),
      select(table<user_select>, "User", "user-select-user-select-structure"),
      select(table<role_select>, "Role", "role-select-role-select-structure"),
      select(table<mentionable_select>, "Mentionable", "mentionable-select-mentionable-select-structure"),
      select(table<channel_select>, "Channel", "channel-select-channel-select-structure"),
      {table<select_option>, {"StringSelectOptionForRequest"}, {"string-select-select-option-structure"}},
      {table<text_input>, {"TextInputComponentForModalRequest"}, {"text-input-text-input-structure"}},
      {table<section>, {"SectionComponentForMessageRequest"}, {"section-section-structure"}},
      {table<text_display>, {"TextDisplayComponentForMessageRequest", "TextDisplayComponentForModalRequest"}, {"text-display-text-display-structure"}},
      {table<thumbnail>, {"ThumbnailComponentForMessageRequest"}, {"thumbnail-thumbnail-structure"}},
      {table<media_gallery_item>, {"MediaGalleryItemRequest"}, {"media-gallery-media-gallery-item-structure"}},
      {table<media_gallery>, {"MediaGalleryComponentForMessageRequest"}, {"media-gallery-media-gallery-structure"}},
      {table<file_component>, {"FileComponentForMessageRequest"}, {"file-file-structure"}},
      {table<separator>, {"SeparatorComponentForMessageRequest"}, {"separator-separator-structure"}},
      {table<container>, {"ContainerComponentForMessageRequest"}, {"container-container-structure"}},
      {table<label>, {"LabelComponentForModalRequest"}, {"label-label-structure"}},
      {table<file_upload>, {"FileUploadComponentForModalRequest"}, {"file-upload-file-upload-structure"}},
      {table<radio_group>, {"RadioGroupComponentForModalRequest"}, {"radio-group-structure"}},
      {table<radio_group_option>, {"RadioGroupOptionForRequest"}, {"radio-group-option-structure"}},
      {table<checkbox_group>, {"CheckboxGroupComponentForModalRequest"}, {"checkbox-group-structure"}},
      {table<checkbox_group_option>, {"CheckboxGroupOptionForRequest"}, {"checkbox-group-option-structure"}},
      {table<checkbox>, {"CheckboxComponentForModalRequest"}, {"checkbox-structure"}},
      {table<command_choice_body>, {"ApplicationCommandOptionStringChoice"}, {"application-command-object-application-command-option-choice-structure"}},
      {table<command_choice>,
       {"ApplicationCommandOptionStringChoice", "ApplicationCommandOptionIntegerChoice", "ApplicationCommandOptionNumberChoice"},
       {"application-command-object-application-command-option-choice-structure"}},
      {table<command_option_body>,
       {"ApplicationCommandStringOption", "ApplicationCommandIntegerOption", "ApplicationCommandSubcommandOption", "ApplicationCommandSubcommandGroupOption"},
       {"application-command-object-application-command-option-structure"}},
      {table<command_option>,
       {"ApplicationCommandStringOption", "ApplicationCommandNumberOption", "ApplicationCommandSubcommandOption", "ApplicationCommandSubcommandGroupOption"},
       {"application-command-object-application-command-option-structure"}},
      {table<application_command_body>, {"ApplicationCommandCreateRequest", "ApplicationCommandUpdateRequest"}, {"application-command-object-application-command-structure"}},
      {table<application_role_connection_metadata_body>,
       {"ApplicationRoleConnectionsMetadataItemRequest"},
       {"application-role-connection-metadata-object-application-role-connection-metadata-structure"}},
      {table<auto_moderation_metadata_body>,
       {"KeywordTriggerMetadata", "MentionSpamTriggerMetadata"}, {"auto-moderation-rule-object-trigger-metadata"}},
      {table<auto_moderation_action_metadata_body>,
       {"BlockMessageActionMetadata", "UserCommunicationDisabledActionMetadata"}, {"auto-moderation-action-object-action-metadata"}},
      {table<default_reaction_body>, {"UpdateDefaultReactionEmojiRequest"}, {"default-reaction-object-default-reaction-structure"}},
      {table<forum_tag_body>, {"UpdateThreadTagRequest"}, {"forum-tag-object-forum-tag-structure"}},
      {table<forum_thread_message_body>, {"BaseCreateMessageCreateRequest"}, {}},
      {table<install_params_body>, {"ApplicationOAuth2InstallParams"}, {"install-params-object-install-params-structure"}},
      {table<onboarding_option_body>, {"OnboardingPromptOptionRequest"}, {"guild-onboarding-object-prompt-option-structure"}},
      {table<onboarding_prompt_body>, {"UpdateOnboardingPromptRequest"}, {"guild-onboarding-object-onboarding-prompt-structure"}},
      {table<recurrence_rule_body>, {"RecurrenceRule"}, {"guild-scheduled-event-recurrence-rule-object-guild-scheduled-event-recurrence-rule-structure"}},
      {table<scheduled_event_metadata_body>, {"EntityMetadataExternal"}, {"guild-scheduled-event-object-guild-scheduled-event-entity-metadata"}},
      {table<welcome_screen_channel_body>, {"GuildWelcomeChannel"}, {"welcome-screen-object-welcome-screen-channel-structure"}},
      {table<command_definition>, {"ApplicationCommandCreateRequest", "ApplicationCommandUpdateRequest"}, {"application-command-object-application-command-structure"}},
  };
}

// Every other body, with the route that takes it.
std::vector<checked> checked_by_route() {
  std::vector<checked> all;
  const auto by_itself = all_checked();
  for (const auto& route : typed_routes()) {
    if (route.operation.find(' ') != std::string_view::npos) continue;  // in the documentation only, which has no limits
    for (const auto body : route.bodies)
      if (std::none_of(by_itself.begin(), by_itself.end(), [&](const checked& c) { return c.table == body; }))
        all.push_back({body, {}, {}, {}, std::string(route.operation)});
  }
  return all;
}

// Where our table says something else than the data, and why.
const std::map<std::string, std::string> exceptions{
    {"application_role_connection_metadata_body.key docs max", "0-9 are characters that it takes"},
    {"auto_moderation_action_metadata_body.custom_message max", "150 in the words of the documentation"},
    {"auto_moderation_metadata_body.allow_list max", "100 of a keyword rule, 1,000 of one with presets"},
    {"bulk_guild_ban_body.user_ids min", "to ban nobody is a mistake"},
    {"create_channel_invite_body.max_age spec min", "of group messages only: of a guild 0 is for ever"},
    {"create_channel_invite_body.max_age wide max", "of group messages: the specification's for guilds is ours"},
    {"create_guild_channel_body.topic docs max", "1,024, but 4,096 in forums: a rule"},
    {"create_guild_channel_body.user_limit max", "10,000 in stages, as the documentation of channels says"},
    {"create_guild_scheduled_event_body.description min", "1 to 1,000 in the documentation of the object"},
    {"create_guild_scheduled_event_body.name min", "1 to 100 in the documentation of the object"},
    {"create_guild_sticker_body.description docs min", "2 to 100, or empty"},
    {"edit_application_command_body.description docs min", "of chat input commands only: a rule"},
    {"edit_current_application_body.max_participants max", "a number of 32 bits"},
    {"forum_thread_message_body.content max", "2,000, as of every message"},
    {"install_params_body.scopes spec min", "a list that stands alone is absent when empty"},
    {"modify_channel_body.bitrate max", "a number of 32 bits"},
    {"modify_channel_body.position max", "a number of 32 bits"},
    {"modify_channel_body.topic docs max", "1,024, but 4,096 in forums"},
    {"modify_channel_body.user_limit max", "10,000 in stages, as the documentation of channels says"},
    {"modify_guild_member_body.communication_disabled_until docs max", "28 days from now: a time, no number"},
    {"modify_guild_scheduled_event_body.description min", "1 to 1,000 in the documentation of the object"},
    {"modify_guild_scheduled_event_body.name min", "1 to 100 in the documentation of the object"},
    {"modify_guild_sticker_body.description docs min", "2 to 100, or empty"},
    {"recurrence_rule_body.by_n_weekday docs max", "the range of the numbers in it, not how many there are"},
    {"recurrence_rule_body.by_n_weekday docs min", "the range of the numbers in it, not how many there are"},
    {"recurrence_rule_body.by_year_day docs max", "the range of the numbers in it, not how many there are"},
    {"recurrence_rule_body.by_year_day docs min", "the range of the numbers in it, not how many there are"},
    {"send_lobby_message_body.nonce max", "25, as of every message"},
    {"update_current_user_application_role_connection_body.metadata docs max", "the length of each value, which is held to it"},
    {"poll_create_request.duration docs max", "the documentation counts days, the wire hours (768 of them)"},
    {"container.accent_color docs max", "the documentation's range is in hexadecimal"},
    {"container.accent_color docs min", "the documentation's range is in hexadecimal"},
    {"interaction_response_data.components docs max", "1 to 5 of a modal only: a rule of interaction_response_body"},
    {"interaction_response_data.components docs min", "1 to 5 of a modal only: a rule of interaction_response_body"},
    {"interaction_response_data.components spec min", "at least 1 of a modal only: a rule of interaction_response_body"},
    {"application_command_body.description docs min", "of chat input commands only: a rule"},
    {"command_definition.description docs min", "of chat input commands only: a rule"},
    {"application_command_body.integration_types spec min", "a list that stands alone is absent when empty"},
    {"application_command_body.contexts spec min", "a list that stands alone is absent when empty"},
};
// Bounds that the specification generates where nobody chose one.
constexpr std::int64_t generated_bounds[] = {1521, 152133};

value read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return value::parse(std::move(text).str());
}

struct figures {
  std::optional<std::int64_t> min, max;

  void stricter(std::optional<std::int64_t> a_min, std::optional<std::int64_t> a_max) {
    if (a_min) min = std::max(min.value_or(*a_min), *a_min);
    if (a_max) max = std::min(max.value_or(*a_max), *a_max);
  }
};

std::optional<std::int64_t> number(const value& field, const char* key) {
  if (!field.contains(key)) return std::nullopt;
  const auto found = field.at(key).get<std::int64_t>();
  for (const auto generated : generated_bounds)
    if (found == generated) return std::nullopt;
  return found;
}

figures of_schema(const value& field) {
  figures all;
  all.stricter(number(field, "min"), number(field, "max"));
  for (const std::string suffix : {"_len", "_items"}) {
    auto least = number(field, ("min" + suffix).c_str());
    if (least == 0) least.reset();  // nothing is shorter
    all.stricter(least, number(field, ("max" + suffix).c_str()));
  }
  return all;
}

// `1-100 characters`, `max 25`, `up to 10`, `1 and 5`, `minimum of 0,`
figures of_docs(const value& field) {
  static const std::regex both(R"(^(\d+)(?:-| to | and )(\d+))"), most(R"((?:max|up to|maximum)(?: of)? (\d+))", std::regex::icase),
      least(R"((?:min|minimum)(?: of)? (\d+))", std::regex::icase);
  figures all;
  if (!field.contains("limits")) return all;
  for (const auto& entry : field.at("limits")) {
    const auto text = entry.get<std::string>();
    std::smatch found;
    if (std::regex_search(text, found, both)) all.stricter(std::stoll(found[1]), std::stoll(found[2]));
    else if (std::regex_search(text, found, most)) all.stricter(std::nullopt, std::stoll(found[1]));
    else if (std::regex_search(text, found, least)) all.stricter(std::stoll(found[1]), std::nullopt);
  }
  return all;
}

class comparison {
 public:
  void model(const checked& c, const value& schemas, const value& objects, const value& endpoints, const value& routes) {
    const json::table& ours = c.table();
    std::map<std::string, figures> spec, docs;
    std::set<std::string> described{c.endpoint};
    for (const auto& route : routes) {
      if (c.operation.empty() || route.at("operation") != c.operation) continue;
      const value body = route.value("body", value::object());
      for (const auto& field : body.value("fields", value::array())) add(spec[field.at("name")], of_schema(field));
      for (const auto& form : body.value("variants", value::array()))
        for (const auto& field : form.value("fields", value::array())) add(spec[field.at("name")], of_schema(field));
      for (const auto& one : route.value("docs", value::array())) described.insert(one.at("name"));
    }
    for (const auto& name : c.schemas) {
      REQUIRE(schemas.contains(name));
      for (const auto& field : schemas.at(name).at("fields")) add(spec[field.at("name")], of_schema(field));
    }
    for (const auto& anchor : c.objects) {
      const auto found = std::find_if(objects.begin(), objects.end(), [&](const value& o) { return o.at("anchor") == anchor; });
      INFO(anchor);
      REQUIRE(found != objects.end());
      for (const auto& field : found->at("fields")) add(docs[field.at("name")], of_docs(field));
    }
    for (const auto& endpoint : endpoints) {
      const auto name = endpoint.value("name", "");
      if (name.empty() || !described.contains(name) || !endpoint.contains("body")) continue;
      for (const auto& [kind, fields] : endpoint.at("body").items())
        for (const auto& field : fields) add(docs[field.at("name")], of_docs(field));
    }
    for (std::uint32_t i = 0; i < ours.count; ++i) {
      const std::string field(ours.fields[i].name);
      const auto limit = std::find_if(ours.limits.fields.begin(), ours.limits.fields.end(),
                                      [&](const json::limit& l) { return l.field == field; });
      const bool some = limit != ours.limits.fields.end();
      const std::int64_t min = some ? limit->min : 0;
      const std::int64_t max = some ? limit->max : json::limit::no_max;
      const std::int64_t wide = some && limit->wide_max ? limit->wide_max : max;
      const std::string name = std::string(ours.name) + "." + field;
      // The specification's figure is the wide one, the stricter of both is ours.
      figures stricter = spec[field];
      figures from_docs = docs[field];
      if (excepted(name + " docs min")) from_docs.min.reset();
      if (excepted(name + " docs max")) from_docs.max.reset();
      if (excepted(name + " spec min")) stricter.min.reset();
      const figures in_spec = stricter;
      stricter.stricter(from_docs.min, from_docs.max);
      const bool unbounded = !some || (min == 0 && !stricter.min);
      compare(name + " min", unbounded ? std::nullopt : std::optional(min), stricter.min);
      compare(name + " max", max == json::limit::no_max ? std::nullopt : std::optional(max), stricter.max);
      if (some && limit->wide_max) compare(name + " wide max", wide, in_spec.max);
    }
  }

  void report() const {
    std::printf("limits %d / %d\n", agreed_, all_);
    for (const auto& name : used_) std::printf("  exception: %s: %s\n", name.c_str(), exceptions.at(name).c_str());
    CHECK(agreed_ == all_);
    CHECK(all_ > 300);
    CHECK(used_.size() == exceptions.size());  // none that nothing needs any more
  }

 private:
  static void add(figures& to, const figures& more) { to.stricter(more.min, more.max); }
  bool excepted(const std::string& name) {
    if (!exceptions.contains(name)) return false;
    used_.insert(name);
    return true;
  }
  void compare(const std::string& name, std::optional<std::int64_t> ours, std::optional<std::int64_t> theirs) {
    if (!ours && !theirs) return;
    ++all_;
    if (ours == theirs || excepted(name)) {
      ++agreed_;
      return;
    }
    const auto shown = [](std::optional<std::int64_t> n) { return n ? std::to_string(*n) : std::string("none"); };
    UNSCOPED_INFO(name << ": we say " << shown(ours) << ", the data " << shown(theirs));
    CHECK(ours == theirs);
  }

  int all_ = 0, agreed_ = 0;
  std::set<std::string> used_;
};

}  // namespace

TEST_CASE("the limits of bodies are those of Discord") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  const value schemas = read(*data / "schemas.json").at("schemas");
  const value objects = read(*data / "objects.json").at("objects");
  const value endpoints = read(*data / "docs_endpoints.json").at("endpoints");
  const value routes = read(*data / "routes.json").at("routes");
  comparison all;
  for (const auto& rows : {all_checked(), checked_by_route()})
    for (const checked& c : rows) all.model(c, schemas, objects, endpoints, routes);
  all.report();
}
