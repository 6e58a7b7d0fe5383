// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct sku;
class rest_client;

namespace rest {

/// What an application sells. Types: `model/sku.hpp`.
class sku_routes {
 public:
  /// Everything that the application sells; a subscription is there twice, once as its group.
  /// https://docs.discord.com/developers/resources/sku#list-skus
  task<std::vector<sku>> list_skus(application_id application, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  sku_routes() = default;
};

}  // namespace rest

}  // namespace monochord
