// SPDX-License-Identifier: MIT
// What the reader does in few steps (names by words, ids eight digits at a time, the usual head of a payload, words of
// four, text without escapes) next to the long way: white space that a shortcut does not take, or somebody else's
// answer.
#include <algorithm>
#include <charconv>
#include <monochord/core/timestamp.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/model/audit_log.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/user.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "json/habits.hpp"
#include "json/table.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"

using namespace monochord;

namespace {

// The first thing that went wrong among many tries: an assertion for each would take longer than the tries.
class tries {
 public:
  void operator()(bool good, std::string_view text, std::string_view why) {
    ++count_;
    if (!good && first_.empty()) first_.append(why).append(": ").append(text);
  }
  std::size_t count() const noexcept { return count_; }
  const std::string& first() const noexcept { return first_; }

 private:
  std::size_t count_ = 0;
  std::string first_;
};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::string with(std::string text, std::size_t place, unsigned byte) {
  text[place] = static_cast<char>(byte);
  return text;
}

// Ids

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t n = 0;
  if (digits.empty() || digits.size() > 20 ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(n) : std::nullopt;
}

void try_id(tries& tried, const std::string& id) {
  unavailable_guild out;
  json::failure why;
  const std::string quoted = R"({"id":")" + id + "\"}";
  bool good = json::decode_into(out, std::string_view(quoted), why);
  auto wanted = number(id);
  tried(good == wanted.has_value() && (!good || out.id.value() == *wanted), quoted, "wrong");
  const bool plain =
      std::all_of(id.begin(), id.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (!good && plain) tried(why.code == errc::json_mismatch && why.path == "$.id", quoted, why.path + " " + why.reason);

  const std::string bare = R"({"id":)" + id + "}";
  good = json::decode_into(out, std::string_view(bare), why);
  std::string_view token = id;
  while (!token.empty() && is_space(token.front())) token.remove_prefix(1);
  while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
  wanted = token.size() > 1 && token[0] == '0' ? std::nullopt : number(token);
  tried(good == wanted.has_value() && (!good || out.id.value() == *wanted), bare, "wrong");
}

// Names

void each_field(const json::table& how, const auto& f) {
  if (how.inlined) each_field(how.inlined(), f);
  for (std::uint32_t i = 0; i < how.count; ++i) f(how.fields[i]);
}

// Of an object with one member whose value is no JSON: whether the path says that it is a field, or that it is not.
enum class found { field, unknown, neither };
found look_up(const tests::model& m, std::string_view spelling, std::string_view name, std::string_view colon = ":") {
  static std::string text, out, as_field;
  static json::failure why;
  text.assign("{\"").append(spelling).append("\"").append(colon).append("nulx}");
  as_field.assign("$.").append(name);
  if (m.round(text, out, why)) return found::neither;
  if (why.path == as_field && why.code == errc::json_malformed) return found::field;
  return std::string_view(why.path).starts_with("$[\"") ? found::unknown : found::neither;
}

std::string escaped(unsigned char c) {
  constexpr char digits[] = "0123456789abcdef";
  return std::string("\\u00") + digits[c >> 4U] + digits[c & 15U];
}

// Heads of payloads

struct peeked {
  bool good = false;
  int op = 0;
  std::optional<std::uint64_t> s;
  std::string t, d;  // of one that is good
  errc code{};
  std::string path, reason;  // of one that is not
  bool operator==(const peeked&) const = default;
};
peeked peek(std::string_view text) {
  json::payload_head head;
  json::failure why;
  if (json::peek(text, head, why)) return {true, head.op, head.s, std::string(head.t), std::string(head.d), {}, {}, {}};
  return {false, 0, {}, {}, {}, why.code, why.path, why.reason};
}

void try_head(tries& tried, const std::string& text) {
  const std::vector<char> exact(text.begin(), text.end());  // a sanitizer sees every read past its end
  tried(peek({exact.data(), exact.size()}) == peek(" " + text), text, "differs from the same behind a space");
}

// Whether white space at this place is between the tokens of a head (which has no escapes), and not inside of d.
bool between_tokens(std::string_view text, std::size_t place) {
  if (std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '"') % 2 != 0) return false;
  const std::size_t d = text.find(R"("d":)") + 4;
  if (place > d && place + 1 < text.size()) return false;
  const auto structural = [](char c) { return std::string_view("{}[]:,\"").find(c) != std::string_view::npos; };
  return place == 0 || place + 1 >= text.size() || structural(text[place - 1]) || structural(text[place]);
}

// Words

