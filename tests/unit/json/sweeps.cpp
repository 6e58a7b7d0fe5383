// SPDX-License-Identifier: MIT
// What holds for every model, tried on samples made from the tables.
#include <monochord/model/audit_log.hpp>
#include <monochord/model/lobby.hpp>

#include "support/models.hpp"
#include "support/samples.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

struct outcome {
  bool good = false;
  std::string text;
  json::failure why;
};
outcome round(const model& m, const value& v) {
  outcome o;
  o.good = m.round(v.dump(), o.text, o.why);
  return o;
}

std::size_t alternatives(const json::type& how) {
  if (how.what == json::kind::tagged) return how.tag().count;
  return how.inner ? alternatives(*how.inner) : 1;
}
std::size_t alternatives(const json::table& how) {
  std::size_t most = 3;  // the kinds of scalars
  if (how.inlined) most = std::max(most, alternatives(how.inlined()));
  for (std::uint32_t i = 0; i < how.count; ++i) most = std::max(most, alternatives(*how.fields[i].how));
  return most;
}

void expect_same(const model& m, const value& v) {
  const outcome o = round(m, v);
  INFO(m.name << " at " << o.why.path << ": " << o.why.reason << "\n" << v.dump());
  REQUIRE(o.good);
  std::string where = "$";
  const bool equal = same(v, value::parse(o.text), where);
  INFO("differs at " << where << ": " << o.text);
  CHECK(equal);
  // What was read from our own text is the same again.
  std::string again;
  json::failure why;
  REQUIRE(m.round(o.text, again, why));
  CHECK(again == o.text);
}

// The fields of a table and of the one whose fields stand among them.
void each_field(const json::table& how, const auto& f) {
  if (how.inlined) each_field(how.inlined(), f);
  for (std::uint32_t i = 0; i < how.count; ++i) f(how.fields[i]);
}

}  // namespace

TEST_CASE("every model survives decoding and encoding with all of its fields") {
  constexpr std::size_t step = monochord::tests::sanitized ? 3 : 1;
  for (const model& m : models())
    for (std::size_t i = 0; i < alternatives(m.table()); i += step) expect_same(m, sample(m.table(), extent::all, 3, i));
}

TEST_CASE("every model survives with only what is required") {
  for (const model& m : models())
    if (m.name != "api_error") expect_same(m, sample(m.table(), extent::required));  // its message always has a value
}

TEST_CASE("every model takes its fields in any order, with white space") {
  for (const model& m : models()) {
    const value v = sample(m.table(), extent::all, 1);
    value reversed = value::object();
    for (auto it = v.rbegin(); it != v.rend(); ++it) reversed[it.key()] = *it;
    outcome a = round(m, v);
    outcome b;
    b.good = m.round("\n" + reversed.dump(3) + " \t\r\n", b.text, b.why);
    INFO(m.name << " at " << b.why.path << ": " << b.why.reason);
    REQUIRE(b.good);
    CHECK((value::parse(a.text) == value::parse(b.text)));  // raw fields keep their white space
  }
}

TEST_CASE("unknown fields change nothing, wherever they stand") {
  const value unknown[] = {1, -0.5e-3, "x\\\"]}", true, nullptr, value::array({1, value::object()}), value{{"id", {1, 2}}}};
  for (const model& m : models()) {
    const value v = sample(m.table(), extent::all, 1);
    const outcome plain = round(m, v);
    for (std::size_t place = 0; place <= v.size(); ++place) {
      value more = value::object();
      std::size_t i = 0;
      for (const auto& [key, inner] : v.items()) {
        if (i++ == place) more["not_a_field"] = unknown[place % std::size(unknown)];
        more[key] = inner;
      }
      if (place == v.size()) more["not_a_field"] = unknown[place % std::size(unknown)];
      const outcome o = round(m, more);
      INFO(m.name << " at " << o.why.path << ": " << o.why.reason);
      REQUIRE(o.good);
      CHECK(o.text == plain.text);
    }
  }
}

TEST_CASE("every truncation of every model is refused") {
  for (const model& m : models()) {
    const std::string text = sample(m.table(), extent::all, 1, 1).dump();
    for (std::size_t size = 0; size < text.size(); ++size) {
      std::string out;
      json::failure why;
      if (m.round(text.substr(0, size), out, why)) FAIL_CHECK(m.name << " took " << text.substr(0, size));
      if (why.path.empty() || why.path[0] != '$') FAIL_CHECK(m.name << " has no path for " << text.substr(0, size));
    }
  }
}

