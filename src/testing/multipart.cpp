// SPDX-License-Identifier: MIT
#include "testing/multipart.hpp"

#include <algorithm>

#include "net/http_message.hpp"

namespace monochord::testing {

namespace {

/// The value of `name=value` or `name="value"` in a header.
std::string header_parameter(std::string_view header, std::string_view name) {
  for (std::size_t at = header.find(';'); at != std::string_view::npos; at = header.find(';', at + 1)) {
    auto rest = header.substr(at + 1);
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (!rest.starts_with(name) || rest.size() <= name.size() || rest[name.size()] != '=') continue;
    rest.remove_prefix(name.size() + 1);
    if (rest.starts_with('"')) return std::string(rest.substr(1, rest.find('"', 1) - 1));
    return std::string(rest.substr(0, rest.find(';')));
  }
  return {};
}

/// Reads the head of a part; nothing when a line is no header.
std::optional<multipart_part> read_head(std::string_view head) {
  multipart_part part;
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (net::same_token(line.substr(0, colon), "Content-Disposition")) {
      part.name = header_parameter(value, "name");
      part.file_name = header_parameter(value, "filename");
    } else if (net::same_token(line.substr(0, colon), "Content-Type")) {
      part.type = value;
    }
  }
  if (part.name.empty()) return std::nullopt;
  return part;
}

}  // namespace

std::optional<std::vector<multipart_part>> parse_multipart(std::string_view content_type, std::string_view body) {
  const std::string boundary = header_parameter(content_type, "boundary");
  if (boundary.empty()) return std::nullopt;
  const std::string delimiter = "--" + boundary;
  std::vector<multipart_part> parts;
  auto at = body.find(delimiter);
  if (at == std::string_view::npos) return std::nullopt;
  for (;;) {
    body.remove_prefix(at + delimiter.size());
    if (body.starts_with("--")) return parts;
    if (!body.starts_with("\r\n")) return std::nullopt;
    body.remove_prefix(2);
    const auto head_end = body.find("\r\n\r\n");
    const auto next = body.find("\r\n" + delimiter);
    if (head_end == std::string_view::npos || next == std::string_view::npos || head_end > next) return std::nullopt;
    auto part = read_head(body.substr(0, head_end));
    if (!part) return std::nullopt;
    part->content = body.substr(head_end + 4, next > head_end + 4 ? next - head_end - 4 : 0);
    parts.push_back(std::move(*part));
    at = next + 2;
  }
}

}  // namespace monochord::testing
