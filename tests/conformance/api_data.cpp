// SPDX-License-Identifier: MIT
#include "api_data.hpp"

#include <algorithm>
#include <fstream>
#include <regex>

namespace monochord::tests {

namespace {

using nlohmann::json;
namespace codec = monochord::json;

json read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return json::parse(in);
}

/// `/channels/{channel.id}` and `/channels/{channel_id}` are the same.
std::string without_names(const std::string& path) {
  return std::regex_replace(path.substr(0, path.find('?')), std::regex("\\{[^}]*\\}"), "{}");
}

/// The parts of `a|b<c|d>` at the outermost level.
std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '<' || c == '{' || c == '(') ++depth;
    if (c == '>' || c == '}' || c == ')') --depth;
    if (c == at && depth == 0) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

void join(std::string& types, const std::string& type) {
  if (type.empty()) return;
  types += (types.empty() ? "" : "|") + type;
}

/// A field of one name that several forms have is one field of all their types.
void add(std::vector<api_field>& fields, const std::string& name, const std::string& type) {
  const auto known = std::find_if(fields.begin(), fields.end(), [&](const api_field& f) { return f.name == name; });
  if (known == fields.end()) fields.push_back({name, type});
  else join(known->type, type);
}

void add_all(std::vector<api_field>& fields, const json& list) {
  for (const auto& one : list) {
    if (one.value("type", "") == "file") continue;  // travels beside the fields
    add(fields, one.at("name"), one.value("type", ""));
  }
}

/// What the documentation's tables say besides: those of parameters, not those of objects inside. Files travel beside the
/// fields, and `payload_json` is how the fields travel then.
void add_docs(std::vector<api_field>& fields, const json& titled) {
  const auto take = [&](const json& list) {
    for (const auto& one : list) {
      const std::string name = one.value("name", "");
      const bool beside = name.empty() || name == "payload_json" || name == "files[n]" || name == "file" || name.ends_with("_file");
      const bool known = std::any_of(fields.begin(), fields.end(), [&](const api_field& f) { return f.name == name; });
      if (!beside && !known) fields.push_back({name, ""});
    }
  };
  if (titled.is_array()) return take(titled);
  if (!titled.is_object()) return;
  for (const auto& [title, list] : titled.items())
    if (list.is_array() && (title.starts_with("JSON") || title.starts_with("Form") || title.starts_with("Query"))) take(list);
}

const codec::field* find(const codec::table& in, std::string_view name) {
  for (std::uint32_t i = 0; i < in.count; ++i)
    if (in.fields[i].name == name) return &in.fields[i];
  return in.inlined ? find(in.inlined(), name) : nullptr;
}

const codec::type* unwrapped(const codec::type* type) {
  while (type->what == codec::kind::wrapper) type = type->inner;
  return type;
}

}  // namespace

api_data::api_data(const std::filesystem::path& folder) : schemas_(read(folder / "schemas.json").at("schemas")) {
  std::map<std::string, json> docs;
  for (const auto& one : read(folder / "docs_endpoints.json").at("endpoints")) {
    auto& all = docs[one.at("method").get<std::string>() + " " + without_names(one.at("path"))];
    all.push_back(one);
  }
  const json data = read(folder / "routes.json");
  const auto take = [&](const char* list, bool docs_only) {
    for (const auto& one : data.at(list)) {
      const auto known = docs.find(one.at("method").get<std::string>() + " " + without_names(one.at("path")));
      read_route(one, known == docs.end() ? json::array() : known->second, docs_only);
    }
  };
  take("routes", false);
  take("docs_only", true);
}

