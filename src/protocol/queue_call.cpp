// SPDX-License-Identifier: MIT
#include "protocol/queue_call.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace monochord::protocol {
namespace {

using kind = queue_call::kind;

bool is_name(std::string_view text, std::size_t most) noexcept {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

/// What a query says, each name at most once.
struct fields {
  std::optional<std::string_view> shard, owner, run, ask, wait, spent, identified;

  std::optional<std::string_view>* find(std::string_view name) noexcept {
    if (name == "shard") return &shard;
    if (name == "owner") return &owner;
    if (name == "run") return &run;
    if (name == "ask") return &ask;
    if (name == "wait") return &wait;
    if (name == "spent") return &spent;
    if (name == "identified") return &identified;
    return nullptr;
  }
};

bool read_query(std::string_view query, fields& into) noexcept {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    auto* const field = into.find(pair.substr(0, equals));
    if (!field) continue;
    if (*field) return false;
    *field = pair.substr(std::min(equals + 1, pair.size()));
  }
  return true;
}

queue_call_refusal refusal(std::string_view text, int status = 400) { return {status, text}; }

/// Whatever names the question of one owner.
std::optional<queue_call_refusal> read_asker(const fields& from, queue_call& into) {
  if (!from.owner && !from.run && !from.ask) {
    if (into.what == kind::ask) return std::nullopt;
    return refusal("owner, run and ask say whose question it was");
  }
  if (!from.owner || !from.run || !from.ask) return refusal("owner, run and ask belong together");
  if (!is_owner_name(*from.owner)) return refusal("an owner is 1 to 64 letters, digits, '-', '_' and '.'");
  if (!is_name(*from.run, longest_run)) return refusal("a run is 1 to 32 letters, digits, '-', '_' and '.'");
  const auto number = whole_number(*from.ask, UINT64_MAX);
  if (!number) return refusal("ask is a whole number");
  into.owner = *from.owner;
  into.run = *from.run;
  into.number = *number;
  return std::nullopt;
}

std::optional<queue_call_refusal> read_fields(const fields& from, queue_call& into) {
  if (from.shard) {
    const auto shard = whole_number(*from.shard, highest_shard);
    if (!shard) return refusal("a shard is a whole number from 0 to 1000000");
    into.shard = static_cast<int>(*shard);
  } else if (into.what != kind::ask) {
    return refusal("the shard is missing");
  }
  if (const auto wrong = read_asker(from, into)) return wrong;
  if (into.what == kind::ask && from.wait) {
    const auto wait = whole_number(*from.wait, static_cast<std::uint64_t>(longest_wait.count()));
    if (!wait) return refusal("wait is 0 to 60000 milliseconds");
    if (*wait != 0 && into.is_plain()) return refusal("wait is for those who say who they are, by owner, run and ask");
    into.wait = std::chrono::milliseconds{*wait};
  }
  if (into.what == kind::ask && from.spent) {
    if (*from.spent != "refuse" && *from.spent != "wait") return refusal("spent is refuse or wait");
    into.refuse_when_spent = *from.spent == "refuse";
  }
  if (into.what == kind::done) {
    if (from.identified != "true" && from.identified != "false") return refusal("identified is true or false");
    into.identified = *from.identified == "true";
  }
  return std::nullopt;
}

std::string_view path_of(kind what) noexcept {
  switch (what) {
    case kind::ask:
      return "/";
    case kind::sent:
      return "/sent";
    case kind::done:
      return "/done";
    case kind::unused:
      return "/unused";
    case kind::health:
      return "/health";
    case kind::reshard:
      return "/reshard";
  }
  return "/";
}

}  // namespace

std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t most) noexcept {
  std::uint64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || bad != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

bool is_owner_name(std::string_view text) noexcept { return is_name(text, longest_owner); }

std::variant<queue_call, queue_call_refusal> parse_queue_call(std::string_view method, std::string_view target) {
  // Servers have to understand the form with scheme and host too (RFC 9112, 3.2.2).
  if (const auto scheme = target.find("://"); scheme != target.npos && scheme < target.find_first_of("/?")) {
    target.remove_prefix(std::min(target.find_first_of("/?", scheme + 3), target.size()));
  }
  const auto mark = std::min(target.find('?'), target.size());
  const std::string_view path = mark == 0 ? "/" : target.substr(0, mark);
  queue_call out;
  bool known = false;
  for (const auto what : {kind::ask, kind::sent, kind::done, kind::unused, kind::health, kind::reshard}) {
    if (path != path_of(what)) continue;
    out.what = what;
    known = true;
  }
  if (!known) return refusal("there is nothing here", 404);
  if (method != method_of(out)) return refusal("not with this method", 405);
  if (out.what == kind::health || out.what == kind::reshard) return out;
  fields said;
  if (!read_query(target.substr(std::min(mark + 1, target.size())), said)) return refusal("a parameter is there twice");
  if (const auto wrong = read_fields(said, out)) return *wrong;
  return out;
}

std::string_view method_of(const queue_call& call) noexcept {
  return call.what == kind::ask || call.what == kind::health ? "GET" : "POST";
}

std::size_t most_body_bytes(const queue_call& call) noexcept {
  constexpr std::size_t of_others = 4U << 10U;
  return call.what == kind::reshard ? most_report_bytes : of_others;
}

std::string target_of(const queue_call& call) {
  std::string out(path_of(call.what));
  if (call.what == kind::health || call.what == kind::reshard) return out;
  out += "?shard=" + std::to_string(call.shard);
  if (!call.is_plain()) out += "&owner=" + call.owner + "&run=" + call.run + "&ask=" + std::to_string(call.number);
  if (call.what == kind::ask && call.wait.count() != 0) out += "&wait=" + std::to_string(call.wait.count());
  if (call.what == kind::ask && call.refuse_when_spent) out += "&spent=refuse";
  if (call.what == kind::done) out += call.identified ? "&identified=true" : "&identified=false";
  return out;
}

}  // namespace monochord::protocol
