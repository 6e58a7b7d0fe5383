// SPDX-License-Identifier: MIT
#include "core/random.hpp"

#include <pthread.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <random>
#include <utility>

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

std::atomic<unsigned> forks{0};

/// Letters made of bytes of the same generator, fetched by the handful: each is given once, to one thread of one process.
class handful {
 public:
  void take(char* into, std::size_t count) {
    static constexpr char alphabet[] = "0123456789abcdefghijklmnopqrstuv";
    static const int watched = ::pthread_atfork(nullptr, nullptr, [] { ++forks; });
    if (watched != 0) throw error(errc::resource, "the system has no memory left to notice a fork");
    const unsigned process = forks.load(std::memory_order_relaxed);
    if (left_ < count || process != process_) [[unlikely]] {
      fill(bytes_.data(), bytes_.size());
      left_ = bytes_.size();
      process_ = process;
    }
    left_ -= count;
    unsigned char* from = bytes_.data() + left_;
    for (char* const end = into + count; into != end; ++into) *into = alphabet[std::exchange(*from++, 0) & 31];
  }

 private:
  std::array<unsigned char, most_at_once> bytes_{};
  std::size_t left_ = 0;
  unsigned process_ = 0;
};

}  // namespace

std::int64_t random_between(std::int64_t least, std::int64_t most) {
  if (most <= least) return least;
  system_bits bits;
  return std::uniform_int_distribution<std::int64_t>{least, most}(bits);
}

double chance(const std::function<double()>& from) {
  constexpr double below_one = 0x1.fffffffffffffp-1;
  if (from) return std::clamp(from(), 0.0, below_one);
  return static_cast<double>(random_between(0, (std::int64_t{1} << 53U) - 1)) * 0x1.0p-53;
}

void fill_with_secret_letters(std::span<char> letters) {
  static thread_local handful bytes;
  for (std::size_t at = 0; at < letters.size(); at += most_at_once)
    bytes.take(letters.data() + at, std::min(most_at_once, letters.size() - at));
}

std::string secret_letters(std::size_t count) {
  std::string letters(count, '\0');
  fill_with_secret_letters(letters);
  return letters;
}

}  // namespace monochord::detail