void api_data::read_route(const json& from, const json& docs, bool docs_only) {
  api_route made;
  made.method = from.at("method");
  made.path = from.at("path");
  made.docs_only = docs_only;
  made.key = docs_only ? made.method + " " + made.path : from.at("operation").get<std::string>();
  add_all(made.query, from.value("query", json::array()));
  const json body = from.value("body", json::object());
  if (docs_only) {
    add_docs(made.body, body);
  } else {
    add_all(made.body, body.value("fields", json::array()));
    for (const auto& form : body.value("variants", json::array())) add_all(made.body, form.value("fields", json::array()));
    const std::string type = body.value("schema", "");
    if (made.body.empty() && type != "(inline)") made.body_type = type;
  }
  for (const auto& one : docs) {
    add_docs(made.query, one.value("query", json()));
    add_docs(made.body, one.value("body", json()));
  }
  // A 202 is an answer to wait on: the queue does.
  const json responses = from.value("responses", json::object());
  for (const auto& [status, type] : responses.items())
    if (status != "202" && type.is_string()) made.answers.push_back(type);
  routes_.push_back(std::move(made));
}

void api_data::compare(const std::string& where, const std::vector<api_field>& theirs, const tables& ours, coverage& out) {
  fields(where + " ", theirs, ours, out);
}

void api_data::compare(const std::string& where, const std::string& type, const tables& ours, coverage& out) {
  std::vector<api_field> inside;
  std::string list;
  std::string map;
  read_objects(type, inside, list, map);
  if (!list.empty()) return compare(where, list, ours, out);
  if (!inside.empty()) fields(where + " ", inside, ours, out);
}

/// What a type is: fields of objects, types of a list's items, types of a map's values. Anything else is a plain value.
void api_data::read_objects(std::string type, std::vector<api_field>& fields, std::string& list, std::string& map) const {
  for (std::string one : split(type, '|')) {
    while (one.ends_with('?')) one.pop_back();
    while (one.starts_with('?')) one.erase(0, 1);
    if (one.starts_with("array<")) {
      join(list, one.substr(6, one.size() - 7));
    } else if (one.starts_with("map<")) {
      join(map, one.substr(4, one.size() - 5));
    } else if (one.starts_with("object{")) {
      for (const auto& part : split(one.substr(7, one.size() - 8), ',')) {
        const auto colon = part.find(':');
        std::string name = part.substr(0, colon);
        if (name.ends_with('?')) name.pop_back();
        add(fields, name, part.substr(colon + 1));
      }
    } else if (const auto known = schemas_.find(one); known != schemas_.end()) {
      if (known->at("kind") == "object") add_all(fields, known->value("fields", json::array()));
    }
  }
}

void api_data::fields(const std::string& path, const std::vector<api_field>& theirs, const tables& ours, coverage& out) {
  for (const auto& one : theirs) {
    ++out.fields;
    types found;
    for (const auto* table : ours)
      if (const auto* field = find(*table, one.name)) found.push_back(field->how);
    if (found.empty()) out.missing.push_back(path + one.name);
    else if (!one.type.empty()) values(path + one.name, one.type, found, out);
  }
}

void api_data::values(const std::string& path, const std::string& type, const types& ours, coverage& out) {
  std::vector<api_field> inside;
  std::string list;
  std::string map;
  read_objects(type, inside, list, map);
  types items;
  types entries;
  tables objects;
  bool anything = false;  // raw JSON
  std::string pair = type;
  for (const auto* wrapped : ours) {
    const auto* how = unwrapped(wrapped);
    pair += " " + std::to_string(reinterpret_cast<std::uintptr_t>(how));
    switch (how->what) {
      case codec::kind::row: items.push_back(how->inner); break;
      case codec::kind::map: entries.push_back(how->inner); break;
      case codec::kind::object: objects.push_back(&how->object()); break;
      case codec::kind::raw: anything = true; break;
      case codec::kind::tagged:
        for (std::size_t i = 0; i < how->tag().count; ++i) objects.push_back(&how->tag().first[i].object());
        break;
      default: break;
    }
  }
  if (anything || !seen_.insert(pair).second) return;
  if (!list.empty()) {
    if (!items.empty()) values(path + "[]", list, items, out);
    else if (split(type, '|').size() == 1) out.missing.push_back(path + "[]");
  }
  if (!map.empty() && !entries.empty()) values(path + "{}", map, entries, out);
  if (inside.empty()) return;
  if (!objects.empty()) fields(path + ".", inside, objects, out);
  else if (entries.empty()) out.missing.push_back(path + ".*");
}

}  // namespace monochord::tests
