// SPDX-License-Identifier: MIT
// Where a client's events come from, and where its commands go.
#include <boost/asio/this_coro.hpp>
#include <cstdint>
#include <monochord/gateway/session_store.hpp>
#include <utility>

#include "client/dispatching_sink.hpp"
#include "client/impl.hpp"
#include "core/descriptor_limit.hpp"
#include "core/heap.hpp"
#include "core/random.hpp"
#include "gateway/fleet_source.hpp"
#include "gateway/shared_pace.hpp"
#include "net/deadline.hpp"
#include "net/limited_executor.hpp"
#include "net/strand.hpp"
#include "protocol/backoff.hpp"
#include "protocol/token_user.hpp"

namespace monochord {

namespace {

/// Descriptors beside those of shards and REST: stores, logs, files that are sent, the user's own.
constexpr std::uint64_t other_descriptors = 64;
/// After the shards have come up: their guilds have been read by then.
constexpr auto gives_back_after = std::chrono::seconds{30};

protocol::compression to_protocol(gateway_compression wanted) {
  switch (wanted) {
    case gateway_compression::none:
      return protocol::compression::none;
    case gateway_compression::zlib_stream:
      return protocol::compression::zlib_stream;
    case gateway_compression::zstd_stream:
      return protocol::compression::zstd_stream;
  }
  throw error(errc::invalid_argument, "client_options::compression is none of the known ones");
}

start_figures figures(const shard_plan& configured, const gateway::gateway_info& info) {
  start_figures out;
  out.configured = configured;
  out.recommended = info.shards;
  out.max_concurrency = info.session_start_limit.max_concurrency;
  out.starts_left = info.session_start_limit.remaining;
  out.starts_total = info.session_start_limit.total;
  return out;
}

}  // namespace

/// Before the shards connect: a process with too few descriptors would come up in part, and fail where nobody expects it.
/// What goes over a transport of the user's is not known to need any.
void client::impl::provide_descriptors(const client_options& options, const shard_range& shards) {
  if (options.transport) return;
  const auto count = static_cast<std::uint64_t>(shards.last - shards.first + 1);
  const std::uint64_t others = options.rest_connections + other_descriptors;
  // A shard that is told to reconnect says goodbye on the old connection while it opens the new one.
  detail::provide_descriptors({std::to_string(count) + " shards", count + others, 2 * count + others});
}

void client::impl::give_back_memory_soon() {
  if (!own_context) return;
  const auto later = [](std::shared_ptr<monochord::clock> time) -> task<> {
    const auto wait = time->make_timer(co_await boost::asio::this_coro::executor);
    const auto cancelled = co_await wait->wait_until(after(time->now(), gives_back_after));
    if (!cancelled) detail::give_back_free_memory();
  };
  tasks->spawn(later(time));
}

task<> client::impl::ask_gateway(gateway::gateway_info& found) { found = co_await rest->get_gateway_bot(); }

task<> client::impl::pause(duration how_long) {
  const auto wait = time->make_timer(life);
  co_await wait->wait_until(after(time->now(), how_long));
}

/// GET /gateway/bot until it answers: a network that is not up yet, or an outage, is waited for; a refusal is not.
task<gateway::gateway_info> client::impl::find_gateway() {
  protocol::backoff backoff;
  gateway::gateway_info found;
  while (!stopping()) {
    std::string why;
    try {
      const bool answered = co_await net::race(ask_gateway(found), stop_called());
      if (!answered) break;
      co_return found;
    } catch (const rest_error& e) {
      if (e.status() >= 400 && e.status() < 500 && e.status() != 429) throw;
      if (e.code() == errc::certificate_refused || e.code() == errc::plain_refused) throw;
      why = e.what();
    } catch (const decode_error& e) {  // something in between answers for Discord: a captive portal, a proxy's page
      why = e.what();
    }
    const auto wait = backoff.next(detail::chance(options.jitter));
    log(log_level::warning, "client", "cannot learn the gateway's address, trying again: " + why);
    (void)co_await net::race(pause(wait), stop_called());
  }
  co_return found;
}

/// The shards of this process, as Discord and the user want them.
std::shared_ptr<event_source> client::impl::own_shards(gateway::gateway_info info,
                                                        std::shared_ptr<gateway::event_sink> reads) {
  gateway::shard_manager_options wanted;
  plan = decides->shards(figures(options.shards, info));
  check_resharding(options.resharding, plan);
  provide_descriptors(options, plan.shards(info.shards));
  auto& shard = wanted.shard;
  shard.token = bot_token;
  shard.bot_id = protocol::user_of_token(bot_token.reveal());
  shard.intents = options.intents.bits();
  shard.gateway_url_override = options.gateway_url;
  shard.presence_json = options.presence.json();
  shard.compression = to_protocol(options.compression);
  shard.user_agent = user_agent;
  shard.allow_plain = options.allow_plain;
  shard.transport = transport;
  shard.tls = tls;
  shard.clock = time;
  shard.executor = executor;
  shard.log = log;
  shard.ack_after = options.ack_after;
  shard.guilds = guilds;
  shard.gate = std::make_shared<gateway::shared_pace>();  // also of the shards of a resharding
  shard.ledger = meters->shards;
  shard.queue = options.identify_queue;
  shard.store = options.session_store ? options.session_store : make_memory_session_store();
  if (keeper) {
    shard.store = keeper->sessions();
    shard.may_acknowledge = [of = keeper](int id, std::string_view session) { return of->may_acknowledge(id, session); };
  }
  shard.decides = decides;
  shard.jitter = options.jitter;
  wanted.info = std::move(info);
  wanted.plan = plan;
  wanted.wait_for_budget = options.wait_for_identify_budget;
  wanted.on_progress = progress_teller();
  wanted.on_all_ready = ready_teller();
  wanted.guild_wait = options.guild_wait;
  gateway::fleet::hooks tell;
  tell.serving = [to = shard_source, commands_to = desk,
                  keeps = keeper](std::shared_ptr<gateway::shard_manager> serving) {
    if (keeps) {
      std::map<int, std::uint64_t> sources;
      for (const auto& one : serving->all()) sources.emplace(one->id(), one->serial());
      keeps->begins_with(std::move(sources));
    }
    if (to->get() == serving) return;  // gone back before the switch: it has the presence
    to->set(serving);
    std::vector<std::shared_ptr<gateway::command_port>> ports;
    try {
      ports = commands_to->options().routes.all();
    } catch (const error&) {  // a controller's, which whoever gives the next command is told
      ports.assign(serving->all().begin(), serving->all().end());
    }
    commands_to->serving(ports);
  };
  tell.retired = [commands_to = desk, serves = shard_source, to = cached, keeps = keeper](std::shared_ptr<gateway::shard_manager> gone) {
    commands_to->retired(gone->all());
    if (keeps) keeps->shards_changed();
    if (const auto now = serves->get()) to->keep_only(now->range());
  };
  const auto made = [weak = weak_from_this()](std::shared_ptr<gateway::fleet> fleet) {
    const auto self = weak.lock();
    if (!self) return;
    self->shards = std::move(fleet);
    self->shard_source->on_reshard(
        [weak](int total, reshard_options how) { return reshard(weak, total, std::move(how)); });
    if (self->options.resharding.automatic)
      self->tasks->spawn(watch_size(weak, self->time, self->options.resharding.interval));
  };
  return std::make_shared<gateway::fleet_source>(std::move(wanted), std::move(reads), std::move(tell), made);
}

/// Null when the client stops first.
task<std::shared_ptr<event_source>> client::impl::find_source(std::shared_ptr<gateway::event_sink> reads) {
  if (options.event_source) co_return options.event_source;
  auto info = co_await find_gateway();
  if (stopping()) co_return nullptr;
  co_return own_shards(std::move(info), std::move(reads));
}

/// From where events come to the end of the last of them.
task<> client::impl::serve() {
  gateway::source_feed_options from;
  if (keeper) co_await cache_keeper::restore(keeper);
  from.to = std::make_shared<dispatching_sink>(dispatcher, desk, meters->events, cached, keeper);
  from.source = co_await find_source(from.to);
  if (stopping()) co_return;
  from.own = !options.event_source;
  from.clock = time;
  from.strand =
      from.own ? life : net::make_strand(user_executor);  // code of the user's never holds what the client does
  from.guilds = guilds;
  from.ack_after = options.ack_after;
  from.log = log;
  const bool own = from.own;
  feed = std::make_shared<gateway::source_feed>(std::move(from));
  if (!own) {
    shard_source->set_feed(feed);
    shard_source->on_reshard(
        [weak = weak_from_this()](int total, reshard_options how) { return reshard(weak, total, std::move(how)); });
  }
  co_await gateway::source_feed::run(feed);
}

/// To the shards of the present set, or to whatever events come from instead.
gateway::command_routes client::impl::command_routes() const {
  struct places {
    std::weak_ptr<shard_set::source> from;  // which leads back to the desk
    std::shared_ptr<const gateway::decisions> by;
    std::shared_ptr<shard_set::source> get() const {
      auto known = from.lock();
      if (!known || (!known->get() && !known->get_feed()))
        throw error(errc::invalid_argument, "the shards are not known before run() has reached Discord");
      return known;
    }
    static shard_range range(const shard_set::source& in) {
      const auto feed = in.get_feed();
      return feed ? feed->shards() : in.get()->range();
    }
    static std::shared_ptr<gateway::command_port> at(const shard_set::source& in, int id) {
      const auto feed = in.get_feed();
      return feed ? feed->port(id) : in.get()->at(id);
    }
  };
  const auto known = std::make_shared<const places>(places{shard_source, decides});
  gateway::command_routes out;
  out.of = [known](guild_id guild) {
    const auto in = known->get();
    return places::at(*in, known->by->route({guild, places::range(*in)}));
  };
  out.at = [known](int id) { return places::at(*known->get(), id); };
  out.all = [known] {
    const auto in = known->get();
    const int to = known->by->route({guild_id(), places::range(*in)});
    std::vector<std::shared_ptr<gateway::command_port>> all;
    if (to != every_shard) {
      all.push_back(places::at(*in, to));
    } else if (const auto feed = in->get_feed()) {
      all = feed->all_ports();
    } else {
      const auto manager = in->get();
      all.assign(manager->all().begin(), manager->all().end());
    }
    return all;
  };
  return out;
}

}  // namespace monochord
