// SPDX-License-Identifier: MIT
#include "support/samples.hpp"

namespace monochord::tests {

namespace {

using json::kind;

value sample_of(const json::type& how, extent which, int depth, std::size_t alternative);

value tagged_sample(const json::tagged_how& tag, extent which, int depth, std::size_t alternative) {
  const json::alternative& chosen = tag.first[alternative % tag.count];
  value object = value::object();
  if (!tag.outside) object["type"] = chosen.type;
  object.update(sample(chosen.object(), which, depth, alternative));
  return object;
}

value sample_of(const json::type& how, extent which, int depth, std::size_t alternative) {
  switch (how.what) {
    case kind::boolean:
    case kind::optional_bool: return true;
    case kind::int32: return -7;
    case kind::uint32: return 4000000000U;
    case kind::int64: return -9007199254740993;
    case kind::uint64: return 9007199254740993U;
    case kind::number: return 0.1;
    case kind::text:
    case kind::text_like:
    case kind::text_view: return "t\u00e4xt \"q\" \\ \n \U0001F600";
    case kind::id: return "1234567890123456789";
    case kind::bits_text: return "2251799813685249";
    case kind::timestamp: return "2024-05-06T07:08:09.123456+00:00";
    case kind::null_bool: return nullptr;
    case kind::raw: return value{{"a", {1, nullptr, "b"}}};
    case kind::scalar: return alternative % 3 == 0 ? value("7") : alternative % 3 == 1 ? value(7) : value(0.5);
    case kind::object: return sample(how.object(), which, depth - 1, alternative);
    case kind::row: {
      value all = value::array();
      for (int i = 0; i < 2; ++i) all.push_back(sample_of(*how.inner, which, depth, alternative));
      return all;
    }
    case kind::map: return value{{"1234567890123456789", sample_of(*how.inner, which, depth, alternative)}};
    case kind::wrapper: return sample_of(*how.inner, which, depth, alternative);
    case kind::tagged: return tagged_sample(how.tag(), which, depth - 1, alternative);
  }
  return nullptr;
}

bool holds_objects(const json::type& how) {
  if (how.what == kind::object || how.what == kind::tagged) return true;
  return how.inner && holds_objects(*how.inner);
}

}  // namespace

value sample(const json::table& how, extent which, int depth, std::size_t alternative) {
  value object = value::object();
  if (how.inlined) object.update(sample(how.inlined(), which, depth, alternative));
  for (std::uint32_t i = 0; i < how.count; ++i) {
    const json::field& f = how.fields[i];
    const bool tagged_array = f.how->what == kind::row && f.how->inner->what == kind::tagged;
    if (!f.required && (which == extent::required || (depth <= 0 && holds_objects(*f.how)))) continue;
    if (tagged_array && depth <= 0) {
      object[std::string(f.name)] = value::array();  // required, but may be empty
      continue;
    }
    object[std::string(f.name)] = sample_of(*f.how, which, depth, alternative);
    if (how.keep && f.name == "type") object["type"] = 1;  // a known one: the text of others is kept as it is
    if (f.how->what == kind::tagged && f.how->tag().outside)
      object["type"] = f.how->tag().first[alternative % f.how->tag().count].type;
  }
  return object;
}

bool same(const value& before, const value& after, std::string& where) {
  if (before.is_object()) {
    if (!after.is_object()) return false;
    for (const auto& [key, inner] : before.items()) {
      const auto found = after.find(key);
      if (found == after.end() && inner.is_null()) continue;
      const std::size_t length = where.size();
      where += "." + key;
      if (found == after.end() || !same(inner, *found, where)) return false;
      where.resize(length);
    }
    for (const auto& [key, inner] : after.items())
      if (!before.contains(key)) return where += "." + key + " (invented)", false;
    return true;
  }
  if (before.is_array()) {
    if (!after.is_array() || before.size() != after.size()) return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const std::size_t length = where.size();
      where += "[" + std::to_string(i) + "]";
      if (!same(before[i], after[i], where)) return false;
      where.resize(length);
    }
    return true;
  }
  if (before == after) return true;
  if (!after.is_string()) return false;
  const auto text = after.get<std::string>();
  if (before.is_number_unsigned()) return std::to_string(before.get<std::uint64_t>()) == text;
  if (!before.is_string()) return false;
  const auto a = parse_timestamp(before.get<std::string>());
  return a && a == parse_timestamp(text);
}

void lost(const value& before, const value& after, const std::string& path, std::set<std::string>& out) {
  if (before.is_object() && after.is_object()) {
    for (const auto& [key, inner] : before.items()) {
      const auto found = after.find(key);
      if (found != after.end()) lost(inner, *found, path + "." + key, out);
      else if (!inner.is_null()) out.insert(path + "." + key);
    }
  } else if (before.is_array() && after.is_array() && before.size() == after.size()) {
    for (std::size_t i = 0; i < before.size(); ++i) lost(before[i], after[i], path + "[]", out);
  } else {
    std::string where;
    if (!same(before, after, where)) out.insert(path + where);
  }
}

}  // namespace monochord::tests
