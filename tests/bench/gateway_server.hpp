// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include "bench/server_process.hpp"
#include "bench/traffic.hpp"
#include "support/compressor.hpp"

// One long stream, sent from memory in TLS records as large as there are, so that both sides read it as cheaply as can be.
namespace monochord::bench {

constexpr int stream_kinds = 2;
constexpr protocol::compression kinds[stream_kinds] = {protocol::compression::zlib_stream,
                                                       protocol::compression::zstd_stream};
inline std::size_t number_of(protocol::compression kind) { return kind == protocol::compression::zlib_stream ? 0 : 1; }

/// What is sent to one shard of a bot that has one or `max_shards` of them. A WEBHOOKS_UPDATE stands at the beginning
/// and at the end of what is measured.
struct stream_plan {
  static constexpr unsigned max_shards = 4;
  static constexpr std::size_t guilds = traffic::guild_count;

  std::size_t events = 0;  // measured, of all shards
  std::size_t of(unsigned shards) const { return events / shards; }
  std::size_t warm_up(unsigned shards) const { return of(shards) / 10; }
  /// HELLO, READY, the guilds, and what warms up.
  std::size_t messages_before(unsigned shards) const { return 2 + guilds + warm_up(shards); }
  static constexpr const char* marker = "WEBHOOKS_UPDATE";
};

/// What the server knows of its streams.
struct stream_facts {
  std::uint16_t port = 0;
  std::size_t messages[2] = {};  // MESSAGE_CREATE in all, of one shard, and of `max_shards`
  std::size_t text_bytes = 0;    // an event's
  std::size_t wire_bytes[stream_kinds] = {};
};

/// A gateway that sends `stream_plan` to whoever connects.
class gateway_server {
 public:
  gateway_server(const stream_plan& plan, const testing::test_ca& authority)
      : process_([&](const auto& say) {
          worker sends(plan, authority.issue({"127.0.0.1"}));
          say(sends.facts());
          sends.serve();
        }) {}
  const stream_facts& facts() const noexcept { return process_.facts(); }

 private:
  class worker final : public gateway_worker {
   public:
    worker(const stream_plan& plan, const testing::certificate& shown) : gateway_worker(shown), plan_(plan) {
      for (const unsigned shards : {1U, stream_plan::max_shards})
        for (unsigned i = 0; i < shards; ++i) make_stream(i, shards);
      facts_.port = port();
    }
    const stream_facts& facts() const noexcept { return facts_; }

   private:
    /// Frames as they go over the wire: HELLO, and all that follows IDENTIFY.
    struct stream {
      std::string hello, rest;
    };

    void make_stream(unsigned shard, unsigned shards) {
      test::compressor zlib(kinds[0]), zstd(kinds[1]);
      stream* const to[stream_kinds] = {&of(0, shard, shards), &of(1, shard, shards)};
      traffic about(shard + 1, shard);
      std::size_t s = 0;
      const auto add = [&](std::string stream::* where, const std::string& text) {
        add_frame(to[0]->*where, zlib(text));
        add_frame(to[1]->*where, zstd(text));
      };
      const auto mark = [&] {
        add(&stream::rest, R"({"t":")" + std::string(plan_.marker) + R"(","s":)" + std::to_string(++s) +
                               R"(,"op":0,"d":{"guild_id":")" + about.guild_id(0) + R"(","channel_id":"1"}})");
      };
      const auto events = [&](std::size_t count) {
        for (; count > 0; --count) {
          const std::string text = about.payload(++s);
          facts_.messages[shards == 1 ? 0 : 1] += text.starts_with(R"({"t":"MESSAGE_CREATE")");
          if (shards == 1) facts_.text_bytes += text.size();
          add(&stream::rest, text);
        }
      };
      add(&stream::hello, R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":600000}})");
      add(&stream::rest, ready(about, shard, shards, ++s));
      for (std::size_t i = 0; i < plan_.guilds; ++i) add(&stream::rest, about.guild(i, ++s));
      events(plan_.warm_up(shards));
      mark();
      const std::size_t before[] = {to[0]->rest.size(), to[1]->rest.size()};
      facts_.text_bytes = 0;
      events(plan_.of(shards));
      for (std::size_t i = 0; i < stream_kinds && shards == 1; ++i)
        facts_.wire_bytes[i] = (to[i]->rest.size() - before[i]) / plan_.events;
      if (shards == 1) text_bytes_ = facts_.text_bytes / plan_.events;
      facts_.text_bytes = text_bytes_;
      mark();
    }
    std::string ready(const traffic& about, unsigned shard, unsigned shards, std::size_t s) const {
      nlohmann::ordered_json d{{"v", 10},
                               {"user",
                                {{"id", "80351110224678912"},
                                 {"username", "bench"},
                                 {"discriminator", "0"},
                                 {"global_name", nullptr},
                                 {"avatar", nullptr},
                                 {"bot", true}}},
                               {"session_id", "0123456789abcdef" + std::to_string(shard)},
                               {"resume_gateway_url", "wss://127.0.0.1:1"},
                               {"shard", {shard, shards}},
                               {"application", {{"id", "80351110224678912"}, {"flags", 0}}}};
      d["guilds"] = nlohmann::ordered_json::array();
      for (std::size_t i = 0; i < plan_.guilds; ++i)
        d["guilds"].push_back({{"id", about.guild_id(i)}, {"unavailable", true}});
      return R"({"t":"READY","s":)" + std::to_string(s) + R"(,"op":0,"d":)" + d.dump() + "}";
    }

    stream& of(std::size_t kind, unsigned shard, unsigned shards) {
      return streams_[kind][shards == 1 ? stream_plan::max_shards : shard];
    }

    void play(tls_stream& tls, websocket& socket, const std::string& target) override {
      const std::size_t kind = target.find("zlib") != target.npos ? 0 : 1;
      boost::asio::write(tls, boost::asio::buffer(of(kind, 0, 1).hello));  // which is the same for all
      const auto identify = next(socket);
      const auto shard = identify.at("d").at("shard").at(0).get<unsigned>(),
                 shards = identify.at("d").at("shard").at(1).get<unsigned>();
      await_all(shards);
      boost::asio::write(tls, boost::asio::buffer(of(kind, shard, shards).rest));
      // Of what comes now only the close matters: HELLO has asked for a heartbeat every ten minutes.
      for (;;) next(socket);
    }
    /// All shards of a client begin at one time.
    void await_all(unsigned shards) {
      std::unique_lock lock(mutex_);
      const auto round = round_;
      if (++identified_ == shards) {
        identified_ = 0;
        ++round_;
        all_identified_.notify_all();
      }
      all_identified_.wait(lock, [&] { return round_ != round; });
    }

    const stream_plan plan_;
    std::array<std::array<stream, stream_plan::max_shards + 1>, stream_kinds>
        streams_;  // the last is that of a single shard
    stream_facts facts_;
    std::size_t text_bytes_ = 0;
    std::mutex mutex_;  // guards what follows
    std::condition_variable all_identified_;
    unsigned identified_ = 0, round_ = 0;
  };

  server_process<stream_facts> process_;
};

}  // namespace monochord::bench
