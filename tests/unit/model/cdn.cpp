// SPDX-License-Identifier: MIT
#include <monochord/cdn.hpp>

#include <monochord/core/error.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/file_type.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>

#include "support/catch.hpp"

using namespace monochord;

namespace {
const cdn images;

template <class F>
std::string refused(F call) {
  try {
    call();
    return {};
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_argument);
    return e.what();
  }
}
}  // namespace

TEST_CASE("an image has a format and a size") {
  const user_id user{1};
  CHECK(images.user_avatar(user, "abc") == "https://cdn.discordapp.com/avatars/1/abc.png");
  CHECK(images.user_avatar(user, "a_abc") == "https://cdn.discordapp.com/avatars/1/a_abc.gif");
  CHECK(images.user_avatar(user, "a_abc", {.format = image_format::webp, .size = 128}) ==
        "https://cdn.discordapp.com/avatars/1/a_abc.webp?animated=true&size=128");
  CHECK(images.user_avatar(user, "a_abc", {.format = image_format::webp}) ==
        "https://cdn.discordapp.com/avatars/1/a_abc.webp?animated=true");
  CHECK(images.user_avatar(user, "a_abc", {.format = image_format::png, .size = 16}) ==
        "https://cdn.discordapp.com/avatars/1/a_abc.png?size=16");
  CHECK(images.user_avatar(user, "abc", {.format = image_format::webp, .size = 128}) ==
        "https://cdn.discordapp.com/avatars/1/abc.webp?size=128");
  CHECK(images.user_avatar(user, "abc", {.size = 4096}) == "https://cdn.discordapp.com/avatars/1/abc.png?size=4096");
  CHECK(images.user_avatar(user, "abc", {.format = image_format::jpeg}).ends_with(image_extension::jpg));
  CHECK(images.guild_splash(guild_id{2}, "a_x") == "https://cdn.discordapp.com/splashes/2/a_x.png");
  CHECK(images.guild_splash(guild_id{2}, "a_x", {.format = image_format::webp}) ==
        "https://cdn.discordapp.com/splashes/2/a_x.webp");  // never moves
  CHECK(images.custom_emoji(emoji_id{3}) == "https://cdn.discordapp.com/emojis/3.webp");
  CHECK(images.custom_emoji(emoji_id{3}, true) == "https://cdn.discordapp.com/emojis/3.webp?animated=true");
  CHECK(images.custom_emoji(emoji_id{3}, true, {.size = 64}) ==
        "https://cdn.discordapp.com/emojis/3.webp?animated=true&size=64");
  CHECK(images.custom_emoji(emoji_id{3}, true, {.format = image_format::gif}) == "https://cdn.discordapp.com/emojis/3.gif");
  const cdn mirror("http://127.0.0.1:8080/cdn/", "http://127.0.0.1:8080/media");
  CHECK(mirror.team_icon(team_id{4}, "x") == "http://127.0.0.1:8080/cdn/team-icons/4/x.png");
  CHECK(mirror.sticker(sticker_id{5}, sticker_format::gif) == "http://127.0.0.1:8080/media/stickers/5.gif");
}

TEST_CASE("what an image does not have is refused") {
  CHECK(refused([] { images.guild_splash(guild_id{1}, "x", {.format = image_format::gif}); }) == "a guild's splash is never a GIF");
  CHECK(refused([] { images.user_avatar(user_id{1}, "x", {.format = image_format::gif}); }) ==
        "this user's avatar does not move, so there is no GIF of it");
  CHECK(refused([] { images.avatar_decoration("a_x", {.format = image_format::webp}); }) == "a decoration of an avatar is a PNG only");
  CHECK(refused([] { images.user_avatar(user_id{1}, "x", {.format = image_format::lottie}); }) == "a user's avatar is never a Lottie");
  for (const int size : {1, 8, 15, 17, 100, 8192, -16}) {
    INFO(size);
    CHECK(refused([&] { images.user_avatar(user_id{1}, "x", {.size = size}); }) ==
          "the size of an image is a power of two from 16 to 4096, not " + std::to_string(size));
  }
  for (const char* hash : {"", "../x", "x?y", "x/y", "x y"})
    CHECK(refused([&] { images.guild_icon(guild_id{1}, hash); }) == "the hash of a guild's icon is letters, digits, _ and -");
  CHECK(!refused([] { images.sticker(sticker_id{1}, sticker_format{9}); }).empty());
}

TEST_CASE("everybody has an avatar") {
  user alice;
  alice.id = user_id{80351110224678912};
  alice.discriminator = "1337";
  CHECK(images.avatar(alice) == "https://cdn.discordapp.com/embed/avatars/2.png");
  alice.discriminator = "0";
  CHECK(images.avatar(alice, {.format = image_format::webp}) ==
        "https://cdn.discordapp.com/embed/avatars/" + std::to_string((80351110224678912U >> 22) % 6) + ".png");
  alice.avatar = "8342729096ea3675442027381ff50dfe";
  CHECK(images.avatar(alice) ==
        "https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png");
  member there;
  CHECK(refused([&] { images.avatar(guild_id{1}, there); }) == "a member without its user has no address of an avatar");
  there.user = alice;
  CHECK(images.avatar(guild_id{1}, there) == images.avatar(alice));
  there.avatar = "a_other";
  CHECK(images.avatar(guild_id{1}, there) ==
        "https://cdn.discordapp.com/guilds/1/users/80351110224678912/avatars/a_other.gif");
  CHECK(!images.banner(alice));
}

TEST_CASE("what has no image gives none") {
  guild g;
  g.id = guild_id{1};
  CHECK(!images.icon(g));
  g.icon = "abc";
  CHECK(images.icon(g) == "https://cdn.discordapp.com/icons/1/abc.png");
  role r;
  CHECK(!images.icon(r));
  emoji smile;
  smile.name = "\U0001F600";
  CHECK(!images.image(smile));
  smile.id = emoji_id{7};
  smile.animated = true;
  CHECK(images.image(smile) == "https://cdn.discordapp.com/emojis/7.webp?animated=true");
  sticker_item wave;
  wave.id = sticker_id{8};
  wave.format_type = sticker_format::lottie;
  CHECK(images.image(wave) == "https://cdn.discordapp.com/stickers/8.json");
  wave.format_type = sticker_format::gif;
  CHECK(images.image(wave) == "https://media.discordapp.net/stickers/8.gif");
}
