// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monochord::net {

class body_source;

/// Header fields in their order; names are compared without case. All of them stand in one text: what is seen of it is valid
/// until something is added.
class http_headers {
 public:
  struct field {
    std::string_view name;
    std::string_view value;
  };
  class iterator;

  /// Makes room for so many fields, of so many bytes together.
  void reserve(std::size_t fields, std::size_t bytes);
  void add(std::string_view name, std::string_view value);
  /// Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  void erase(std::string_view name);
  /// The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// The same, empty when there is none.
  std::string_view get(std::string_view name) const noexcept { return find(name).value_or(std::string_view()); }
  bool has(std::string_view name) const noexcept { return find(name).has_value(); }
  /// Whether a comma-separated header holds this token, without case (`Connection: keep-alive, Upgrade`).
  bool has_token(std::string_view name, std::string_view token) const noexcept;

  bool empty() const noexcept { return places_.empty(); }
  std::size_t size() const noexcept { return places_.size(); }
  iterator begin() const noexcept;
  iterator end() const noexcept;

 private:
  struct place {
    std::size_t at, name, value;  // where its name begins, which its value follows, and how long they are
  };
  field see(const place& which) const noexcept {
    const std::string_view all = text_;
    return {all.substr(which.at, which.name), all.substr(which.at + which.name, which.value)};
  }

  std::string text_;
  std::vector<place> places_;
};

class http_headers::iterator {
 public:
  field operator*() const noexcept { return of_->see(of_->places_[at_]); }
  iterator& operator++() noexcept {
    ++at_;
    return *this;
  }
  bool operator==(const iterator&) const = default;

 private:
  friend class http_headers;
  iterator(const http_headers& of, std::size_t at) noexcept : of_(&of), at_(at) {}
  const http_headers* of_;
  std::size_t at_;
};

inline http_headers::iterator http_headers::begin() const noexcept { return {*this, 0}; }
inline http_headers::iterator http_headers::end() const noexcept { return {*this, places_.size()}; }

/// An HTTP/1.1 request. Content-Length and Host are filled in when it is sent.
class http_request {
 public:
  http_request() = default;
  http_request(std::string method, std::string target) : method(std::move(method)), target(std::move(target)) {}

  std::string method = "GET";
  std::string target = "/";
  http_headers headers;
  std::string body;
  /// Instead of `body`: read while it is sent. What it gives must be as long as it says.
  std::shared_ptr<body_source> source;
  /// Called where `http_pool::send` is awaited, each time that it has a connection and is about to be written to it.
  std::function<void()> on_start;
};

/// An HTTP/1.1 response. Content-Length is filled in when it is sent.
class http_response {
 public:
  http_response() = default;
  explicit http_response(int status) : status(status) {}
  http_response(int status, std::string_view content_type, std::string body) : status(status), body(std::move(body)) {
    headers.add("Content-Type", content_type);
  }

  int status = 200;
  http_headers headers;
  std::string body;
};

/// Fields that a request gets which lacks them: checked, and written down, once for all requests.
class default_fields {
 public:
  default_fields() = default;
  /// Throws as `serialize_head` does.
  explicit default_fields(const http_headers& fields);
  void append_to(std::string& head, const http_headers& unless_in) const;

 private:
  struct written {
    std::string name;
    std::string line;
  };
  std::vector<written> all_;
};

/// Whether two header names, or other ASCII tokens, are the same without case.
bool same_token(std::string_view a, std::string_view b) noexcept;

/// The head and body of a message as it goes over the wire. Throws `error` with `errc::invalid_argument` for a method,
/// target, header name or value that would break the message apart (control characters, spaces).
/// A request's is appended to `out`.
void serialize_head(const http_request& request, std::string_view host, const default_fields& defaults, std::string& out);
std::string serialize_head(const http_request& request, std::string_view host, const default_fields& defaults = {});
std::string serialize_head(const http_response& response, bool keep_alive);

}  // namespace monochord::net
