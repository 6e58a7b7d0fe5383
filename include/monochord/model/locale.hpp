// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// A language of Discord's client, like `en-US`. Compare it with a constant or with text: `interaction.locale == "de"`.
/// https://docs.discord.com/developers/reference#locales
struct locale_name_names {
  static constexpr std::string_view id = "id";
  static constexpr std::string_view da = "da";
  static constexpr std::string_view de = "de";
  static constexpr std::string_view en_gb = "en-GB";
  static constexpr std::string_view en_us = "en-US";
  static constexpr std::string_view es_es = "es-ES";
  static constexpr std::string_view es_419 = "es-419";
  static constexpr std::string_view fr = "fr";
  static constexpr std::string_view hr = "hr";
  static constexpr std::string_view it = "it";
  static constexpr std::string_view lt = "lt";
  static constexpr std::string_view hu = "hu";
  static constexpr std::string_view nl = "nl";
  static constexpr std::string_view no = "no";
  static constexpr std::string_view pl = "pl";
  static constexpr std::string_view pt_br = "pt-BR";
  static constexpr std::string_view ro = "ro";
  static constexpr std::string_view fi = "fi";
  static constexpr std::string_view sv_se = "sv-SE";
  static constexpr std::string_view vi = "vi";
  static constexpr std::string_view tr = "tr";
  static constexpr std::string_view cs = "cs";
  static constexpr std::string_view el = "el";
  static constexpr std::string_view bg = "bg";
  static constexpr std::string_view ru = "ru";
  static constexpr std::string_view uk = "uk";
  static constexpr std::string_view hi = "hi";
  static constexpr std::string_view th = "th";
  static constexpr std::string_view zh_cn = "zh-CN";
  static constexpr std::string_view ja = "ja";
  static constexpr std::string_view zh_tw = "zh-TW";
  static constexpr std::string_view ko = "ko";
  static constexpr std::string_view ar = "ar";
  static constexpr std::string_view he = "he";
};
using locale_name = open_string<locale_name_names>;

}  // namespace monochord
