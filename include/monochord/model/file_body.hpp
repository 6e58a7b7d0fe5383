// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace monochord {

class borrowed_bytes;

/// The bytes of a file for a request body. It refers to what it was made from, which must live until the call has
/// returned its task, as with every body; what the call itself needs longer it copies, takes over or shares:
///
///   from a text that is kept (`.bytes = text`, "literal", a string_view)    copied
///   from a string that is given away (`.bytes = std::move(text)`, `read()`)  taken over, no copy; good for one call
///   from a `std::shared_ptr<const std::string>`                             shared, no copy
///   from `mc::borrow(text)`                                                 not copied: it must live until the call ends;
///                                                                           until the client has stopped, if the context
///                                                                           that awaits the call is destroyed before it ends
class file_bytes {
 public:
  constexpr file_bytes() noexcept = default;
  constexpr file_bytes(std::string_view text) noexcept : view_(text) {}
  constexpr file_bytes(const char* text) noexcept : view_(text) {}
  file_bytes(const std::string& text) noexcept : view_(text) {}
  file_bytes(std::string&& text) noexcept : view_(text), given_(&text) {}
  file_bytes(const std::shared_ptr<const std::string>& text) noexcept
      : view_(text ? std::string_view(*text) : std::string_view()), shared_(&text) {}
  constexpr file_bytes(borrowed_bytes text) noexcept;

  constexpr std::string_view view() const noexcept { return view_; }
  constexpr std::size_t size() const noexcept { return view_.size(); }

  /// What a call keeps until it has ended: `owner` holds `view`, or is null when it is borrowed.
  struct kept {
    std::string_view view;
    std::shared_ptr<const std::string> owner;
  };
  /// Copies, takes over or shares. Throws `error` with `errc::invalid_argument` when an earlier call took it over.
  kept keep() const;

 private:
  std::string_view view_;
  std::string* given_ = nullptr;
  const std::shared_ptr<const std::string>* shared_ = nullptr;
  bool borrowed_ = false;
};

/// Made by `borrow`.
class borrowed_bytes {
 public:
  constexpr explicit borrowed_bytes(std::string_view text) noexcept : view(text) {}
  std::string_view view;
};
/// Bytes that the caller keeps until the call that they are given to has ended; they are not copied.
constexpr borrowed_bytes borrow(std::string_view text) noexcept { return borrowed_bytes(text); }

constexpr file_bytes::file_bytes(borrowed_bytes text) noexcept : view_(text.view), borrowed_(true) {}

/// A file that is sent along with a body; it travels beside the JSON. Either `bytes`, or `path`: then it is read from
/// disk while it is sent, on threads of its own, and never stands in memory as a whole. It must be a regular
/// file and stay as it is meanwhile; otherwise the call throws `upload_error` with `errc::upload_failed`.
/// https://docs.discord.com/developers/reference#uploading-files
struct file_body {
  std::string_view name{};         ///< as Discord shows it; empty: the last part of `path`
  file_bytes bytes{};
  std::string_view path{};
  std::string_view content_type{};  ///< empty: application/octet-stream, and Discord looks for itself
  std::string_view description{};   ///< alternative text; put into `attachments` unless the body brings its own
  /// The limit for this file in bytes, like the `attachment_size_limit` of an interaction; 0: the client's,
  /// `client_options::max_attachment_bytes`.
  std::uint64_t limit_bytes = 0;
};

static_assert(std::is_trivially_destructible_v<file_body>);

}  // namespace monochord
