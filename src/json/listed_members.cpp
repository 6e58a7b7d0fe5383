// SPDX-License-Identifier: MIT
#include "json/listed_members.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "json/reader.hpp"
#include "json/table.hpp"

namespace monochord::json {

namespace {

enum class key : std::uint8_t {
  unknown,  // to nobody
  other,    // only the tables know what to do with it
  user, nick, avatar, banner, roles, joined_at, premium_since, deaf, mute, flags, pending, communication_disabled_until,
  avatar_decoration_data, collectibles,  // of a member; and of a user
  id, username, discriminator, global_name, bot, system, accent_color, public_flags, primary_guild,
  count,
};

struct named {
  std::string_view name;
  key what;
};
constexpr named member_names[] = {{"user", key::user}, {"nick", key::nick}, {"avatar", key::avatar}, {"banner", key::banner},
    {"roles", key::roles}, {"joined_at", key::joined_at}, {"premium_since", key::premium_since}, {"deaf", key::deaf},
    {"mute", key::mute}, {"flags", key::flags}, {"pending", key::pending},
    {"communication_disabled_until", key::communication_disabled_until},
    {"avatar_decoration_data", key::avatar_decoration_data}, {"collectibles", key::collectibles}};
constexpr named user_names[] = {{"id", key::id}, {"username", key::username}, {"discriminator", key::discriminator},
    {"global_name", key::global_name}, {"avatar", key::avatar}, {"bot", key::bot}, {"system", key::system},
    {"banner", key::banner}, {"accent_color", key::accent_color}, {"flags", key::flags},
    {"public_flags", key::public_flags}, {"avatar_decoration_data", key::avatar_decoration_data},
    {"collectibles", key::collectibles}, {"primary_guild", key::primary_guild}};

template <std::size_t N>
key look_up(const named (&names)[N], const table& how, std::string_view text) {
  for (const named& one : names)
    if (one.name == text) return one.what;
  for (std::uint32_t i = 0; i < how.count; ++i)
    if (how.fields[i].name == text) return key::other;
  return key::unknown;
}

constexpr std::uint32_t bit(key what) noexcept { return std::uint32_t{1} << static_cast<unsigned>(what); }
static_assert(static_cast<unsigned>(key::count) <= 32);
constexpr std::uint32_t of_member = bit(key::user) | bit(key::roles) | bit(key::deaf) | bit(key::mute);
constexpr std::uint32_t of_user = bit(key::id) | bit(key::username) | bit(key::discriminator);

template <class Word>
bool same(const char* a, const char* b) noexcept {
  Word x, y;
  std::memcpy(&x, a, sizeof x);
  std::memcpy(&y, b, sizeof y);
  return x == y;
}
/// std::memcmp for names, which are short: a call costs more than the comparison.
bool same(std::string_view a, std::string_view b) noexcept {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size >= 8) {
    for (std::size_t i = 0; i < size - 8; i += 8)
      if (!same<std::uint64_t>(a.data() + i, b.data() + i)) return false;
    return same<std::uint64_t>(a.data() + size - 8, b.data() + size - 8);
  }
  if (size >= 4)
    return same<std::uint32_t>(a.data(), b.data()) && same<std::uint32_t>(a.data() + size - 4, b.data() + size - 4);
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

}  // namespace

/// Reads a member that is as most are, and nothing of another one: no escapes, no null that is not foreseen, no object but its user.
class plain_member_reader : reader {
 public:
  plain_member_reader(const reader& from, member_list& list) noexcept : reader(from), list_(list) {}

  /// Where it ends; null when it is for the tables.
  position run() {
    if (peek() != '{') return nullptr;
    const char* const from = text_ + *at_;
    auto& items = list_.items_;
    auto& roles = list_.roles_;
    constexpr std::size_t enough = 8;  // to tell from them how many follow
    if (items.empty()) list_.first_ = at_;
    if (items.size() == enough && at_ > list_.first_) {
      auto more = static_cast<std::size_t>(end_ - at_) * enough / static_cast<std::size_t>(at_ - list_.first_);
      more += more / 8 + 1;  // a little too much is better than twice as much
      items.reserve(enough + more);
      roles.reserve(roles.size() + roles.size() * more / enough);
    }
    const std::size_t roles_before = roles.size();
    member_view& to = items.emplace_back().plain;
    to.roles = {&roles, static_cast<std::uint32_t>(roles_before), 0};
    const auto into = [&](key what) { return member_value(what, to); };
    if (object(of_member, member_names, &table_of<member>, list_.member_keys_, into) &&
        !std::memchr(from, '\\', static_cast<std::size_t>(text_ + at_[-1] - from)))
      return at_;
    roles.resize(roles_before);
    items.pop_back();
    return nullptr;
  }

