// SPDX-License-Identifier: MIT
// Payloads of the user on their way to a socket, and the presence that IDENTIFY carries.
#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "gateway/shard_impl.hpp"
#include "net/deadline.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

std::uint64_t command_port::next_serial() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

void command_port::check_payload(const std::string& payload) {
  if (payload.size() > max_payload_bytes)
    throw error(errc::invalid_argument,
                "a gateway payload may have 4096 bytes, this one has " + std::to_string(payload.size()));
}

void command_port::check_presence(const std::string& json) {
  if (json.size() > max_presence_bytes)
    throw error(errc::invalid_argument, "a presence may have " + std::to_string(max_presence_bytes) +
                                            " bytes of JSON, this one has " + std::to_string(json.size()));
}

std::string command_port::presence_payload(const std::string& json) { return R"({"op":3,"d":)" + json + "}"; }

task<> shard::send(std::string payload) {
  check_payload(payload);
  const auto self = impl_;
  const auto mine = std::make_shared<impl::outgoing>(std::move(payload));
  co_await net::run_on(self->strand, impl::queue_payload(self, mine));
}

std::function<void()> shard::send(std::string payload, std::function<void(error_code)> done) {
  check_payload(payload);
  const auto mine = std::make_shared<impl::outgoing>(std::move(payload));
  mine->done = std::move(done);
  asio::post(impl_->strand, [self = impl_, mine] { self->enqueue(mine); });
  return impl_->withdrawal(mine);
}

std::function<void()> shard::update_presence(std::string presence_json, std::function<void(error_code)> done) {
  check_presence(presence_json);
  const auto mine = std::make_shared<impl::outgoing>(presence_payload(presence_json));
  mine->done = std::move(done);
  asio::post(impl_->strand, [self = impl_, mine, json = std::move(presence_json)]() mutable {
    self->set_presence(std::move(json), mine);
  });
  return impl_->withdrawal(mine);
}

std::function<void()> shard::impl::withdrawal(const std::shared_ptr<outgoing>& of) {
  return [self = weak_from_this(), weak = std::weak_ptr(of)] {
    const auto from = self.lock();
    const auto what = weak.lock();
    if (from && what) asio::post(from->strand, [from, what] { from->withdraw(what); });
  };
}

void shard::impl::outgoing::finish(error_code error) {
  if (sender) sender->complete(error);
  if (done) std::exchange(done, nullptr)(error);
}

void shard::impl::enqueue(std::shared_ptr<outgoing> which) {
  if (over || which->withdrawn) return which->finish(make_error_code(errc::cancelled));
  pending.push_back(std::move(which));
  if (!session) return;  // it is sent once there is one
  if (!user_may_send() || pending.size() > 1) ++counters->user_waits;
  pump();
  rearm();
}

void shard::impl::withdraw(const std::shared_ptr<outgoing>& which) {
  // The presence that was set last is what the session is to have, whether or not somebody waits for that.
  if (which == presence_update.lock()) return which->finish(make_error_code(errc::cancelled));
  which->withdrawn = true;
  if (which == in_flight) return;  // whether it went is known in a moment
  std::erase(pending, which);
  which->finish(make_error_code(errc::cancelled));
}

task<> shard::impl::queue_payload(std::shared_ptr<impl> self, std::shared_ptr<outgoing> mine) {
  co_await asio::this_coro::throw_if_cancelled(false);
  if (!self->over) {
    self->enqueue(mine);
    co_await net::park([&](std::shared_ptr<net::parked> wait) { mine->sender = std::move(wait); });
  }
  if (mine->sent) co_return;
  mine->withdrawn = true;
  std::erase(self->pending, mine);
  throw error(errc::cancelled, "shard " + std::to_string(self->id) + ": the payload was not sent");
}

void shard::impl::set_presence(std::string json, std::shared_ptr<outgoing> update) {
  if (over) return update->finish(make_error_code(errc::cancelled));
  presence = std::move(json);
  // One that nobody waits for any more need not be told before this one.
  const auto before = presence_update.lock();
  if (before && !before->done && before != in_flight) std::erase(pending, before);
  presence_is_due = !session || !has_session();
  if (presence_is_due) return update->finish();
  presence_update = update;
  enqueue(std::move(update));
}

/// What a session is told of how the bot appears.
std::string shard::impl::presence_now() const {
  return options->decides ? options->decides->presence(id, options->shard_count, presence) : presence;
}

/// A session that was begun by IDENTIFY has the presence from there. One that an earlier process began, or whose end
/// was not known yet when the presence was set, has another.
void shard::impl::presence_after_up(bool resumed) {
  if (!std::exchange(presence_is_due, false) || !resumed) return;
  const auto text = presence_now();
  if (!text.empty()) enqueue(std::make_shared<outgoing>(presence_payload(text)));
}

}  // namespace monochord::gateway
