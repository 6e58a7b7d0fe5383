// SPDX-License-Identifier: MIT
#include "rest/disk_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <monochord/core/error.hpp>

namespace monochord::rest {

namespace {

std::string system_reason() { return std::generic_category().message(errno); }

}  // namespace

disk_file::~disk_file() { close(); }

void disk_file::fail(const std::string& why) const {
  throw upload_error(errc::upload_failed, name_, seen_.size, 0, "the file " + path_ + " cannot be uploaded: " + why);
}

template <class Stat>
disk_file::state disk_file::checked(int result, const Stat& found) const {
  if (result != 0) fail(system_reason());
  if (!S_ISREG(found.st_mode)) fail("it is not a regular file");
  return {static_cast<std::uint64_t>(found.st_size), found.st_ino, found.st_dev, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

std::shared_ptr<disk_file> disk_file::again() const {
  auto made = std::make_shared<disk_file>(path_, name_);
  made->seen_ = seen_;
  made->looked_ = looked_;
  return made;
}

void disk_file::look() {
  struct stat found {};
  const int result = ::stat(path_.c_str(), &found);
  const state now = checked(result, found);
  if (looked_ && now != seen_) fail("it changed since the call was made");
  seen_ = now;
  looked_ = true;
}

void disk_file::open() {
  // Without O_NONBLOCK a pipe that took the file's place meanwhile would hold the thread.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) fail(system_reason());
}

void disk_file::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

std::size_t disk_file::read(char* into, std::size_t room) {
  if (at_ == seen_.size) return 0;
  if (descriptor_ < 0) open();
  room = static_cast<std::size_t>(std::min<std::uint64_t>(room, seen_.size - at_));
  std::size_t got = 0;
  while (got < room) {
    const ssize_t count = ::pread(descriptor_, into + got, room - got, static_cast<off_t>(at_ + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(system_reason());
    if (count == 0) fail("it became shorter while it was read");
    got += static_cast<std::size_t>(count);
  }
  if (at_ == 0 || at_ + got == seen_.size) {
    struct stat found {};
    const int result = ::fstat(descriptor_, &found);
    if (checked(result, found) != seen_) fail("it changed while it was read");
  }
  at_ += got;
  if (at_ == seen_.size) close();
  return got;
}

}  // namespace monochord::rest
