// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace monochord::rest {

/// A regular file that is read once from its beginning to its end and must stay as it is meanwhile. `look` and `read` block,
/// on a file of a dead network share for ever (call them on another thread), and throw `upload_error` with
/// `errc::upload_failed`, naming the file. Not thread-safe.
class disk_file {
 public:
  explicit disk_file(std::string path, std::string name) : path_(std::move(path)), name_(std::move(name)) {}
  disk_file(const disk_file&) = delete;
  disk_file& operator=(const disk_file&) = delete;
  ~disk_file();

  /// To read the same file another time; also while a call of this one hangs.
  std::shared_ptr<disk_file> again() const;
  /// Looks at the file; the first look says what it has to stay like. Nothing stays open, since a call may wait for its
  /// turn for long.
  void look();
  std::uint64_t size() const noexcept { return seen_.size; }
  /// The next bytes, at most `room`; 0 at the end. The last ones are only given when the file is still what it was.
  std::size_t read(char* into, std::size_t room);

 private:
  struct state {
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
    std::int64_t changed_s = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const state&) const = default;
  };
  template <class Stat>
  state checked(int result, const Stat& found) const;
  void open();
  void close() noexcept;
  [[noreturn]] void fail(const std::string& why) const;

  const std::string path_;
  const std::string name_;
  state seen_;
  bool looked_ = false;
  int descriptor_ = -1;
  std::uint64_t at_ = 0;
};

}  // namespace monochord::rest
