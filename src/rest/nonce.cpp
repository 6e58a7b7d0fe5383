// SPDX-License-Identifier: MIT
#include "rest/nonce.hpp"

#include <monochord/core/random.hpp>

namespace monochord::rest {

namespace {

/// Discord takes 25 characters at most.
constexpr int nonce_length = 24;

}  // namespace

bool cover_by_nonce(create_message_body& body, std::string& storage) {
  if (body.enforce_nonce && !*body.enforce_nonce) return false;
  if (!body.nonce) {
    storage.clear();
    for (int i = 0; i < nonce_length; ++i) storage += "0123456789abcdefghijklmnopqrstuv"[random_int(0, 31)];
    body.nonce = storage;
  }
  body.enforce_nonce = true;
  return true;
}

}  // namespace monochord::rest
