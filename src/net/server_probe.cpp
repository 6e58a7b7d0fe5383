// SPDX-License-Identifier: MIT
#include "net/server_probe.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <utility>

#include "net/deadline.hpp"
#include "net/http_reader.hpp"
#include "net/stream_adaptor.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

/// No method has such a name.
constexpr std::string_view no_request = "(alive?)\r\n\r\n";
constexpr std::size_t most_answer_bytes = 8U << 10U;

/// What answers is there, whatever it says; a mark is looked for where it speaks HTTP.
bool is_read(http_reader& reader, std::string& arrived) {
  try {
    while (!arrived.empty() && !reader.done()) {
      const std::size_t taken = reader.put(arrived);
      arrived.erase(0, taken);
      if (taken == 0) break;
    }
    return reader.done();
  } catch (const error&) {
    return true;
  }
}

}  // namespace

server_probe::server_probe(url where, std::shared_ptr<network> transport, std::shared_ptr<const tls_context> tls,
                           std::shared_ptr<clock> time, std::string mark)
    : where_(std::move(where)),
      transport_(std::move(transport)),
      tls_(std::move(tls)),
      time_(std::move(time)),
      mark_(std::move(mark)) {}

bool server_probe::saw_mark() const {
  const std::lock_guard lock(mutex_);
  return last_ == sight::marked;
}

task<> server_probe::knock(sight& seen, time_point deadline) {
  const auto here = co_await asio::this_coro::executor;
  auto opened = co_await transport_->connect(here, where_.host(), where_.port(), *time_, deadline);
  if (where_.encrypted()) {
    opened = co_await tls_connect(std::move(opened), tls_, where_.host(), *time_, deadline);
    seen = sight::somebody;  // whoever has the certificate
  }
  stream_adaptor stream(std::move(opened));
  const auto state = co_await asio::this_coro::cancellation_state;
  {
    const abort_on_cancel guard(state, [&stream] { stream.stream().close(); });
    const auto [failed, written] =
        co_await asio::async_write(stream, asio::buffer(no_request.data(), no_request.size()), uncancelled());
    static_cast<void>(written);
    if (is_cancelled(state)) co_return;
    if (failed) seen = sight::somebody;
    if (failed) co_return;
  }
  auto reader = http_reader::for_responses({most_answer_bytes, most_answer_bytes}, false);
  std::array<char, 1024> space;
  std::string arrived;
  for (;;) {
    const abort_on_cancel guard(state, [&stream] { stream.stream().close(); });
    const auto [ended, read] = co_await stream.async_read_some(asio::buffer(space), uncancelled());
    if (is_cancelled(state)) co_return;
    seen = sight::somebody;  // an end is an answer too
    arrived.append(space.data(), read);
    if (is_read(reader, arrived) || ended) break;
  }
  if (reader.done() && reader.take_response().headers.has(mark_)) seen = sight::marked;
}

task<std::optional<server_probe::sight>> server_probe::look() {
  {
    const std::lock_guard lock(mutex_);
    if (looking_) co_return std::nullopt;
    if (looked_at_ && last_ != sight::nothing && time_->now() - *looked_at_ < interval / 2) co_return last_;
    looking_ = true;
  }
  struct done {
    server_probe& of;
    sight seen = sight::nothing;
    bool cancelled = true;
    ~done() {
      const std::lock_guard lock(of.mutex_);
      of.looking_ = false;
      if (cancelled) return;
      of.looked_at_ = of.time_->now();
      of.last_ = seen;
    }
  } here{*this};
  try {
    const auto deadline = time_->now() + limit;
    co_await run_before(*time_, deadline, knock(here.seen, deadline));
  } catch (const error& e) {
    if (e.code() == errc::cancelled) throw;  // else it was refused, not resolved, or has no TLS
  }
  here.cancelled = false;
  co_return here.seen;
}

task<error_code> server_probe::until_lost(std::shared_ptr<server_probe> self, time_point from) {
  const auto wait = self->time_->make_timer(co_await asio::this_coro::executor);
  for (auto next = from;;) {
    if (const auto cancelled = co_await wait->wait_until(next)) co_return cancelled;
    const auto seen = co_await self->look();
    if (seen && *seen != sight::somebody) co_return error_code();
    next = self->time_->now() + (seen ? interval : limit);
  }
}

}  // namespace monochord::net
