// SPDX-License-Identifier: MIT
#pragma once

namespace monochord::tests {

/// Built with AddressSanitizer or ThreadSanitizer: they keep memory of their own, so that how much there is says nothing, and
/// take five to ten times as long, so that what is repeated with many seeds is repeated less.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

}  // namespace monochord::tests
