// SPDX-License-Identifier: MIT
#include "net/loop_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <monochord/core/error.hpp>
#include <string>
#include <system_error>
#include <thread>

namespace monochord::net {

namespace asio = boost::asio;

struct loop_thread::impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  std::thread thread;
};

loop_thread::loop_thread() : impl_(std::make_unique<impl>()) {
  try {
    impl_->thread = std::thread([run = &impl_->context] { run->run(); });
  } catch (const std::system_error& e) {
    throw error(errc::resource, std::string("cannot start a thread: ") + e.what());
  }
}

loop_thread::~loop_thread() { join(); }

void loop_thread::join() {
  impl_->work.reset();
  if (impl_->thread.joinable()) impl_->thread.join();
}

asio::any_io_executor loop_thread::executor() const { return impl_->context.get_executor(); }

}  // namespace monochord::net