 private:
  template <std::size_t N, class F>
  bool object(std::uint32_t required, const named (&names)[N], const table& (*how)() noexcept,
              std::array<member_list::habit, member_list::most_habits>& habits, F&& into) {
    std::uint32_t seen = 0;
    std::size_t number = 0;
    ++depth_;  // what is in it may be as deep as where the tables read it
    ++at_;
    for (bool more = true; more; ++number) {
      if (peek() != '"') return false;
      const char* const name = text_ + *at_ + 1;
      const std::uint32_t colon = at_[1];
      if (at_ + 1 >= end_ || text_[colon] != ':' || text_[colon - 1] != '"' || number == habits.size()) return false;
      const std::string_view text(name, static_cast<std::size_t>(text_ + colon - 1 - name));
      at_ += 2;
      auto& habit = habits[number];
      if (!same(habit.key, text)) habit = {text, static_cast<std::uint8_t>(look_up(names, how(), text))};
      const auto what = static_cast<key>(habit.what);
      if (what == key::unknown) {
        if (!skip()) return false;
      } else {
        if (seen & bit(what) || !into(what)) return false;
        seen |= bit(what);
      }
      const char c = peek();
      if (c != ',' && c != '}') return false;
      ++at_;
      more = c == ',';
    }
    --depth_;
    return (seen & required) == required;
  }

  bool member_value(key what, member_view& to) {
    switch (what) {
      case key::user: {
        if (peek() != '{') return false;
        user_view& user = to.user.emplace();
        return object(of_user, user_names, &table_of<monochord::user>, list_.user_keys_,
                      [&](key inner) { return user_value(inner, user); });
      }
      case key::nick: return maybe_text(to.nick);
      case key::avatar: return maybe_text(to.avatar);
      case key::banner: return maybe_text(to.banner);
      case key::roles: return role_ids(to.roles);
      case key::joined_at: return time(to.joined_at);
      case key::premium_since: return time(to.premium_since);
      case key::communication_disabled_until: return time(to.communication_disabled_until);
      case key::deaf: return plain_bool(to.deaf);
      case key::mute: return plain_bool(to.mute);
      case key::pending: return plain_bool(to.pending);
      case key::flags: return bits(to.flags);
      case key::avatar_decoration_data: return null_object(to.avatar_decoration_data);
      case key::collectibles: return null_object(to.collectibles);
      default: return false;
    }
  }

  bool user_value(key what, user_view& to) {
    switch (what) {
      case key::id: return snowflake(to.id);
      case key::username: return quoted(to.username);
      case key::discriminator: return quoted(to.discriminator);
      case key::global_name: return maybe_text(to.global_name);
      case key::avatar: return maybe_text(to.avatar);
      case key::banner: return maybe_text(to.banner);
      case key::bot: return plain_bool(to.bot);
      case key::system: return plain_bool(to.system);
      case key::accent_color: return peek() == 'n' ? null_value(to.accent_color) : integer<int>(&to.accent_color.emplace());
      case key::flags: return bits(to.flags);
      case key::public_flags: return bits(to.public_flags);
      case key::avatar_decoration_data: return null_object(to.avatar_decoration_data);
      case key::collectibles: return null_object(to.collectibles);
      case key::primary_guild: return null_object(to.primary_guild);
      default: return false;
    }
  }

