// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <monochord/cache/cache.hpp>
#include <string_view>

#include "protocol/path_parameters.hpp"
#include "protocol/routes.hpp"

namespace monochord {

/// Has a cache learn what REST answers: guilds, channels, roles, members, users and messages. Thread-safe.
std::function<void(const protocol::route&, const protocol::path_parameters& parameters, std::string_view body)>
rest_learner(std::shared_ptr<cache> to);

}  // namespace monochord
