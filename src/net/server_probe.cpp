// SPDX-License-Identifier: MIT
#include "net/server_probe.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <utility>

#include "net/deadline.hpp"
#include "net/stream_adaptor.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {
/// No method has such a name.
constexpr std::string_view no_request = "(alive?)\r\n\r\n";
}  // namespace

server_probe::server_probe(url where, std::shared_ptr<network> transport, std::shared_ptr<const tls_context> tls,
                           std::shared_ptr<clock> time)
    : where_(std::move(where)), transport_(std::move(transport)), tls_(std::move(tls)), time_(std::move(time)) {}

task<> server_probe::knock(bool& answered, time_point deadline) {
  const auto here = co_await asio::this_coro::executor;
  auto opened = co_await transport_->connect(here, where_.host(), where_.port(), *time_, deadline);
  if (where_.encrypted()) {
    opened = co_await tls_connect(std::move(opened), tls_, where_.host(), *time_, deadline);
    answered = true;  // by whoever has the certificate
    co_return;
  }
  stream_adaptor stream(std::move(opened));
  const auto state = co_await asio::this_coro::cancellation_state;
  {
    const abort_on_cancel guard(state, [&stream] { stream.stream().close(); });
    const auto [failed, written] =
        co_await asio::async_write(stream, asio::buffer(no_request.data(), no_request.size()), uncancelled());
    static_cast<void>(written);
    if (failed) answered = !is_cancelled(state);
    if (failed) co_return;
  }
  const abort_on_cancel guard(state, [&stream] { stream.stream().close(); });
  char first = 0;
  const auto [ended, read] = co_await stream.async_read_some(asio::buffer(&first, 1), uncancelled());
  static_cast<void>(ended);  // an end is an answer too
  static_cast<void>(read);
  answered = !is_cancelled(state);
}

task<std::optional<bool>> server_probe::looks_alive() {
  {
    const std::lock_guard lock(mutex_);
    if (looking_) co_return std::nullopt;
    if (looked_at_ && alive_ && time_->now() - *looked_at_ < interval / 2) co_return true;
    looking_ = true;
  }
  struct done {
    server_probe& of;
    bool answered = false, cancelled = true;
    ~done() {
      const std::lock_guard lock(of.mutex_);
      of.looking_ = false;
      if (cancelled) return;
      of.looked_at_ = of.time_->now();
      of.alive_ = answered;
    }
  } look{*this};
  try {
    const auto deadline = time_->now() + limit;
    const bool in_time = co_await run_before(*time_, deadline, knock(look.answered, deadline));
    if (!in_time) look.answered = false;
  } catch (const error& e) {
    if (e.code() == errc::cancelled) throw;
    look.answered = false;  // refused, unresolved, without TLS
  }
  look.cancelled = false;
  co_return look.answered;
}

task<error_code> server_probe::until_dead(std::shared_ptr<server_probe> self, time_point from) {
  const auto wait = self->time_->make_timer(co_await asio::this_coro::executor);
  for (auto next = from;;) {
    if (const auto cancelled = co_await wait->wait_until(next)) co_return cancelled;
    const auto alive = co_await self->looks_alive();
    if (alive == false) co_return error_code();
    next = self->time_->now() + (alive ? interval : limit);
  }
}

}  // namespace monochord::net
