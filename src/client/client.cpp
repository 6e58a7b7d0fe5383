// SPDX-License-Identifier: MIT
#include <monochord/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdlib>

#include "client/handler_intents.hpp"
#include "client/impl.hpp"

namespace monochord {

namespace asio = boost::asio;

client_options options_from_env(client_options options) {
  const auto read = [](const char* name) -> std::string_view {
    const char* const found = std::getenv(name);
    return found ? found : "";
  };
  if (const auto text = read("MONOCHORD_REST_URL"); !text.empty()) options.rest_url = text;
  if (const auto text = read("MONOCHORD_GATEWAY_URL"); !text.empty()) options.gateway_url = text;
  if (const auto text = read("MONOCHORD_CA_FILE"); !text.empty()) options.ca_file = text;
  if (const auto text = read("MONOCHORD_LOG"); !text.empty()) {
    constexpr std::pair<std::string_view, log_level> levels[] = {
        {"trace", log_level::trace},     {"debug", log_level::debug}, {"info", log_level::info},
        {"warning", log_level::warning}, {"error", log_level::error}, {"off", log_level::off}};
    bool known = false;
    for (const auto& [name, level] : levels) {
      if (name != text) continue;
      options.log = level;
      known = true;
    }
    if (!known)
      throw error(errc::invalid_argument, "MONOCHORD_LOG is none of trace, debug, info, warning, error, off");
  }
  if (options.proxy.url.empty()) options.proxy = proxy_from_env();
  return options;
}

client::client(token bot_token, client_options options)
    : impl_(std::make_shared<impl>(std::move(bot_token), std::move(options))) {
  impl_->start_parts();
}

client::~client() = default;

handler_id client::add_handler(const event_type& type, std::unique_ptr<detail::handler> handler, detail::registration how) {
  return impl_->dispatcher->add(type, std::move(handler), std::move(how));
}

handler_id client::add_raw_handler(std::unique_ptr<detail::handler> handler, detail::registration how) {
  return impl_->dispatcher->add_raw(std::move(handler), std::move(how));
}

task<std::shared_ptr<const void>> client::next_event(const event_type& type, detail::condition when,
                                                     std::chrono::milliseconds timeout) {
  check_handler_intents({std::string(type.name)}, impl_->options.intents);
  const auto& events = impl_->dispatcher;
  const auto deadline = after(impl_->time->now(), timeout);
  return dispatch::dispatcher::next(events, events->tap(type, std::move(when), detail::event_tap::kind::next), deadline);
}

std::shared_ptr<detail::event_tap> client::open_stream(const event_type& type, detail::condition when,
                                                       const stream_options& how) {
  check_handler_intents({std::string(type.name)}, impl_->options.intents);
  if (how.buffer == 0) throw error(errc::invalid_argument, "stream_options::buffer is 0: no event could ever be taken");
  return impl_->dispatcher->tap(type, std::move(when), detail::event_tap::kind::stream, how);
}

void client::add_middleware(std::unique_ptr<detail::middleware> around) { impl_->dispatcher->use(std::move(around)); }

void client::off(handler_id which) { impl_->dispatcher->remove(which); }

void client::on_error(std::function<void(std::exception_ptr, const raw_event&)> handler) {
  impl_->set_error_handler(std::move(handler));
}

void client::on_progress(std::function<void(const start_progress&)> handler) {
  impl_->set_progress_handler(std::move(handler));
}

monochord::event_counters client::event_counters() const { return impl_->dispatcher->counters(); }

rest_client& client::rest() noexcept { return *impl_->rest; }

gateway_commands& client::gateway() noexcept { return *impl_->commands; }

cache& client::cache() noexcept { return impl_->cached->cache(); }

shard_set& client::shards() noexcept { return impl_->shard_view; }

clock& client::clock() noexcept { return *impl_->time; }

asio::any_io_executor client::executor() const { return impl_->user_executor; }

int client::run() { return impl_->run(); }

task<> client::async_run() { return impl::live(impl_); }

void client::stop(stop_mode mode) noexcept { impl_->stop(mode); }

bool client::spawn(task<> work) { return impl_->tasks->spawn(std::move(work)); }

task<> client::sleep(duration time) {
  return impl::sleep(impl_->time, time);
}

task<> client::repeat(duration interval, std::function<task<>()> work) {
  return impl::repeat(impl_, impl_->time, interval, std::move(work));
}

}  // namespace monochord
