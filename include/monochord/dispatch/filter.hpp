// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <memory>
#include <monochord/core/snowflake.hpp>
#include <type_traits>
#include <utility>

namespace monochord {

/// Where an event happened and who did it, as far as its data says: `guild_id`, `channel_id`, and `user_id`, `author`,
/// `user` or `member`; for events that are about a guild, a channel, a thread or the bot's user themselves their own
/// `id`. 0: it does not say.
struct event_ids {
  guild_id guild{};
  channel_id channel{};
  user_id user{};
};

/// Which events a handler, `client::next` or a stream is for, by ids alone: asked before an event is decoded, so that
/// what nobody's filter passes costs next to nothing. Made by `in_guild`, `in_channel` and `from_user`, combined by
/// `&&`. Trivial.
class id_filter {
 public:
  /// Passes everything.
  constexpr id_filter() noexcept = default;

  constexpr bool passes(const event_ids& ids) const noexcept {
    return !never_ && (!ids_.guild || ids_.guild == ids.guild) && (!ids_.channel || ids_.channel == ids.channel) &&
           (!ids_.user || ids_.user == ids.user);
  }
  constexpr bool passes_all() const noexcept { return !never_ && !ids_.guild && !ids_.channel && !ids_.user; }
  /// What it asks for; 0: anything.
  constexpr const event_ids& ids() const noexcept { return ids_; }

  friend constexpr id_filter operator&&(const id_filter& a, const id_filter& b) noexcept {
    id_filter out = a;
    out.never_ = a.never_ || b.never_ || differ(a.ids_.guild, b.ids_.guild) || differ(a.ids_.channel, b.ids_.channel) ||
                 differ(a.ids_.user, b.ids_.user);
    if (b.ids_.guild) out.ids_.guild = b.ids_.guild;
    if (b.ids_.channel) out.ids_.channel = b.ids_.channel;
    if (b.ids_.user) out.ids_.user = b.ids_.user;
    return out;
  }

 private:
  friend constexpr id_filter in_guild(guild_id which) noexcept;
  friend constexpr id_filter in_channel(channel_id which) noexcept;
  friend constexpr id_filter from_user(user_id which) noexcept;

  constexpr explicit id_filter(const event_ids& ids) noexcept
      : ids_(ids), never_(!ids.guild && !ids.channel && !ids.user) {}
  template <class Id>
  static constexpr bool differ(Id a, Id b) noexcept {
    return a && b && a != b;
  }

  event_ids ids_{};
  bool never_ = false;
};

/// Events of one guild. Nothing passes an id of 0; nor do events that belong to no guild.
constexpr id_filter in_guild(guild_id which) noexcept { return id_filter({which, {}, {}}); }
/// Events in one channel or thread, and those about it.
constexpr id_filter in_channel(channel_id which) noexcept { return id_filter({{}, which, {}}); }
/// Events by one user, or about it: author of a message, member that joins, whoever types, reacts or presses a button.
constexpr id_filter from_user(user_id which) noexcept { return id_filter({{}, {}, which}); }

/// An `id_filter` and a predicate on the decoded event: what `&&` makes of them. `Literal`: the predicate was written
/// where it was combined, and owns something.
template <class Predicate, bool Literal = false>
class event_filter {
 public:
  constexpr event_filter(const id_filter& ids, Predicate asks) : ids_(ids), asks_(std::move(asks)) {}

  constexpr const id_filter& ids() const noexcept { return ids_; }
  template <class E>
    requires std::is_invocable_v<Predicate&, const E&>
  bool operator()(const E& event) {
    return static_cast<bool>(asks_(event));
  }
  constexpr Predicate take_predicate() && { return std::move(asks_); }

 private:
  id_filter ids_;
  Predicate asks_;
};

namespace detail {

template <class P, class Q>
class both {
 public:
  constexpr both(P p, Q q) : p_(std::move(p)), q_(std::move(q)) {}
  template <class E>
    requires(std::is_invocable_v<P&, const E&> && std::is_invocable_v<Q&, const E&>)
  bool operator()(const E& event) {
    return static_cast<bool>(p_(event)) && static_cast<bool>(q_(event));
  }

