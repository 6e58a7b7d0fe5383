// SPDX-License-Identifier: MIT
#include "testing/mock_server.hpp"

#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "testing/query.hpp"
#include "testing/stream_compressor.hpp"

namespace monochord::testing {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

namespace {

/// Wakes the writer of a connection. Rung from any thread; everything else on the connection's strand.
class doorbell : public std::enable_shared_from_this<doorbell> {
 public:
  doorbell(asio::any_io_executor executor, monochord::clock& time)
      : executor_(executor), silence_(executor, asio::steady_timer::time_point::max()), alarm_(time.make_timer(executor)) {}

  void ring() {
    if (rung_.exchange(true)) return;
    asio::post(executor_, [self = shared_from_this()] {
      self->silence_.cancel();
      self->alarm_->cancel();
    });
  }
  /// Before looking for work: what comes after this rings again.
  void reset() { rung_ = false; }
  /// Until it rings, or until `when` on the clock.
  static task<> wait(std::shared_ptr<doorbell> self, time_point when) {
    if (when == time_point::max()) {
      error_code ignored;  // it ends only by cancel()
      co_await self->silence_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    } else {
      co_await self->alarm_->wait_until(when);
    }
  }

 private:
  asio::any_io_executor executor_;
  asio::steady_timer silence_;
  std::unique_ptr<timer> alarm_;
  std::atomic<bool> rung_{false};
};

/// One gateway connection: its socket, its compression, and its side of the brain.
struct connection {
  connection(std::shared_ptr<brain> with, std::unique_ptr<net::websocket> over)
      : mind(std::move(with)), socket(std::move(over)) {}
  std::shared_ptr<brain> mind;
  std::unique_ptr<net::websocket> socket;
  std::shared_ptr<doorbell> bell;
  std::shared_ptr<gateway_link> link;
  std::unique_ptr<stream_compressor> compressor;
  bool stalled = false;
};

std::unique_ptr<stream_compressor> compressor_for(std::string_view query) {
  for (const auto& [name, value] : parse_query(query)) {
    if (name == "compress" && value == "zlib-stream") return stream_compressor::zlib();
    if (name == "compress" && value == "zstd-stream") return stream_compressor::zstd();
  }
  return nullptr;
}

task<> read_all(connection& c) {
  try {
    for (;;) {
      const auto message = co_await c.socket->read();
      c.mind->with([&](mock_state&, gateway& gate, rest&) { gate.receive(*c.link, message.data); });
    }
  } catch (const error&) {
    co_return;  // the connection ended; how is in the socket's end()
  }
}

/// What the writer has to do next, taken from the brain in one look.
struct work {
  std::vector<outgoing> items;
  time_point due{};
  bool stalled = false;
  std::size_t fragment_bytes = 0;
  std::size_t piece_bytes = 0;
  bool never_answer_close = false;
};

work next_work(connection& c) {
  constexpr std::size_t batch = 64;
  work next = c.mind->quietly([&](mock_state& state, gateway& gate, rest&) {
    work now;
    gate.tick(*c.link);
    now.stalled = c.link->stalled;  // before taking: what comes ahead of a stall still goes out
    now.items = gate.take(*c.link, batch);
    now.due = gate.due(*c.link);
    now.fragment_bytes = state.faults.fragment_bytes;
    now.piece_bytes = state.faults.flush_in_pieces;
    now.never_answer_close = state.faults.never_answer_close;
    return now;
  });
  if (!next.items.empty()) c.mind->ring();
  return next;
}

void stall(connection& c, bool on) {
  if (c.stalled == on) return;
  c.stalled = on;
  c.socket->stall_reading(on);
  c.socket->stall_writing(on);
}

task<> write_payload(connection& c, const work& how, const std::string& text) {
  std::string_view data = text;
  const bool binary = c.compressor != nullptr;
  if (binary) data = c.compressor->compress(text);
  if (how.fragment_bytes != 0) {
    co_await c.socket->write_fragmented(data, binary, how.fragment_bytes);
    co_return;
  }
  while (binary && how.piece_bytes != 0 && data.size() > how.piece_bytes) {
    co_await c.socket->write_binary(data.substr(0, how.piece_bytes));
    data.remove_prefix(how.piece_bytes);
  }
  if (binary) co_await c.socket->write_binary(data);
  else co_await c.socket->write_text(data);
}

/// Carries out one decision; false when it was the connection's end.
task<bool> carry_out(connection& c, const work& how, const outgoing& what) {
  switch (what.what) {
    case outgoing::kind::payload:
    case outgoing::kind::event: co_await write_payload(c, how, *what.text); co_return true;
    case outgoing::kind::raw_text: co_await c.socket->write_text(*what.text); co_return true;
    case outgoing::kind::raw_binary: co_await c.socket->write_binary(*what.text); co_return true;
    case outgoing::kind::raw_bytes: co_await c.socket->write_raw(*what.text); co_return true;
    case outgoing::kind::stall: stall(c, true); co_return true;
    case outgoing::kind::close:
      stall(c, false);
      c.socket->stall_writing(false);
      co_await c.socket->close(what.code, *what.text);
      co_return false;
    case outgoing::kind::drop: c.socket->abort(); co_return false;
  }
  co_return true;
}

task<> write_all(connection& c) {
  try {
    for (;;) {
      c.bell->reset();
      const work next = next_work(c);
      stall(c, next.stalled);
      // A close frame is answered by whoever reads; with the way out blocked between our writes, it never is.
      if (next.never_answer_close) c.socket->stall_writing(false);
      for (const auto& item : next.items)
        if (!co_await carry_out(c, next, item)) co_return;
      if (next.never_answer_close) c.socket->stall_writing(true);
      if (next.items.empty()) co_await doorbell::wait(c.bell, next.due);
    }
  } catch (const error&) {
    co_return;  // the connection ended
  }
}

/// The path and the query of a request.
std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
  const auto question = target.find('?');
  if (question == std::string_view::npos) return {target, {}};
  return {target.substr(0, question), target.substr(question + 1)};
}

task<> serve_gateway(std::shared_ptr<brain> mind, std::unique_ptr<net::websocket> socket, std::string target) {
  const auto executor = co_await asio::this_coro::executor;
  connection c(mind, std::move(socket));
  c.bell = std::make_shared<doorbell>(executor, *mind->time());
  const auto [path, query] = split_target(target);
  c.compressor = compressor_for(query);
  c.link = mind->with([&, path = path, query = query](mock_state&, gateway& gate, rest&) {
    return gate.open(path, query, [bell = c.bell] { bell->ring(); });
  });
  struct leave {  // also when the server stops and this is cancelled
    connection& c;
    ~leave() {
      c.mind->with([&](mock_state&, gateway& gate, rest&) { gate.closed(*c.link, c.socket->end().code); });
    }
  } at_end{c};
  co_await (read_all(c) || write_all(c));
}

task<net::server_reply> answer(std::shared_ptr<brain> mind, const net::http_request& request) {
  rest_outcome outcome = mind->with([&](mock_state&, gateway&, rest& api) { return api.handle(request); });
  if (outcome.delay.count() > 0) {
    const auto alarm = mind->time()->make_timer(co_await asio::this_coro::executor);
    co_await alarm->wait_until(mind->time()->now() + outcome.delay);
  }
  net::server_reply reply(std::move(outcome.response));
  if (outcome.drop) reply.play = net::server_reply::fault::reset;
  co_return reply;
}

std::optional<net::server_reply> refuse_upgrade(brain& mind, const net::http_request& request) {
  if (!gateway::serves(split_target(request.target).first))
    return net::server_reply(net::http_response(404, "application/json", R"({"message":"404: Not Found","code":0})"));
  const bool resumes = gateway::is_resume_path(split_target(request.target).first);
  const int status = mind.with([resumes](mock_state& state, gateway&, rest&) {
    if (resumes && state.faults.resume_url_down) return 503;
    if (state.faults.refuse_upgrades <= 0) return 0;
    --state.faults.refuse_upgrades;
    return state.faults.upgrade_status;
  });
  if (status == 0) return std::nullopt;
  return net::server_reply(net::http_response(status, "text/html", "<html>upstream is away</html>"));
}

}  // namespace