TEST_CASE("a missing required field is an error with its path") {
  for (const model& m : models()) {
    value v = sample(m.table(), extent::all, 1);
    if (m.name == "guild_create") v["unavailable"] = false;  // in an outage nothing else is required
    each_field(m.table(), [&](const json::field& f) {
      value less = v;
      less.erase(std::string(f.name));
      const outcome o = round(m, less);
      INFO(m.name << "." << f.name);
      if (!f.required) {
        if (f.name == "type") return;
        CHECK(o.good);
        return;
      }
      CHECK_FALSE(o.good);
      if (f.name == "type" && o.why.path == "$.data") return;  // told apart by it
      CHECK(o.why.path == "$." + std::string(f.name));
      CHECK(o.why.reason == "missing");
      CHECK(o.why.code == errc::json_mismatch);
    });
  }
}

TEST_CASE("a field of the wrong type is an error with its path") {
  for (const model& m : models()) {
    const value v = sample(m.table(), extent::all, 1);
    each_field(m.table(), [&](const json::field& f) {
      const json::type* how = f.how;
      while (how->what == json::kind::wrapper) how = how->inner;
      if (how->what == json::kind::raw) return;  // anything goes
      value wrong = v;
      const bool wants_array = how->what == json::kind::row;
      wrong[std::string(f.name)] = wants_array ? value::object() : value::array();
      const outcome o = round(m, wrong);
      INFO(m.name << "." << f.name << ": " << o.why.path);
      CHECK_FALSE(o.good);
      if (f.name == "type" && o.why.path == "$.data") return;
      CHECK(o.why.path == "$." + std::string(f.name));
      CHECK(o.why.code == errc::json_mismatch);
    });
  }
}

TEST_CASE("null is null where a field may be, otherwise it is counted and means no value") {
  for (const model& m : models()) {
    const value v = sample(m.table(), extent::all, 1);
    each_field(m.table(), [&](const json::field& f) {
      if (f.how->what == json::kind::raw || f.how->what == json::kind::null_bool) return;
      if (f.name == "type") return;  // may say which kind another field is of
      value nulled = v;
      nulled[std::string(f.name)] = nullptr;
      const outcome o = round(m, nulled);
      INFO(m.name << "." << f.name << ": " << o.why.path << " " << o.why.reason);
      REQUIRE(o.good);
      const bool three_states = f.how->what == json::kind::wrapper &&
                                static_cast<const json::wrapper_how*>(f.how->how)->set_null != nullptr;
      CHECK(o.why.unexpected_nulls == (three_states ? 0 : 1));
      const value after = value::parse(o.text);
      if (three_states) CHECK(after.at(std::string(f.name)).is_null());
      else if (!f.required && m.name != "api_error") CHECK_FALSE(after.contains(std::string(f.name)));
    });
  }
}

TEST_CASE("nulls among the elements of an array or a map are counted and left out") {
  const std::uint64_t before = json::counters().unexpected_nulls;
  audit_log log;
  json::failure why;
  REQUIRE(json::decode_into(log, std::string_view(R"({"application_commands":[],"audit_log_entries":[],"auto_moderation_rules":[null],)"
                                                  R"("guild_scheduled_events":[],"integrations":[],"threads":null,"users":[],"webhooks":[null,null]})"), why));
  CHECK(log.auto_moderation_rules.empty());
  CHECK(log.webhooks.empty());
  CHECK(why.unexpected_nulls == 4);
  lobby_member member;
  REQUIRE(json::decode_into(member, std::string_view(R"({"id":"1","metadata":{"a":null,"b":"c"},"flags":1})"), why));
  CHECK(json::encode(member) == R"({"id":"1","metadata":{"b":"c"},"flags":1})");
  CHECK(why.unexpected_nulls == 1);
  std::vector<role> roles;
  REQUIRE(json::decode_into(roles, std::string_view(" null "), why));
  CHECK(roles.empty());
  CHECK(why.unexpected_nulls == 1);
  CHECK(json::counters().unexpected_nulls == before + 6);
}
