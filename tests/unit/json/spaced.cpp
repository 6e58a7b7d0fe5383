// SPDX-License-Identifier: MIT
// The decoder takes members in few steps that are written as Discord writes them, and guesses the next field from the
// last. White space puts it on the long way: whatever the text, both have to say the same.
#include "support/spaced.hpp"

#include <algorithm>
#include <monochord/model/events.hpp>
#include <monochord/model/user.hpp>
#include <random>
#include <set>

#include "json/written_name.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/samples.hpp"
#include "support/sanitized.hpp"

using namespace monochord;
using namespace monochord::tests;

namespace {

struct outcome {
  bool good = false;
  std::string text;  // written again
  errc code{};
  std::string path, reason;
  std::uint32_t nulls = 0;
  bool operator==(const outcome&) const = default;
};
outcome read(const model& m, std::string_view text) {
  outcome o;
  json::failure why;
  o.good = m.round(text, o.text, why);
  if (!o.good) return {false, {}, why.code, why.path, why.reason, 0};
  o.text = unspaced(o.text);  // raw fields keep their white space
  o.nulls = why.unexpected_nulls;
  return o;
}

// The first text that is read otherwise with white space: an assertion for each would take longer than reading them.
class tries {
 public:
  void operator()(const model& m, const std::string& text) {
    const outcome wanted = read(m, spaced(text));
    taken_ += wanted.good;
    ++count_;
    for (int i = 0; i < 2; ++i) {  // what was read before says what is guessed
      const outcome o = read(m, text);
      if (o == wanted || !first_.empty()) continue;
      first_.append(m.name).append(": ").append(text);
      for (const outcome& one : {o, wanted})
        first_.append("\n  ").append(one.good ? one.text : one.path + ": " + one.reason);
    }
  }
  const std::string& first() const noexcept { return first_; }
  std::size_t taken() const noexcept { return taken_; }
  std::size_t refused() const noexcept { return count_ - taken_; }

 private:
  std::size_t taken_ = 0, count_ = 0;
  std::string first_;
};

void each_field(const json::table& how, const auto& f) {
  if (how.inlined) each_field(how.inlined(), f);
  for (std::uint32_t i = 0; i < how.count; ++i) f(how.fields[i]);
}

using members = std::vector<std::pair<std::string, std::string>>;  // keys with their quotes, values

members members_of(const value& object) {
  members all;
  for (const auto& [key, inner] : object.items()) all.emplace_back(value(key).dump(), inner.dump());
  return all;
}
std::string text_of(const members& all) {
  std::string text = "{";
  for (const auto& [key, inner] : all) text.append(text.size() > 1 ? "," : "").append(key).append(":").append(inner);
  return text + "}";
}

const std::string_view values[] = {"null",
                                   "nul",
                                   "nulll",
                                   "nuLl",
                                   "n",
                                   "true",
                                   "false",
                                   "tru",
                                   "truE",
                                   "truex",
                                   "fals",
                                   "falsE",
                                   "falsy",
                                   "t",
                                   "f",
                                   "0",
                                   "7",
                                   "00",
                                   "01",
                                   "-0",
                                   "-1",
                                   "-",
                                   "12",
                                   "1.5",
                                   "1e3",
                                   "1x",
                                   "999999999",
                                   "1234567890",
                                   "2147483647",
                                   "2147483648",
                                   "-2147483648",
                                   "4294967295",
                                   "4294967296",
                                   "999999999999999999",
                                   "1000000000000000000",
                                   "9223372036854775807",
                                   "9223372036854775808",
                                   "-9223372036854775808",
                                   "18446744073709551615",
                                   "18446744073709551616",
                                   R"("")",
                                   R"("0")",
                                   R"("1")",
                                   R"("-1")",
                                   R"("1a")",
                                   R"("123456789012345")",
                                   R"("1234567890123456")",
                                   R"("12345678901234567")",
                                   R"("175928847299117063")",
                                   R"("17592884729911706x")",
                                   R"("1759288472991170631")",
                                   R"("x75928847299117063")",
                                   R"("18446744073709551615")",
                                   R"("18446744073709551616")",
                                   R"("9999999999999999999")",
                                   R"("123456789012345678901")",
                                   R"("fifteen letters")",
                                   R"("sixteen letters!")",
                                   R"("a text that does not fit into a string itself")",
                                   R"("a\nb")",
                                   R"("\u0031")",
                                   R"("\ud83d")",
                                   R"("\q")",
                                   R"("\\")",
                                   "\"\xC3\xA4\"",
                                   "\"\xC3\"",
                                   "\"\t\"",
                                   "\"open",
                                   "\"",
                                   "\"\"\"\"",
                                   R"("a"b)",
                                   R"("2024-05-06T07:08:09.123456+00:00")",
                                   R"("2024-02-30T07:08:09.123456+00:00")",
                                   R"("2024-05-06T07:08:09.123456Z")",
                                   R"("2024-05-06T07:08:09.12345x+00:00")",
                                   "[]",
                                   "[",
                                   "]",
                                   "[,]",
                                   "[null]",
                                   "[0]",
                                   R"(["1"])",
                                   R"(["175928847299117063","175928847299117064"])",
                                   R"(["175928847299117063",null,"1"])",
                                   "[[]]",
                                   "[{}]",
                                   "{}",
                                   "{",
                                   "}",
                                   R"({"id":"1"})",
                                   R"({"a":null})",
                                   ",",
                                   ":",
                                   "",
                                   "1,2",
                                   R"("a":1)"};

}  // namespace

