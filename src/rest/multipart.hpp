// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <monochord/json/codec.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/list.hpp>
#include "rest/upload.hpp"

namespace monochord::rest {

/// A request body and what its Content-Type says: a text, or a source when there are files.
struct encoded_body {
  std::string_view content_type;  ///< a literal, or that of `source`
  std::string text;
  std::shared_ptr<upload> source;
};

/// JSON alone, or with files as parts `payload_json` and `files[n]`.
/// https://docs.discord.com/developers/reference#uploading-files
encoded_body with_files(std::string json, list<file_body> files);
/// JSON, or nothing, with one file in a part of another name, like `target_users_file` of an invite.
encoded_body with_file(std::string json, std::string_view part, const file_body& file);

/// What `attachments` says of files that have a description; empty when none has.
std::vector<attachment_body> described(list<file_body> files);

/// The files that a body brings along.
template <class Body>
list<file_body> files_of(const Body& body) {
  if constexpr (std::is_same_v<Body, interaction_response_body>) return body.data ? body.data->files : list<file_body>();
  else if constexpr (requires { body.files; }) return body.files;
  else return {};
}

/// JSON, into a string that need not grow for most bodies.
template <class Body>
void write_text(std::string& out, const Body& body) {
  out.reserve(512);
  json::encode_to(out, body);
}
template <class Body>
std::string text_of(const Body& body) {
  std::string out;
  write_text(out, body);
  return out;
}

/// A body's JSON with its files beside it. Descriptions of files go into `attachments` where the body names none.
/// Throws `error` with `errc::invalid_argument` for a description in an edit without `attachments`: these name all that
/// the message shall keep, which is not known here.
template <class Body>
[[gnu::cold, gnu::noinline]] encoded_body encode(const Body& body) {
  if constexpr (std::is_same_v<Body, interaction_response_body>) {
    if (!body.data || body.data->files.empty()) return with_files(text_of(body), {});
    auto filled = body;
    const auto about = described(body.data->files);
    if (!about.empty() && !filled.data->attachments) filled.data->attachments = list<attachment_body>(about);
    return with_files(text_of(filled), body.data->files);
  } else if constexpr (requires { body.files; body.attachments; }) {
    const auto about = described(body.files);
    if (about.empty()) return with_files(text_of(body), body.files);
    auto filled = body;
    if constexpr (std::is_same_v<decltype(filled.attachments), list<attachment_body>>) {
      if (filled.attachments.empty()) filled.attachments = about;
    } else if (!filled.attachments) {
      throw error(errc::invalid_argument, "files with a description in an edit need `attachments`, which names all that the message keeps");
    }
    return with_files(text_of(filled), body.files);
  } else if constexpr (requires { body.files; }) {
    return with_files(text_of(body), body.files);
  } else {
    return with_files(text_of(body), {});
  }
}

}  // namespace monochord::rest
