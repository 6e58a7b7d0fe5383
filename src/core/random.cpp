// SPDX-License-Identifier: MIT
#include "core/random.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <random>

#include <monochord/core/error.hpp>
#include <monochord/core/random.hpp>

namespace monochord::detail {

namespace {

void fill(void* into, std::size_t bytes) {
  if (::getentropy(into, bytes) != 0) throw error(errc::resource, "the system gives no random numbers");
}

/// The system's own generator, asked anew each time: no state of ours that could be guessed, or be the same twice (two
/// threads, two processes after a fork).
struct system_bits {
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() const {
    result_type bits = 0;
    fill(&bits, sizeof bits);
    return bits;
  }
};

constexpr std::size_t most_at_once = 256;  // of getentropy

}  // namespace

std::int64_t random_between(std::int64_t least, std::int64_t most) {
  if (most <= least) return least;
  system_bits bits;
  return std::uniform_int_distribution<std::int64_t>{least, most}(bits);
}

std::string secret_letters(std::size_t count) {
  std::string letters(count, '\0');
  for (std::size_t at = 0; at < count; at += most_at_once) fill(letters.data() + at, std::min(most_at_once, count - at));
  for (char& one : letters) one = "0123456789abcdefghijklmnopqrstuv"[static_cast<unsigned char>(one) % 32];
  return letters;
}

}  // namespace monochord::detail
