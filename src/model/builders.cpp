// SPDX-License-Identifier: MIT
#include <monochord/core/error.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/webhook_bodies.hpp>

#include "model/unless_empty.hpp"

namespace monochord {

namespace {

template <class T>
T& made(optional<T>& field) {
  return field ? *field : field.emplace();
}
template <class T>
T& made(maybe<T>& field) {
  return field ? *field : field.emplace();
}

/// What only a message of components alone takes.
bool is_layout(component_type type) {
  switch (type) {
    case component_type::section:
    case component_type::text_display:
    case component_type::thumbnail:
    case component_type::media_gallery:
    case component_type::file:
    case component_type::separator:
    case component_type::container: return true;
    default: return false;
  }
}

}  // namespace

interaction_response_data response_data(const create_message_body& message) noexcept {
  interaction_response_data data;
  data.tts = message.tts;
  data.content = message.content;
  if (!message.embeds.empty()) data.embeds = message.embeds;
  data.allowed_mentions = message.allowed_mentions;
  data.flags = message.flags;
  if (!message.components.empty()) data.components = message.components;
  if (!message.attachments.empty()) data.attachments = message.attachments;
  data.files = message.files;
  data.poll = message.poll;
  return data;
}

interaction_response_data response_data(const edit_message_body& message) noexcept {
  interaction_response_data data;
  data.content = message.content;
  data.embeds = message.embeds;
  data.allowed_mentions = message.allowed_mentions;
  data.flags = message.flags;
  data.components = message.components;
  data.attachments = message.attachments;
  data.files = message.files;
  data.poll = message.poll;
  return data;
}

execute_webhook_body webhook_message(const create_message_body& message) noexcept {
  execute_webhook_body made;
  made.content = message.content;
  made.tts = message.tts;
  made.embeds = message.embeds;
  made.allowed_mentions = message.allowed_mentions;
  made.components = message.components;
  made.files = message.files;
  made.attachments = message.attachments;
  made.flags = message.flags;
  made.poll = message.poll;
  return made;
}

option_builder::option_builder(command_option_type type, std::string name, std::string description) {
  option_.type = type;
  option_.name = std::move(name);
  option_.description = std::move(description);
}
option_builder& option_builder::required(bool value) { return option_.required = value, *this; }
option_builder& option_builder::choice(std::string name, scalar value) {
  command_choice choice;
  choice.name = std::move(name);
  choice.value = std::move(value);
  made(option_.choices).push_back(std::move(choice));
  return *this;
}
option_builder& option_builder::min(scalar value) { return option_.min_value = std::move(value), *this; }
option_builder& option_builder::max(scalar value) { return option_.max_value = std::move(value), *this; }
option_builder& option_builder::min_length(int value) { return option_.min_length = value, *this; }
option_builder& option_builder::max_length(int value) { return option_.max_length = value, *this; }
option_builder& option_builder::autocomplete(bool value) { return option_.autocomplete = value, *this; }
option_builder& option_builder::channel_types(std::vector<channel_type> types) {
  return option_.channel_types = std::move(types), *this;
}
option_builder& option_builder::file_types(std::vector<std::string> types) {
  return option_.file_types = std::move(types), *this;
}
option_builder& option_builder::name_in(std::string locale, std::string name) {
  made(option_.name_localizations)[std::move(locale)] = std::move(name);
  return *this;
}
option_builder& option_builder::description_in(std::string locale, std::string description) {
  made(option_.description_localizations)[std::move(locale)] = std::move(description);
  return *this;
}
option_builder& option_builder::option(option_builder inner) {
  made(option_.options).push_back(std::move(inner).body());
  return *this;
}

command_builder::command_builder(std::string name, std::string description) {
  command_.name = std::move(name);
  command_.description = std::move(description);
  command_.type = application_command_type::chat_input;
}
command_builder::command_builder(application_command_type type, std::string name, std::string description) {
  command_.name = std::move(name);
  command_.description = unless_empty(std::move(description));
  command_.type = type;
}
command_builder& command_builder::option(option_builder option) {
  made(command_.options).push_back(std::move(option).body());
  return *this;
}
command_builder& command_builder::name_in(std::string locale, std::string name) {
  made(command_.name_localizations)[std::move(locale)] = std::move(name);
  return *this;
}
command_builder& command_builder::description_in(std::string locale, std::string description) {
  made(command_.description_localizations)[std::move(locale)] = std::move(description);
  return *this;
}
command_builder& command_builder::default_member_permissions(monochord::flags<permission> permissions) {
  return command_.default_member_permissions = permissions, *this;
}
command_builder& command_builder::integration_types(std::vector<integration_type> types) {
  return command_.integration_types = std::move(types), *this;
}
command_builder& command_builder::contexts(std::vector<interaction_context> contexts) {
  return command_.contexts = std::move(contexts), *this;
}
command_builder& command_builder::nsfw(bool value) { return command_.nsfw = value, *this; }
command_builder& command_builder::handler(command_handler_type handler) { return command_.handler = handler, *this; }

embed_builder::embed_builder() = default;
embed_builder::embed_builder(std::string title) { embed_.title = std::move(title); }
embed_builder& embed_builder::title(std::string text) { return embed_.title = std::move(text), *this; }
embed_builder& embed_builder::description(std::string text) { return embed_.description = std::move(text), *this; }
embed_builder& embed_builder::url(std::string url) { return embed_.url = std::move(url), *this; }
embed_builder& embed_builder::color(int rgb) { return embed_.color = rgb, *this; }
embed_builder& embed_builder::timestamp(monochord::timestamp time) { return embed_.timestamp = time, *this; }
embed_builder& embed_builder::footer(std::string text, std::string icon_url) {
  embed_footer& footer = embed_.footer.emplace();
  footer.text = std::move(text);
  footer.icon_url = unless_empty(std::move(icon_url));
  return *this;
}
embed_builder& embed_builder::image(std::string url) { return embed_.image.emplace().url = std::move(url), *this; }
embed_builder& embed_builder::thumbnail(std::string url) { return embed_.thumbnail.emplace().url = std::move(url), *this; }
embed_builder& embed_builder::author(std::string name, std::string url, std::string icon_url) {
  embed_author& author = embed_.author.emplace();
  author.name = std::move(name);
  author.url = unless_empty(std::move(url));
  author.icon_url = unless_empty(std::move(icon_url));
  return *this;
}
embed_builder& embed_builder::field(std::string name, std::string value, bool is_inline) {
  embed_field field;
  field.name = std::move(name);
  field.value = std::move(value);
  if (is_inline) field.inline_ = true;
  made(embed_.fields).push_back(std::move(field));
  return *this;
}

struct message_builder::parts {
  optional<std::string> content;
  optional<std::string> nonce;
  bool enforce_nonce = false;
  maybe<bool> tts;
  std::vector<monochord::embed> embeds;
  std::vector<monochord::component> components;
  bool components_v2 = false;
  std::vector<sticker_id> stickers;
  maybe<monochord::flags<message_flag>> flags;
  optional<poll_create_request> poll;
  optional<shared_client_theme> theme;
  maybe<message_reference_body> reference;
  maybe<bool> replied_user;
  bool mentions_set = false;
  std::vector<std::string> mention_kinds;
  std::vector<user_id> mention_users;
  std::vector<role_id> mention_roles;
  struct file {
    std::string name;
    std::shared_ptr<const std::string> bytes;
    std::string path;
    std::string description;
  };
  std::vector<file> files;
  std::uint64_t limit_bytes = 0;
  optional<std::vector<attachment_id>> kept;
  // Views of the above, made anew by view().
  std::vector<std::string_view> kind_views;
  std::vector<file_body> file_views;
  std::vector<attachment_body> attachment_views;

