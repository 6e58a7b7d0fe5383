// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <monochord/core/error.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace monochord::detail {

/// Throws `errc::resource` with `what`, the path and errno's text.
[[noreturn]] void file_failed(const std::string& what, const std::string& path);

/// An open file, or none.
class file_descriptor {
 public:
  file_descriptor() = default;
  /// `open`, closed on exec; a file that is made is its owner's alone. None with errno where that fails.
  file_descriptor(const std::string& path, int flags);
  file_descriptor(file_descriptor&& from) noexcept : value_(std::exchange(from.value_, -1)) {}
  file_descriptor& operator=(file_descriptor&& from) noexcept {
    std::swap(value_, from.value_);
    return *this;
  }
  ~file_descriptor();
  int get() const noexcept { return value_; }
  explicit operator bool() const noexcept { return value_ >= 0; }

 private:
  int value_ = -1;
};

/// A file that only this process's user may write, to be read once from its start. All functions throw `errc::resource`
/// where the system refuses.
class own_file {
 public:
  /// None where there is no file. Throws `others` when others than this process's user may write it: what such a file
  /// says is not to be believed.
  static own_file open(const std::string& path, errc others);
  explicit operator bool() const noexcept { return static_cast<bool>(file_); }
  /// When it was opened.
  std::uint64_t size() const noexcept { return size_; }
  /// As many bytes as there are, at most `most`: fewer only at the end.
  std::size_t read(char* to, std::size_t most);

 private:
  std::string path_;
  file_descriptor file_;
  std::uint64_t size_ = 0;
};

/// A file that takes the place of another as a whole: `path` is the old one or the new one, whatever happens meanwhile.
/// One at a time for a path. All functions throw `errc::resource` where the disk refuses.
class file_replacement {
 public:
  explicit file_replacement(std::string path);
  file_replacement(const file_replacement&) = delete;
  file_replacement& operator=(const file_replacement&) = delete;
  /// Without `commit`, nothing is left of it.
  ~file_replacement();
  void write(std::string_view bytes);
  /// Once this has returned it is on disk under its name.
  void commit();

 private:
  std::string path_, fresh_;
  file_descriptor file_;
};

}  // namespace monochord::detail
