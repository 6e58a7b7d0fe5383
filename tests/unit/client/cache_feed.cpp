// SPDX-License-Identifier: MIT
#include "client/cache_feed.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <monochord/model/events.hpp>
#include <optional>
#include <string>

#include "cache/late.hpp"
#include "net/next_in_line.hpp"
#include "support/catch.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
namespace net = monochord::net;
using mc::cached::late;

namespace {

constexpr mc::guild_id home{5};
constexpr mc::user_id author{900};

/// A feed, and a thread that works alone where its events are read.
struct fixture {
  asio::io_context context{1};
  std::shared_ptr<net::next_in_line> line = std::make_shared<net::next_in_line>(context);
  std::optional<net::next_in_line::of_thread> mine{std::in_place, *line};
  std::shared_ptr<mc::cache_feed> feed = std::make_shared<mc::cache_feed>(mc::cache_options{}, nullptr, context);
  std::weak_ptr<mc::cache_feed> lives = feed;

  fixture() {
    mc::guild_create event;
    event.guild.id = home;
    feed->cache().apply(event);
  }
  void see(bool has_handlers) {
    const auto event = std::make_shared<mc::message_create>();
    event->guild_id = home;
    event->message.author.id = author;
    event->message.author.username = "somebody";
    event->member.emplace();
    show<mc::message_create>(event, has_handlers);
  }
  /// Told by another shard, as one is while shards change.
  void delete_guild() {
    const auto event = std::make_shared<mc::guild_delete>();
    event->guild.id = home;
    show<mc::guild_delete>(event, false, 1);
  }
  bool waits() const { return late::waits(feed->cache()); }
  bool knows_author() const { return feed->cache().member(home, author).has_value(); }

  /// A handler, in the line.
  struct handler final : net::queued_function {
    explicit handler(fixture& where) : in(where) {}
    void call() override { found_waiting = in.waits(); }
    void drop() noexcept override {}
    fixture& in;
    bool found_waiting = false;
  };

 private:
  template <class E>
  void show(const std::shared_ptr<E>& event, bool has_handlers, int shard = 0) {
    const auto rows = feed->watches();
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [](const auto& one) { return one.type == &mc::event_type_of<E>(); });
    REQUIRE(row != rows.end());
    mc::raw_event sent;
    sent.shard_id = shard;
    sent.name = row->type->name;
    row->see(feed.get(), event, sent, has_handlers);
  }
};

}  // namespace

TEST_CASE("a message waits for its handlers where the reading thread runs them") {
  fixture f;
  fixture::handler handler(f);
  bool waited = false;
  net::next_in_line::around(f.context, [&] {
    f.see(true);
    REQUIRE(net::next_in_line::take(f.context, handler, true));
    f.feed->after_handlers();
    waited = f.waits();
  });
  CHECK(waited);
  CHECK(handler.found_waiting);
  CHECK_FALSE(f.waits());
  CHECK(f.knows_author());
}

TEST_CASE("a message without handlers waits for nobody") {
  fixture f;
  net::next_in_line::around(f.context, [&] {
    f.see(false);
    CHECK_FALSE(f.waits());
  });
  CHECK(f.knows_author());
}

TEST_CASE("a message whose handlers begin elsewhere waits for nobody") {
  fixture f;
  SECTION("the thread is with something else") {
    f.see(true);
    CHECK_FALSE(f.waits());
  }
  SECTION("other threads are there who run them") {
    f.line->shared();
    net::next_in_line::around(f.context, [&] {
      f.see(true);
      f.feed->after_handlers();
      CHECK_FALSE(f.waits());
    });
    f.line->alone();
  }
  CHECK(f.knows_author());
}

TEST_CASE("the next event, of whichever shard, takes in what waits") {
  fixture f;
  net::next_in_line::around(f.context, [&] {
    f.see(true);
    f.feed->after_handlers();
    f.delete_guild();
    CHECK_FALSE(f.waits());
    f.feed->after_handlers();
  });
  CHECK_FALSE(f.knows_author());
}

TEST_CASE("several messages of one turn are taken in by one function of the line") {
  fixture f;
  net::next_in_line::around(f.context, [&] {
    for (int i = 0; i < 3; ++i) {
      f.see(true);
      f.feed->after_handlers();
    }
    CHECK(f.waits());
  });
  CHECK_FALSE(f.waits());
  net::next_in_line::around(f.context, [&] {
    f.see(true);
    f.feed->after_handlers();
    CHECK(f.waits());
  });
  CHECK_FALSE(f.waits());
}

TEST_CASE("a line that ends lets a feed go, and what waits there is found") {
  fixture f;
  net::next_in_line::around(f.context, [&] {
    f.see(true);
    f.feed->after_handlers();
    f.context.stop();
  });
  CHECK(f.waits());
  f.mine.reset();
  f.line.reset();
  f.context.restart();
  f.context.poll();
  CHECK(f.knows_author());
  f.feed.reset();
  CHECK(f.lives.expired());
}