TEST_CASE("any value of any field is read like the same with white space, and refused in the same words") {
  tries tried;
  std::size_t next = 0;
  for (const model& m : models()) {
    const members plain = members_of(sample(m.table(), extent::required, 1));
    each_field(m.table(), [&](const json::field& f) {
      const std::string key = value(f.name).dump();
      members with = plain;
      const auto found = std::find_if(with.begin(), with.end(), [&](const auto& one) { return one.first == key; });
      const auto at = found != with.end()
                          ? found
                          : with.insert(with.begin() + static_cast<std::ptrdiff_t>(with.size() / 2), {key, ""});
      // With sanitizers every third, another one at each field, for a third of the time.
      for (std::size_t i = sanitized ? next++ % 3 : 0; i < std::size(values); i += sanitized ? 3 : 1) {
        at->second = values[i];
        tried(m, text_of(with));
      }
      at->second = R"({"a":[1,"}"]})";
      tried(m, text_of({*at}));
    });
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
  CHECK(tried.taken() > 10'000);
  CHECK(tried.refused() > 10'000);
}

TEST_CASE(
    "members in any order, twice, unknown and with escapes in their names are read like the same with white space") {
  const std::string unknown[] = {"null", "true",           "0",  "17",   "-1.5", R"("x")", R"("x\\\"")",
                                 "[]",   R"([{"a":"b"}])", "{}", "nulx", "07"};
  std::mt19937_64 random(31);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  tries tried;
  for (const model& m : models())
    for (std::size_t kind = 0; kind < 3; ++kind) {
      members all = members_of(sample(m.table(), extent::all, 2, kind));
      tried(m, text_of(all));
      for (int round = 0; round < 8 && !all.empty(); ++round) {
        members some = all;
        std::shuffle(some.begin(), some.end(), random);
        const auto anywhere = [&] { return some.begin() + static_cast<std::ptrdiff_t>(below(some.size())); };
        for (std::size_t i = below(3); i > 0; --i) {
          const auto twice = *anywhere();
          some.insert(anywhere(), {twice.first, below(2) ? twice.second : "null"});
        }
        for (std::size_t i = below(3); i > 0; --i)
          some.insert(anywhere(),
                      {below(2) ? R"("not_a_field")" : R"("n\u006ft \"one\"")", unknown[below(below(4) ? 10 : 12)]});
        if (below(2)) {
          std::string& key = anywhere()->first;
          char first[8];
          std::snprintf(first, sizeof first, "\\u%04x", static_cast<unsigned>(key[1]));
          if (key[1] != '\\') key.replace(1, 1, first);
        }
        if (below(2)) some.erase(anywhere());
        tried(m, text_of(some));
      }
    }
  INFO(tried.first());
  CHECK(tried.first().empty());
  CHECK(tried.taken() > 1'000);
  CHECK(tried.refused() > 1'000);
}

TEST_CASE("a text that ends anywhere or has another byte is refused like the same with white space") {
  tries tried;
  for (const std::string_view name :
       {"message_create", "typing_start", "presence_update", "guild_member_update", "role", "channel"}) {
    const model& m = model_named(name);
    const std::string text = sample(m.table(), extent::required, 2).dump();
    for (std::size_t place = 0; place < text.size(); ++place) {
      tried(m, text.substr(0, place));
      for (const char byte : {'"', '\\', ',', ':', '}', ']', '{', '0', 'n', 'x', '\0', '\xFF'}) {
        std::string other = text;
        other[place] = byte;
        tried(m, other);
        tried(m, text.substr(0, place) + byte + text.substr(place));
      }
      tried(m, text.substr(0, place) + text.substr(place + 1));
    }
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
  CHECK(tried.taken() > 500);
}

TEST_CASE("an array in an object that is as deep as may be is too deep, though it is empty") {
  const model& m = model_named("message");
  value plain = sample(m.table(), extent::required, 1);
  for (auto& inner : plain)
    if (inner.is_array()) inner = value::array();
  REQUIRE(plain.at("mentions").empty());
  // The array is one level below the objects that stand beside it.
  const std::string call = R"(,"call":{"participants":[]})";
  for (const std::size_t messages : {61U, 62U, 63U, 64U}) {
    std::string around = plain.dump(), text = around.substr(0, around.size() - 1) + call + "}";
    around.pop_back();
    for (std::size_t i = 1; i < messages; ++i) text = around + R"(,"referenced_message":)" + text + "}";
    const outcome o = read(m, text);
    INFO(messages << ": " << o.path << " " << o.reason);
    CHECK(o.good == (messages < 63));
    CHECK(o == read(m, spaced(text)));
  }
}

TEST_CASE("no model has two fields of one name, those of an object inside of it included") {
  for (const model& m : models()) {
    std::set<std::string_view> names;
    each_field(m.table(), [&](const json::field& f) {
      INFO(m.name << "." << f.name);
      CHECK(names.insert(f.name).second);
    });
  }
}

TEST_CASE("a name is told from what stands before its value, byte by byte") {
  const std::string all = "abcdefghijklmnopqrstuvwxyz_0123456789";
  for (std::size_t size = 0; size <= all.size(); ++size) {
    const std::string name = all.substr(0, size), text = "\"" + name + "\":1" + std::string(64, ' ');
    const json::written_name written{std::string_view(name)};
    const unsigned bits = json::written_name::bits_behind(size + 3);
    const std::size_t tail = json::written_name::tail_at(size + 3);
    INFO(name);
    CHECK(written.is_at(text.data(), name, bits, tail));
    CHECK(written.slot(size + 3) == json::written_name(text.data(), size + 3).slot(size + 3));
    for (std::size_t place = 0; place < size + 3; ++place)
      for (unsigned bit = 0; bit < 8; ++bit) {
        std::string other = text;
        other[place] = static_cast<char>(static_cast<unsigned char>(other[place]) ^ 1U << bit);
        if (written.is_at(other.data(), name, bits, tail)) FAIL_CHECK(other);
      }
    for (const std::size_t behind : {size + 3, size + 10}) {
      std::string other = text;
      other[behind] = '\xFF';
      CHECK(written.is_at(other.data(), name, bits, tail));
    }
  }
}

TEST_CASE("what is decoded into an object that has values takes their place") {
  const std::string_view full =
      R"({"id":"1","username":"a","discriminator":"0","global_name":"a long name of somebody","avatar":"x",)"
      R"("bot":true,"accent_color":5,"locale":"de","email":"a@b","flags":1,"public_flags":2,)"
      R"("avatar_decoration_data":{"asset":"y","sku_id":"3"},"primary_guild":{"tag":"T"}})";
  const std::string_view nulls =
      R"({"id":"2","username":"b","discriminator":"1","global_name":null,"avatar":null,"bot":false,)"
      R"("accent_color":null,"email":null,"avatar_decoration_data":null,"primary_guild":null})";
  for (const bool with_space : {false, true}) {
    user one;
    json::failure why;
    const auto decode = [&](std::string_view text) {
      return json::decode_into(one, std::string_view(with_space ? spaced(text) : std::string(text)), why);
    };
    REQUIRE(decode(full));
    CHECK(*one.global_name == "a long name of somebody");
    REQUIRE(decode(nulls));
    CHECK(one.username == "b");
    CHECK((one.global_name.is_null() && !one.global_name.has_value()));
    CHECK((one.avatar.is_null() && one.accent_color.is_null() && !one.accent_color.has_value() && one.email.is_null()));
    CHECK((one.avatar_decoration_data.is_null() && !one.avatar_decoration_data.has_value() &&
           one.primary_guild.is_null()));
    CHECK((one.locale == locale_name("de") && one.flags.has_value() && !one.bot));
    REQUIRE(decode(full));
    CHECK((*one.global_name == "a long name of somebody" && !one.global_name.is_null()));
    CHECK((*one.avatar == "x" && !one.avatar.is_null() && *one.accent_color == 5 && !one.accent_color.is_null()));
    CHECK((*one.avatar_decoration_data->sku_id == sku_id{3} && !one.avatar_decoration_data.is_null()));
    REQUIRE(decode(R"({"id":"3","username":"c","discriminator":"0","global_name":"short"})"));
    CHECK((*one.global_name == "short" && *one.avatar == "x"));
  }
}

TEST_CASE("rows and scalars that are decoded into an object which has some take their place") {
  const std::string required =
      R"({"id":"1","channel_id":"2","content":"","timestamp":"2024-07-01T12:34:56.789000+00:00","edited_timestamp":null,)"
      R"("tts":false,"mention_everyone":false,"mentions":[],"attachments":[],"pinned":false,"type":0,)"
      R"("author":{"id":"5","username":"a","discriminator":"0"},)";
  for (const bool with_space : {false, true}) {
    message one;
    json::failure why;
    const auto decode = [&](std::string_view more) {
      const std::string text = required + std::string(more) + "}";
      return json::decode_into(one, std::string_view(with_space ? spaced(text) : text), why);
    };
    REQUIRE(decode(R"("mention_roles":["3","4"],"embeds":[{}],"nonce":"a text of some length","components":[{"type":10,"content":"b"}])"));
    CHECK((one.mention_roles == std::vector{role_id{3}, role_id{4}} && one.embeds.size() == 1 && one.components->size() == 1));
    CHECK((one.nonce->is_text() && one.nonce->text() == "a text of some length"));
    REQUIRE(decode(R"("mention_roles":[6,null,"7","8"],"embeds":[{},{}],"nonce":12)"));
    CHECK(one.mention_roles == std::vector{role_id{6}, role_id{7}, role_id{8}});
    CHECK((one.embeds.size() == 2 && one.components->size() == 1 && *one.nonce == scalar(12)));
    REQUIRE(decode(R"("mention_roles":[null],"embeds":[],"nonce":"\u0061b","components":[])"));
    CHECK((one.mention_roles.empty() && one.embeds.empty() && one.components->empty() && *one.nonce == scalar("ab")));
    REQUIRE(decode(R"("mention_roles":["9"],"embeds":[],"nonce":"c")"));
    CHECK((one.mention_roles == std::vector{role_id{9}} && *one.nonce == scalar("c")));
    REQUIRE(decode(R"("mention_roles":[],"embeds":[],"nonce":true)"));
    CHECK((one.mention_roles.empty() && *one.nonce == scalar(true)));
  }
}
