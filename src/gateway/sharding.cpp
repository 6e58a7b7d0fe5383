// SPDX-License-Identifier: MIT
#include <monochord/gateway/sharding.hpp>

#include <algorithm>
#include <string>

#include <monochord/core/error.hpp>
#include <monochord/gateway/resharding.hpp>
#include "protocol/shard_math.hpp"

namespace monochord {
namespace {

/// Beyond every bot; a number that was mistyped must not take all memory.
constexpr int most_in_a_process = 100'000;

[[noreturn]] void refuse(const std::string& why) { throw error(errc::invalid_argument, why); }

void check_total(int total) {
  if (total < 1) refuse("a bot has at least 1 shard, not " + std::to_string(total));
}

std::string name_of(int cluster, int clusters) { return "cluster " + std::to_string(cluster) + " of " + std::to_string(clusters); }

}  // namespace

shard_plan shard_plan::of(int total) {
  check_total(total);
  shard_plan out;
  out.total_ = total;
  (void)out.shards(total);
  return out;
}

shard_plan shard_plan::range(int first, int last, int total) {
  check_total(total);
  if (first < 0 || last < first || last >= total)
    refuse("there are no shards " + std::to_string(first) + " to " + std::to_string(last) + " of " + std::to_string(total) +
           ": their numbers go from 0 to " + std::to_string(total - 1));
  shard_plan out;
  out.total_ = total;
  out.first_ = first;
  out.last_ = last;
  (void)out.shards(total);
  return out;
}

shard_plan shard_plan::cluster(int id, int clusters, int total) {
  if (clusters < 1) refuse("a bot has at least 1 cluster, not " + std::to_string(clusters));
  if (id < 0 || id >= clusters)
    refuse("there is no " + name_of(id, clusters) + ": their numbers go from 0 to " + std::to_string(clusters - 1));
  if (total != 0) check_total(total);
  shard_plan out;
  out.total_ = total;
  out.cluster_ = id;
  out.clusters_ = clusters;
  if (total != 0) (void)out.shards(total);
  return out;
}

shard_plan shard_plan::with_total(int total) const {
  if (last_ >= first_)
    refuse("which of " + std::to_string(total) + " shards run here is not known: the plan names shards " + std::to_string(first_) +
           " to " + std::to_string(last_) + " of " + std::to_string(total_));
  return cluster(cluster_, clusters_, total);
}

shard_range shard_plan::shards(int recommended) const {
  const int total = total_ != 0 ? total_ : std::max(recommended, 1);
  shard_range out{first_, last_, total};
  if (last_ < first_) {
    const auto mine = protocol::cluster_shards(cluster_, clusters_, total);
    if (mine.count == 0)
      refuse(name_of(cluster_, clusters_) + " has no shard to run: the bot has " + std::to_string(total) + " in all");
    out = {mine.first, mine.first + mine.count - 1, total};
  }
  if (out.last - out.first >= most_in_a_process)
    refuse("a process runs at most " + std::to_string(most_in_a_process) + " shards, not those from " + std::to_string(out.first) +
           " to " + std::to_string(out.last));
  return out;
}

int default_reshard(const shard_load& now, double fill_percent) noexcept {
  if (now.shards <= 0) return 0;
  const double each = static_cast<double>(now.guilds) / now.shards;
  return protocol::shards_wanted(each, now.total, now.recommended, now.max_concurrency, fill_percent);
}

}  // namespace monochord
