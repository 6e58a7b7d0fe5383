// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "json/table.hpp"

// Reads Discord's API as data (routes.json, schemas.json, docs_endpoints.json) and compares its types with our tables.
namespace monochord::tests {

/// Whether a field of ours can be null on the wire.
inline bool takes_null(const json::type& how) {
  return how.what == json::kind::raw || how.what == json::kind::null_bool || how.what == json::kind::scalar ||
         (how.what == json::kind::wrapper && static_cast<const json::wrapper_how*>(how.how)->set_null != nullptr);
}

/// A field as the data has it. Those that only the documentation knows have no type. The bounds are of the length of text
/// and lists, of the value of numbers; where several forms have the field, what one of them takes.
struct api_field {
  std::string name;
  std::string type;
  std::optional<std::int64_t> low = {};
  std::optional<std::int64_t> high = {};
  bool optional = true;       ///< may be left out; of several forms, in one of them
  bool nullable = false;      ///< may be null, as the documentation says (the specification says it of nearly every field)
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
  std::vector<std::string> missing;  ///< `EntitlementResponse.parent_id of entitlement`, `create_message body nonce of ...`
};

class api_data {
 public:
  explicit api_data(const std::filesystem::path& folder);

  const std::vector<api_route>& routes() const noexcept { return routes_; }

  /// Every field of these, and of what is inside them, against the tables of ours that may hold it; each pair of a schema
  /// and its tables is looked at and counted once.
  void compare(const std::string& where, const std::vector<api_field>& theirs, const std::vector<const json::table*>& ours,
               coverage& out);
  /// The same for a type; of a list its items.
  void compare(const std::string& where, const std::string& type, const std::vector<const json::table*>& ours, coverage& out);

 private:
  using types = std::vector<const json::type*>;
  /// What a field of ours may hold.
  struct holders {
    std::vector<const json::table*> objects;
    types items;    // of lists
    types entries;  // of maps
    bool anything = false;  // raw JSON
    bool typed = false;     // the kind stands for the field `type`
  };
  static holders unwrap(const types& ours);
  void value(const std::string& where, const std::string& type, const holders& ours, coverage& out);
  void object(const std::string& where, const std::vector<api_field>& theirs, const holders& ours, coverage& out);
  void read_route(const nlohmann::json& from, const nlohmann::json& docs, bool docs_only);

  nlohmann::json schemas_;
  std::vector<api_route> routes_;
  std::set<std::string> seen_;
};

}  // namespace monochord::tests
