// SPDX-License-Identifier: MIT
#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace monochord::detail {

void file_failed(const std::string& what, const std::string& path) {
  throw error(errc::resource, what + " " + path + ": " + std::system_category().message(errno));
}

file_descriptor::file_descriptor(const std::string& path, int flags)
    : value_(::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}

file_descriptor::~file_descriptor() {
  if (value_ >= 0) ::close(value_);
}

own_file own_file::open(const std::string& path, errc others) {
  own_file opened;
  opened.path_ = path;
  opened.file_ = file_descriptor(path, O_RDONLY | O_NONBLOCK);
  if (!opened && errno == ENOENT) return opened;
  if (!opened) file_failed("cannot read", path);
  struct stat what{};
  if (::fstat(opened.file_.get(), &what) != 0) file_failed("cannot read", path);
  if (!S_ISREG(what.st_mode)) throw error(errc::resource, path + " is no regular file");
  if (what.st_uid != ::geteuid() || (what.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    throw error(others, path + " is ignored: others than this process's user may write it");
  opened.size_ = static_cast<std::uint64_t>(what.st_size);
  return opened;
}

std::size_t own_file::read(char* to, std::size_t most) {
  std::size_t have = 0;
  while (have < most) {
    const auto got = ::read(file_.get(), to + have, most - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) file_failed("cannot read", path_);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

file_replacement::file_replacement(std::string path) : path_(std::move(path)), fresh_(path_ + ".new") {
  ::unlink(fresh_.c_str());  // of a process that died; its name is not followed elsewhere
  file_ = file_descriptor(fresh_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!file_) file_failed("cannot write", fresh_);
}

file_replacement::~file_replacement() {
  if (file_) ::unlink(fresh_.c_str());
}

void file_replacement::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto wrote = ::write(file_.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) file_failed("cannot write", fresh_);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

void file_replacement::commit() {
  if (::fsync(file_.get()) != 0) file_failed("cannot write", fresh_);
  if (::rename(fresh_.c_str(), path_.c_str()) != 0)
    file_failed(
        errno == EBUSY ? "a file that is mounted by itself cannot be replaced (mount its folder):" : "cannot replace",
        path_);
  const file_descriptor done = std::move(file_);
  const auto folder = std::filesystem::path(path_).parent_path();
  const file_descriptor entry(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
  // Not every file system, and not every folder that may be written, allows this; the file itself is on disk.
  if (!entry) return;
  if (::fsync(entry.get()) != 0 && errno != EINVAL && errno != ENOTSUP) file_failed("cannot make sure of", path_);
}

}  // namespace monochord::detail