  void view() {
    kind_views.assign(mention_kinds.begin(), mention_kinds.end());
    file_views.clear();
    attachment_views.clear();
    for (const file& f : files) {
      attachment_body attachment;
      attachment.id = attachment_id{file_views.size()};
      attachment.filename = f.name;
      if (!f.description.empty()) attachment.description = f.description;
      attachment_views.push_back(attachment);
      file_body view;
      view.name = f.name;
      view.bytes = f.bytes;
      view.path = f.path;
      view.limit_bytes = limit_bytes;
      file_views.push_back(view);
    }
  }
  maybe<monochord::flags<message_flag>> all_flags() const {
    if (!components_v2) return flags;
    return (flags ? *flags : monochord::flags<message_flag>()) | message_flag::is_components_v2;
  }
  /// What an edit says of attachments: nothing leaves them as they are, and lets files be added.
  maybe<list<attachment_body>> attachments_after_edit() {
    if (!kept) {
      for (const file& f : files)
        if (!f.description.empty())
          throw error(errc::invalid_argument,
                      "an edit with a description of a file says which attachments are kept: keep(id) or keep_none()");
      return {};
    }
    for (const attachment_id id : *kept) attachment_views.emplace_back().id = id;
    return list<attachment_body>(attachment_views);
  }
  maybe<allowed_mentions> mentions() const {
    if (!mentions_set && !replied_user) return {};
    allowed_mentions all;
    all.parse = null;  // the kinds of a message that says nothing
    if (mentions_set) {
      all.parse = list<std::string_view>(kind_views);
      if (!mention_users.empty()) all.users = list<user_id>(mention_users);
      if (!mention_roles.empty()) all.roles = list<role_id>(mention_roles);
    }
    all.replied_user = replied_user;
    return all;
  }
};

message_builder::message_builder() : parts_(std::make_unique<parts>()) {}
message_builder::message_builder(std::string content) : message_builder() { parts_->content = std::move(content); }
message_builder::message_builder(const message_builder& other) : parts_(std::make_unique<parts>(*other.parts_)) {}
message_builder::message_builder(message_builder&& other) noexcept = default;
message_builder& message_builder::operator=(message_builder other) noexcept { return parts_.swap(other.parts_), *this; }
message_builder::~message_builder() = default;

message_builder& message_builder::content(std::string text) { return parts_->content = std::move(text), *this; }
message_builder& message_builder::embed(embed_builder embed) {
  parts_->embeds.push_back(std::move(embed).body());
  return *this;
}
message_builder& message_builder::text(std::string markdown) {
  text_display display;
  display.content = std::move(markdown);
  return component(std::move(display));
}
message_builder& message_builder::component(monochord::component component) {
  if (is_layout(component.type())) parts_->components_v2 = true;
  parts_->components.push_back(std::move(component));
  return *this;
}
message_builder& message_builder::row(std::vector<monochord::component> components) {
  action_row row;
  row.components = std::move(components);
  return component(std::move(row));
}
message_builder& message_builder::file(std::string name, std::string bytes, std::string description) {
  return file(std::move(name), std::make_shared<const std::string>(std::move(bytes)), std::move(description));
}
message_builder& message_builder::file(std::string name, std::shared_ptr<const std::string> bytes, std::string description) {
  parts_->files.push_back({std::move(name), std::move(bytes), {}, std::move(description)});
  return *this;
}
message_builder& message_builder::file_from(std::string path, std::string name, std::string description) {
  if (name.empty()) name = path.substr(path.find_last_of('/') + 1);
  parts_->files.push_back({std::move(name), nullptr, std::move(path), std::move(description)});
  return *this;
}
message_builder& message_builder::attachment_limit(std::uint64_t bytes) { return parts_->limit_bytes = bytes, *this; }
message_builder& message_builder::keep(attachment_id attachment) { return made(parts_->kept).push_back(attachment), *this; }
message_builder& message_builder::keep_none() { return parts_->kept.emplace(), *this; }
message_builder& message_builder::theme(shared_client_theme theme) { return parts_->theme = std::move(theme), *this; }
message_builder& message_builder::poll(poll_create_request poll) { return parts_->poll = std::move(poll), *this; }
message_builder& message_builder::sticker(sticker_id id) { return parts_->stickers.push_back(id), *this; }
message_builder& message_builder::reply_to(message_id message, bool fail_if_not_exists) {
  message_reference_body& reference = parts_->reference.emplace();
  reference.message_id = message;
  if (!fail_if_not_exists) reference.fail_if_not_exists = false;
  return *this;
}
message_builder& message_builder::flags(monochord::flags<message_flag> flags) { return parts_->flags = flags, *this; }
message_builder& message_builder::ephemeral() {
  const auto before = parts_->flags ? *parts_->flags : monochord::flags<message_flag>();
  return flags(before | message_flag::ephemeral);
}
message_builder& message_builder::tts(bool value) { return parts_->tts = value, *this; }
message_builder& message_builder::nonce(std::string nonce, bool enforce) {
  parts_->nonce = std::move(nonce);
  parts_->enforce_nonce = enforce;
  return *this;
}
message_builder& message_builder::mentions(std::vector<std::string> kinds, std::vector<user_id> users,
                                           std::vector<role_id> roles) {
  parts_->mentions_set = true;
  parts_->mention_kinds = std::move(kinds);
  parts_->mention_users = std::move(users);
  parts_->mention_roles = std::move(roles);
  return *this;
}
message_builder& message_builder::mention_replied(bool value) { return parts_->replied_user = value, *this; }

create_message_body message_builder::body() const {
  parts& p = *parts_;
  p.view();
  create_message_body body;
  if (p.content) body.content = *p.content;
  if (p.nonce) body.nonce = *p.nonce;
  if (p.nonce) body.enforce_nonce = p.enforce_nonce;
  body.tts = p.tts;
  body.embeds = p.embeds;
  body.allowed_mentions = p.mentions();
  body.message_reference = p.reference;
  body.components = p.components;
  body.sticker_ids = p.stickers;
  body.files = p.file_views;
  body.attachments = p.attachment_views;
  body.flags = p.all_flags();
  if (p.poll) body.poll = &*p.poll;
  if (p.theme) body.shared_client_theme = &*p.theme;
  return body;
}

edit_message_body message_builder::edit_body() const {
  parts& p = *parts_;
  p.view();
  edit_message_body body;
  if (p.content) body.content = *p.content;
  if (!p.embeds.empty()) body.embeds = list<monochord::embed>(p.embeds);
  body.flags = p.all_flags();
  body.allowed_mentions = p.mentions();
  if (!p.components.empty()) body.components = list<monochord::component>(p.components);
  body.files = p.file_views;
  body.attachments = p.attachments_after_edit();
  return body;
}

modal_builder::modal_builder(std::string custom_id, std::string title)
    : custom_id_(std::move(custom_id)), title_(std::move(title)) {}
modal_builder& modal_builder::label(std::string text, component field, std::string description) {
  monochord::label label;
  label.label = std::move(text);
  label.description = unless_empty(std::move(description));
  label.component = std::move(field);
  components_.emplace_back(std::move(label));
  return *this;
}
modal_builder& modal_builder::text(std::string markdown) {
  text_display display;
  display.content = std::move(markdown);
  components_.emplace_back(std::move(display));
  return *this;
}
interaction_response_body modal_builder::body() const noexcept {
  interaction_response_data data;
  data.custom_id = custom_id_;
  data.title = title_;
  data.components = list<component>(components_);
  interaction_response_body body;
  body.type = interaction_callback_type::modal;
  body.data = data;
  return body;
}

}  // namespace monochord
