// SPDX-License-Identifier: MIT
#pragma once

#include <array>

#include <monochord/model/bodies.hpp>

namespace monochord::rest {

/// Discord takes 25 characters at most.
using nonce_letters = std::array<char, 24>;

/// Gives a message a nonce of ours, unless it has its own, and lets Discord enforce it, so that a retry makes no second
/// message. That goes for the caller's own nonce as well: Discord then answers a second message of it with the first. False
/// when the body says `enforce_nonce = false`: then nothing is changed. `storage` holds the nonce and must live until the
/// body is encoded.
/// https://docs.discord.com/developers/resources/message#create-message
bool cover_by_nonce(create_message_body& body, nonce_letters& storage);

}  // namespace monochord::rest
