// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <monochord/core/task.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/gateway/identify_queue.hpp>

namespace monochord {

/// What it takes to go on with a shard's session. `session_id` is enough, with the token, to read the bot's events:
/// keep it as safe as a token.
/// https://docs.discord.com/developers/events/gateway#preparing-to-resume
struct stored_session {
  std::string session_id;
  std::int64_t seq = 0;
  std::string resume_url;
  int shard_count = 1;  ///< a session is only good for the same number of shards
};

/// The session starts that are left of a day, as the store keeps them.
struct stored_budget {
  int remaining = 0;
  int total = 0;
  timestamp reset_at{};
};

/// Where sessions live between connections, and between processes: with a store that outlives the process a restart
/// resumes and costs no IDENTIFY. Thread-safe; an implementation may throw, which is logged and costs only the chance to
/// resume. Each call gets 10 s; one that takes longer is cancelled, and a bot that waits for a `load` goes on without.
/// A call must end when it is cancelled: shards wait for it.
class session_store {
 public:
  virtual ~session_store() = default;
  virtual task<std::optional<stored_session>> load(int shard_id) = 0;
  virtual task<> save(int shard_id, const stored_session& session) = 0;
  virtual task<> erase(int shard_id) = 0;
  virtual task<std::optional<stored_budget>> load_budget() = 0;
  virtual task<> save_budget(const stored_budget& budget) = 0;
};

/// A store in memory: clients that are given the same object one after the other resume.
std::shared_ptr<session_store> make_memory_session_store();

}  // namespace monochord
