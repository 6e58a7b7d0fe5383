// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/locale.hpp>
#include <monochord/model/scalar.hpp>

namespace monochord {

/// How a value is compared.
/// https://docs.discord.com/developers/resources/application-role-connection-metadata#application-role-connection-metadata-object-application-role-connection-metadata-type
enum class application_role_connection_metadata_type : std::int32_t {
  integer_less_than_or_equal = 1,
  integer_greater_than_or_equal = 2,
  integer_equal = 3,
  integer_not_equal = 4,
  datetime_less_than_or_equal = 5,
  datetime_greater_than_or_equal = 6,
  boolean_equal = 7,
  boolean_not_equal = 8,
};

/// Something that an application knows of its users, for roles that ask for it. The keys of the localizations are locales.
/// https://docs.discord.com/developers/resources/application-role-connection-metadata#application-role-connection-metadata-object-application-role-connection-metadata-structure
struct application_role_connection_metadata {
  application_role_connection_metadata_type type{};
  std::string key;
  std::string name;
  maybe<flat_map<std::string, std::string>> name_localizations;
  std::string description;
  maybe<flat_map<std::string, std::string>> description_localizations;
};

/// What an application says of one user; `metadata` holds a text for each key of the application's metadata.
/// https://docs.discord.com/developers/resources/user#application-role-connection-object-application-role-connection-structure
struct application_role_connection {
  maybe<std::string> platform_name;
  maybe<std::string> platform_username;
  optional<flat_map<std::string, scalar>> metadata;
};

}  // namespace monochord
