// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/model/user.hpp>

namespace monochord {

/// A page of those who voted for an answer.
/// https://docs.discord.com/developers/resources/poll#get-answer-voters-response-body
struct poll_voters {
  std::vector<user> users;
};

}  // namespace monochord
