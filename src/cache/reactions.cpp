// SPDX-License-Identifier: MIT
// Reactions and votes change the messages that are kept.
#include <algorithm>
#include <limits>
#include <string_view>

#include "cache/impl.hpp"
#include "cache/reaction_log.hpp"

namespace monochord {

using namespace cached;

namespace cached {

namespace {

// Beside the emoji or answer in the lowest two bits.
constexpr std::uint64_t normal = 0, burst_bit = 1, vote = 2, kind_bits = 3;

/// FNV-1a: a file of the cache keeps it, which the next build of a bot may read with another standard library.
std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace

reaction_log::subject reaction_log::subject::of(const emoji& what, bool burst) {
  const std::uint64_t which = what.id.has_value() ? what.id->value()
                              : what.name.has_value() ? hash_of(*what.name)
                                                      : 0;
  return {which << 2 | (burst ? burst_bit : normal)};
}

reaction_log::subject reaction_log::subject::of_answer(int id) { return {static_cast<std::uint64_t>(id) << 2 | vote}; }

bool reaction_log::turn(message_id message, subject what, user_id user, bool done) {
  const entry told{message.value(), what.bits, user.value() << 1 | (done ? 1U : 0U)};
  const auto last = std::find_if(entries_.begin(), entries_.end(), [&](const entry& one) {
    return one.message == told.message && one.what == told.what && (one.told ^ told.told) <= 1;
  });
  if (last != entries_.end() && last->told == told.told) return false;
  if (last != entries_.end())
    entries_.erase(last);
  else if (entries_.size() >= most)
    entries_.erase(entries_.begin());
  entries_.push_back(told);
  return true;
}

void reaction_log::forget_reactions(message_id message) {
  std::erase_if(entries_, [&](const entry& one) {
    return one.message == message.value() && (one.what & kind_bits) != vote;
  });
}

void reaction_log::forget_emoji(message_id message, const emoji& what) {
  const std::uint64_t plain = subject::of(what, false).bits, burst = subject::of(what, true).bits;
  std::erase_if(entries_, [&](const entry& one) {
    return one.message == message.value() && (one.what == plain || one.what == burst);
  });
}

void reaction_log::forget_votes(message_id message) {
  std::erase_if(entries_, [&](const entry& one) {
    return one.message == message.value() && (one.what & kind_bits) == vote;
  });
}

bool reaction_log::restore(const entry& one) {
  if (entries_.size() >= most) return false;
  entries_.push_back(one);
  return true;
}

std::size_t reaction_log::bytes() const noexcept { return allocation_bytes(entries_.capacity() * sizeof(entry)); }

}  // namespace cached

namespace {

/// `f(guild, message)` for a message that is kept, which is kept as it is then where `f` says true.
template <class E, class F>
void change_message(world& w, const E& event, F f) {
  const auto g = w.find(event.guild_id.value_or(guild_id{}));
  if (!g) return;
  auto found = take_message(*g, event.channel_id, event.message_id);
  if (found && f(*g, *found)) keep(*g, cache_kind::messages, event.message_id.value(), *found);
}

/// One more or one less of what Discord said there are, whatever that was; not less than none.
void add(int& count, int by) {
  if (by > 0 && count > std::numeric_limits<int>::max() - by) return;
  count = std::max(std::max(count, 0) + by, 0);
}

bool is_same(const emoji& a, const emoji& b) {
  if (a.id.has_value() || b.id.has_value()) return a.id.has_value() && b.id.has_value() && *a.id == *b.id;
  return a.name.value_or(std::string()) == b.name.value_or(std::string());
}

/// Counts one more or one less; false when there was none to take away.
bool count(message& m, const emoji& what, bool burst, int by, bool own, const optional<std::vector<std::string>>& colors) {
  if (!m.reactions) m.reactions.emplace();
  auto& all = *m.reactions;
  auto at = std::find_if(all.begin(), all.end(), [&](const reaction& r) { return is_same(r.emoji, what); });
  if (at == all.end()) {
    if (by < 0) {
      if (all.empty()) m.reactions.reset();
      return false;
    }
    reaction fresh;
    fresh.emoji = what;
    fresh.count_details.emplace();
    fresh.me_burst = false;
    at = all.insert(all.end(), std::move(fresh));
  }
  add(at->count, by);
  if (at->count_details) add(burst ? at->count_details->burst : at->count_details->normal, by);
  if (own && burst) at->me_burst = by > 0;
  if (own && !burst) at->me = by > 0;
  if (by > 0 && burst && colors) at->burst_colors = colors;
  if (burst && at->count_details && at->count_details->burst == 0) at->burst_colors.reset();
  if (at->count <= 0) all.erase(at);
  if (all.empty()) m.reactions.reset();
  return true;
}

bool count_vote(message& m, int answer, int by, bool own) {
  if (!m.poll || !m.poll->results) return false;  // how many there were is not known
  auto& all = m.poll->results->answer_counts;
  auto at = std::find_if(all.begin(), all.end(), [&](const poll_answer_count& c) { return c.id == answer; });
  if (at == all.end()) {
    if (by < 0) return false;
    at = all.insert(all.end(), poll_answer_count{answer, 0, false});
  }
  add(at->count, by);
  if (own) at->me_voted = by > 0;
  if (at->count <= 0) all.erase(at);
  return true;
}

}  // namespace

void cache::apply(const message_reaction_add& event) {
  const bool own = event.user_id.value() == world_->self_id.load(std::memory_order_relaxed);
  change_message(*world_, event, [&](guild_entry& g, monochord::message& m) {
    return g.reactions.turn(m.id, reaction_log::subject::of(event.emoji, event.burst), event.user_id, true) &&
           count(m, event.emoji, event.burst, 1, own, event.burst_colors);
  });
}

void cache::apply(const message_reaction_remove& event) {
  const bool own = event.user_id.value() == world_->self_id.load(std::memory_order_relaxed);
  change_message(*world_, event, [&](guild_entry& g, monochord::message& m) {
    return g.reactions.turn(m.id, reaction_log::subject::of(event.emoji, event.burst), event.user_id, false) &&
           count(m, event.emoji, event.burst, -1, own, {});
  });
}

void cache::apply(const message_reaction_remove_all& event) {
  change_message(*world_, event, [&](guild_entry& g, monochord::message& m) {
    g.reactions.forget_reactions(m.id);
    m.reactions.reset();
    return true;
  });
}

void cache::apply(const message_reaction_remove_emoji& event) {
  change_message(*world_, event, [&](guild_entry& g, monochord::message& m) {
    g.reactions.forget_emoji(m.id, event.emoji);
    if (!m.reactions) return false;
    std::erase_if(*m.reactions, [&](const reaction& r) { return is_same(r.emoji, event.emoji); });
    if (m.reactions->empty()) m.reactions.reset();
    return true;
  });
}

void cache::apply(const message_poll_vote_add& event) {
  const bool own = event.user_id.value() == world_->self_id.load(std::memory_order_relaxed);
  change_message(*world_, event, [&](guild_entry& g, monochord::message& m) {
    return g.reactions.turn(m.id, reaction_log::subject::of_answer(event.answer_id), event.user_id, true) &&
           count_vote(m, event.answer_id, 1, own);
  });
}

void cache::apply(const message_poll_vote_remove& event) {
  const bool own = event.user_id.value() == world_->self_id.load(std::memory_order_relaxed);
  change_message(*world_, event, [&](guild_entry& g, monochord::message& m) {
    return g.reactions.turn(m.id, reaction_log::subject::of_answer(event.answer_id), event.user_id, false) &&
           count_vote(m, event.answer_id, -1, own);
  });
}

}  // namespace monochord
