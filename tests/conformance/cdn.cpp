// SPDX-License-Identifier: MIT
// Addresses of images and the set of permissions against Discord's data.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include <monochord/cdn.hpp>
#include <monochord/core/error.hpp>
#include <monochord/format.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/permissions.hpp>

#include "support/catch.hpp"
#include "support/skip.hpp"

using namespace monochord;
using value = nlohmann::json;

namespace {

const cdn images;
constexpr guild_id a_guild{1};
constexpr user_id a_user{2};
constexpr application_id an_application{3};

using maker = std::function<std::string(std::string_view hash, image_options how)>;

/// What stands for each kind of the data; the path has the words of the data where we put numbers.
const std::map<std::string, maker> kinds{
    {"Custom Emoji", [](auto, auto how) { return images.custom_emoji(emoji_id{4}, true, how); }},
    {"Guild Icon", [](auto hash, auto how) { return images.guild_icon(a_guild, hash, how); }},
    {"Guild Splash", [](auto hash, auto how) { return images.guild_splash(a_guild, hash, how); }},
    {"Guild Discovery Splash", [](auto hash, auto how) { return images.guild_discovery_splash(a_guild, hash, how); }},
    {"Guild Banner", [](auto hash, auto how) { return images.guild_banner(a_guild, hash, how); }},
    {"User Banner", [](auto hash, auto how) { return images.user_banner(a_user, hash, how); }},
    {"Default User Avatar", nullptr},  // of one format and size: below
    {"User Avatar", [](auto hash, auto how) { return images.user_avatar(a_user, hash, how); }},
    {"Guild Member Avatar", [](auto hash, auto how) { return images.member_avatar(a_guild, a_user, hash, how); }},
    {"Avatar Decoration", [](auto hash, auto how) { return images.avatar_decoration(hash, how); }},
    {"Application Icon", [](auto hash, auto how) { return images.application_icon(an_application, hash, how); }},
    {"Application Cover", [](auto hash, auto how) { return images.application_cover(an_application, hash, how); }},
    {"Application Asset", [](auto hash, auto how) { return images.application_asset(an_application, hash, how); }},
    {"Achievement Icon", [](auto hash, auto how) { return images.achievement_icon(an_application, any_id{5}, hash, how); }},
    {"Store Page Asset", [](auto hash, auto how) { return images.store_asset(an_application, hash, how); }},
    {"Sticker Pack Banner", [](auto, auto how) { return images.sticker_pack_banner(any_id{6}, how); }},
    {"Team Icon", [](auto hash, auto how) { return images.team_icon(team_id{7}, hash, how); }},
    {"Sticker", nullptr},  // its format is that of the sticker: below
    {"Role Icon", [](auto hash, auto how) { return images.role_icon(role_id{8}, hash, how); }},
    {"Guild Scheduled Event Cover", [](auto hash, auto how) { return images.scheduled_event_cover(any_id{9}, hash, how); }},
    {"Guild Member Banner", [](auto hash, auto how) { return images.member_banner(a_guild, a_user, hash, how); }},
    {"Guild Tag Badge", [](auto hash, auto how) { return images.guild_tag_badge(a_guild, hash, how); }},
};
const std::map<std::string, std::string> numbers{{"guild_id", "1"}, {"user_id", "2"}, {"application_id", "3"}, {"emoji_id", "4"},
                                                 {"achievement_id", "5"}, {"sticker_pack_banner_asset_id", "6"}, {"team_id", "7"},
                                                 {"role_id", "8"}, {"scheduled_event_id", "9"}};

/// The path of the data, numbers put in; the last word is the hash unless it is an id.
std::string with_numbers(std::string path) {
  path = path.substr(0, path.rfind('.'));
  std::string out;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    if (const auto number = numbers.find(part); number != numbers.end()) out += number->second;
    else out += end == path.size() ? "a_hash" : part;
    if (end < path.size()) out += '/';
    at = end + 1;
  }
  return out;
}

value read(const std::filesystem::path& path) { return value::parse(std::ifstream(path, std::ios::binary)); }

}  // namespace

