// SPDX-License-Identifier: MIT
// Every object that Discord documents for bots has a model, and the model every documented field: with its kind, and never
// stricter than the documentation about what may be absent or null.
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "api_data.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/samples.hpp"
#include "support/skip.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

struct row {
  std::string_view anchor;
  std::string_view model;
  std::string_view elsewhere;
};
constexpr row rows[] = {
#define OBJECT(anchor, model) {anchor, #model, {}},
#define ELSEWHERE(anchor, where) {anchor, {}, where},
#include "objects.def"
#undef OBJECT
#undef ELSEWHERE
};

struct exception {
  std::string_view anchor;  // or "" for all
  std::string_view field;
  std::string_view reason;
};
// Fields that are there, but not as a row of the table.
constexpr exception not_in_table[] = {
#define FIELD(anchor, field, reason) {anchor, field, reason},
#define KIND(anchor, field, reason)
#include "object_exceptions.def"
#undef FIELD
#undef KIND
};
// Fields whose kind is another than documented.
constexpr exception other_kind[] = {
#define FIELD(anchor, field, reason)
#define KIND(anchor, field, reason) {anchor, field, reason},
#include "object_exceptions.def"
#undef FIELD
#undef KIND
};

template <std::size_t N>
const exception* find(const exception (&all)[N], std::string_view anchor, std::string_view field) {
  for (const exception& e : all)
    if ((e.anchor.empty() || e.anchor == anchor) && e.field == field) return &e;
  return nullptr;
}

const json::field* find(const json::table& how, std::string_view name) {
  for (std::uint32_t i = 0; i < how.count; ++i)
    if (how.fields[i].name == name) return &how.fields[i];
  return how.inlined ? find(how.inlined(), name) : nullptr;
}
void names(const json::table& how, std::set<std::string>& out) {
  for (std::uint32_t i = 0; i < how.count; ++i) out.emplace(how.fields[i].name);
  if (how.inlined) names(how.inlined(), out);
}

// The tables of objects that are told apart by their `type`, which is written with them.
void tagged_tables(const json::type& how, std::set<const json::table*>& out) {
  if (how.inner) tagged_tables(*how.inner, out);
  if (how.what != json::kind::tagged || how.tag().outside) return;
  for (std::size_t i = 0; i < how.tag().count; ++i) out.insert(&how.tag().first[i].object());
}
std::set<const json::table*> tagged_tables() {
  std::set<const json::table*> out;
  for (const model& m : models())
    for (std::uint32_t i = 0; i < m.table().count; ++i) tagged_tables(*m.table().fields[i].how, out);
  return out;
}

// What the documentation calls it, as a word for kinds that can hold it; empty when it says something else.
std::string wanted(std::string type) {
  for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto is = [&](std::string_view word) { return type.starts_with(word); };
  if (is("array") || is("list of")) return "row";
  if (is("snowflake or")) return "";
  if (is("snowflake")) return "id";
  if (is("iso8601")) return "timestamp";
  if (type == "string") return "text";
  if (is("integer")) return "whole";
  if (is("boolean")) return "boolean";
  if (is("float") || is("double")) return "number";
  if (is("dict") || is("map")) return "map";
  return "";
}
std::string held(const json::type& how) {
  using json::kind;
  switch (how.what) {
    case kind::boolean:
    case kind::optional_bool:
    case kind::null_bool: return "boolean";
    case kind::int32:
    case kind::uint32:
    case kind::int64:
    case kind::uint64: return "whole";
    case kind::number: return "number";
    case kind::text:
    case kind::text_like:
    case kind::text_view: return "text";
    case kind::bits_text: return "text";
    case kind::id: return "id";
    case kind::timestamp: return "timestamp";
    case kind::row: return "row";
    case kind::map: return "map";
    case kind::wrapper: return held(*how.inner);
    default: return "";  // raw, scalar, object, tagged
  }
}

value read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return value::parse(file);
}

}  // namespace

