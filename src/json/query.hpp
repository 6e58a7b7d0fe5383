// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <monochord/json/codec.hpp>

namespace monochord::json {

namespace detail {
void encode_pairs(const table& how, const void* value, bool leading, std::string& out);
}  // namespace detail

/// The members of a flat struct as a query string with its '?', percent-encoded, in the order of its table; "" when none
/// is there. A list stands as one pair for each of its values, a comma_list as one pair. Null cannot be said in a query: such a member is left out.
/// https://docs.discord.com/developers/reference
template <class T>
std::string encode_query(const T& value) {
  std::string out;
  detail::encode_pairs(table_of<T>(), &value, true, out);
  return out;
}
/// The same without '?': a body of type application/x-www-form-urlencoded.
template <class T>
std::string encode_form(const T& value) {
  std::string out;
  detail::encode_pairs(table_of<T>(), &value, false, out);
  return out;
}

}  // namespace monochord::json
