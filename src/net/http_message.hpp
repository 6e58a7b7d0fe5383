// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
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
/// until something is added or erased.
class http_headers {
 public:
  struct field {
    std::string_view name;
    std::string_view value;
  };
  /// Where a field stands in a text.
  struct place {
    std::size_t name, name_size;
    std::size_t value, value_size;
  };
  class iterator;

  http_headers() = default;
  http_headers(const http_headers&) = default;
  http_headers(http_headers&&) = default;
  http_headers& operator=(const http_headers& other) { return *this = http_headers(other); }  // all of it or nothing
  http_headers& operator=(http_headers&&) = default;
  ~http_headers() = default;
  /// Those of a text, which is kept as it is.
  http_headers(std::string_view text, std::vector<place> fields) : text_(text), fields_(std::move(fields)) {}

  /// Makes room for so many bytes, of names and values together.
  void reserve(std::size_t bytes) { text_.reserve(bytes); }
  /// Neither of the two may lie in these very headers.
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

  bool empty() const noexcept { return fields_.empty(); }
  std::size_t size() const noexcept { return fields_.size(); }
  iterator begin() const noexcept;
  iterator end() const noexcept;

 private:
  field seen(const place& at) const noexcept {
    return {std::string_view(text_.data() + at.name, at.name_size), std::string_view(text_.data() + at.value, at.value_size)};
  }

  std::string text_;
  std::vector<place> fields_;
};

class http_headers::iterator {
 public:
  field operator*() const noexcept { return of_->seen(*at_); }
  iterator& operator++() noexcept {
    ++at_;
    return *this;
  }
  bool operator==(const iterator& other) const noexcept { return at_ == other.at_; }

 private:
  friend class http_headers;
  iterator(const http_headers& of, const place* at) noexcept : of_(&of), at_(at) {}
  const http_headers* of_;
  const place* at_;
};

inline http_headers::iterator http_headers::begin() const noexcept { return {*this, fields_.data()}; }
inline http_headers::iterator http_headers::end() const noexcept { return {*this, fields_.data() + fields_.size()}; }

/// Writes the head of a request by itself.
class head_writer {
 public:
  /// Appends all of it. `common` is what every request to its server has behind its target, the lines with Host and the like
  /// among it, and goes in as it is. Throws as `serialize_head`.
  virtual void write_head(std::string& out, std::string_view common) const = 0;

 protected:
  ~head_writer() = default;
};

/// An HTTP/1.1 request. Content-Length and Host are filled in when it is sent.
class http_request {
 public:
  http_request() = default;
  http_request(std::string method, std::string target) : method(std::move(method)), target(std::move(target)) {}

  std::string method = "GET";
  std::string target = "/";
  http_headers headers;
  /// Instead of `target` and `headers`: lives as long as this.
  const head_writer* head = nullptr;
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
  void append_to(std::string& head, const http_headers& unless_in = {}) const;

 private:
  struct written {
    std::string name;
    std::string line;
  };
  std::vector<written> all_;
};

/// Throws as `serialize_head` where a target would break the message apart.
void check_target(std::string_view target);
/// The line that says how long a body is.
void append_content_length(std::string& out, std::uint64_t bytes);

/// Whether two header names, or other ASCII tokens, are the same without case.
bool same_token(std::string_view a, std::string_view b) noexcept;

/// The head and body of a message as it goes over the wire. Throws `error` with `errc::invalid_argument` for a method,
/// target, header name or value that would break the message apart (control characters, spaces).
/// A request's is appended to `out`.
void serialize_head(const http_request& request, std::string_view host, const default_fields& defaults, std::string& out);
std::string serialize_head(const http_request& request, std::string_view host, const default_fields& defaults = {});
std::string serialize_head(const http_response& response, bool keep_alive);

}  // namespace monochord::net
