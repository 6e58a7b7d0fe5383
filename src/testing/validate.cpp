// SPDX-License-Identifier: MIT
#include "testing/validate.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>

namespace monochord::testing {

using tables::field_row;
using tables::shape;

namespace {

using path_t = std::vector<std::string>;

std::string join(std::span<const std::int64_t> values) {
  std::string text;
  for (const auto v : values) text += (text.empty() ? "" : ", ") + std::to_string(v);
  return text;
}

std::string join(std::span<const std::string_view> values) {
  std::string text;
  for (const auto v : values) text += (text.empty() ? "'" : ", '") + std::string(v) + "'";
  return text;
}

/// A whole number, or decimal text of one: Discord takes both for its integers (permissions are sent as text).
std::optional<std::int64_t> whole(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::trunc(number) == number && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
    return std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_snowflake(const json& value) {
  if (value.is_number_unsigned()) return true;
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return text == "0" || (!text.empty() && text[0] != '0' && any_id::parse(text));
}

std::string shown(const json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : dump(value);
  if (text.size() > 100) text.resize(100);
  return text;
}

class checker {
 public:
  checker(path_t& path, form_errors& errors) : path_(path), errors_(errors) {}

  void value(std::uint16_t index, const json& v) {
    const auto& row = tables::shapes[index];
    switch (row.kind) {
      case shape::any: return;
      case shape::null:
        if (!v.is_null()) error("BASE_TYPE_CHOICES", "This field must be null.");
        return;
      case shape::boolean:
        if (!v.is_boolean()) error("BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        return;
      case shape::integer:
        if (!whole(v)) error("NUMBER_TYPE_COERCE", "Value \"" + shown(v) + "\" is not int.");
        return;
      case shape::int32: int32(v); return;
      case shape::number:
        if (!v.is_number() && !whole(v)) error("NUMBER_TYPE_COERCE", "Value \"" + shown(v) + "\" is not float.");
        return;
      case shape::snowflake:
        if (!is_snowflake(v)) error("NUMBER_TYPE_COERCE", "Value \"" + shown(v) + "\" is not snowflake.");
        return;
      case shape::string: text(v); return;
      case shape::uri: uri(v); return;
      case shape::date_time:
        if (text(v) && !parse_timestamp(v.get_ref<const std::string&>()))
          error("DATE_TIME_TYPE_PARSE", "Could not parse " + shown(v) + ". Should be ISO8601.");
        return;
      case shape::base64:
        if (text(v) && !v.get_ref<const std::string&>().starts_with("data:"))
          error("IMAGE_INVALID", "Invalid image data.");
        return;
      case shape::int_choice: {
        const auto choices = tables::numbers.subspan(row.first, row.count);
        const auto number = whole(v);
        if (!number || std::find(choices.begin(), choices.end(), *number) == choices.end())
          error("BASE_TYPE_CHOICES", "Value must be one of (" + join(choices) + ").");
        return;
      }
      case shape::text_choice: {
        const auto choices = tables::texts.subspan(row.first, row.count);
        if (!v.is_string() || std::find(choices.begin(), choices.end(), v.get_ref<const std::string&>()) == choices.end())
          error("BASE_TYPE_CHOICES", "Value must be one of (" + join(choices) + ").");
        return;
      }
      case shape::list: list(row, v); return;
      case shape::map: map(row, v); return;
      case shape::object: object(tables::objects[row.first], v); return;
      case shape::one_of: one_of(row, v); return;
    }
  }

  void field(const field_row& row, const json& v) {
    const std::size_t before = errors_.count();
    value(row.shape_index, v);
    if (errors_.count() == before) bounds(row, v);
  }

 private:
  void error(std::string_view code, const std::string& message) { errors_.add(path_, code, message); }

  bool text(const json& v) {
    if (v.is_string()) return true;
    error("STRING_TYPE_CONVERT", "Could not interpret \"" + shown(v) + "\" as string.");
    return false;
  }

  void int32(const json& v) {
    const auto number = whole(v);
    if (!number) return error("NUMBER_TYPE_COERCE", "Value \"" + shown(v) + "\" is not int.");
    if (*number < INT32_MIN) error("NUMBER_TYPE_MIN", "int value should be greater than or equal to -2147483648.");
    if (*number > INT32_MAX) error("NUMBER_TYPE_MAX", "int value should be less than or equal to 2147483647.");
  }

  void uri(const json& v) {
    if (!text(v)) return;
    const auto& url = v.get_ref<const std::string&>();
    const auto colon = url.find("://");
    if (colon == std::string::npos || colon + 3 == url.size())
      return error("URL_TYPE_INVALID_URL", "Not a well formed URL.");
    const std::string_view scheme(url.data(), colon);
    if (scheme != "http" && scheme != "https" && scheme != "attachment" && scheme != "discord")
      error("URL_TYPE_INVALID_SCHEME", "Scheme \"" + std::string(scheme) + "\" is not supported. Scheme must be one of ('http', 'https').");
  }

  void list(const tables::shape_row& row, const json& v) {
    if (!v.is_array()) return error("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
    for (std::size_t i = 0; i < v.size(); ++i) {
      path_.push_back(std::to_string(i));
      element(row, v[i]);
      path_.pop_back();
    }
  }

  void map(const tables::shape_row& row, const json& v) {
    if (!v.is_object()) return error("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
    for (const auto& [key, item] : v.items()) {
      path_.push_back(key);
      element(row, item);
      path_.pop_back();
    }
  }

  void element(const tables::shape_row& row, const json& v) {
    if (!v.is_null()) return value(row.first, v);
    if (row.count == 0) error("BASE_TYPE_REQUIRED", "This field is required");
  }

  void object(const tables::object_row& row, const json& v) {
    if (!v.is_object()) return error("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
    for (const auto& f : tables::fields.subspan(row.first_field, row.field_count)) {
      path_.emplace_back(f.name);
      const auto found = v.find(f.name);
      if (found == v.end()) {
        if (f.required()) error("BASE_TYPE_REQUIRED", "This field is required");
      } else if (found->is_null()) {
        if (!f.nullable()) error("BASE_TYPE_REQUIRED", "This field may not be null.");
      } else {
        field(f, *found);
        if (f.name == row.tag) tag(row, *found);
      }
      path_.pop_back();
    }
    unknown_fields(row, v);
  }

  void unknown_fields(const tables::object_row& row, const json& v) {
    const auto known = tables::fields.subspan(row.first_field, row.field_count);
    for (const auto& [key, item] : v.items()) {
      if (std::any_of(known.begin(), known.end(), [&k = key](const field_row& f) { return f.name == k; })) continue;
      std::string name;
      for (const auto& part : path_) name += part + ".";
      errors_.add_unknown(name + key);
    }
  }

  void tag(const tables::object_row& row, const json& v) {
    const auto wanted = tables::numbers.subspan(row.tag_first, row.tag_count);
    const auto number = whole(v);
    if (number && std::find(wanted.begin(), wanted.end(), *number) == wanted.end())
      error("BASE_TYPE_CHOICES", "Value must be one of (" + join(wanted) + ").");
  }

  static const tables::object_row* tagged(std::uint16_t shape_index) {
    const auto& row = tables::shapes[shape_index];
    if (row.kind != shape::object) return nullptr;
    const auto& object = tables::objects[row.first];
    return object.tag.empty() ? nullptr : &object;
  }

  /// The alternative that the value's tag names; with no tag the first that accepts it, or the one with least errors.
  void one_of(const tables::shape_row& row, const json& v) {
    const auto options = tables::alternatives.subspan(row.first, row.count);
    const bool all_tagged =
        std::all_of(options.begin(), options.end(), [](std::uint16_t o) { return tagged(o) != nullptr; });
    if (all_tagged && v.is_object() && v.contains(tagged(options[0])->tag)) return by_tag(options, v);
    std::optional<form_errors> least;
    for (const auto option : options) {
      form_errors attempt;
      checker(path_, attempt).value(option, v);
      if (attempt.empty() && attempt.unknown().empty()) return;
      const auto worse = [&] {
        return attempt.count() != least->count() ? attempt.count() > least->count()
                                                 : attempt.unknown().size() >= least->unknown().size();
      };
      if (!least || !worse()) least = std::move(attempt);
    }
    errors_.merge(*least);
  }

  void by_tag(std::span<const std::uint16_t> options, const json& v) {
    const auto& name = tagged(options[0])->tag;
    const auto number = whole(v[std::string(name)]);
    std::vector<std::int64_t> known;
    for (const auto option : options) {
      const auto* object_of = tagged(option);
      const auto tags = tables::numbers.subspan(object_of->tag_first, object_of->tag_count);
      if (number && std::find(tags.begin(), tags.end(), *number) != tags.end()) return object(*object_of, v);
      known.insert(known.end(), tags.begin(), tags.end());
    }
    std::sort(known.begin(), known.end());
    path_.emplace_back(name);
    error("UNION_TYPE_CHOICES", "Value of field \"" + std::string(name) + "\" must be one of (" + join(known) + ").");
    path_.pop_back();
  }

  void bounds(const field_row& row, const json& v) {
    const auto kind = tables::shapes[row.shape_index].kind;
    if (kind == shape::list || kind == shape::map || v.is_array()) {
      length(row, static_cast<std::int64_t>(v.size()));
      if (row.unique()) unique(v);
      return;
    }
    if (kind == shape::integer || kind == shape::int32 || kind == shape::number) return magnitude(row, v);
    if (v.is_string()) length(row, static_cast<std::int64_t>(characters(v.get_ref<const std::string&>())));
  }

  void length(const field_row& row, std::int64_t size) {
    const bool below = row.low != tables::no_low && size < row.low;
    const bool above = row.high != tables::no_high && size > row.high;
    if (!below && !above) return;
    if (row.low != tables::no_low && row.high != tables::no_high)
      return error("BASE_TYPE_BAD_LENGTH", "Must be between " + std::to_string(row.low) + " and " +
                                               std::to_string(row.high) + " in length.");
    if (above) return error("BASE_TYPE_MAX_LENGTH", "Must be " + std::to_string(row.high) + " or fewer in length.");
    error("BASE_TYPE_MIN_LENGTH", "Must be " + std::to_string(row.low) + " or more in length.");
  }

  void magnitude(const field_row& row, const json& v) {
    const auto number = whole(v);
    const double value = number ? static_cast<double>(*number) : v.is_number() ? v.get<double>() : 0.0;
    if (row.low != tables::no_low && value < static_cast<double>(row.low))
      error("NUMBER_TYPE_MIN", "int value should be greater than or equal to " + std::to_string(row.low) + ".");
    if (row.high != tables::no_high && value > static_cast<double>(row.high))
      error("NUMBER_TYPE_MAX", "int value should be less than or equal to " + std::to_string(row.high) + ".");
  }

  void unique(const json& list) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (seen.insert(dump(list[i])).second) continue;
      path_.push_back(std::to_string(i));
      error("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value");
      path_.pop_back();
    }
  }

  path_t& path_;
  form_errors& errors_;
};

/// The JSON that a query value means for a shape; Discord writes booleans in several ways.
json query_value(std::uint16_t index, const std::string& text) {
  switch (tables::shapes[index].kind) {
    case shape::boolean:
      if (text == "True" || text == "true" || text == "1") return true;
      if (text == "False" || text == "false" || text == "0") return false;
      return text;
    default: return text;
  }
}

}  // namespace

void form_errors::add(const std::vector<std::string>& path, std::string_view code, std::string_view message) {
  json* node = &tree_;
  std::string name;
  for (const auto& part : path) {
    node = &(*node)[part];
    name += (name.empty() ? "" : ".") + part;
  }
  (*node)["_errors"].push_back({{"code", code}, {"message", message}});
  summary_ += (summary_.empty() ? "" : "; ") + (name.empty() ? "body" : name) + ": " + std::string(code);
  ++count_;
}

void form_errors::merge(const form_errors& other) {
  tree_.merge_patch(other.tree_);
  summary_ += (summary_.empty() ? "" : "; ") + other.summary_;
  count_ += other.count_;
  unknown_.insert(unknown_.end(), other.unknown_.begin(), other.unknown_.end());
}

void validate(std::uint16_t shape_index, const json& value, std::vector<std::string>& path, form_errors& errors) {
  checker(path, errors).value(shape_index, value);
}

namespace {

/// The list among the alternatives of a query parameter that is also taken as text, "?ids=1,2".
std::optional<std::uint16_t> list_form(const tables::shape_row& row) {
  for (const auto option : tables::alternatives.subspan(row.first, row.count))
    if (tables::shapes[option].kind == shape::list) return option;
  return std::nullopt;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

void validate_query(const tables::route_row& route, const std::vector<std::pair<std::string, std::string>>& query,
                    form_errors& errors) {
  path_t path;
  checker check(path, errors);
  const auto known = tables::fields.subspan(route.first_query, route.query_count);
  for (const auto& field : known) {
    path.assign(1, std::string(field.name));
    const auto& row = tables::shapes[field.shape_index];
    std::vector<std::string> values;
    for (const auto& [name, value] : query)
      if (name == field.name) values.push_back(value);
    if (values.empty()) {
      if (field.required()) errors.add(path, "BASE_TYPE_REQUIRED", "This field is required");
      continue;
    }
    if (row.kind == shape::list) {
      check.field(field, json(values));
      continue;
    }
    const auto list = row.kind == shape::one_of ? list_form(row) : std::nullopt;
    if (list) {
      check.value(*list, json(values.size() == 1 ? split_commas(values[0]) : values));
      continue;
    }
    check.field(field, query_value(field.shape_index, values.back()));
    if (values.size() > 1) errors.add_unknown(std::string(field.name) + " again");
  }
  for (const auto& [name, value] : query)
    if (std::none_of(known.begin(), known.end(), [&n = name](const field_row& f) { return f.name == n; }))
      errors.add_unknown(name);
}

}  // namespace monochord::testing
