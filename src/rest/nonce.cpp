// SPDX-License-Identifier: MIT
#include "rest/nonce.hpp"

#include "core/random.hpp"

namespace monochord::rest {

bool cover_by_nonce(create_message_body& body, nonce_letters& storage) {
  if (body.enforce_nonce && !*body.enforce_nonce) return false;
  if (!body.nonce) {
    // Two messages with one nonce are one to Discord.
    detail::fill_with_secret_letters(storage);
    body.nonce = std::string_view(storage.data(), storage.size());
  }
  body.enforce_nonce = true;
  return true;
}

}  // namespace monochord::rest
