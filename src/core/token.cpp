// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <string_view>

#include <monochord/core/error.hpp>
#include <monochord/core/token.hpp>

namespace monochord {

token token_from_env(const char* variable) {
  const char* const found = std::getenv(variable);
  std::string_view text = found ? found : "";
  constexpr std::string_view blank = " \t\r\n";  // a token read from a file ends with a line end
  while (!text.empty() && blank.find(text.front()) != blank.npos) text.remove_prefix(1);
  while (!text.empty() && blank.find(text.back()) != blank.npos) text.remove_suffix(1);
  if (text.empty())
    throw error(errc::token_missing, std::string("environment variable ") + variable + (found ? " is empty" : " is not set") +
                                         ": " + make_error_code(errc::token_missing).message());
  return token{std::string(text)};
}

}  // namespace monochord
