// SPDX-License-Identifier: MIT
// The codec against nlohmann/json on random text: the head of any payload, and that nothing malformed is ever taken.
#include <monochord/json/codec.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/model/message_events.hpp>

#include <nlohmann/json.hpp>
#include <random>

#include "support/catch.hpp"

using namespace monochord;

namespace {

using value = nlohmann::json;

class maker {
 public:
  explicit maker(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  std::string space() {
    static const char* const all[] = {"", "", "", " ", "\n", "\t ", "\r\n"};
    return all[below(std::size(all))];
  }
  std::string text() {
    static const char* const all[] = {"", "a", "op", "\\\"", "\\\\", "}", "{[", "\\u0041", "\\ud83d\\ude00", "\u00fc", ",\\\":"};
    std::string out = "\"";
    for (std::size_t n = below(4); n > 0; --n) out += all[below(std::size(all))];
    return out + "\"";
  }
  std::string any(int depth) {
    switch (below(depth > 0 ? 8 : 6)) {
      case 0: return "null";
      case 1: return below(2) ? "true" : "false";
      case 2: return std::to_string(below(1000));
      case 3: return "-" + std::to_string(below(1000)) + ".5e-3";
      case 4:
      case 5: return text();
      case 6: {
        std::string out = "[";
        for (std::size_t n = below(4), i = 0; i < n; ++i) out += (i ? "," : "") + space() + any(depth - 1) + space();
        return out + "]";
      }
      default: {
        std::string out = "{";
        for (std::size_t n = below(4), i = 0; i < n; ++i) out += (i ? "," : "") + space() + text() + space() + ":" + space() + any(depth - 1) + space();
        return out + "}";
      }
    }
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("the head of a payload is what a full parse finds") {
  maker make(7);
  for (int round = 0; round < 20000; ++round) {
    const std::string d = make.any(4);
    std::vector<std::pair<std::string, std::string>> members{
        {"\"op\"", std::to_string(make.below(12))},
        {"\"s\"", make.below(3) ? std::to_string(make.below(1000000)) : "null"},
        {"\"t\"", make.below(3) ? "\"MESSAGE_CREATE\"" : "null"},
        {make.below(4) ? "\"d\"" : "\"\\u0064\"", d},
    };
    for (std::size_t n = make.below(3), i = 0; i < n; ++i) members.emplace_back("\"x" + std::to_string(i) + "\"", make.any(3));
    std::string text = make.space() + "{" + make.space();
    for (bool first = true; !members.empty(); first = false) {
      const std::size_t i = make.below(members.size());
      text += (first ? "" : ",") + make.space() + members[i].first + make.space() + ":" + make.space() + members[i].second + make.space();
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
    }
    text += "}" + make.space();

    const value whole = value::parse(text);
    json::payload_head head;
    json::failure why;
    INFO(text << "\n" << why.path << " " << why.reason);
    REQUIRE(json::peek(text, head, why));
    CHECK(head.op == whole.at("op").get<int>());
    CHECK(head.t == (whole.at("t").is_null() ? "" : "MESSAGE_CREATE"));
    CHECK(head.s.has_value() == !whole.at("s").is_null());
    if (head.s) CHECK(*head.s == whole.at("s").get<std::uint64_t>());
    // d may be followed by other members that nobody needs, when op, s and t came before it.
    const value shown = value::parse(head.d, nullptr, false);
    if (!shown.is_discarded()) CHECK(shown == whole.at("d"));
    else CHECK(head.d.starts_with(d));
  }
}

TEST_CASE("a text with one byte changed decodes only if it is JSON") {
  const std::string good =
      R"({"id":"1","channel_id":"2","author":{"id":"3","username":"n","discriminator":"0","avatar":null,"bot":true},"content":"a\"\u00e4",)"
      R"("timestamp":"2024-01-01T00:00:00+00:00","edited_timestamp":null,"tts":false,"mention_everyone":false,"mentions":[],)"
      R"("mention_roles":["5"],"attachments":[],"embeds":[{"title":"t","color":-1,"fields":[]}],"pinned":false,"type":0,)"
      R"("components":[{"type":1,"components":[{"type":2,"style":1}]},{"type":99,"x":[1.5e3]}],"unknown":{"a":[true,{}]}})";
  maker make(11);
  int taken = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string text = good;
    for (std::size_t n = 1 + make.below(2); n > 0; --n) {
      const char change = "\"\\{}[],:0n \n-.xu\x80"[make.below(18)];
      const std::size_t at = make.below(text.size());
      if (make.below(3) == 0) text.erase(at, 1);
      else if (make.below(2)) text.insert(at, 1, change);
      else text[at] = change;
    }
    message m;
    json::failure why;
    if (!json::decode_into(m, std::string_view(text), why)) {
      CHECK(why.path.starts_with("$"));
      continue;
    }
    ++taken;
    INFO(text);
    CHECK(value::accept(text));
    CHECK(value::accept(json::encode(m)));
  }
  CHECK(taken > 100);
}
