// SPDX-License-Identifier: MIT
#include "net/http_message.hpp"

#include <algorithm>
#include <array>

#include <monochord/core/error.hpp>
#include "net/body_source.hpp"

namespace monochord::net {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token(std::string_view text) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
  });
}

void put_fields(std::string& out, const http_headers& headers, const http_headers* unless_in = nullptr) {
  for (const auto& [name, value] : headers) {
    if (unless_in != nullptr && unless_in->has(name)) continue;
    if (!is_token(name)) throw error(errc::invalid_argument, "a header's name holds characters that HTTP does not allow");
    if (!is_value(value)) throw error(errc::invalid_argument, "the value of header " + name + " holds control characters");
    if (same_token(name, "Content-Length") || same_token(name, "Transfer-Encoding") || same_token(name, "Host")) continue;
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

bool same_token(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

void http_headers::set(std::string name, std::string value) {
  erase(name);
  add(std::move(name), std::move(value));
}

void http_headers::erase(std::string_view name) {
  std::erase_if(fields_, [&](const field& one) { return same_token(one.name, name); });
}

std::optional<std::string_view> http_headers::find(std::string_view name) const noexcept {
  for (const auto& one : fields_) {
    if (same_token(one.name, name)) return one.value;
  }
  return std::nullopt;
}

bool http_headers::has_token(std::string_view name, std::string_view token) const noexcept {
  for (const auto& one : fields_) {
    if (!same_token(one.name, name)) continue;
    std::string_view rest = one.value;
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

std::string serialize_head(const http_request& request, std::string_view host, const http_headers& defaults) {
  if (!is_token(request.method)) throw error(errc::invalid_argument, "the HTTP method is not a word");
  const bool clean = std::ranges::all_of(request.target, [](char c) { return c > ' ' && c != '\x7f'; });
  if (!clean || !request.target.starts_with('/')) {
    throw error(errc::invalid_argument, "the HTTP target must begin with / and hold neither spaces nor control characters");
  }
  std::string out;
  out.reserve(512);
  out += request.method;
  out += ' ';
  out += request.target;
  out += " HTTP/1.1\r\nHost: ";
  out += host;
  out += "\r\n";
  put_fields(out, request.headers);
  put_fields(out, defaults, &request.headers);
  const bool bodiless = request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
  const std::uint64_t size = request.source ? request.source->size() : request.body.size();
  if (size != 0 || !bodiless) out += "Content-Length: " + std::to_string(size) + "\r\n";
  out += "\r\n";
  return out;
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
