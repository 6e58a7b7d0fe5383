// SPDX-License-Identifier: MIT
// Discord's own examples: each decodes into its model and re-encodes to the same fields and values; cut anywhere it is
// refused; and with any of its fields replaced by something else it is refused with a path, or taken for what it can be.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include <monochord/json/payload.hpp>
#include <monochord/model/flat_map.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/samples.hpp"
#include "support/skip.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

struct shown {
  std::string_view what;  // a target of index.json, or the name of a file
  std::string_view where;
  std::string_view model;  // of an unshown one: why
};
#define SHOWN(target, model)
#define FILE(name, pointer, model)
#define UNSHOWN(name, reason)
constexpr shown by_target[] = {
#undef SHOWN
#define SHOWN(target, model) {target, "", #model},
#include "fixtures.def"
#undef SHOWN
#define SHOWN(target, model)
};
constexpr shown by_file[] = {
#undef FILE
#define FILE(name, pointer, model) {name, pointer, #model},
#include "fixtures.def"
#undef FILE
#define FILE(name, pointer, model)
};
constexpr shown unshown[] = {
#undef UNSHOWN
#define UNSHOWN(name, reason) {name, "", reason},
#include "fixtures.def"
#undef UNSHOWN
};

// In examples, but documented nowhere.
struct exception {
  std::string_view field;
  std::string_view why;
};
constexpr exception undocumented[] = {
#define UNDOCUMENTED(field, reason) {field, reason},
#include "undocumented.def"
#undef UNDOCUMENTED
};

value read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return value::parse(file);
}

struct counts {
  int examples = 0;
  int as_given = 0;      // decoded as they stand there
  int other_ids = 0;     // have ids of more than 64 bits, which were made shorter
  std::size_t cases = 0;
  std::map<std::string, int> outside;  // kinds and pages that are not of the bot API
  std::map<std::string, int> filled;   // what examples leave out though Discord always sends it
  std::map<std::string, int> unknown;  // what they show and we do not have
};

// The kind or page of an example that is not about bots; empty when it is.
std::string outside(const value& entry) {
  const auto page = entry.at("page").get<std::string>();
  if (entry.at("kind") == "rpc") return "kind rpc";
  if (page == "topics/rpc" || page == "topics/certified-devices" || page == "developer-tools/embedded-app-sdk") return "page " + page;
  return {};
}

const json::table* table_in(const json::type& how) {
  if (how.what == json::kind::object) return &how.object();
  return how.inner ? table_in(*how.inner) : nullptr;
}

// Fills in what an example leaves out ("user": {}), so that the rest of it can be read.
void complete(const json::table& how, value& example, counts& all) {
  if (example.is_array()) {
    for (value& one : example) complete(how, one, all);
    return;
  }
  if (!example.is_object()) return;
  if (how.inlined) complete(how.inlined(), example, all);
  const value least = sample(how, extent::required);
  for (const auto& [key, filling] : least.items()) {
    if (example.contains(key)) continue;
    example[key] = filling;
    ++all.filled[std::string(how.name) + "." + key];
  }
  for (std::uint32_t i = 0; i < how.count; ++i) {
    const auto at = example.find(std::string(how.fields[i].name));
    if (at == example.end()) continue;
    if (const json::table* inner = table_in(*how.fields[i].how); inner && how.fields[i].how->what != json::kind::map) complete(*inner, *at, all);
  }
}

// Some examples have ids of more than 64 bits.
value with_possible_ids(const value& example) {
  std::string text = example.dump();
  const std::string impossible = "111111111111111111111";
  for (auto at = text.find(impossible); at != std::string::npos; at = text.find(impossible, at)) text.replace(at, 21, "1111111111111111111");
  return value::parse(text);
}

void tried(const model& m, const std::string& text, counts& all) {
  std::string out;
  json::failure why;
  ++all.cases;
  if (m.round(text, out, why)) {
    if (!value::accept(out)) FAIL_CHECK(m.name << " became " << out << " from " << text);
  } else if (why.path.empty() || why.path[0] != '$' || why.reason.empty()) {
    FAIL_CHECK(m.name << " was refused without a path: " << text);
  }
}

// Every value within `at` replaced in turn by one of each kind.
void replaced(const model& m, const value& whole, value& at, counts& all) {
  static const value others[] = {nullptr, "x", 1, value::array(), value::object()};
  for (auto& inner : at) {
    value kept = inner;
    for (const value& other : others) {
      inner = other;
      tried(m, whole.dump(), all);
    }
    inner = std::move(kept);
    if (inner.is_structured()) replaced(m, whole, inner, all);
  }
}