  /// Behind the last character of a literal stands what ends it, or white space, with which it is for the tables.
  bool word(std::string_view text) noexcept {
    const char* const here = text_ + *at_;
    const char end = here[text.size()];
    if (end != ',' && end != '}' && end != ']') return false;
    ++at_;
    return true;
  }
  bool is(const char* four) const noexcept { return std::memcmp(text_ + *at_, four, 4) == 0; }
  bool null_word() noexcept { return is("null") && word("null"); }
  template <class T>
  bool null_value(maybe<T>& to) noexcept {
    to = null;
    return null_word();
  }
  bool null_object(no_object& to) noexcept { return to.is_null = null_word(); }
  template <class T>  // bool or optional_bool
  bool plain_bool(T& to) noexcept {
    if (is("fals")) return to = false, text_[*at_ + 4] == 'e' && word("false");
    return to = true, is("true") && word("true");
  }
  bool maybe_text(maybe<std::string_view>& to) { return peek() == 'n' ? null_value(to) : quoted(to.emplace()); }
  bool time(maybe<timestamp>& to) {
    if (peek() == 'n') return null_value(to);
    std::string_view text;
    if (!quoted(text)) return false;
    const auto parsed = parse_timestamp(text);
    if (parsed) to = *parsed;
    return parsed.has_value();
  }
  template <class Flags>
  bool bits(optional<Flags>& to) {
    const char* const here = text_ + *at_;
    typename Flags::underlying number = 0;
    if (*here == '0' && (here[1] == ',' || here[1] == '}')) ++at_;
    else if (!integer<typename Flags::underlying>(&number)) return false;
    to = Flags(number);
    return true;
  }
  template <class Id>
  bool snowflake(Id& to) {
    std::string_view digits;
    if (peek() != '"' || !quoted(digits) || digits.empty() || digits.size() > 19) return false;
    std::uint64_t value = 0;
    std::size_t i = 0;
    if constexpr (std::endian::native == std::endian::little)
      for (std::uint64_t part = 0; i + 8 <= digits.size(); i += 8) {
        if (!eight_digits(digits.data() + i, part)) return false;
        value = value * 100'000'000 + part;
      }
    for (; i < digits.size(); ++i) {
      const auto digit = static_cast<unsigned char>(digits[i] - '0');
      if (digit > 9) return false;
      value = value * 10 + digit;
    }
    to = Id(value);
    return true;
  }
  bool role_ids(member_view::role_ids& to) {
    if (peek() != '[') return false;
    ++at_;
    if (peek() == ']') return ++at_, true;
    for (bool more = true; more; ++to.count) {
      role_id one;
      if (!snowflake(one)) return false;
      list_.roles_.push_back(one);
      const char c = peek();
      if (c != ',' && c != ']') return false;
      ++at_;
      more = c == ',';
    }
    return true;
  }

  member_list& list_;
};

/// What the tables see of a list.
struct member_list_access {
  static void* push(void* at) {
    auto& items = static_cast<member_list*>(at)->items_;
    return (items.emplace_back().whole = std::make_unique<member>()).get();
  }
  static void clear(void* at) {
    auto& list = *static_cast<member_list*>(at);
    list.items_.clear();
    list.roles_.clear();
    list.member_keys_ = list.user_keys_ = {};  // they point into the text before
  }
  static const std::uint32_t* take(void* at, const reader& here) {
    return plain_member_reader(here, *static_cast<member_list*>(at)).run();
  }
};

std::size_t member_list::wholes() const noexcept {
  return static_cast<std::size_t>(std::count_if(items_.begin(), items_.end(), [](const item& one) { return one.whole != nullptr; }));
}

namespace {

constexpr row_how member_rows{.push = &member_list_access::push, .clear = &member_list_access::clear, .view = nullptr,
                              .stride = 0, .take = &member_list_access::take};
constexpr type members_type{kind::row, true, detail::how<member>, detail::how<member>->object, &member_rows};

/// The table of an event, with its `members` in the list behind it.
template <class Event>
class listed_table {
 public:
  listed_table() {
    const table& of_event = table_of<Event>();
    std::copy_n(of_event.fields, of_event.count, fields_.begin());
    for (field& one : fields_)
      if (one.name == "members") {
        one.offset = static_cast<std::uint32_t>(offsetof(listed<Event>, members));
        one.how = &members_type;
        one.what = kind::wrapper;  // its rows are no vector
        one.wrapped = false;
        one.flags = {};
      }
    made_ = of_event;
    made_.fields = fields_.data();
  }
  const table& get() const noexcept { return made_; }

 private:
  std::array<field, 64> fields_{};
  table made_{};
};

template <class Event>
bool decode_listed(listed<Event>& out, const padded_text& text, std::string& room, failure& why) {
  static const listed_table<Event> how;
  if (text.has_padding()) return detail::decode(how.get(), &out, text, why);
  const std::size_t size = text.text().size();
  room.assign(text.text());
  room.resize(size + padding_bytes);
  const padded_text whole(room.data(), size, room.size());
  return detail::decode(how.get(), &out, text.is_piece() ? whole.part(whole.text()) : whole, why);
}

}  // namespace

bool decode_into(listed<guild_create>& out, const padded_text& text, std::string& room, failure& why) {
  return decode_listed(out, text, room, why);
}
bool decode_into(listed<guild_members_chunk>& out, const padded_text& text, std::string& room, failure& why) {
  return decode_listed(out, text, room, why);
}

}  // namespace monochord::json
