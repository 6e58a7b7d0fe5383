// SPDX-License-Identifier: MIT
#include "cache/file_format.hpp"

#include <array>
#include <cstring>
#include <monochord/core/error.hpp>
#include <utility>

namespace monochord::cached {

namespace {

constexpr std::size_t piece = 256 * 1024;

void put_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}
std::uint64_t number_at(const char* at, std::size_t bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  return value;
}

// Each step can be undone, so that two texts that differ in one word have two sums.
std::uint64_t step(std::uint64_t sum, std::uint64_t word) noexcept {
  sum = (sum ^ word) * 0x9e3779b97f4a7c15U;
  return sum ^ sum >> 32;
}

}  // namespace

std::uint64_t block_sum(std::uint64_t place, block_kind kind, std::string_view text) noexcept {
  std::uint64_t sum = step(step(step(0, place), static_cast<std::uint64_t>(kind)), text.size());
  for (; text.size() >= 8; text.remove_prefix(8)) sum = step(sum, number_at(text.data(), 8));
  return step(sum, number_at(text.data(), text.size()));
}

block_writer::block_writer(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {
  ready_ = file_magic;
  put_number(ready_, file_version, 4);
}

void block_writer::put(block_kind kind, std::string_view text) {
  put_number(ready_, static_cast<std::uint64_t>(kind), 4);
  put_number(ready_, text.size(), 8);
  ready_ += text;
  put_number(ready_, block_sum(place_++, kind, text), 8);
  if (ready_.size() < piece) return;
  sink_(ready_);
  ready_.clear();
}

void block_writer::finish() {
  put(block_kind::end, {});
  sink_(ready_);
  ready_.clear();
}

block_reader::block_reader(std::function<std::size_t(char*, std::size_t)> source, std::uint64_t size, std::string name)
    : source_(std::move(source)), left_(size), name_(std::move(name)) {
  std::array<char, file_magic.size() + 4> start{};
  if (left_ < start.size()) damaged("it is too short");
  take(start.data(), start.size());
  if (std::string_view(start.data(), file_magic.size()) != file_magic) damaged("it does not begin like a cache's file");
  const std::uint64_t version = number_at(start.data() + file_magic.size(), 4);
  if (version == file_version) return;
  throw error(errc::file_version, name_ + " is of version " + std::to_string(version) + ", this library reads " +
                                      std::to_string(file_version));
}

void block_reader::damaged(const std::string& how) const {
  throw error(errc::file_damaged, name_ + " is no file of a cache, or damaged: " + how);
}

void block_reader::take(char* to, std::size_t size) {
  if (size > left_ || source_(to, size) != size) damaged("it is too short");
  left_ -= size;
}

block_kind block_reader::next(std::string_view& text) {
  std::array<char, 12> start{};
  take(start.data(), start.size());
  const auto kind = static_cast<block_kind>(number_at(start.data(), 4));
  const std::uint64_t size = number_at(start.data() + 4, 8);
  if (left_ < 8 || size > left_ - 8) damaged("it is too short");
  text_.resize(static_cast<std::size_t>(size));
  take(text_.data(), text_.size());
  std::array<char, 8> sum{};
  take(sum.data(), sum.size());
  if (number_at(sum.data(), 8) != block_sum(place_, kind, text_))
    damaged("the sum of block " + std::to_string(place_) + " is another");
  ++place_;
  if (kind == block_kind::end && left_ != 0) damaged("something follows its end");
  text = text_;
  return kind;
}

}  // namespace monochord::cached