std::unique_ptr<net::server> make_mock_server(asio::any_io_executor executor, std::shared_ptr<brain> mind,
                                              std::shared_ptr<net::network> transport,
                                              std::shared_ptr<const net::tls_context> tls) {
  net::server_options options;
  options.transport = std::move(transport);
  options.clock = mind->time();
  options.tls = std::move(tls);
  options.max_connections = 65'536;  // Discord has room for every shard; what is less than that is the system's to say
  net::server_handlers handlers;
  handlers.on_request = [mind](const net::http_request& request, const net::peer_info&) { return answer(mind, request); };
  handlers.on_upgrade = [mind](const net::http_request& request,
                               const net::peer_info&) -> task<std::optional<net::server_reply>> {
    co_return refuse_upgrade(*mind, request);
  };
  handlers.on_websocket = [mind](std::unique_ptr<net::websocket> socket, const net::http_request& request,
                                 const net::peer_info&) {
    return serve_gateway(mind, std::move(socket), request.target);
  };
  handlers.on_connection = [mind](const net::peer_info&) {
    return mind->with([](mock_state& state, gateway&, rest&) {
      state.connection_times.push_back(state.now());
      if (state.connection_times.size() > mock_state::connection_times_kept) state.connection_times.pop_front();
      if (state.faults.refuse_connections <= 0) return true;
      --state.faults.refuse_connections;
      return false;
    });
  };
  return std::make_unique<net::server>(std::move(executor), std::move(options), std::move(handlers));
}

}  // namespace monochord::testing
