// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>

#include "net/byte_stream.hpp"

namespace monochord::net {

/// A stream whose directions can be shut for a while: how a server plays a peer that is still there but does nothing.
class valve_stream final : public byte_stream {
 public:
  explicit valve_stream(std::unique_ptr<byte_stream> below);
  ~valve_stream() override;

  void stall_reading(bool on);
  void stall_writing(bool on);

  boost::asio::any_io_executor get_executor() noexcept override;
  void async_read_some(boost::asio::mutable_buffer into, io_handler done) override;
  void async_write_some(const_pieces from, io_handler done) override;
  void async_shutdown(handler done) override;
  void close() noexcept override;
  void reset() noexcept override;
  std::string peer() const override;

 private:
  struct state;
  std::shared_ptr<state> state_;  // a read below may end after this is gone
};

}  // namespace monochord::net
