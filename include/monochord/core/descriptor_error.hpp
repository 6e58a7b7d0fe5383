// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <monochord/core/error.hpp>
#include <string>

namespace monochord {

/// The system lets this process open fewer files and sockets than it needs (RLIMIT_NOFILE), and the process may not
/// raise that limit itself. Its code is `errc::resource`.
class descriptor_error : public error {
 public:
  /// `what_for` is a part of the sentence, like "1000 shards".
  descriptor_error(const std::string& what_for, std::uint64_t needed, std::uint64_t limit);
  std::uint64_t needed() const noexcept { return needed_; }  ///< all of this process together
  std::uint64_t limit() const noexcept { return limit_; }    ///< the hard limit

 private:
  std::uint64_t needed_, limit_;
};

}  // namespace monochord
