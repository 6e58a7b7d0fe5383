// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/json.hpp"
#include "testing/tables.hpp"

namespace monochord::testing {

/// The `errors` of an Invalid Form Body answer: objects nested by field, list indexes as keys, down to `_errors`.
/// https://docs.discord.com/developers/reference#error-messages
class form_errors {
 public:
  /// `path` is from the root of the body.
  void add(const std::vector<std::string>& path, std::string_view code, std::string_view message);
  void merge(const form_errors& other);
  bool empty() const noexcept { return count_ == 0; }
  std::size_t count() const noexcept { return count_; }
  const json& tree() const noexcept { return tree_; }
  /// A name that the tables do not know. Discord ignores those, so this is no error of the form.
  void add_unknown(std::string name) { unknown_.push_back(std::move(name)); }
  const std::vector<std::string>& unknown() const noexcept { return unknown_; }
  /// `embeds.0.title: BASE_TYPE_MAX_LENGTH; ...` for a violation's text.
  const std::string& summary() const noexcept { return summary_; }

 private:
  json tree_ = json::object();
  std::string summary_;
  std::size_t count_ = 0;
  std::vector<std::string> unknown_;
};

/// Checks a value against a shape of the tables, as Discord checks a body. Unknown fields are
/// no errors, as with Discord, but told apart.
void validate(std::uint16_t shape_index, const json& value, std::vector<std::string>& path, form_errors& errors);

/// Checks a decoded query string: `query` has one entry for each `name=value`.
void validate_query(const tables::route_row& route, const std::vector<std::pair<std::string, std::string>>& query,
                    form_errors& errors);

/// What the tables cannot say: sums, combinations, order. `edits` is the message that a request changes, null when it
/// makes one.
void check_message_rules(const json& request, std::size_t files, const json* edits, form_errors& errors);
void check_modal_rules(const json& modal, form_errors& errors);
/// One command; `path` is where it stands in the body (empty, or an index for the bulk route).
void check_command_rules(const json& command, const std::vector<std::string>& path, form_errors& errors);
/// Names are unique by type, and there are not too many of a type.
void check_command_list(const json& commands, form_errors& errors);

}  // namespace monochord::testing
