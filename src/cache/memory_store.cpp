// SPDX-License-Identifier: MIT
#include <charconv>
#include <map>
#include <monochord/cache/store.hpp>
#include <monochord/core/error.hpp>
#include <mutex>
#include <utility>

namespace monochord {

namespace {

class memory_cache_store final : public cache_store {
 public:
  task<optional<std::string>> get(cache_key key) override {
    const std::lock_guard hold(lock_);
    const auto at = all_.find(key);
    co_return at == all_.end() ? optional<std::string>() : optional<std::string>(at->second);
  }
  task<> put(std::vector<cache_entry> entries) override {
    const std::lock_guard hold(lock_);
    for (cache_entry& e : entries) all_.insert_or_assign(e.key, std::move(e.json));
    co_return;
  }
  task<> remove(std::vector<cache_key> keys) override {
    const std::lock_guard hold(lock_);
    for (const cache_key& key : keys) all_.erase(key);
    co_return;
  }
  task<page> scan(cache_kind kind, guild_id guild, std::string from) override {
    std::uint64_t first = 0;
    const auto end = from.data() + from.size();
    if (!from.empty() && std::from_chars(from.data(), end, first).ptr != end)
      throw error(errc::invalid_argument, "a scan of a cache's store goes on from what the store never said");
    page found;
    const std::lock_guard hold(lock_);
    for (auto at = all_.lower_bound({kind, guild, first}); at != all_.end(); ++at) {
      if (at->first.kind != kind || at->first.guild != guild) break;
      if (found.entries.size() == page_size) {
        found.next = std::to_string(at->first.id);
        break;
      }
      found.entries.push_back({at->first, at->second});
    }
    co_return found;
  }

 private:
  static constexpr std::size_t page_size = 100;

  std::mutex lock_;
  std::map<cache_key, std::string> all_;
};

}  // namespace

std::shared_ptr<cache_store> make_memory_cache_store() { return std::make_shared<memory_cache_store>(); }

}  // namespace monochord
