// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/task.hpp>
#include <monochord/model/file_body.hpp>
#include "net/body_source.hpp"
#include "rest/disk_file.hpp"

namespace monochord::rest {

/// What Discord takes. An attachment's own limit (`file_body::limit_bytes`) goes before `attachment_bytes`; a request may
/// always be as large as its largest attachment may be.
/// https://docs.discord.com/developers/reference#uploading-files
struct upload_limits {
  std::uint64_t attachment_bytes = 10U << 20U;
  std::uint64_t request_bytes = 25U << 20U;
};

/// A multipart/form-data body in pieces: texts, bytes that the caller or this keeps, files on disk. None is copied
/// together with the others. It may be sent several times, one at a time. Files are looked at and read on threads of their
/// own; cancelling `admit`, `open` or `read` ends them at once, whatever the disk does.
class upload final : public net::body_source {
 public:
  upload();

  /// What the Content-Type header says.
  const std::string& content_type() const noexcept { return content_type_; }
  /// The part `payload_json`.
  void add_json(std::string_view json);
  /// A plain field of a form.
  void add_field(std::string_view part, std::string_view value);
  /// A file under a part name like `files[0]`. Nothing is read from disk yet. Throws `error` with
  /// `errc::invalid_argument` for a file without a name, or with both bytes and a path.
  void add_file(std::string_view part, const file_body& file);
  /// For files without a limit of their own: instead of the client's.
  void limit_attachments(std::uint64_t bytes) noexcept { attachment_bytes_ = bytes; }

  /// Looks at the files and throws `upload_error` with `errc::upload_too_large` when a limit is passed: to be awaited
  /// before the first `open()`.
  task<> admit(upload_limits limits);

  task<> open() override;
  std::uint64_t size() const noexcept override { return size_; }
  bool repeatable() const noexcept override { return true; }
  task<std::string_view> read() override;

 private:
  struct piece {
    std::string name;
    std::uint64_t limit_bytes = 0;
    file_bytes::kept bytes;           // of a file in memory
    std::shared_ptr<disk_file> disk;  // of another
    std::size_t text_end = 0;         // the text before the file ends there in text_
    std::uint64_t size() const noexcept { return disk ? disk->size() : bytes.view.size(); }
  };
  void begin_part(std::string_view part);

  const std::string boundary_;
  const std::string content_type_ = "multipart/form-data; boundary=" + boundary_;
  std::string text_;  // all that is between the files, one after the other
  std::vector<piece> files_;
  std::uint64_t attachment_bytes_ = 0;
  std::uint64_t size_ = 0;

  // Where reading is.
  std::size_t text_at_ = 0;
  std::size_t file_ = 0;
  std::uint64_t file_at_ = 0;
  // What a thread reads into; its own as well, for reading that hangs is left to itself.
  struct taken {
    std::string bytes;
    std::size_t count = 0;
  };
  std::shared_ptr<taken> taken_;
};

}  // namespace monochord::rest
