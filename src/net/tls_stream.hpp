// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <monochord/core/task.hpp>
#include <string>
#include <utility>
#include <vector>

#include "net/byte_stream.hpp"
#include "net/stream_adaptor.hpp"
#include "net/tls_engine.hpp"

namespace monochord::net {

class parked;

/// TLS over another stream. Reading, writing and saying goodbye are one step of the engine each, which the stream below
/// is asked for more, or given something, to finish.
class tls_stream final : public byte_stream {
 public:
  /// `keeps` holds what the connection refers to: its context and what that has noted down for it.
  tls_stream(std::unique_ptr<byte_stream> below, SSL_CTX* context, std::shared_ptr<const void> keeps)
      : keeps_(std::move(keeps)), below_(std::move(below)), engine_(context) {}

  boost::asio::any_io_executor get_executor() noexcept override { return below_.get_executor(); }
  void async_read_some(boost::asio::mutable_buffer into, io_handler done) override;
  std::size_t read_now(boost::asio::mutable_buffer into) noexcept override;
  void async_write_some(const_pieces from, io_handler done) override;
  taken write_now(const_pieces from) noexcept override;
  void async_shutdown(handler done) override;
  void close() noexcept override { below_.stream().close(); }
  void reset() noexcept override { below_.stream().reset(); }
  void rest() noexcept override;
  bool resumed() const noexcept override { return resumed_; }
  std::string peer() const override { return below_.stream().peer(); }

  /// Before anything else. What the engine has to say of a failure is sent.
  task<> handshake(tls_engine::role as, error_code& failed);
  SSL* native() const noexcept { return engine_.native(); }

  template <class Step, class Done>
  struct operation;  // where Asio can find it

 private:
  template <class Step, class Done>
  void begin(Step step, Done done);
  bool has_to_write() const noexcept { return below_holds_back_ || engine_.has_output(); }

  /// Operations that wait until another one no longer uses the stream below.
  using those_waiting = std::vector<std::shared_ptr<parked>>;
  static void let_go(those_waiting& all);

  const std::shared_ptr<const void> keeps_;
  stream_adaptor below_;
  tls_engine engine_;
  bool resumed_ = false;
  bool reading_ = false;  // below
  bool writing_ = false;
  bool below_holds_back_ = false;  // something that it took in write_now: TLS in TLS
  those_waiting to_read_, to_write_;
};

}  // namespace monochord::net
