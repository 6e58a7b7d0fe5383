// SPDX-License-Identifier: MIT
#include "testing/sample.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include "testing/tables.hpp"

namespace monochord::testing {

using tables::field_row;
using tables::shape;

namespace {

constexpr std::size_t any_kinds = 5;
constexpr std::array digit_names{"id", "permissions", "allow", "deny", "default_member_permissions", "flags_new"};
constexpr std::array free_texts{"name", "content", "description", "topic", "title", "reason", "label"};

bool is_choice(shape kind) { return kind == shape::int_choice || kind == shape::text_choice; }

/// A number that looks random, of SplitMix64.
std::uint64_t mixed(std::uint64_t n) {
  n += 0x9e3779b97f4a7c15U;
  n = (n ^ (n >> 30U)) * 0xbf58476d1ce4e5b9U;
  n = (n ^ (n >> 27U)) * 0x94d049bb133111ebU;
  return n ^ (n >> 31U);
}

class sampler {
 public:
  explicit sampler(const schema_play& how) : how_(how) {}

  json value(std::uint16_t index, const field_row* field, std::size_t v) {
    const auto& row = tables::shapes[index];
    switch (row.kind) {
      case shape::null: return nullptr;
      case shape::any: return anything(v);
      case shape::boolean: return v % 2 == 0;
      case shape::integer:
      case shape::int32: return number(field);
      case shape::number: return static_cast<double>(number(field)) + (field && field->high != tables::no_high ? 0.0 : 0.25);
      case shape::string: return text(field, v);
      case shape::snowflake: return id();
      case shape::uri: return "https://cdn.example.org/" + std::to_string(next() % 100'000) + ".png";
      case shape::date_time: return time();
      case shape::base64: return "data:image/png;base64,iVBORw0KGgo=";
      case shape::int_choice: return tables::numbers[row.first + v % row.count];
      case shape::text_choice: return tables::texts[row.first + v % row.count];
      case shape::list: return list(row, field, v);
      case shape::map: return map(row, v);
      case shape::object: return object(row.first, v);
      case shape::one_of: return value(tables::alternatives[row.first + v % row.count], field, v / row.count);
    }
    return nullptr;
  }

 private:
  std::uint64_t next() { return mixed(how_.seed * 1'000'003 + ++made_); }

  /// An object inside another of its kind is kept small, which bounds the recursion.
  bool small() const { return small_ > 0 || how_.mode == schema_mode::required; }

  static json anything(std::size_t v) {
    const std::array<json, any_kinds> kinds{"text", 7, true, json::object(), json::array({"item"})};
    return kinds[v % any_kinds];
  }

  std::int64_t number(const field_row* field) {
    const std::int64_t low = !field || field->low == tables::no_low ? 0 : field->low;
    const std::int64_t high = !field || field->high == tables::no_high ? low + 999 : std::min(field->high, low + 999);
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }

  /// Milliseconds since Discord's epoch: some time in 2025.
  std::uint64_t moment() { return 315'360'000'000U + next() % 31'536'000'000U; }

  std::string id() { return std::to_string((moment() << 22U) + made_ % 4096U); }

  std::string time() {
    const auto since_epoch = static_cast<std::int64_t>(moment()) + static_cast<std::int64_t>(discord_epoch_ms);
    return format_timestamp(timestamp{std::chrono::milliseconds{since_epoch}});
  }

  std::string text(const field_row* field, std::size_t v) {
    const std::string_view name = field ? field->name : "item";
    if (std::find(digit_names.begin(), digit_names.end(), name) != digit_names.end())
      return std::to_string(next() % (std::uint64_t{1} << 52U));
    if (name == "discriminator") return "0";
    std::string out(name);
    const bool free = std::find(free_texts.begin(), free_texts.end(), name) != free_texts.end();
    out += (free ? " \u00e9\"\\\n\U0001f525 " : "_") + std::to_string(v) + "_" + std::to_string(next() % 10'000);
    if (!field) return out;
    if (field->high != tables::no_high && static_cast<std::int64_t>(characters(out)) > field->high)
      out = std::string(static_cast<std::size_t>(field->high), 'x');
    while (field->low != tables::no_low && static_cast<std::int64_t>(out.size()) < field->low) out += 'x';
    return out;
  }

  std::size_t wanted(const tables::shape_row& row, const field_row* field) const {
    const auto& element = tables::shapes[row.first];
    const bool varied = is_choice(element.kind) || element.kind == shape::one_of;
    std::size_t count = varied ? element.count : depth_ == 0 ? 2 : 1;
    if (small()) count = depth_ == 0 ? 1 : 0;
    if (field && field->high != tables::no_high) count = std::min(count, static_cast<std::size_t>(std::max<std::int64_t>(field->high, 0)));
    if (field && field->low != tables::no_low) count = std::max(count, static_cast<std::size_t>(std::max<std::int64_t>(field->low, 0)));
    return count;
  }

  /// Lists hold each alternative, or each value of an enumeration, once.
  json list(const tables::shape_row& row, const field_row* field, std::size_t v) {
    json out = json::array();
    const auto& element = tables::shapes[row.first];
    const std::size_t count = wanted(row, field);
    ++depth_;
    for (std::size_t i = 0; i < count; ++i) {
      if (is_choice(element.kind)) out.push_back(value(row.first, nullptr, v + i));
      else if (element.kind == shape::one_of)
        out.push_back(value(tables::alternatives[element.first + (v + i) % element.count], nullptr, v));
      else out.push_back(value(row.first, nullptr, v + i));
    }
    --depth_;
    if (row.count == 1 && how_.mode == schema_mode::nulls && !small()) out.push_back(nullptr);
    return out;
  }

  json map(const tables::shape_row& row, std::size_t v) {
    json out = json::object();
    if (small() && depth_ > 0) return out;
    ++depth_;
    const std::string key = tables::shapes[row.first].kind == shape::string ? "en-US" : id();
    out[key] = row.count == 1 && how_.mode == schema_mode::nulls ? json(nullptr) : value(row.first, nullptr, v);
    --depth_;
    return out;
  }

  json object(std::uint16_t index, std::size_t v) {
    const auto& row = tables::objects[index];
    const bool inside_itself = std::find(open_.begin(), open_.end(), index) != open_.end();
    open_.push_back(index);
    ++depth_;
    small_ += inside_itself ? 1 : 0;
    json out = json::object();
    for (const auto& field : tables::fields.subspan(row.first_field, row.field_count)) {
      if (small() && !field.required()) continue;
      const bool nothing = field.nullable() && (how_.mode == schema_mode::nulls || (inside_itself && small_ > 1));
      out[std::string(field.name)] = nothing              ? json(nullptr)
                                     : field.name == row.tag ? json(tables::numbers[row.tag_first + v % row.tag_count])
                                                             : value(field.shape_index, &field, v);
    }
    small_ -= inside_itself ? 1 : 0;
    --depth_;
    open_.pop_back();
    return out;
  }

  const schema_play& how_;
  std::uint64_t made_ = 0;
  std::size_t depth_ = 0;
  int small_ = 0;
  std::vector<std::uint16_t> open_;
};

class counter {
 public:
  explicit counter(schema_mode mode) : mode_(mode) {}

  std::size_t of(std::uint16_t index) {
    const auto known = known_.find(index);
    if (known != known_.end()) return known->second;
    known_[index] = 1;  // for a shape inside itself
    return known_[index] = count(tables::shapes[index]);
  }

 private:
  std::size_t count(const tables::shape_row& row) {
    switch (row.kind) {
      case shape::any: return any_kinds;
      case shape::boolean: return 2;
      case shape::int_choice:
      case shape::text_choice: return row.count;
      case shape::one_of: return row.count * most_of(row);
      case shape::list: {
        const auto& element = tables::shapes[row.first];
        if (mode_ == schema_mode::required) return 1;  // empty, inside of something
        if (is_choice(element.kind)) return 1;
        return element.kind == shape::one_of ? std::max<std::size_t>(element.count, most_of(element)) : of(row.first);
      }
      case shape::map: return mode_ == schema_mode::required ? 1 : of(row.first);
      case shape::object: {
        const auto& object = tables::objects[row.first];
        std::size_t most = std::max<std::size_t>(1, object.tag_count);
        for (const auto& field : tables::fields.subspan(object.first_field, object.field_count))
          if ((mode_ != schema_mode::required || field.required()) && field.name != object.tag)
            most = std::max(most, of(field.shape_index));
        return most;
      }
      default: return 1;
    }
  }

  std::size_t most_of(const tables::shape_row& choice) {
    std::size_t most = 1;
    for (const auto option : tables::alternatives.subspan(choice.first, choice.count)) most = std::max(most, of(option));
    return most;
  }

  schema_mode mode_;
  std::map<std::uint16_t, std::size_t> known_;
};

}  // namespace

json make_sample(std::uint16_t shape_index, const schema_play& how) {
  return sampler(how).value(shape_index, nullptr, how.variation);
}

std::size_t sample_variations(std::uint16_t shape_index, schema_mode mode) {
  const auto& row = tables::shapes[shape_index];
  const bool holds = row.kind == shape::list || row.kind == shape::map;  // one element, also of what is required only
  return counter(mode).of(mode == schema_mode::required && holds ? row.first : shape_index);
}

}  // namespace monochord::testing
