// SPDX-License-Identifier: MIT
#include "gateway/sqlite.hpp"

#ifdef MONOCHORD_SQLITE

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <monochord/core/error.hpp>
#include <system_error>
#include <thread>

namespace monochord::gateway {
namespace {

constexpr int busy_limit_ms = 5'000;
constexpr std::chrono::milliseconds busy_pause{5};
constexpr int largest_value_bytes = 1 << 20;

/// Makes the file where there is none. One that exists is not opened: closing it again would drop the locks that
/// another connection of this process has on it. Gives its inode.
std::uint64_t prepare(const std::string& path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (made >= 0)
    ::close(made);
  else if (errno != EEXIST)
    throw error(errc::resource, "cannot open " + path + ": " + std::system_category().message(errno));
  struct stat what {};
  if (::lstat(path.c_str(), &what) != 0)
    throw error(errc::resource, "cannot open " + path + ": " + std::system_category().message(errno));
  if (!S_ISREG(what.st_mode)) throw error(errc::resource, path + " is no regular file");
  // What others may write could lead the bot's token to a gateway of theirs.
  if (what.st_uid != ::geteuid() || (what.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    throw error(errc::resource, path + " is not used: others than this process's user may write it");
  return what.st_ino;
}

}  // namespace

sqlite_database::sqlite_database(const std::string& path) : path_(path), inode_(prepare(path)) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  try {
    // Its name as a path: a name that begins with "file:" is none of SQLite's addresses.
    const std::string name = path.find('/') == path.npos ? "./" + path : path;
    if (sqlite3_open_v2(name.c_str(), &handle_, flags, nullptr) != SQLITE_OK) fail("cannot open");
    sqlite3_busy_timeout(handle_, busy_limit_ms);
    sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, largest_value_bytes);  // whatever stands in the file
  } catch (...) {
    sqlite3_close_v2(handle_);
    throw;
  }
}

sqlite_database::~sqlite_database() { sqlite3_close_v2(handle_); }

void sqlite_database::fail(const char* doing) const {
  const int code = handle_ ? sqlite3_errcode(handle_) & 0xff : SQLITE_NOMEM;
  const bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  std::string text = std::string(doing) + " " + path_ + ": " + (handle_ ? sqlite3_errmsg(handle_) : "out of memory");
  if (code == SQLITE_BUSY) text += " (another process, or another store of this one, works on it)";
  throw error(damaged ? errc::json_mismatch : errc::resource, text);
}

void sqlite_database::run(const char* statements) {
  if (sqlite3_exec(handle_, statements, nullptr, nullptr, nullptr) != SQLITE_OK) fail("cannot use");
}

void sqlite_database::use_write_ahead_log() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(busy_limit_ms);
  for (;;) {
    const int got = sqlite3_exec(handle_, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (got == SQLITE_OK) return;
    const bool is_busy = (got & 0xff) == SQLITE_BUSY;
    if (!is_busy || std::chrono::steady_clock::now() >= until) fail("cannot use");
    std::this_thread::sleep_for(busy_pause);
  }
}

std::int64_t sqlite_database::number(const char* query) {
  sqlite_statement asked(*this, query);
  return asked.step() ? asked.number(0) : 0;
}

sqlite_statement::sqlite_statement(sqlite_database& on, const char* text) : on_(on) {
  if (sqlite3_prepare_v2(on.handle_, text, -1, &handle_, nullptr) != SQLITE_OK) on.fail("cannot use");
}
sqlite_statement::~sqlite_statement() { sqlite3_finalize(handle_); }

sqlite_statement& sqlite_statement::bind(int at, std::int64_t value) {
  if (sqlite3_bind_int64(handle_, at, value) != SQLITE_OK) on_.fail("cannot write");
  return *this;
}

sqlite_statement& sqlite_statement::bind(int at, std::string_view value) {
  if (sqlite3_bind_text64(handle_, at, value.data() ? value.data() : "", value.size(), SQLITE_STATIC, SQLITE_UTF8) !=
      SQLITE_OK)
    on_.fail("cannot write");
  return *this;
}

bool sqlite_statement::step() {
  const int got = sqlite3_step(handle_);
  if (got == SQLITE_ROW) return true;
  if (got != SQLITE_DONE) on_.fail("cannot use");
  sqlite3_reset(handle_);
  return false;
}

std::int64_t sqlite_statement::number(int column) const { return sqlite3_column_int64(handle_, column); }

std::string sqlite_statement::text(int column) const {
  const auto* const text = sqlite3_column_text(handle_, column);
  if (!text) return {};
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

// At once: one that begins with reading could not wait for another writer.
sqlite_transaction::sqlite_transaction(sqlite_database& on) : on_(on) { on.run("BEGIN IMMEDIATE"); }

sqlite_transaction::~sqlite_transaction() {
  if (!open_) return;
  try {
    on_.run("ROLLBACK");
  } catch (const error&) {  // some errors have rolled it back
  }
}

void sqlite_transaction::commit() {
  on_.run("COMMIT");
  open_ = false;
}

}  // namespace monochord::gateway

#endif