void check(const model& m, value example, const std::string& file, counts& all) {
  const value given = std::exchange(example, with_possible_ids(example));
  all.other_ids += given == example ? 0 : 1;
  std::string out;
  json::failure why;
  const bool as_given = m.round(example.dump(), out, why);
  if (!as_given) {
    std::cout << "  completed: " << file << " as " << m.name << ": " << why.path << " " << why.reason << '\n';
    complete(m.table(), example, all);
  }
  const std::string text = example.dump();
  const bool good = m.round(text, out, why);
  INFO(file << " as " << m.name << " at " << why.path << ": " << why.reason << "\n" << text);
  CHECK(good);
  if (!good) return;
  ++all.examples;
  all.as_given += as_given ? 1 : 0;
  std::set<std::string> missing;
  if (m.name != "api_error") lost(example, value::parse(out), "", missing);  // that one is only ever read
  for (const std::string& path : missing) {
    const std::string field = std::string(m.name) + path;
    const auto known = std::find_if(std::begin(undocumented), std::end(undocumented), [&](const exception& u) { return field == u.field; });
    if (known == std::end(undocumented)) FAIL_CHECK(file << " lost " << field << ": " << out);
    else ++all.unknown[field];
  }
  for (std::size_t size = 0; size < text.size(); ++size) {
    json::failure cut;
    ++all.cases;
    if (m.round(text.substr(0, size), out, cut)) FAIL_CHECK("took a truncation of " << file << " at " << size);
  }
  value changed = example;
  replaced(m, changed, changed, all);
}

// Some examples are lists of the object.
void check_all(std::string_view name, const value& example, const std::string& file, counts& all) {
  const model& m = model_named(name);
  if (!example.is_array()) return check(m, example, file, all);
  for (const value& one : example) check(m, one, file, all);
}

// The object that a payload carries, with what is around it looked at.
const value& inside(const value& content, const std::string& kind) {
  if (kind == "webhook_event") return content.at("event").at("data");
  if (!content.is_object() || !content.contains("op") || !content.contains("d")) return content;
  const std::string text = content.dump();
  const json::payload_head head = json::peek(text);
  CHECK(head.op == content.at("op").get<int>());
  CHECK(value::parse(head.d) == content.at("d"));
  return content.at("d");
}

}  // namespace

TEST_CASE("every example of Discord decodes and re-encodes, and survives what may be done to it") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  counts all;
  int files = 0;
  std::set<std::string_view> used;
  const value index = read(*data / "fixtures" / "index.json");
  for (const value& entry : index.at("fixtures")) {
    const auto file = entry.at("file").get<std::string>();
    if (const auto where = outside(entry); !where.empty()) {
      ++all.outside[where];
      continue;
    }
    ++files;
    const auto kind = entry.at("kind").get<std::string>();
    const auto target = entry.value("target", "");
    const value content = read(*data / "fixtures" / file);
    bool found = false;
    for (const shown& s : unshown)
      if (file == s.what) {
        found = used.insert(s.what).second;
        std::cout << "  no object: " << file << ": " << s.model << '\n';
      }
    if (found) continue;
    if (kind == "webhook_event") check_all("webhook_event_payload", content, file, all);
    for (const shown& s : by_file)
      if (file == s.what) {
        check_all(s.model, content.at(value::json_pointer(std::string(s.where))), file, all);
        used.insert(s.what);
        found = true;
      }
    for (const shown& s : by_target)
      if (!found && target == s.what) {
        check_all(s.model, inside(content, kind), file, all);
        used.insert(s.what);
        found = true;
      }
    if (!found) FAIL_CHECK(file << " (" << target << ") has no row in fixtures.def");
  }
  for (const auto* rows : {&by_target[0], &by_file[0], &unshown[0]}) {
    const std::size_t count = rows == by_target ? std::size(by_target) : rows == by_file ? std::size(by_file) : std::size(unshown);
    for (std::size_t i = 0; i < count; ++i)
      if (!used.contains(rows[i].what)) FAIL_CHECK(rows[i].what << " is not shown any more");
  }
  for (const auto& [field, times] : all.filled) std::cout << "  left out by examples: " << field << " (" << times << ")\n";
  for (const auto& [field, why] : undocumented) {
    const auto times = all.unknown.find(std::string(field));
    if (times == all.unknown.end()) FAIL_CHECK(field << " needs no exception");
    else std::cout << "  unknown field: " << field << " (" << times->second << "): " << why << '\n';
  }
  for (const auto& [where, times] : all.outside) std::cout << "  outside the bot API: " << where << " (" << times << ")\n";
  std::cout << "fixtures " << files << ", " << all.examples << " objects: as they are " << all.as_given << " / " << all.examples
            << ", completed " << all.examples - all.as_given << ", with ids cut to 64 bits " << all.other_ids << "; "
            << all.cases << " truncations and replacements\n";
}

TEST_CASE("the example of an answer that is a map decodes") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  const value counts = read(*data / "fixtures" / "guild-get-guild-role-member-counts-example-response.json");
  const auto decoded = json::decode<flat_map<role_id, int>>(counts.dump());
  CHECK(decoded.size() == 3);
  CHECK(value::parse(json::encode(decoded)) == counts);
}
