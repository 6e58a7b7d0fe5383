// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// A file of a cache: 16 bytes that say so, 4 bytes of version, then blocks. A block is 4 bytes of what it is, 8 bytes
// of size, its text, and 8 bytes of a sum over all that and the block's place in the file. The first block is the head,
// then comes one for each guild, the last one ends the file. Numbers are little-endian; inside a block they are a
// packer's.
namespace monochord::cached {

/// To be raised with every change of what pack() writes or of what stands in a block.
constexpr std::uint32_t file_version = 2;
constexpr std::string_view file_magic = "monochord cache\n";

enum class block_kind : std::uint32_t { head = 1, guild = 2, end = 3 };

/// Of a disk's damage, not of somebody's intent. Whatever happens to 8 bytes in one place is always seen.
std::uint64_t block_sum(std::uint64_t place, block_kind kind, std::string_view text) noexcept;

/// Puts blocks together and gives them to `sink` in large pieces.
class block_writer {
 public:
  explicit block_writer(std::function<void(std::string_view)> sink);
  void put(block_kind kind, std::string_view text);
  /// The end block, and what was not given yet.
  void finish();

 private:
  std::function<void(std::string_view)> sink_;
  std::string ready_;
  std::uint64_t place_ = 0;
};

/// Takes blocks apart. `source` gives as many bytes as were asked for, fewer only at the end; `size` is what it has.
/// Throws `errc::file_damaged` and `errc::file_version`; never holds more than one block, which is never larger than
/// the file.
class block_reader {
 public:
  block_reader(std::function<std::size_t(char*, std::size_t)> source, std::uint64_t size, std::string name);
  /// The text is valid until the next call. After the end block nothing may follow.
  block_kind next(std::string_view& text);
  [[noreturn]] void damaged(const std::string& how) const;
  const std::string& name() const noexcept { return name_; }

 private:
  void take(char* to, std::size_t size);

  std::function<std::size_t(char*, std::size_t)> source_;
  std::uint64_t left_;
  std::string name_;
  std::string text_;
  std::uint64_t place_ = 0;
};

}  // namespace monochord::cached
