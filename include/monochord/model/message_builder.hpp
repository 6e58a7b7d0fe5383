// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/component_builder.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/poll.hpp>

namespace monochord {

/// Builds an embed. Owns what it is given. Not thread-safe.
/// https://docs.discord.com/developers/resources/message#embed-object
class embed_builder {
 public:
  embed_builder();
  explicit embed_builder(std::string title);

  embed_builder& title(std::string text);
  embed_builder& description(std::string text);
  embed_builder& url(std::string url);
  /// 0xRRGGBB
  embed_builder& color(int rgb);
  embed_builder& timestamp(monochord::timestamp time);
  embed_builder& footer(std::string text, std::string icon_url = {});
  /// A URL, or `attachment://name` for a file that is sent along.
  embed_builder& image(std::string url);
  embed_builder& thumbnail(std::string url);
  embed_builder& author(std::string name, std::string url = {}, std::string icon_url = {});
  embed_builder& field(std::string name, std::string value, bool is_inline = false);

  const embed& body() const& noexcept { return embed_; }
  embed&& body() && noexcept { return std::move(embed_); }

 private:
  embed embed_;
};

/// Builds a message to create, to edit into, or to answer an interaction with. Owns what it is given; copies are deep.
/// Not thread-safe, `body()` and `edit_body()` included: they prepare the views in this object. An answer to an interaction
/// takes neither `reply_to` nor `nonce` nor `sticker` nor `theme`; `edit_body()` takes no `poll`, `sticker`, `reply_to`,
/// `nonce`, `tts`, `theme`; only `edit_body()` takes `keep` and `keep_none`.
/// https://docs.discord.com/developers/resources/message#create-message
class message_builder {
 public:
  message_builder();
  explicit message_builder(std::string content);
  message_builder(const message_builder& other);
  message_builder(message_builder&& other) noexcept;
  message_builder& operator=(message_builder other) noexcept;
  ~message_builder();

  message_builder& content(std::string text);
  message_builder& embed(embed_builder embed);
  /// Any component: a struct, or a builder of `model/component_builder.hpp`. With one that is more than a row of buttons or
  /// a select the message is made of components alone (the flag is_components_v2 is set by itself): it then takes no
  /// content, embeds, poll or stickers; `json::check_limits`, which every call does, refuses these beside it.
  /// https://docs.discord.com/developers/components/reference
  message_builder& component(monochord::component component);
  /// A row of buttons or one select: `row(mc::button_builder{"Yes", "yes"}, mc::button_builder{"No", "no"})`.
  template <detail::makes_component... C>
  message_builder& row(C&&... components) {
    return row(detail::components(std::forward<C>(components)...));
  }
  message_builder& row(std::vector<monochord::component> components);
  /// A text of its own, beside containers and other components; for plain messages see `content`.
  message_builder& text(std::string markdown);
  /// A file with its bytes; `description` is the alternative text of an image. Copies of the builder share the bytes.
  message_builder& file(std::string name, std::string bytes, std::string description = {});
  message_builder& file(std::string name, std::shared_ptr<const std::string> bytes, std::string description = {});
  /// A file that is read from disk while it is sent; `name` is the last part of `path` unless another is given.
  message_builder& file_from(std::string path, std::string name = {}, std::string description = {});
  /// The limit for each file in bytes, like the `attachment_size_limit` of an interaction, instead of the client's.
  message_builder& attachment_limit(std::uint64_t bytes);
  /// An edit: of the attachments that the message has, those that are kept; all others go. Without `keep` and `keep_none`
  /// an edit leaves them as they are, and adds the files.
  message_builder& keep(attachment_id attachment);
  message_builder& keep_none();
  message_builder& poll(poll_create_request poll);
  /// Colours for the client, which who sees the message may take over.
  message_builder& theme(shared_client_theme theme);
  message_builder& sticker(sticker_id id);
  message_builder& reply_to(message_id message, bool fail_if_not_exists = true);
  message_builder& flags(monochord::flags<message_flag> flags);
  /// Only the user of the interaction sees the answer.
  message_builder& ephemeral();
  message_builder& tts(bool value = true);
  /// Up to 25 characters; unless `enforce` is false Discord makes no second message with the same nonce. If it is, nothing
  /// covers a message whose answer is lost: it is not sent again.
  message_builder& nonce(std::string nonce, bool enforce = true);
  /// Whom the message notifies: kinds (`users`, `roles`, `everyone`), and ids of other kinds than these. Without it those
  /// that `client_options::allowed_mentions` says.
  message_builder& mentions(std::vector<std::string> kinds, std::vector<user_id> users = {}, std::vector<role_id> roles = {});
  message_builder& no_mentions() { return mentions({}); }
  /// Whether the author of the message that is replied to is notified; the others are as without this.
  message_builder& mention_replied(bool value);

  /// Views of what this builder owns: valid until it is changed or destroyed.
  create_message_body body() const;
  /// The same to edit a message with: only what was set. Throws `error` with `errc::invalid_argument` when a file has a
  /// description, but nothing says which attachments are kept: Discord takes the one only with the other.
  edit_message_body edit_body() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Builds a modal, the answer to a command or a component:
/// `rest().create_interaction_response(interaction.id, interaction.token, modal.body())`.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal
class modal_builder {
 public:
  modal_builder(std::string custom_id, std::string title);

  /// A labelled field: `label("Name", mc::text_input_builder{"name"})`, or a select, file upload, radio group, checkbox
  /// group or checkbox. https://docs.discord.com/developers/components/reference#label
  modal_builder& label(std::string text, component field, std::string description = {});
  modal_builder& text(std::string markdown);

  /// Views of what this builder owns: valid until it is changed or destroyed.
  interaction_response_body body() const noexcept;

 private:
  std::string custom_id_;
  std::string title_;
  std::vector<component> components_;
};

}  // namespace monochord