struct decoded {
  bool good = false;
  std::string text;  // written again
  errc code{};
  std::string path, reason;
  std::uint32_t nulls = 0;
  bool operator==(const decoded&) const = default;
};
template <class T>
decoded decode(std::string_view text) {
  T out{};
  json::failure why;
  if (json::decode_into(out, text, why)) return {true, json::encode(out), {}, {}, {}, why.unexpected_nulls};
  return {false, {}, why.code, why.path, why.reason, 0};
}

}  // namespace

TEST_CASE("one byte of an id that is no digit is seen at every place, in text and bare") {
  tries tried;
  const std::string all = "123456789012345678901";
  for (std::size_t size = 1; size <= all.size(); ++size) {
    const std::string id = all.substr(0, size);
    for (std::size_t place = 0; place < size; ++place)
      for (unsigned byte = 0; byte < 256; ++byte) try_id(tried, with(id, place, byte));
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
  CHECK(tried.count() > std::size_t{2} * 231 * 256);
}

TEST_CASE("ids are read as std::from_chars reads them, up to the last one and beyond") {
  tries tried;
  for (const std::string id : {"18446744073709551615", "18446744073709551616", "18446744073709551609",
                               "9999999999999999999", "10000000000000000000"})
    for (std::size_t place = 0; place < id.size(); ++place)
      for (unsigned digit = '0'; digit <= '9'; ++digit) try_id(tried, with(id, place, digit));
  std::mt19937_64 random(20);
  for (int i = 0; i < 20'000; ++i) {
    std::string id(1 + random() % 21, '0');
    for (char& c : id) c = static_cast<char>('0' + random() % 10);
    try_id(tried, id);
  }
  // Two bytes beside each other, of which a carry could run from one into the next.
  for (const unsigned a : {0x2FU, 0x30U, 0x39U, 0x3AU, 0x3FU, 0x7FU, 0xB0U, 0xF9U, 0xFAU, 0xFFU})
    for (const unsigned b : {0x2FU, 0x30U, 0x39U, 0x3AU, 0x3FU, 0x7FU, 0xB0U, 0xF9U, 0xFAU, 0xFFU})
      for (std::size_t place = 0; place < 19; ++place)
        try_id(tried, with(with("12345678901234567890", place, a), place + 1, b));
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("a name is a field's however it is spelled, and one of another byte is not") {
  tries tried;
  std::set<std::size_t> sizes;
  for (const tests::model& m : tests::models()) {
    std::set<std::string_view> names;
    each_field(m.table(), [&](const json::field& f) { names.insert(f.name); });
    const auto other = [&](const std::string& spelling, const std::string& name) {
      if (!names.contains(name))
        tried(look_up(m, spelling, name) == found::unknown, spelling, std::string(m.name) + " has this");
    };
    for (const std::string_view view : names) {
      const std::string name(view);
      const auto same = [&](const std::string& spelling) {
        tried(look_up(m, spelling, name) == found::field, spelling, std::string(m.name) + " has this not");
      };
      sizes.insert(name.size());
      same(name);
      std::string every;
      for (std::size_t place = 0; place < name.size(); ++place) {
        const auto c = static_cast<unsigned char>(name[place]);
        every += escaped(c);
        same(name.substr(0, place) + escaped(c) + name.substr(place + 1));
        for (const unsigned byte : {c ^ 1U, c ^ 0x20U, c ^ 0x10U}) {
          const std::string changed = with(name, place, byte);
          if (byte < ' ' || byte > '~' || byte == '"' || byte == '\\') continue;
          other(changed, changed);
        }
        const std::string shorter = name.substr(0, place) + name.substr(place + 1),
                          longer = name.substr(0, place) + "_" + name.substr(place);
        other(shorter, shorter);
        other(longer, longer);
      }
      same(every);
      tried(look_up(m, name, name, " \n: \t") == found::field, name,
            std::string(m.name) + " has this not before white space");
      other(name + "\\u0000", name + std::string(1, '\0'));
      other("\\u0000" + name, std::string(1, '\0') + name);
    }
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
  for (const std::size_t size : {1U, 2U, 4U, 7U, 8U, 9U, 15U, 16U, 17U, 18U, 24U, 25U, 33U}) {
    INFO(size);
    CHECK(sizes.contains(size));
  }
}

TEST_CASE("what came behind a field is guessed from every table that can be near, and nothing else is") {
  using json::habits;
  CHECK(habits::guess().empty());
  CHECK((habits::guess().tables() > 3 && habits::guess().place_here() > 64));
  std::size_t possible = 0;
  for (std::ptrdiff_t tables = -3; tables <= 3; ++tables)
    for (std::uint8_t place = 0; place < 64; ++place) {
      if (!habits::guess::can_be(tables, place)) continue;
      ++possible;
      const habits::guess guess(tables, place);
      INFO(tables << " " << int(place));
      CHECK_FALSE(guess.empty());
      CHECK(guess.tables() == tables);
      CHECK(guess.place() == place);
      CHECK((tables == 0 ? guess.place_here() == place : guess.place_here() >= 64));
    }
  CHECK(possible == 255);
}

TEST_CASE("an object is read alike in whatever order its fields come, again and again") {
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"id", R"("1")"}, {"username", R"("a")"}, {"discriminator", R"("0")"}, {"avatar", "null"},
      {"bot", "true"},  {"new", "7"},           {"clan", "null"},            {"global_name", R"("b")"},
      {"flags", "64"},  {"member", R"({"roles":["2"]})"}};
  const auto text = [&](const std::vector<std::size_t>& order) {
    std::string out = R"({"id":"1","channel_id":"2","content":"","timestamp":"2024-07-01T12:34:56.789000+00:00",)"
                      R"("edited_timestamp":null,"tts":false,"mention_everyone":false,"mention_roles":[],"attachments":[],)"
                      R"("embeds":[],"pinned":false,"type":0,"author":{"id":"3","username":"c","discriminator":"0"},)"
                      R"("mentions":[{)";
    for (const std::size_t i : order) {
      if (out.back() != '{') out += ',';
      out.append("\"").append(fields[i].first).append("\":").append(fields[i].second);
    }
    return out + "}]}";
  };
  std::vector<std::size_t> order(fields.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const decoded usual = decode<message>(text(order));
  REQUIRE(usual.good);
  REQUIRE(usual.text.find(R"("member":{"roles":["2"])") != std::string::npos);
  tries tried;
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::vector<std::size_t> other = order;
    std::shuffle(other.begin(), other.end(), random);
    if (i % 3 == 0) std::swap(order, other);
    for (const auto& one : {order, other, order}) tried(decode<message>(text(one)) == usual, text(one), "differs");
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("the usual head of a payload is read like any other, whole, cut, spaced and damaged") {
  std::vector<std::string> heads;
  const auto head = [&](std::string_view t, std::string_view s, std::string_view op, std::string_view d,
                        std::string_view more = "") {
    heads.push_back(R"({"t":)" + std::string(t) + R"(,"s":)" + std::string(s) + R"(,"op":)" + std::string(op) +
                    R"(,"d":)" + std::string(d) + std::string(more) + "}");
  };
  constexpr std::string_view t = R"("TYPING_START")", d = R"({"a":[1,"]}"]})";
  for (const std::string_view s :
       {"0", "7", "00", "01", "-1", "1.0", "1e3", "null", "", "\"1\"", "123456789012345678", "999999999999999999",
        "1234567890123456789", "9999999999999999999", "012345678901234567", "12345678901234567890",
        "18446744073709551615", "18446744073709551616", "123456789012345678901"})
    for (const std::string_view op : {"0", "9", "11", "99", "100", "00", "01", "-1", "2147483648", "null", ""})
      head(t, s, op, d);
  for (const std::string_view name :
       {R"("")", R"("X")", R"("\u0058")", R"("X\\")", R"("X\",\"s\":1")", "\"\t\"", R"("X)", "null", "5", "\"\xFF\""})
    for (const std::string_view data :
         {"{}", "[]", "true", "null", "5", R"("text")", R"("}")", "", " {}", "\t[1]", "{\"a\":1} "})
      for (const std::string_view more : {"", R"(,"new":{"x":1})", " "}) head(name, "7", "0", data, more);
  head(t, "7,\"s\":8", "0", d);
  head(t, "7", "0,\"x\":1", d);
  tries tried;
  for (const std::string& text : heads) {
    try_head(tried, text);
    for (std::size_t place = 0; place <= text.size(); ++place) {
      try_head(tried, text.substr(0, place));
      for (const char space : {' ', '\n'}) try_head(tried, text.substr(0, place) + space + text.substr(place));
      if (place == text.size()) break;
      try_head(tried, text.substr(0, place) + text.substr(place + 1));
      for (const char byte : {'"', '\\', ',', '}', '0', 'x', '\0', '\xFF'})
        try_head(tried, with(text, place, static_cast<unsigned char>(byte)));
    }
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("white space between the tokens of a head changes nothing, and a sequence number of any size is read") {
  tries tried;
  for (const std::string_view s :
       {"5", "123456789012345678", "1234567890123456789", "12345678901234567890", "18446744073709551615"}) {
    const std::string text = R"({"t":"TYPING_START","s":)" + std::string(s) + R"(,"op":0,"d":{"channel_id":"1"}})";
    const peeked usual = peek(text);
    REQUIRE(usual.good);
    CHECK(usual.s == number(s));
    CHECK(usual.op == 0);
    CHECK(usual.t == "TYPING_START");
    CHECK(usual.d == R"({"channel_id":"1"})");
    std::size_t places = 0;
    for (std::size_t place = 0; place <= text.size(); ++place) {
      if (!between_tokens(text, place)) continue;
      ++places;
      for (const char space : {' ', '\n', '\r', '\t'}) {
        const std::string spaced = text.substr(0, place) + space + text.substr(place);
        tried(peek(spaced) == usual, spaced, "differs");
      }
    }
    CHECK(places == 18);  // 17 tokens
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("null, true and false are themselves and nothing else, wherever they are read") {
  const struct {
    decoded (*read)(std::string_view);
    std::string before, after;
  } places[] = {{&decode<partial_user>, R"({"id":"1","avatar":)", "}"},
                {&decode<partial_user>, R"({"id":"1","bot":)", "}"},
                {&decode<partial_user>, R"({"id":"1","username":)", R"(,"bot":true})"},
                {&decode<role_tags>, R"({"premium_subscriber":)", "}"},
                {&decode<audit_log_change>, R"({"key":"x","new_value":)", "}"},
                {&decode<role_tags>, R"({"new":)", "}"},
                {&decode<role_tags>, R"({"new":[1,)", "]}"},
                {&decode<role_tags>, R"({"new":{"a":)", R"(,"b":[]}})"},
                {&decode<std::vector<role>>, "[", "]"},
                {&decode<std::vector<role>>, "", ""}};
  tries tried;
  for (const auto& [read, before, after] : places) {
    const auto as_with_space = [&, read = read, before = std::string_view(before),
                                after = std::string_view(after)](const std::string& word) {
      const std::string text = std::string(before) + word + std::string(after);
      const decoded plain = read(text);
      tried(plain == read(std::string(before) + word + "\n" + std::string(after)), text,
            "differs from the same before white space");
      return plain;
    };
    std::size_t taken = 0;
    for (const std::string word : {"null", "true", "false"}) {
      const decoded whole = as_with_space(word);
      taken += whole.good;
      const auto refused = [&](const std::string& other) {
        tried(!as_with_space(other).good, before + other + after, "taken");
      };
      for (unsigned byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        for (std::size_t place = 0; place < word.size(); ++place)
          if (c != word[place]) refused(with(word, place, byte));
        if (is_space(c))
          tried(as_with_space(word + c) == whole, before + word + c + after, "differs");
        else
          refused(word + c);
      }
      for (std::size_t size = 0; size < word.size(); ++size)
        if (size != 0 || before != "[") refused(word.substr(0, size));
    }
    INFO(before);
    CHECK(taken > 0);
  }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("texts with something special at any place are read as another library reads them") {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < 40; ++place) places.push_back(place);
  for (std::size_t edge = 40; edge <= 264; edge += 8)
    for (const std::size_t place : {edge - 1, edge, edge + 1}) places.push_back(place);
  std::vector<std::string> specials = {
      "x",         R"(\n)",     R"(\")", R"(\\)", R"(\\\\)", R"(\\\")", R"(\/)", R"(\u00e4)", R"(\ud83d\ude00)",
      R"(\ud83d)", R"(\u12g4)", R"(\q)", R"(\)",  R"(\\\)",  "\"",      R"(",)", R"(":)",     R"("})",
      "\xC3\xA4",  "\xC3",      "\xFF",  "\x7F",  "{",       "]",       ",",     " "};
  for (char c = 0; c < ' '; ++c) specials.emplace_back(1, c);
  const struct {
    std::string before, after;
  } around[] = {{R"({"id":"1","discriminator":"0","username":")", "\"}"},
                {R"({"id":"1","discriminator":"0","global_name":"\ta","username":")", R"("})"},
                {R"({"id":"1","discriminator":"0","username":")", R"(" ,"global_name":"b\\"})"}};
  tries tried;
  std::size_t taken = 0;
  for (const std::size_t place : places)
    for (const std::string& special : specials)
      for (const std::size_t behind : {0U, 1U, 9U})
        for (const auto& [before, after] : around) {
          const std::string text = before + std::string(place, 'x') + special + std::string(behind, 'y') + after;
          user out;
          json::failure why;
          const bool good = json::decode_into(out, std::string_view(text), why);
          const auto theirs = nlohmann::json::parse(text, nullptr, false);
          tried(good == !theirs.is_discarded(), text, good ? "taken" : "refused");
          if (!good || theirs.is_discarded()) continue;
          ++taken;
          tried(out.username == theirs["username"].get_ref<const std::string&>(), text, "another username");
          if (theirs.contains("global_name"))
            tried(*out.global_name == theirs["global_name"].get_ref<const std::string&>(), text, "another name");
        }
  INFO(tried.first());
  CHECK(tried.first().empty());
  CHECK(taken > places.size() * 9 * 9);
}

