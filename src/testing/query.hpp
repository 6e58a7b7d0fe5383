// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monochord::testing {

/// Decodes %XX (and + as a space where `plus` says so); what is no valid escape stays as it is.
std::string percent_decode(std::string_view text, bool plus);

/// Whether text has only characters that may stand in a URL, and every % begins a valid escape.
bool well_encoded(std::string_view text);

/// Whether text is valid UTF-8.
bool valid_utf8(std::string_view text);

/// The name=value pairs of a query string, decoded, in their order.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

}  // namespace monochord::testing
