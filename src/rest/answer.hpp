// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>
#include "net/http_message.hpp"
#include "protocol/rate_limiter.hpp"

namespace monochord::rest {

/// What an answer says about rate limits, from its headers and, for a 429, its body.
/// https://docs.discord.com/developers/topics/rate-limits#header-format
protocol::response_info read_limits(const net::http_response& response);

/// How long to wait before a search is asked for again whose index is not ready (202 with code 110000).
/// https://docs.discord.com/developers/resources/message#search-guild-messages
std::optional<duration> wait_for_index(const net::http_response& response);

/// The typed error of an answer that is no success: its status is not 2xx. Bodies that are not Discord's JSON (a proxy's
/// HTML) are cut to a line. `secrets`, none of them empty, are shown as `***` wherever the answer repeats them.
rest_error refused(const net::http_response& response, const std::string& route, int attempt,
                   const std::vector<std::string>& secrets, bool may_have_been_sent);

}  // namespace monochord::rest
