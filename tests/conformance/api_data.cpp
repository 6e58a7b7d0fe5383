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
    if (c == at && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

void join(std::string& types, const std::string& type) {
  if (type.empty()) return;
  types += (types.empty() ? "" : "|") + type;
}

/// Of text, lists and numbers; nothing where the specification has what it generates where nobody chose a bound.
std::optional<std::int64_t> bound(const json& field, const char* which) {
  for (const char* kind : {"", "_len", "_items"}) {
    const auto found = field.find(which + std::string(kind));
    if (found == field.end() || !found->is_number_integer()) continue;
    const auto value = found->get<std::int64_t>();
    if (value != 1521 && value != 152133) return value;
  }
  return std::nullopt;
}

/// A field of one name that several forms have is one field of all their types.
void add(std::vector<api_field>& fields, const json& one) {
  const std::string name = one.at("name");
  const std::string type = one.value("type", "");
  const auto low = bound(one, "min");
  const auto high = bound(one, "max");
  const auto known = std::find_if(fields.begin(), fields.end(), [&](const api_field& f) { return f.name == name; });
  const bool optional = !one.value("required", false);
  if (known == fields.end()) {
    fields.push_back({name, type, low, high, optional});
    return;
  }
  known->optional = known->optional || optional;
  join(known->type, type);
  known->low = low && known->low ? std::optional(std::min(*low, *known->low)) : std::nullopt;
  known->high = high && known->high ? std::optional(std::max(*high, *known->high)) : std::nullopt;
}

void add_all(std::vector<api_field>& fields, const json& list) {
  for (const auto& one : list) {
    if (one.value("type", "") == "file") continue;  // travels beside the fields
    add(fields, one);
  }
}

/// What the documentation's tables say besides: those of parameters, not those of objects inside. Files travel beside
/// the fields, and `payload_json` is how the fields travel then.
void add_docs(std::vector<api_field>& fields, const json& titled) {
  const auto take = [&](const json& list) {
    for (const auto& one : list) {
      const std::string name = one.value("name", "");
      const bool beside =
          name.empty() || name == "payload_json" || name == "files[n]" || name == "file" || name.ends_with("_file");
      if (beside) continue;
      auto known = std::find_if(fields.begin(), fields.end(), [&](const api_field& f) { return f.name == name; });
      if (known == fields.end())
        known = fields.insert(fields.end(), api_field{name, "", {}, {}, one.value("optional", false)});
      known->nullable = known->nullable || one.value("nullable", false);
    }
  };
  if (titled.is_array()) return take(titled);
  if (!titled.is_object()) return;
  for (const auto& [title, list] : titled.items())
    if (list.is_array() && (title.starts_with("JSON") || title.starts_with("Form") || title.starts_with("Query")))
      take(list);
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
  const json documented = read(folder / "docs_endpoints.json");
  for (const auto& one : documented.at("endpoints")) {
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
    for (const auto& form : body.value("variants", json::array()))
      add_all(made.body, form.value("fields", json::array()));
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

void api_data::compare(const std::string& where, const std::vector<api_field>& theirs,
                       const std::vector<const codec::table*>& ours, coverage& out) {
  holders all;
  all.objects = ours;
  object(where + " ", theirs, all, out);
}

void api_data::compare(const std::string& where, const std::string& type, const std::vector<const codec::table*>& ours,
                       coverage& out) {
  for (std::string one : split(type, '|')) {
    while (one.ends_with('?')) one.pop_back();
    holders all;
    all.objects = ours;
    if (one.starts_with("array<"))
      compare(where, one.substr(6, one.size() - 7), ours, out);
    else
      value(where, one, all, out);
  }
}

api_data::holders api_data::unwrap(const types& ours) {
  holders all;
  for (const auto* wrapped : ours) {
    const auto* how = unwrapped(wrapped);
    switch (how->what) {
      case codec::kind::row:
        all.items.push_back(how->inner);
        break;
      case codec::kind::map:
        all.entries.push_back(how->inner);
        break;
      case codec::kind::object:
        all.objects.push_back(&how->object());
        break;
      case codec::kind::raw:
        all.anything = true;
        break;
      case codec::kind::tagged:
        all.typed = all.typed || !how->tag().outside;
        for (std::size_t i = 0; i < how->tag().count; ++i) all.objects.push_back(&how->tag().first[i].object());
        break;
      default:
        break;
    }
  }
  return all;
}

/// A type is an object, a list, a map, several of these, or a plain value.
void api_data::value(const std::string& where, const std::string& type, const holders& ours, coverage& out) {
  if (ours.anything) return;
  for (std::string one : split(type, '|')) {
    while (one.ends_with('?')) one.pop_back();
    while (one.starts_with('?')) one.erase(0, 1);
    const bool list = one.starts_with("array<");
    if (list || one.starts_with("map<")) {
      const auto& inner = list ? ours.items : ours.entries;
      const std::size_t skip = list ? 6 : 4;
      // A list or a text of ids, as a query takes them, has no items of its own.
      if (!inner.empty()) value(where, one.substr(skip, one.size() - skip - 1), unwrap(inner), out);
    } else if (one.starts_with("object{")) {
      std::vector<api_field> fields;
      for (const auto& part : split(one.substr(7, one.size() - 8), ',')) {
        std::string name = part.substr(0, part.find(':'));
        if (name.ends_with('?')) name.pop_back();
        fields.push_back({name, part.substr(part.find(':') + 1), {}, {}});
      }
      object(where + ".", fields, ours, out);
    } else if (const auto known = schemas_.find(one); known != schemas_.end() && known->at("kind") == "object") {
      std::vector<api_field> fields;
      add_all(fields, known->value("fields", json::array()));
      object(one + ".", fields, ours, out);
    }
  }
}

void api_data::object(const std::string& where, const std::vector<api_field>& theirs, const holders& ours,
                      coverage& out) {
  std::string of;
  for (const auto* table : ours.objects) of += (of.empty() ? "" : ", ") + std::string(table->name);
  if (!seen_.insert(where + " of " + of).second) return;
  for (const auto& one : theirs) {
    ++out.fields;
    if (ours.typed && one.name == "type") continue;
    types found;
    for (const auto* table : ours.objects)
      if (const auto* field = find(*table, one.name)) found.push_back(field->how);
    if (found.empty())
      out.missing.push_back(where + one.name + " of " + (of.empty() ? "no object" : of.size() > 60 ? of.substr(0, 60) + "..." : of));
    else if (!one.type.empty())
      value(where + one.name, one.type, unwrap(found), out);
  }
}

}  // namespace monochord::tests
