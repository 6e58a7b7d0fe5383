// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <map>
#include <monochord/core/error.hpp>
#include <monochord/metrics/metrics.hpp>
#include <mutex>
#include <utility>

namespace monochord {

struct metrics::impl {
  using entry = std::pair<std::uint64_t, std::shared_ptr<const gatherer>>;
  using entries = std::vector<entry>;

  std::mutex mutex;  // guards what follows; never held while a gatherer is called or destroyed
  std::shared_ptr<const entries> all = std::make_shared<const entries>();
  std::uint64_t next = 1;
};

metrics::metrics() : impl_(std::make_shared<impl>()) {}

std::uint64_t metrics::add(gatherer more) {
  if (!more) throw error(errc::invalid_argument, "a gatherer of metrics that is empty");
  auto shared = std::make_shared<const gatherer>(std::move(more));
  const std::lock_guard lock(impl_->mutex);
  auto next = std::make_shared<impl::entries>(*impl_->all);
  next->emplace_back(impl_->next, std::move(shared));
  impl_->all = std::move(next);
  return impl_->next++;
}

void metrics::remove(std::uint64_t which) {
  std::shared_ptr<const impl::entries> old;  // destroyed once the lock is open
  const std::lock_guard lock(impl_->mutex);
  auto next = std::make_shared<impl::entries>(*impl_->all);
  std::erase_if(*next, [&](const auto& one) { return one.first == which; });
  old = std::exchange(impl_->all, std::move(next));
}

std::vector<metric_family> metrics::collect() const {
  std::shared_ptr<const impl::entries> all;
  {
    const std::lock_guard lock(impl_->mutex);
    all = impl_->all;
  }
  std::vector<metric_family> found;
  for (const auto& [number, call] : *all) (*call)(found);

  std::map<std::string, metric_family> by_name;
  for (auto& one : found) {
    const auto place = by_name.find(one.name);
    if (place == by_name.end()) {
      by_name.emplace(one.name, std::move(one));
      continue;
    }
    auto& first = place->second;
    if (first.type != one.type || first.help != one.help)
      throw error(errc::invalid_argument, "the metric " + one.name + " comes twice, with another type or help");
    std::move(one.samples.begin(), one.samples.end(), std::back_inserter(first.samples));
  }
  std::vector<metric_family> out;
  for (auto& [name, family] : by_name) out.push_back(std::move(family));
  return out;
}

std::string metrics::prometheus() const { return prometheus_text(collect()); }

}  // namespace monochord
