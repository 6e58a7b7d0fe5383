// SPDX-License-Identifier: MIT
#include "net/http_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <monochord/core/error.hpp>
#include "net/body_source.hpp"
#include "net/http_token.hpp"

namespace monochord::net {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token(std::string_view text) noexcept { return !text.empty() && token_length(text) == text.size(); }

/// Looks at every character: that is done many at a time.
bool is_value(std::string_view text) noexcept {
  bool all = true;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    all &= (u == '\t') | ((u >= ' ') & (u != 0x7f));
  }
  return all;
}

/// Written by whoever knows what is sent, whatever a caller says.
bool is_ours(std::string_view name) noexcept {
  switch (name.size()) {
    case 4: return same_token(name, "Host");
    case 14: return same_token(name, "Content-Length");
    case 17: return same_token(name, "Transfer-Encoding");
    default: return false;
  }
}

void put_fields(std::string& out, const http_headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) throw error(errc::invalid_argument, "a header's name holds characters that HTTP does not allow");
    if (!is_value(value)) throw error(errc::invalid_argument, "the value of header " + std::string(name) + " holds control characters");
    if (is_ours(name)) continue;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
}

std::string_view reason(int status) noexcept {
  struct entry {
    int status;
    std::string_view text;
  };
  static constexpr std::array<entry, 27> table{{
      {101, "Switching Protocols"}, {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
      {301, "Moved Permanently"}, {302, "Found"}, {304, "Not Modified"}, {400, "Bad Request"}, {401, "Unauthorized"},
      {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"},
      {411, "Length Required"}, {413, "Payload Too Large"}, {415, "Unsupported Media Type"},
      {422, "Unprocessable Entity"}, {426, "Upgrade Required"}, {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
      {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"},
  }};
  const auto found = std::ranges::find(table, status, &entry::status);
  return found == table.end() ? std::string_view("Status") : found->text;
}

}  // namespace

void check_target(std::string_view target) {
  bool clean = true;
  for (const char c : target) clean &= (c > ' ') & (c != '\x7f');  // all of them: that is done many at a time
  if (!clean || !target.starts_with('/')) {
    throw error(errc::invalid_argument, "the HTTP target must begin with / and hold neither spaces nor control characters");
  }
}

void append_content_length(std::string& out, std::uint64_t bytes) {
  constexpr std::string_view name = "Content-Length: ";
  std::array<char, name.size() + 22> line;
  char* end = std::copy(name.begin(), name.end(), line.data());
  end = std::to_chars(end, line.data() + line.size(), bytes).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(line.data(), static_cast<std::size_t>(end - line.data()));
}

bool same_token(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  if (a == b) return true;  // as is usual
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  return true;
}

void http_headers::add(std::string_view name, std::string_view value) {
  const std::size_t at = text_.size();
  text_ += name;
  text_ += value;
  fields_.push_back({at, name.size(), at + name.size(), value.size()});
}

void http_headers::set(std::string_view name, std::string_view value) {
  erase(name);
  add(name, value);
}

void http_headers::erase(std::string_view name) {
  if (!has(name)) return;
  http_headers left;
  left.reserve(text_.size());
  for (const auto& [one, value] : *this)
    if (!same_token(one, name)) left.add(one, value);
  *this = std::move(left);
}

std::optional<std::string_view> http_headers::find(std::string_view name) const noexcept {
  for (const auto& [one, value] : *this)
    if (one.size() == name.size() && same_token(one, name)) return value;
  return std::nullopt;
}

bool http_headers::has_token(std::string_view name, std::string_view token) const noexcept {
  for (const auto& [one, value] : *this) {
    if (!same_token(one, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      std::string_view item = rest.substr(0, end);
      while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
      while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
      if (same_token(item, token)) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

default_fields::default_fields(const http_headers& fields) {
  for (const auto& [name, value] : fields) {
    http_headers one;
    one.add(name, value);
    written made{std::string(name), {}};
    put_fields(made.line, one);
    all_.push_back(std::move(made));
  }
}

void default_fields::append_to(std::string& head, const http_headers& unless_in) const {
  for (const auto& one : all_)
    if (!unless_in.has(one.name)) head += one.line;
}

std::string serialize_head(const http_request& request, std::string_view host, const default_fields& defaults) {
  std::string out;
  serialize_head(request, host, defaults, out);
  return out;
}

void serialize_head(const http_request& request, std::string_view host, const default_fields& defaults, std::string& out) {
  if (!is_token(request.method)) throw error(errc::invalid_argument, "the HTTP method is not a word");
  check_target(request.target);
  out.reserve(1024);  // and a small body
  out += request.method;
  out += ' ';
  out += request.target;
  out += " HTTP/1.1\r\nHost: ";
  out += host;
  out += "\r\n";
  put_fields(out, request.headers);
  defaults.append_to(out, request.headers);
  const bool bodiless = request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
  const std::uint64_t size = request.source ? request.source->size() : request.body.size();
  if (size != 0 || !bodiless) append_content_length(out, size);
  out += "\r\n";
}

std::string serialize_head(const http_response& response, bool keep_alive) {
  if (response.status < 100 || response.status > 999) throw error(errc::invalid_argument, "no HTTP status");
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason(response.status);
  out += "\r\n";
  put_fields(out, response.headers);
  if (!keep_alive && !response.headers.has("Connection")) out += "Connection: close\r\n";
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  if (!bodiless) out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  out += "\r\n";
  return out;
}

}  // namespace monochord::net
