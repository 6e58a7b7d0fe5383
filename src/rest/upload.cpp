// SPDX-License-Identifier: MIT
#include "rest/upload.hpp"

#include <algorithm>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <utility>

#include <monochord/core/error.hpp>
#include "core/random.hpp"
#include "net/side_threads.hpp"

namespace monochord::rest {

namespace asio = boost::asio;

namespace {

constexpr std::size_t piece_bytes = 128U << 10U;
constexpr std::uint64_t room_beside_bytes = 1U << 20U;  // for what a request has besides its largest attachment

/// A line that is nowhere in what it separates: 160 bits that nobody can foresee, for the files are not read twice to look,
/// and whoever made one could end its part with the line and begin another.
std::string make_boundary() { return "monochord-" + detail::secret_letters(32); }

/// A name as it may stand between quotes (RFC 7578 §2, with the escapes of the HTML standard).
std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += "%22";
    else if (c == '\r') out += "%0D";
    else if (c == '\n') out += "%0A";
    else out += c;
  }
  return out += '"';
}

bool is_clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c != 0x7f; });
}

std::string_view file_name(const file_body& file) {
  if (!file.name.empty() || file.path.empty()) return file.name;
  const auto slash = file.path.find_last_of('/');
  return slash == file.path.npos ? file.path : file.path.substr(slash + 1);
}

/// Not those of `run_blocking`, which the user's own calls may hold, and which are waited for.
class file_threads final : public asio::execution_context::service {
 public:
  using key_type = file_threads;
  inline static asio::execution_context::id id;

  explicit file_threads(asio::execution_context& context) : service(context) {}
  void shutdown() override {}

  net::side_threads threads{4};
};

task<> on_file_thread(std::function<void()> work) {
  const auto here = co_await asio::this_coro::executor;
  auto& files = asio::use_service<file_threads>(asio::query(here, asio::execution::context));
  co_await files.threads.run(std::move(work));
}

}  // namespace

upload::upload() : boundary_(make_boundary()), text_("--" + boundary_ + "--\r\n") {}

/// Puts a part's first lines before the end line; what follows goes there too.
void upload::begin_part(std::string_view part) {
  text_.resize(text_.size() - 4);  // "--\r\n"
  text_.append("\r\nContent-Disposition: form-data; name=").append(quoted(part));
}

void upload::add_json(std::string_view json) {
  begin_part("payload_json");
  text_.append("\r\nContent-Type: application/json\r\n\r\n").append(json).append("\r\n--").append(boundary_).append("--\r\n");
}

void upload::add_field(std::string_view part, std::string_view value) {
  begin_part(part);
  text_.append("\r\n\r\n").append(value).append("\r\n--").append(boundary_).append("--\r\n");
}

void upload::add_file(std::string_view part, const file_body& file) {
  const std::string_view name = file_name(file);
  if (name.empty()) throw error(errc::invalid_argument, "a file to upload needs a name");
  if (!file.path.empty() && file.bytes.size() != 0) {
    throw error(errc::invalid_argument, "the file " + std::string(name) + " has both bytes and a path; only one can be sent");
  }
  if (!is_clean(file.content_type)) {
    throw error(errc::invalid_argument, "the content type of the file " + std::string(name) + " holds control characters");
  }
  begin_part(part);
  text_.append("; filename=").append(quoted(name)).append("\r\nContent-Type: ");
  text_.append(file.content_type.empty() ? std::string_view("application/octet-stream") : file.content_type).append("\r\n\r\n");
  piece made;
  made.name = name;
  made.limit_bytes = file.limit_bytes;
  made.text_end = text_.size();
  if (file.path.empty()) made.bytes = file.bytes.keep();
  else made.disk = std::make_shared<disk_file>(std::string(file.path), made.name);
  files_.push_back(std::move(made));
  text_.append("\r\n--").append(boundary_).append("--\r\n");
}

task<> upload::admit(upload_limits limits) {
  co_await open();
  if (attachment_bytes_ != 0) limits.attachment_bytes = attachment_bytes_;
  std::uint64_t request_bytes = limits.request_bytes;
  for (const piece& file : files_) {
    const std::uint64_t limit = file.limit_bytes != 0 ? file.limit_bytes : limits.attachment_bytes;
    request_bytes = std::max(request_bytes, limit + std::min(room_beside_bytes, ~limit));
    if (file.size() <= limit) continue;
    throw upload_error(errc::upload_too_large, file.name, file.size(), limit,
                       "the file " + file.name + " has " + std::to_string(file.size()) + " bytes, over the limit of " +
                           std::to_string(limit) + " bytes an attachment; nothing was sent");
  }
  if (size_ <= request_bytes) co_return;
  throw upload_error(errc::upload_too_large, {}, size_, request_bytes,
                     "the request has " + std::to_string(size_) + " bytes with all its files, over the limit of " +
                         std::to_string(request_bytes) + " bytes; nothing was sent");
}

task<> upload::open() {
  std::vector<std::shared_ptr<disk_file>> on_disk;
  for (const piece& file : files_) {
    if (file.disk) on_disk.push_back(file.disk->again());
  }
  if (!on_disk.empty()) {
    const std::function<void()> look = [on_disk] {
      for (const auto& file : on_disk) file->look();
    };
    co_await on_file_thread(look);
    auto seen = on_disk.begin();
    for (piece& file : files_) {
      if (file.disk) file.disk = *seen++;
    }
  }
  size_ = text_.size();
  for (const piece& file : files_) size_ += file.size();
  text_at_ = 0;
  file_ = 0;
  file_at_ = 0;
  taken_ = nullptr;
}

task<std::string_view> upload::read() {
  for (;;) {
    const bool last = file_ == files_.size();
    const std::size_t text_end = last ? text_.size() : files_[file_].text_end;
    if (text_at_ < text_end) {
      const auto text = std::string_view(text_).substr(text_at_, std::min(text_end - text_at_, piece_bytes));
      text_at_ += text.size();
      co_return text;
    }
    if (last) {
      taken_ = nullptr;
      co_return std::string_view();
    }
    piece& file = files_[file_];
    if (file_at_ == file.size()) {
      ++file_;
      file_at_ = 0;
      continue;
    }
    std::string_view bytes;
    if (file.disk) {
      if (!taken_) taken_ = std::make_shared<taken>();
      const std::function<void()> take = [from = file.disk, into = taken_] {
        into->bytes.resize(piece_bytes);
        into->count = from->read(into->bytes.data(), into->bytes.size());
      };
      co_await on_file_thread(take);
      bytes = std::string_view(taken_->bytes).substr(0, taken_->count);
    } else {
      bytes = file.bytes.view.substr(static_cast<std::size_t>(file_at_), piece_bytes);
    }
    file_at_ += bytes.size();
    co_return bytes;
  }
}

}  // namespace monochord::rest
