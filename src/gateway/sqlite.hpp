// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace monochord::gateway {

/// An SQLite database, open. Errors are `error`s that name the file: `errc::json_mismatch` when it is damaged,
/// otherwise `errc::resource`. Used by one thread at a time.
class sqlite_database {
 public:
  /// Opens what is there, or makes it, readable by its owner alone. Refuses a file that others may write.
  explicit sqlite_database(const std::string& path);
  ~sqlite_database();
  sqlite_database(const sqlite_database&) = delete;
  sqlite_database& operator=(const sqlite_database&) = delete;

  void run(const char* statements);
  /// Has writers append to a log, so that readers do not wait for them. Who turns a database over needs it alone, and
  /// SQLite gives up at once where two do so at one time; this waits as for everything else. Blocks its thread.
  /// https://www.sqlite.org/wal.html
  void use_write_ahead_log();
  /// The number that a query gives, 0 when it gives none.
  std::int64_t number(const char* query);
  /// Which file it was when it was opened: a name may be given to another one meanwhile.
  std::uint64_t inode() const noexcept { return inode_; }

 private:
  friend class sqlite_statement;
  [[noreturn]] void fail(const char* doing) const;

  const std::string path_;
  std::uint64_t inode_ = 0;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement. Parameters and columns are counted as SQLite does: from 1, and from 0.
class sqlite_statement {
 public:
  sqlite_statement(sqlite_database& on, const char* text);
  ~sqlite_statement();
  sqlite_statement(const sqlite_statement&) = delete;
  sqlite_statement& operator=(const sqlite_statement&) = delete;

  sqlite_statement& bind(int at, std::int64_t value);
  /// `value` must live until the next `step`.
  sqlite_statement& bind(int at, std::string_view value);
  /// True while there is a row to read. After the last one the statement can be bound anew.
  bool step();
  std::int64_t number(int column) const;
  std::string text(int column) const;

 private:
  sqlite_database& on_;
  sqlite3_stmt* handle_ = nullptr;
};

/// All of what is done while it lives, or nothing.
class sqlite_transaction {
 public:
  explicit sqlite_transaction(sqlite_database& on);
  ~sqlite_transaction();
  sqlite_transaction(const sqlite_transaction&) = delete;
  sqlite_transaction& operator=(const sqlite_transaction&) = delete;
  void commit();

 private:
  sqlite_database& on_;
  bool open_ = true;
};

}  // namespace monochord::gateway
