// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/scalar.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// Where a request to join stands. Not documented.
struct join_request_status_names {
  static constexpr std::string_view started = "STARTED";
  static constexpr std::string_view submitted = "SUBMITTED";
  static constexpr std::string_view rejected = "REJECTED";
  static constexpr std::string_view approved = "APPROVED";
};
using join_request_status = open_string<join_request_status_names>;

/// What kind of question a form asks. Not documented.
struct join_form_field_type_names {
  static constexpr std::string_view terms = "TERMS";
  static constexpr std::string_view text_input = "TEXT_INPUT";
  static constexpr std::string_view paragraph = "PARAGRAPH";
  static constexpr std::string_view multiple_choice = "MULTIPLE_CHOICE";
};
using join_form_field_type = open_string<join_form_field_type_names>;

/// A question with its answer; which fields there are depends on the kind. Not documented.
struct join_form_response {
  join_form_field_type field_type;
  optional<std::string> label;
  maybe<std::string> description;
  optional_bool required;
  maybe<std::string> placeholder;
  optional<std::vector<std::string>> values;
  optional<std::vector<std::string>> choices;
  optional<scalar> response;
};

/// Somebody who asks to join a guild. Not documented.
struct join_request {
  // Compiled once, in the library.
  join_request();
  join_request(const join_request&);
  join_request(join_request&&) noexcept;
  join_request& operator=(const join_request&);
  join_request& operator=(join_request&&) noexcept;
  ~join_request();

  any_id id;
  timestamp created_at;
  maybe<timestamp> reviewed_at;
  maybe<join_request_status> application_status;
  maybe<std::string> rejection_reason;
  monochord::guild_id guild_id;
  monochord::user_id user_id;
  maybe<box<monochord::user>> user;
  maybe<std::vector<join_form_response>> form_responses;
  maybe<box<monochord::user>> actioned_by_user;
};

/// A page of requests to join. Not documented.
struct join_request_list {
  optional<int> total;
  optional<std::vector<join_request>> guild_join_requests;
};

}  // namespace monochord
