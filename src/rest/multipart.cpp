// SPDX-License-Identifier: MIT
#include "rest/multipart.hpp"

#include <algorithm>

#include <monochord/core/random.hpp>

namespace monochord::rest {

namespace {

bool appears(std::string_view boundary, std::string_view json, list<file_body> files) {
  return json.find(boundary) != json.npos ||
         std::any_of(files.begin(), files.end(), [&](const file_body& f) { return f.bytes.find(boundary) != f.bytes.npos; });
}

/// A line that is nowhere in what it separates.
std::string make_boundary(std::string_view json, list<file_body> files) {
  std::string boundary;
  do {
    boundary = "monochord-";
    for (int i = 0; i < 24; ++i) boundary += "0123456789abcdef"[random_int(0, 15)];
  } while (appears(boundary, json, files));
  return boundary;
}

/// A file name as it may stand between quotes (RFC 7578 §2, with the escapes of the HTML standard).
std::string quoted(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '"') out += "%22";
    else if (c == '\r') out += "%0D";
    else if (c == '\n') out += "%0A";
    else out += c;
  }
  return out;
}

}  // namespace

encoded_body with_files(std::string json, list<file_body> files) {
  if (files.empty()) return {"application/json", std::move(json)};

  const std::string boundary = make_boundary(json, files);
  std::size_t size = json.size() + 256;
  for (const auto& file : files) size += file.bytes.size() + file.name.size() + 256;

  std::string text;
  text.reserve(size);
  text.append("--").append(boundary);
  text.append("\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n").append(json);
  for (std::size_t i = 0; i < files.size(); ++i) {
    text.append("\r\n--").append(boundary);
    text.append("\r\nContent-Disposition: form-data; name=\"files[").append(std::to_string(i));
    text.append("]\"; filename=\"").append(quoted(files[i].name)).append("\"\r\n");
    text.append("Content-Type: application/octet-stream\r\n\r\n").append(files[i].bytes);
  }
  text.append("\r\n--").append(boundary).append("--\r\n");
  return {"multipart/form-data; boundary=" + boundary, std::move(text)};
}

}  // namespace monochord::rest