TEST_CASE("every documented object has a model with every documented field") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  std::map<std::string, row> known;
  for (const row& r : rows) {
    INFO(r.anchor);
    CHECK(known.emplace(r.anchor, r).second);  // once
  }
  std::map<std::string, std::set<std::string>> documented;  // by model
  std::set<std::string> used;
  const std::set<const json::table*> tagged = tagged_tables();
  int all = 0;
  int found = 0;
  int elsewhere = 0;
  int fields = 0;
  const value objects = read(*data / "objects.json").at("objects");
  for (const value& object : objects) {
    if (object.value("group", "") == "other") continue;
    ++all;
    bool good = true;
    const auto bad = [&good](const std::string& why) {
      good = false;
      FAIL_CHECK(why);
    };
    const std::string anchor = object.at("page").get<std::string>() + "#" + object.at("anchor").get<std::string>();
    const auto at = known.find(anchor);
    if (at == known.end()) {
      FAIL_CHECK(anchor << " has no row in objects.def");
      continue;
    }
    const row r = at->second;
    known.erase(at);
    if (r.model.empty()) {
      std::cout << "  elsewhere: " << anchor << ": " << r.elsewhere << '\n';
      ++elsewhere;
      continue;
    }
    const std::string model(r.model);
    const json::table& table = model_named(r.model).table();
    for (const value& field : object.at("fields")) {
      ++fields;
      const auto name = field.at("name").get<std::string>();
      documented[std::string(r.model)].insert(name);
      const json::field* const ours = find(table, name);
      if (!ours && name == "type" && tagged.contains(&table)) continue;
      if (!ours) {
        if (const exception* e = find(not_in_table, anchor, name)) used.insert(std::string(e->anchor) + "." + name);
        else bad(anchor + ": " + model + " has no " + name);
        continue;
      }
      const bool optional = field.value("optional", false);
      const bool nullable = field.value("nullable", false);
      if (optional && ours->required) bad(anchor + ": " + model + "." + name + " is optional, ours is required");
      if (nullable && !takes_null(*ours->how)) bad(anchor + ": " + model + "." + name + " may be null, ours may not");
      const std::string want = wanted(field.at("type").get<std::string>());
      const std::string hold = held(*ours->how);
      if (want.empty() || hold.empty() || want == hold || (want == "whole" && hold == "number")) continue;
      if (const exception* e = find(other_kind, anchor, name)) used.insert(std::string(e->anchor) + "." + name + ":");
      else bad(anchor + ": " + model + "." + name + " is documented as " + want + ", ours is " + hold);
    }
    found += good ? 1 : 0;
  }
  for (const auto& [anchor, r] : known) FAIL_CHECK(anchor << " is not documented any more");
  for (const exception& e : not_in_table) {
    if (!used.contains(std::string(e.anchor) + "." + std::string(e.field))) FAIL_CHECK(e.anchor << "." << e.field << " needs no exception");
    std::cout << "  not a row: " << e.anchor << "." << e.field << ": " << e.reason << '\n';
  }
  for (const exception& e : other_kind) {
    if (!used.contains(std::string(e.anchor) + "." + std::string(e.field) + ":")) FAIL_CHECK(e.anchor << "." << e.field << " needs no exception");
    std::cout << "  other kind: " << e.anchor << "." << e.field << ": " << e.reason << '\n';
  }
  for (const auto& [name, theirs] : documented) {
    std::set<std::string> ours;
    names(model_named(name).table(), ours);
    std::string extra;
    for (const std::string& field : ours)
      if (!theirs.contains(field)) extra.append(" ").append(field);
    if (!extra.empty()) std::cout << "  not in the documentation: " << name << ":" << extra << '\n';
  }
  std::cout << "objects " << found + elsewhere << " / " << all << ", of which elsewhere " << elsewhere << "; " << fields << " fields\n";
  CHECK(found + elsewhere == all);
}