 private:
  P p_;
  Q q_;
};

template <class F>
inline constexpr bool is_id_filter = std::is_same_v<F, id_filter>;
template <class F>
inline constexpr bool is_event_filter = is_id_filter<F>;
template <class P, bool Literal>
inline constexpr bool is_event_filter<event_filter<P, Literal>> = true;

/// Of the type of a forwarding reference: an object without a name that owns something.
template <class F>
inline constexpr bool is_literal = !std::is_reference_v<F> && !std::is_trivially_destructible_v<F>;
template <class P, bool Literal>
inline constexpr bool is_literal<event_filter<P, Literal>> = Literal;

/// g++ 12 destroys a lambda twice that owns something and stands within a co_await expression.
template <class F>
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
inline constexpr bool may_be_awaited = !is_literal<F>;
#else
inline constexpr bool may_be_awaited = true;
#endif

template <class F>
constexpr id_filter ids_of(const F& filter) noexcept {
  if constexpr (is_id_filter<F>)
    return filter;
  else if constexpr (is_event_filter<F>)
    return filter.ids();
  else
    return {};
}
template <class F>
constexpr auto predicate_of(F filter) {
  if constexpr (is_event_filter<F>)
    return std::move(filter).take_predicate();
  else
    return filter;
}

/// What may stand where a filter is asked for: ids, a predicate, or both.
template <class F, class E>
concept filter_of = is_id_filter<F> || requires(F& filter, const E& event) {
  { filter(event) } -> std::convertible_to<bool>;
};

/// A user's predicate with its type erased.
class predicate {
 public:
  virtual ~predicate() = default;
  /// `event` is an `E`. Called where handlers run, possibly several at a time.
  virtual bool passes(const void* event) = 0;
};

template <class E, class F>
class typed_predicate final : public predicate {
 public:
  explicit typed_predicate(F f) : f_(std::move(f)) {}
  bool passes(const void* event) override { return static_cast<bool>(f_(*static_cast<const E*>(event))); }

 private:
  F f_;
};

/// What is asked of an event before somebody is given it.
class condition {
 public:
  condition() noexcept = default;
  condition(const id_filter& by_ids, std::unique_ptr<predicate> asks) noexcept : ids(by_ids), asks(std::move(asks)) {}

  id_filter ids;
  std::unique_ptr<predicate> asks;  ///< null: the ids are all
};

template <class E, class F>
condition make_condition(F filter) {
  if constexpr (is_id_filter<F>)
    return {filter, nullptr};
  else
    return {ids_of(filter), std::make_unique<typed_predicate<E, F>>(std::move(filter))};
}

}  // namespace detail

/// Both must pass; the predicates are asked in this order, and only where the ids pass.
template <class A, class B>
  requires((detail::is_event_filter<std::remove_cvref_t<A>> || detail::is_event_filter<std::remove_cvref_t<B>>) &&
           !(detail::is_id_filter<std::remove_cvref_t<A>> && detail::is_id_filter<std::remove_cvref_t<B>>))
constexpr auto operator&&(A&& a, B&& b) {
  constexpr bool literal = detail::is_literal<A> || detail::is_literal<B>;
  const id_filter ids = detail::ids_of(a) && detail::ids_of(b);
  if constexpr (detail::is_id_filter<std::remove_cvref_t<A>>) {
    auto asks = detail::predicate_of<std::remove_cvref_t<B>>(std::forward<B>(b));
    return event_filter<decltype(asks), literal>(ids, std::move(asks));
  } else if constexpr (detail::is_id_filter<std::remove_cvref_t<B>>) {
    auto asks = detail::predicate_of<std::remove_cvref_t<A>>(std::forward<A>(a));
    return event_filter<decltype(asks), literal>(ids, std::move(asks));
  } else {
    auto first = detail::predicate_of<std::remove_cvref_t<A>>(std::forward<A>(a));
    auto second = detail::predicate_of<std::remove_cvref_t<B>>(std::forward<B>(b));
    using asks = detail::both<decltype(first), decltype(second)>;
    return event_filter<asks, literal>(ids, asks(std::move(first), std::move(second)));
  }
}

}  // namespace monochord