TEST_CASE("addresses of images are those of Discord") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  const value constants = read(*data / "constants.json");
  const std::map<std::string, std::pair<image_format, std::string>> formats{
      {"PNG", {image_format::png, ".png"}}, {"JPEG", {image_format::jpeg, ".jpg"}}, {"WebP", {image_format::webp, ".webp"}},
      {"GIF", {image_format::gif, ".gif"}}, {"Lottie", {image_format::lottie, ".json"}}};
  int endpoints = 0;
  for (const auto& row : constants.at("cdn")) {
    const auto type = row.at("type").get<std::string>();
    const auto kind = kinds.find(type);
    INFO(type);
    REQUIRE(kind != kinds.end());
    ++endpoints;
    if (!kind->second) continue;
    const auto offered = row.at("formats").get<std::vector<std::string>>();
    const bool moves = row.at("animated").get<bool>();
    for (const auto& [name, format] : formats) {
      INFO(name);
      const image_options how{.format = format.first, .size = 64};
      if (std::find(offered.begin(), offered.end(), name) != offered.end())
        CHECK(kind->second("a_hash", how) ==
              "https://cdn.discordapp.com/" + with_numbers(row.at("path")) + format.second +
                  (moves && name == "WebP" ? "?animated=true&size=64" : "?size=64"));
      else CHECK_THROWS_AS(kind->second("a_hash", how), error);
    }
    const std::string by_itself = type == "Custom Emoji" ? ".webp?animated=true" : moves ? ".gif" : ".png";
    CHECK(kind->second("a_hash", {}).ends_with(by_itself));
  }
  CHECK(images.default_avatar(user_id{std::uint64_t{7} << 22}) == "https://cdn.discordapp.com/embed/avatars/1.png");
  CHECK(images.sticker(sticker_id{1}, sticker_format::apng) == "https://cdn.discordapp.com/stickers/1.png");
  std::printf("cdn endpoints %d / %zu\n", endpoints, constants.at("cdn").size());
  CHECK(kinds.size() == constants.at("cdn").size());
}

TEST_CASE("all permissions and formats are those of Discord") {
  const auto data = test::discord_data();
  if (!data) return test::skip(test::no_discord_data);
  std::uint64_t all = 0;
  const value enums = read(*data / "enums.json");
  for (const auto& e : enums.at("enums")) {
    if (e.at("anchor") != "permissions-bitwise-permission-flags") continue;
    for (const auto& member : e.at("members")) all |= member.at(1).get<std::uint64_t>();
  }
  CHECK(all_permissions.bits() == all);

  const value constants = read(*data / "constants.json");
  const auto constant = [&](const char* name) {
    for (const auto& c : constants.at("constants"))
      if (c.at("name") == name) return c.at("value");
    return value();
  };
  const auto styles = constant("timestamp_styles");
  CHECK(styles.size() == 9);
  for (const auto& style : styles) {
    const auto letter = static_cast<timestamp_style>(style.get<std::string>().at(0));
    CHECK(format::time({}, letter) == "<t:0:" + style.get<std::string>() + ">");
  }
  const auto forms = constant("mention_formats");
  const auto filled = [&](const char* key) {
    auto text = forms.at(key).get<std::string>();
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"ID", "1"}, {"NAME", "n"}, {"GROUP", "g"}, {"SUB", "s"}, {"SEC", "0"}, {"STYLE", "R"}})
      if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
    return text;
  };
  CHECK(format::mention(user_id{1}) == filled("user"));
  CHECK(format::mention(channel_id{1}) == filled("channel"));
  CHECK(format::mention(role_id{1}) == filled("role"));
  CHECK(format::mention_command("n", command_id{1}) == filled("command"));
  CHECK(format::mention_command("n", "s", command_id{1}) == filled("subcommand"));
  CHECK(format::mention_command("n", "g", "s", command_id{1}) == filled("group"));
  CHECK(format::custom_emoji("n", emoji_id{1}) == filled("emoji"));
  CHECK(format::custom_emoji("n", emoji_id{1}, true) == filled("animated_emoji"));
  CHECK(format::time({}) == filled("timestamp"));
  CHECK(format::time({}, timestamp_style::relative) == filled("timestamp_styled"));
}
