// SPDX-License-Identifier: MIT
// Every answer that a route may give, made from the schemas of Discord's specification, decodes into its model: with all
// fields, with only the required ones, and with null wherever it may stand; and nothing that a field holds is lost.
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <vector>

#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/samples.hpp"
#include "support/skip.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

struct row {
  std::string_view schema;
  std::string_view model;
};
constexpr row rows[] = {
#define RESPONSE(schema, model) {#schema, #model},
#include "responses.def"
#undef RESPONSE
};

value read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return value::parse(file);
}

enum class shape { all, required, nulls };

class sampler {
 public:
  explicit sampler(const value& schemas) : schemas_(schemas) {}

  // `alternative` chooses of unions and enums.
  value object(const std::string& name, shape which, std::size_t alternative, int depth = 0) const {
    value out = value::object();
    for (const value& field : schemas_.at(name).at("fields")) {
      const auto key = field.at("name").get<std::string>();
      const bool required = field.value("required", false);
      if (!required && (which == shape::required || depth > 4)) continue;
      const auto type = field.at("type").get<std::string>();
      if (which == shape::nulls && field.value("nullable", false)) out[key] = nullptr;
      else if (key == "type" && type == "MessageComponentTypes") out[key] = component_type(name);
      else out[key] = of(type, which, alternative, depth + 1);
    }
    return out;
  }

  // The alternatives of a type: `A|B<C|D>` are two.
  static std::vector<std::string> alternatives(std::string_view type) {
    std::vector<std::string> out(1);
    int depth = 0;
    for (const char c : type) {
      depth += c == '<' ? 1 : c == '>' ? -1 : 0;
      if (c == '|' && depth == 0) out.emplace_back();
      else out.back() += c;
    }
    return out;
  }

 private:
  value of(std::string type, shape which, std::size_t alternative, int depth) const {
    const auto all = alternatives(type);
    type = all[alternative % all.size()];
    const bool nullable = type.ends_with('?');
    if (nullable) type.pop_back();
    if (nullable && which == shape::nulls) return nullptr;
    const auto inner = [&](std::string_view word) {
      return type.substr(word.size() + 1, type.size() - word.size() - 2);
    };
    if (type.starts_with("array<")) {
      value out = value::array();
      const std::string element = inner("array");
      const std::size_t kinds = alternatives(element).size();
      for (std::size_t i = 0; i < std::max<std::size_t>(1, depth > 5 ? 1 : kinds); ++i)
        out.push_back(of(element, which == shape::nulls && element.ends_with('?') ? shape::all : which, alternative + i, depth));
      return out;
    }
    if (type.starts_with("map<")) return value{{"1234567890123456789", of(inner("map"), which, alternative, depth)}};
    if (type == "SnowflakeType") return "1234567890123456789";
    if (type == "string(date-time)") return "2024-05-06T07:08:09.123456+00:00";
    if (type.starts_with("string")) return "7";  // also where the text is a number
    if (type == "boolean") return true;
    if (type == "int32" || type == "integer" || type == "UInt32Type") return 7;
    if (type == "int64" || type == "Int53Type") return 9007199254740991;
    if (type == "double") return 0.5;
    if (type == "null") return nullptr;
    if (type == "any") return value{{"a", {1, nullptr}}};
    if (!schemas_.contains(type)) throw std::out_of_range("no schema " + type);
    const value& schema = schemas_.at(type);
    if (schema.at("kind") == "enum") {
      const value& members = schema.at("members");
      return members.at(alternative % members.size()).at(1);
    }
    return object(type, which, alternative, depth);
  }

  // Component schemas do not say their type; their name does.
  value component_type(const std::string& schema) const {
    std::string best;
    value out;
    for (const value& member : schemas_.at("MessageComponentTypes").at("members")) {
      std::string name;
      bool upper = true;
      for (const char c : member.at(0).get<std::string>()) {
        if (c != '_') name += upper ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        upper = c == '_';
      }
      if (schema.starts_with(name) && name.size() > best.size()) best = name, out = member.at(1);
    }
    return out;
  }

  const value& schemas_;
};

// Nothing of the specification that we do not read, but these; the last name of the path, which may stand in many answers.
const std::vector<row> unread = {
#define UNREAD(field, reason) {field, reason},
#include "unread.def"
#undef UNREAD
};

}  // namespace

TEST_CASE("every answer of every route decodes into a model") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  const value schemas = read(*data / "schemas.json").at("schemas");
  std::set<std::string> wanted;
  std::set<std::string> others;  // no objects
  const value routes = read(*data / "routes.json");
  for (const value& route : routes.at("routes")) {
    if (!route.contains("responses")) continue;
    for (const auto& [status, type] : route.at("responses").items()) {
      if (type.is_null()) continue;
      std::string word;
      for (const char c : type.get<std::string>() + "|") {
        if (std::isalnum(static_cast<unsigned char>(c))) {
          word += c;
          continue;
        }
        if (schemas.contains(word)) wanted.insert(word);
        else if (!word.empty()) others.insert(type.get<std::string>());
        word.clear();
      }
    }
  }
  std::map<std::string, std::string> known;
  for (const row& r : rows) known.emplace(r.schema, r.model);
  const sampler make(schemas);
  std::map<std::string, std::set<std::string>> not_read;
  std::size_t tried = 0;
  std::size_t decoded = 0;
  for (const std::string& name : wanted) {
    const auto at = known.find(name);
    if (at == known.end()) {
      FAIL_CHECK(name << " has no row in responses.def");
      continue;
    }
    const model& m = model_named(at->second);
    bool good = true;
    for (const shape which : {shape::all, shape::required, shape::nulls})
      for (std::size_t alternative = 0; alternative < 24; ++alternative) {
        const value sample = make.object(name, which, alternative);
        std::string out;
        json::failure why;
        ++tried;
        const bool taken = m.round(sample.dump(), out, why);
        good = good && taken && why.unexpected_nulls == 0;
        if (!taken || why.unexpected_nulls != 0) {
          FAIL_CHECK(name << " as " << m.name << " at " << why.path << ": " << why.reason << ", " << why.unexpected_nulls
                          << " unexpected nulls, shape " << static_cast<int>(which) << "\n" << sample.dump());
          break;
        }
        std::set<std::string> fields;
        lost(sample, value::parse(out), "", fields);
        not_read[name].insert(fields.begin(), fields.end());
      }
    if (good) ++decoded;
    known.erase(at);
  }
  for (const auto& [name, m] : known) FAIL_CHECK(name << " is not an answer any more");
  std::map<std::string_view, int> used;
  for (const auto& [name, fields] : not_read)
    for (const std::string& field : fields) {
      const auto reason = std::find_if(std::begin(unread), std::end(unread), [&](const row& u) { return field.ends_with(u.schema); });
      if (reason == std::end(unread)) FAIL_CHECK(name << field << " is not read");
      else ++used[reason->schema];
    }
  for (const row& u : unread) {
    if (used[u.schema] == 0) FAIL_CHECK(u.schema << " needs no exception");
    std::cout << "  not read: " << u.schema << " (" << used[u.schema] << " places): " << u.model << '\n';
  }
  for (const std::string& type : others) std::cout << "  no object: " << type << '\n';
  std::cout << "responses " << decoded << " / " << wanted.size() << ", " << tried << " samples\n";
  CHECK(decoded == wanted.size());
}
