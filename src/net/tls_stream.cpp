// SPDX-License-Identifier: MIT
#include "net/tls_stream.hpp"

#include <boost/asio/associator.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/this_coro.hpp>
#include <type_traits>

#include "net/deadline.hpp"
#include "net/parked.hpp"

namespace monochord::net {

namespace asio = boost::asio;

using want = tls_engine::want;

/// A step of the engine under way. It runs where its handler wants to be called.
template <class Step, class Done>
struct tls_stream::operation {
  enum class phase { begins, reads, writes, waits, has_ended };

  tls_stream* of;
  Step step;
  Done done;
  phase now = phase::begins;
  bool stepped = false;  // what came of that is in `wanted`
  want wanted = want::nothing;
  error_code failed{};
  std::size_t bytes = 0;
  asio::mutable_buffer space{};

  void operator()(error_code error = {}, std::size_t count = 0) {
    switch (now) {
      case phase::reads:
        of->reading_ = false;
        let_go(of->to_read_);
        if (error) [[unlikely]] return end(of->engine_.end_of_input(error));
        of->engine_.put(space, count);
        break;
      case phase::writes:
        of->engine_.sent(count);
        of->below_holds_back_ = false;
        if (!error && of->engine_.has_output()) return write();
        of->writing_ = false;
        let_go(of->to_write_);
        // What the engine found first is why it has something to say.
        if (error) return end(failed ? failed : error);
        break;
      case phase::waits:
        if (error) return end(error);
        break;
      case phase::has_ended:
        return end(failed);
      case phase::begins:
        break;
    }
    advance();
  }

  void advance() {
    for (;;) {
      if (!std::exchange(stepped, true)) wanted = step(of->engine_, failed, bytes);
      if (wanted == want::input) {
        stepped = false;
        if (of->reading_) return wait(of->to_read_);
        return read();
      }
      if (wanted != want::nothing && of->has_to_write()) {
        if (of->writing_) return wait(of->to_write_);
        of->writing_ = true;
        return write();
      }
      if (wanted != want::output_and_retry) return end(failed);
      stepped = false;
    }
  }

  void read() {
    of->reading_ = true;
    now = phase::reads;
    space = of->engine_.space();
    byte_stream& below = of->below_.stream();
    const asio::mutable_buffer into = space;
    below.async_read_some(into, erase_handler<io_handler>(std::move(*this)));
  }
  void write() {
    now = phase::writes;
    byte_stream& below = of->below_.stream();
    const const_pieces from(asio::const_buffers_1(of->engine_.output()));
    below.async_write_some(from, erase_handler<io_handler>(std::move(*this)));
  }
  void wait(those_waiting& among) {
    now = phase::waits;
    const auto executor = of->get_executor();
    among.push_back(parked::make(erase_handler<parked::handler>(std::move(*this)), executor));
  }
  void end(error_code why) {
    if (now == phase::begins) {  // never called from within what began it; and no other thread is woken for it
      now = phase::has_ended;
      failed = why;
      const auto executor = of->get_executor();
      return asio::defer(executor, std::move(*this));
    }
    auto tell = std::move(done);
    if constexpr (std::is_invocable_v<Done&&, error_code, std::size_t>)
      std::move(tell)(why, why ? 0 : bytes);
    else
      std::move(tell)(why);
  }
};

void tls_stream::let_go(those_waiting& all) {
  if (all.empty()) [[likely]] return;
  for (const auto& one : std::exchange(all, {})) one->complete();
}

}  // namespace monochord::net

template <template <class, class> class Associator, class Step, class Done, class Default>
struct boost::asio::associator<Associator, monochord::net::tls_stream::operation<Step, Done>, Default>
    : Associator<Done, Default> {
  using operation = monochord::net::tls_stream::operation<Step, Done>;
  static auto get(const operation& of) noexcept { return Associator<Done, Default>::get(of.done); }
  static auto get(const operation& of, const Default& otherwise) noexcept {
    return Associator<Done, Default>::get(of.done, otherwise);
  }
};

namespace monochord::net {

template <class Step, class Done>
void tls_stream::begin(Step step, Done done) {
  operation<Step, Done>{this, std::move(step), std::move(done)}.advance();
}

void tls_stream::async_read_some(asio::mutable_buffer into, io_handler done) {
  begin([into](tls_engine& on, error_code& failed, std::size_t& bytes) { return on.read(into, failed, bytes); },
        std::move(done));
}

/// What the engine wants to send for it goes out with the next write.
std::size_t tls_stream::read_now(asio::mutable_buffer into) noexcept {
  if (!engine_.has_input()) return 0;
  error_code failed;
  std::size_t bytes = 0;
  engine_.read(into, failed, bytes);
  return bytes;
}

void tls_stream::async_write_some(const_pieces from, io_handler done) {
  begin(
      [this, from](tls_engine& on, error_code& failed, std::size_t& bytes) {
        const auto wanted = on.write(from, failed, bytes);
        return wanted == want::nothing && has_to_write() ? want::output : wanted;
      },
      std::move(done));
}

byte_stream::taken tls_stream::write_now(const_pieces from) noexcept {
  taken all;
  if (writing_ || has_to_write()) [[unlikely]] return all;
  error_code failed;  // whoever writes the rest hears of it
  engine_.write(from, failed, all.bytes);
  while (engine_.has_output()) {
    const taken some = below_.stream().write_now(const_pieces(asio::const_buffers_1(engine_.output())));
    engine_.sent(some.bytes);
    all.any_left = all.any_left || some.any_left;
    below_holds_back_ = some.is_held_back;
    if (some.bytes == 0 || below_holds_back_) break;
  }
  all.is_held_back = has_to_write();
  return all;
}

void tls_stream::rest() noexcept {
  engine_.rest();
  below_.stream().rest();
}

void tls_stream::async_shutdown(handler done) {
  begin([](tls_engine& on, error_code& failed, std::size_t&) { return on.shutdown(failed); }, std::move(done));
}

task<> tls_stream::handshake(tls_engine::role as, error_code& failed) {
  const auto state = co_await asio::this_coro::cancellation_state;
  // One that succeeds may have been cancelled just before that was told: awaiting another would throw.
  const auto ended_by = [&state](error_code found) {
    return !found && is_cancelled(state) ? error_code(asio::error::operation_aborted) : found;
  };
  for (;;) {
    const auto wanted = engine_.handshake(as, failed);
    while (engine_.has_output()) {
      const abort_on_cancel guard(state, [this] { close(); });
      const auto from = asio::const_buffers_1(engine_.output());
      const auto [error, bytes] = co_await below_.async_write_some(from, uncancelled());
      engine_.sent(bytes);
      const error_code ended = ended_by(error);
      if (!ended) continue;
      if (!failed) failed = ended;
      co_return;
    }
    if (failed || wanted == want::nothing || wanted == want::output) break;
    if (wanted == want::output_and_retry) continue;
    const abort_on_cancel guard(state, [this] { close(); });
    const auto space = engine_.space();
    const auto [error, bytes] = co_await below_.async_read_some(asio::mutable_buffers_1(space), uncancelled());
    failed = ended_by(error);
    if (failed) {
      failed = engine_.end_of_input(failed);
      co_return;
    }
    engine_.put(space, bytes);
  }
  resumed_ = !failed && SSL_session_reused(native()) == 1;
}

}  // namespace monochord::net
