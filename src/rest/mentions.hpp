// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <monochord/core/optional.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/rest/default_mentions.hpp>

namespace monochord::rest {

/// Says in bodies whom they notify where they leave that open: not at all, or (`parse` is null) for the kinds of mentions.
class mentions {
 public:
  /// `ordinary`: a message of a channel, which notifies everybody that it mentions by itself; those of webhooks and
  /// interactions notify users only. https://docs.discord.com/developers/resources/message#allowed-mentions-object
  mentions(const optional<default_mentions>& by_default, bool ordinary) : by_default_(by_default) {
    const auto add = [this](bool wanted, std::string_view kind) {
      if (wanted) kinds_[count_++] = kind;
    };
    // Users first and roles last, for either may be left out.
    add(by_default ? by_default->users : true, "users");
    add(by_default ? by_default->everyone : ordinary, "everyone");
    add(by_default ? by_default->roles : ordinary, "roles");
  }
  mentions(const mentions&) = delete;
  mentions& operator=(const mentions&) = delete;

  /// A copy of a body, whose views are valid as long as this object; what is no message is given back as it is.
  template <class Body>
  decltype(auto) in(const Body& given) const {
    if constexpr (requires { given.allowed_mentions; }) {
      Body body = given;
      fill(body, true);
      return body;
    } else if constexpr (requires { given.message.allowed_mentions; }) {
      Body body = given;
      fill(body.message, true);
      return body;
    } else {
      return (given);
    }
  }
  /// An edit that says nothing new notifies nobody: then it is left as it is.
  edit_message_body in(const edit_message_body& given) const {
    edit_message_body body = given;
    fill(body, body.content.has_value() || body.components.has_value());
    return body;
  }
  interaction_response_body in(const interaction_response_body& given) const {
    interaction_response_body body = given;
    if (!body.data) return body;
    const bool message = body.type == interaction_callback_type::channel_message_with_source;
    const bool edit = body.type == interaction_callback_type::update_message;
    fill(*body.data, message || (edit && (body.data->content.has_value() || body.data->components.has_value())));
    return body;
  }

 private:
  template <class Body>
  void fill(Body& body, bool speaks) const {
    auto& asked = body.allowed_mentions;
    if (asked && asked->parse.is_null()) asked->parse = kinds_beside(*asked);
    if (!speaks || !by_default_ || !asked.is_absent()) return;
    asked.emplace().parse = kinds_beside({});
    asked->replied_user = by_default_->replied_user;
  }
  /// Discord takes a kind or ids of it, not both.
  list<std::string_view> kinds_beside(const allowed_mentions& ids) const {
    std::size_t first = 0, end = count_;
    if (ids.users && !ids.users->empty() && first < end && kinds_[first] == "users") ++first;
    if (ids.roles && !ids.roles->empty() && first < end && kinds_[end - 1] == "roles") --end;
    return {kinds_.data() + first, end - first};
  }

  optional<default_mentions> by_default_;
  std::array<std::string_view, 3> kinds_;
  std::size_t count_ = 0;
};

}  // namespace monochord::rest
