// SPDX-License-Identifier: MIT
#pragma once
// Catch2 v2 (Debian 12) and v3 (newer systems) name their headers differently; every test includes this one.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

#include <string>
namespace Catch {  // v2's names of the string matchers
inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }
using Matchers::EndsWith;
using Matchers::StartsWith;
}  // namespace Catch
#else
#include <catch2/catch.hpp>
#endif
