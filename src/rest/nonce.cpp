// SPDX-License-Identifier: MIT
#include "rest/nonce.hpp"

#include "core/random.hpp"

namespace monochord::rest {

namespace {

/// Discord takes 25 characters at most.
constexpr std::size_t nonce_length = 24;

}  // namespace

bool cover_by_nonce(create_message_body& body, std::string& storage) {
  if (body.enforce_nonce && !*body.enforce_nonce) return false;
  if (!body.nonce) {
    // Two messages with one nonce are one to Discord.
    storage = detail::secret_letters(nonce_length);
    body.nonce = storage;
  }
  body.enforce_nonce = true;
  return true;
}

}  // namespace monochord::rest
