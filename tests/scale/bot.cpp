// SPDX-License-Identifier: MIT
// The bot of scale_test.py: a client as a user makes it, with many shards. Only its identify queue's clock runs faster.
//   scale bot --rest URL --ca-file PATH --token TEXT --shards N --compression none|zlib|zstd [--speed N]
//   [--max-concurrency N] [--budget N]
#include <atomic>
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/monochord.hpp>
#include <thread>

#include "scale/process.hpp"

namespace monochord::scale {
namespace {

/// The system's clock, so and so many times faster.
class fast_clock final : public clock {
 public:
  explicit fast_clock(int speed) : speed_(speed) {}
  time_point now() const noexcept override { return begin_ + (real_->now() - begin_) * speed_; }
  timestamp utc_now() const noexcept override { return real_->utc_now(); }
  std::unique_ptr<timer> make_timer(boost::asio::any_io_executor executor) override {
    return std::make_unique<fast_timer>(*this, real_->make_timer(std::move(executor)));
  }

 private:
  class fast_timer final : public timer {
   public:
    fast_timer(const fast_clock& owner, std::unique_ptr<timer> real) : owner_(owner), real_(std::move(real)) {}
    task<error_code> wait_until(time_point when) override {
      if (when == time_point::max()) return real_->wait_until(when);
      return real_->wait_until(owner_.begin_ + (when - owner_.begin_) / owner_.speed_ + duration{1});
    }
    void cancel() noexcept override { real_->cancel(); }

   private:
    const fast_clock& owner_;
    std::unique_ptr<timer> real_;
  };

  const std::shared_ptr<clock> real_ = system_clock();
  const time_point begin_ = real_->now();
  const int speed_;
};

gateway_compression compression(const std::string& name) {
  if (name == "zlib") return gateway_compression::zlib_stream;
  if (name == "zstd") return gateway_compression::zstd_stream;
  return gateway_compression::none;
}

}  // namespace

int bot(const arguments& given) {
  const int shards = static_cast<int>(given.number("shards", 1));
  client_options options;
  options.rest_url = given.text("rest", "");
  options.ca_file = given.text("ca-file", "");
  options.shards = shard_plan::of(shards);
  options.compression = compression(given.text("compression", "zlib"));
  options.log = log_level::warning;
  identify_queue_options limits;
  limits.max_concurrency = static_cast<int>(given.number("max-concurrency", 16));
  limits.total = limits.remaining = static_cast<int>(given.number("budget", 2000));
  options.identify_queue =
      make_identify_queue(std::make_shared<fast_clock>(static_cast<int>(given.number("speed", 1))), limits);
  client mine(token{given.text("token", "")}, options);
  std::atomic<std::uint64_t> messages{0};
  mine.on<message_create>([&](const message_create&) { ++messages; });

  std::atomic<bool> failed = false;
  std::string why;  // written before `failed`
  std::thread runner;
  const auto state = [&] {
    int ready = 0;
    for (const auto& one : mine.shards().info()) ready += one.status == shard_status::ready;
    print("{\"ready\":" + std::to_string(ready) + ",\"messages\":" + std::to_string(messages) +
          ",\"descriptor_limit\":" + std::to_string(descriptor_limit()) + ",\"failed\":" + (failed ? "true" : "false") +
          ",\"why\":\"" + (failed ? why : "") + "\"," + measured() + "}");
  };
  state();
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "run") {
      runner = std::thread([&] {
        try {
          mine.run();
        } catch (const std::exception& e) {
          why = e.what();
          failed = true;
        }
      });
    }
    if (line == "trim") malloc_trim(0);
    state();
  }
  mine.stop();
  if (runner.joinable()) runner.join();
  return failed ? 1 : 0;
}

}  // namespace monochord::scale
