// SPDX-License-Identifier: MIT
// A request over a connection that is open, without a coroutine of its own.
#include <algorithm>
#include <utility>

#include "net/http_pool_impl.hpp"

namespace monochord::net {

namespace asio = boost::asio;

http_pool::direct::direct(const http_pool& pool, const http_request& request, duration response_timeout,
                          time_point deadline, time_point now)
    : pool_(pool.impl_), request_(request), until_(std::min(after(now, response_timeout), deadline)) {
  const std::lock_guard lock(pool_->mutex);
  if (pool_->closed || pool_->idle.empty()) return;
  connection_ = std::move(pool_->idle.back());
  pool_->idle.pop_back();
  ++pool_->taken;
  ++pool_->active;
  ++pool_->count.requests;
  ++pool_->count.connections_reused;
}

void http_pool::direct::prepare() {
  try {
    connection_->begin(request_, pool_->to);
  } catch (const error& e) {
    pool_->again_or_throw(request_, {e.code(), e.what(), {}, true, false, 1});
    throw;
  }
}

http_pool::direct::~direct() {
  if (connection_) leave(pool_->options.clock->now());
}

/// Gives the connection back.
void http_pool::direct::leave(time_point now) {
  std::shared_ptr<http_connection> spent;
  std::vector<std::shared_ptr<parked>> joined;
  {
    impl& pool = *pool_;
    const std::lock_guard lock(pool.mutex);
    if (answered_) ++pool.count.responses;
    if (pool.closed || !connection_->reusable()) {
      pool.all.erase(connection_);
      spent = std::move(connection_);
    }
    pool.keep(std::exchange(connection_, nullptr), now);
    if (--pool.active == 0) joined.swap(pool.joining);
  }
  if (spent) spent->close();
  for (const auto& one : joined) one->complete();
}

void http_pool::direct::send() { connection_->send(until_); }

void http_pool::direct::wait(parked::handler done, const asio::any_io_executor& where) {
  connection_->wait(std::move(done), where);
}

void http_pool::direct::end::operator()() const { of->close(); }

bool http_pool::direct::finish(bool cancelled, http_response& into) {
  finished_at_ = pool_->options.clock->now();
  http_connection::progress how_far;
  error_code code;
  std::string text;
  try {
    into = connection_->finish(cancelled, request_, pool_->to, how_far);
    answered_ = true;
  } catch (const error& e) {
    code = e.code();
    text = e.what();
  }
  leave(finished_at_);
  if (answered_) return true;
  written_ = how_far.written;
  pool_->again_or_throw(request_, {code, std::move(text), how_far, true, written_, 1});
  return false;
}

}  // namespace monochord::net
