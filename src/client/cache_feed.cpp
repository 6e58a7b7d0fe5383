// SPDX-License-Identifier: MIT
#include "client/cache_feed.hpp"

#include <algorithm>
#include <monochord/core/clock.hpp>
#include <monochord/dispatch/event_type.hpp>
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/events.hpp>
#include <monochord/model/integration.hpp>
#include <utility>

#include "cache/bulk.hpp"
#include "cache/late.hpp"
#include "json/listed_members.hpp"
#include "net/next_in_line.hpp"

namespace monochord {
namespace {

using kind = cache_kind;

// What rows of cache/events.def say beside kinds.
constexpr flags<kind> people = kind::members | kind::users;
constexpr flags<kind> any = cache_policy::every_kind;
constexpr flags<kind> own{1U << 31};  // no policy leaves it out
static_assert(!any.any_of(own));

/// False where a PRESENCE_UPDATE says nothing of its user but who it is, as it mostly does. As Discord writes it; written
/// otherwise it counts as news.
bool has_news_of_user(std::string_view data) {
  constexpr std::string_view begin = R"("user":{"id":")";
  const auto at = data.find(begin);
  if (at == data.npos) return true;
  const auto end = data.find_first_not_of("0123456789", at + begin.size());
  return end == data.npos || data.substr(end, 2) != "\"}";
}

template <class E>
void take(void* watcher, const std::shared_ptr<void>& event, const raw_event&, bool has_handlers) {
  auto& feed = *static_cast<cache_feed*>(watcher);
  feed.settle();
  if constexpr (std::is_same_v<E, message_create> || std::is_same_v<E, interaction_create>)
    if (has_handlers && feed.handlers_begin_here())
      return cached::late::apply(feed.cache(), std::static_pointer_cast<const E>(event));
  feed.cache().apply(*static_cast<const E*>(event.get()));
}

template <class T>
void remember(std::shared_ptr<const T>& place, optional<T>&& old) {
  if (old) place = std::make_shared<const T>(std::move(*old));
}
template <class T>
void remember(std::vector<T>& place, std::vector<T>&& old) {
  place = std::move(old);
}

template <class E, class Before>
void take_before(void* watcher, const std::shared_ptr<void>& event, const raw_event& sent, bool has_handlers) {
  auto& feed = *static_cast<cache_feed*>(watcher);
  feed.settle();
  auto& known = feed.cache();
  auto& taken = *static_cast<E*>(event.get());
  if (has_handlers) {
    Before old{};
    known.apply(taken, &old);
    remember(taken.before, std::move(old));
  } else {
    known.apply(taken);
  }
  if constexpr (std::is_same_v<E, guild_create>) feed.came(sent.shard_id, taken, taken.members.size());
}

// Of events with many members the cache alone makes no models.
template <class E>
concept has_many = std::is_same_v<E, guild_create> || std::is_same_v<E, guild_members_chunk>;

template <has_many E>
struct listed_event {
  json::listed<E> listed;
  std::string room;
};

template <has_many E>
std::shared_ptr<const void> decode_listed(const json::padded_text& data) {
  auto event = std::make_shared<listed_event<E>>();
  json::failure why;
  if (!json::decode_into(event->listed, data, event->room, why)) why.raise();
  return event;
}

template <has_many E>
void take_listed(void* watcher, const void* event, const raw_event& sent) {
  auto& feed = *static_cast<cache_feed*>(watcher);
  feed.settle();
  const auto& taken = static_cast<const listed_event<E>*>(event)->listed;
  cached::bulk::apply(feed.cache(), taken);
  if constexpr (std::is_same_v<E, guild_create>) feed.came(sent.shard_id, taken.event, taken.members.size());
}

template <class E>
void add_if_kept(std::vector<dispatch::watch>& to, const cache_options& options, flags<kind> changes,
                 decltype(dispatch::watch::see) see) {
  if (!options.guild_policy && !(options.policy.kinds | own).any_of(changes)) return;
  bool (*wants)(std::string_view) = nullptr;
  if (std::is_same_v<E, presence_update> && !options.guild_policy && !options.policy.kinds.has(kind::presences))
    wants = has_news_of_user;
  to.push_back({&event_type_of<E>(), wants, see});
  if constexpr (has_many<E>) {
    to.back().decode_alone = &decode_listed<E>;
    to.back().see_alone = &take_listed<E>;
  }
}

std::vector<dispatch::watch> watches_for(const cache_options& options) {
  std::vector<dispatch::watch> out;
#define MONOCHORD_CACHED(event, kinds) add_if_kept<event>(out, options, kinds, &take<event>);
#define MONOCHORD_CACHED_BEFORE(event, what, kinds) add_if_kept<event>(out, options, kinds, &take_before<event, what>);
#include <monochord/cache/events.def>
#undef MONOCHORD_CACHED
#undef MONOCHORD_CACHED_BEFORE
  return out;
}

cache_options with_clock(cache_options options, std::shared_ptr<monochord::clock> time) {
  if (!options.clock) options.clock = std::move(time);
  return options;
}

}  // namespace

cache_feed::cache_feed(cache_options options, std::shared_ptr<monochord::clock> time,
                       boost::asio::execution_context& context)
    : cache_(with_clock(options, std::move(time))),
      watches_(watches_for(options)),
      has_ages_(options.guild_policy || options.policy.member_age.count() > 0 || options.policy.user_age.count() > 0),
      context_(context) {}

bool cache_feed::handlers_begin_here() const noexcept { return net::next_in_line::takes(context_); }

void cache_feed::settle() noexcept {
  try {
    cached::late::settle(cache_);
  } catch (...) {
    report(std::current_exception());
  }
}

void cache_feed::report(std::exception_ptr error) const noexcept {
  try {
    if (on_error_) on_error_(std::move(error));
  } catch (...) {  // what ran out for the one may have run out for the other: nobody is left to tell
  }
}

void cache_feed::after_handlers() noexcept {
  if (cached::late::waits(cache_) && !settling_.begin(*this)) settle();
}

/// Where it is queued already it is called later than now, on whichever thread.
bool cache_feed::settling::begin(cache_feed& of) noexcept {
  if (queued_.exchange(true)) return true;
  of_ = of.shared_from_this();
  if (net::next_in_line::take(of.context_, *this, true)) return true;
  leave();
  return false;
}

void cache_feed::settling::call() { leave()->settle(); }  // in this order: what comes from now on needs another call

void cache_feed::settling::drop() noexcept { leave(); }

std::shared_ptr<cache_feed> cache_feed::settling::leave() noexcept {
  auto of = std::move(of_);
  queued_.exchange(false);
  return of;
}

void cache_feed::keep_only(const shard_range& here) {
  if (here.first == 0 && here.last == here.total - 1) return;
  for (const auto id : cache_.guild_ids()) {
    const auto shard = static_cast<int>((id.value() >> 22U) % static_cast<std::uint64_t>(here.total));
    if (shard >= here.first && shard <= here.last) continue;
    guild_delete gone;
    gone.guild.id = id;
    cache_.apply(gone);
  }
}

void cache_feed::came(int shard, const guild_create& event, std::size_t members) const {
  const bool available = !event.unavailable.value_or(false);
  if (on_incomplete_ && available && members < static_cast<std::size_t>(std::max(event.member_count, 0)))
    on_incomplete_(shard, event.guild.id);
}

}  // namespace monochord