TEST_CASE("nothing but a colon parts a name from its value") {
  tries tried;
  for (const std::string name : {"bot_id", "unknown", "bot_\\u0069d", "unkno\\\\wn", ""})
    for (const std::string value : {R"("1")", "1", R"({"a":"1"})", R"(["1"])"})
      for (unsigned byte = 0; byte < 256; ++byte)
        for (const std::string_view space : {"", " "}) {
          const std::string text = "{\"" + name + "\"" + std::string(space) + static_cast<char>(byte) + value + "}";
          const bool good = decode<role_tags>(text).good;
          const bool scalar = value.find('1') <= 1;
          const bool wanted = byte == ':' && (name[0] != 'b' || scalar);
          tried(good == wanted, text, good ? "taken" : "refused");
        }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("unknown names with something special at any place are read as another library reads them") {
  tries tried;
  for (std::size_t place = 0; place < 72; ++place)
    for (const std::string special : {R"(\n)", R"(\")", R"(\\)", R"(\\\")", R"(\u00e4)", R"(\ud83d)", R"(\q)", R"(\)",
                                      "\"", "\x01", "\x1F", "\xFF"})
      for (const std::size_t behind : {0U, 1U, 9U})
        for (const std::string_view colon : {":", " :"}) {
          const std::string text = R"({"bot_id":"1",")" + std::string(place, 'x') + special + std::string(behind, 'y') +
                                   "\"" + std::string(colon) + "2}";
          role_tags out;
          json::failure why;
          tried(json::decode_into(out, std::string_view(text), why) == nlohmann::json::accept(text), text,
                "not as the other does");
        }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("a time as Discord writes it is read like the same time in another form") {
  tries tried;
  for (const std::string text :
       {"2021-08-15T12:34:56.123456", "2024-02-29T23:59:60.999999", "0000-01-01T00:00:00.000000",
        "9999-12-31T00:00:00.000001", "2023-02-29T24:60:61.000000"})
    for (std::size_t place = 0; place < text.size(); ++place)
      for (unsigned byte = 0; byte < 256; ++byte) {
        const std::string changed = with(text, place, byte);
        const auto usual = parse_timestamp(changed + "+00:00");
        tried(usual == parse_timestamp(changed + "Z") && usual == parse_timestamp(changed + "-0000"), changed,
              "differs");
      }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("texts with something special at any place are written as another library writes them") {
  tries tried;
  for (std::size_t size = 0; size <= 26; ++size)
    for (std::size_t place = 0; place <= size; ++place)
      for (unsigned byte = 0; byte < 0x80; ++byte) {
        std::string text(size, 'x');
        if (place < size) text[place] = static_cast<char>(byte);
        const std::string written = json::encode(create_message_body{.content = text});
        const auto theirs = nlohmann::json::parse(written, nullptr, false);
        tried(!theirs.is_discarded() && theirs["content"] == text, text, written);
        const bool plain = place == size || (byte >= ' ' && byte != '"' && byte != '\\');
        tried((written == R"({"content":")" + text + "\"}") == plain, text, written);
      }
  INFO(tried.first());
  CHECK(tried.first().empty());
}

TEST_CASE("each field has one mark at most, and one that has none is always looked at") {
  for (const auto& m : tests::models()) {
    INFO(m.name);
    const json::table& how = m.table();
    std::uint64_t seen = how.unmarked;
    for (std::uint8_t i = 0; i < how.marked; ++i) {
      const std::uint64_t bit = std::uint64_t{1} << how.marks[i].place;
      CHECK((seen & bit) == 0);
      CHECK((how.fields[how.marks[i].place].flags.has != 0) == (i < how.flags));
      seen |= bit;
    }
    CHECK(seen == (how.count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << how.count) - 1));
  }
}
