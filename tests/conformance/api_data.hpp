// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/table.hpp"

// Reads Discord's API as data (routes.json, schemas.json, docs_endpoints.json) and compares its types with our tables.
namespace monochord::tests {

/// A field as the data has it. Those that only the documentation knows have no type.
struct api_field {
  std::string name;
  std::string type;
};

/// A route as the data has it.
struct api_route {
  std::string key;  ///< its operation; `METHOD path` of those that are in the documentation only
  std::string method;
  std::string path;
  bool docs_only = false;
  std::vector<api_field> query;
  std::vector<api_field> body;     ///< of all its forms; of a list: of its items
  std::string body_type;           ///< of a body that is told by a type, not by fields
  std::vector<std::string> answers;  ///< types of answers that are JSON
};

/// How many fields there are, and those that our tables do not have.
struct coverage {
  int fields = 0;
  std::vector<std::string> missing;  ///< `where field`, `field` like `members[].user.id`
};

class api_data {
 public:
  explicit api_data(const std::filesystem::path& folder);

  const std::vector<api_route>& routes() const noexcept { return routes_; }

  /// Every field of these, and of what is inside them, against the tables of ours that may hold it; each pair of a type and
  /// its tables is looked at and counted once.
  void compare(const std::string& where, const std::vector<api_field>& theirs, const std::vector<const json::table*>& ours,
               coverage& out);
  void compare(const std::string& where, const std::string& type, const std::vector<const json::table*>& ours, coverage& out);

 private:
  using types = std::vector<const json::type*>;
  using tables = std::vector<const json::table*>;
  void values(const std::string& path, const std::string& type, const types& ours, coverage& out);
  void fields(const std::string& path, const std::vector<api_field>& theirs, const tables& ours, coverage& out);
  void read_objects(std::string type, std::vector<api_field>& fields, std::string& list, std::string& map) const;
  void read_route(const nlohmann::json& from, const nlohmann::json& docs, bool docs_only);

  nlohmann::json schemas_;
  std::vector<api_route> routes_;
  std::set<std::string> seen_;
};

}  // namespace monochord::tests
