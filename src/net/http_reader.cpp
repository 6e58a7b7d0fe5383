// SPDX-License-Identifier: MIT
#include "net/http_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <type_traits>
#include <variant>

#include <monochord/core/error.hpp>
#include "net/plain_answer.hpp"

namespace monochord::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t usual_header_bytes = 1024;
constexpr std::uint64_t most_reserved = 1U << 20U;  // whatever a peer promises to send

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Beast's parser, which puts what it finds where we want to have it.
template <class Message>
class collector final : public http::basic_parser<std::is_same_v<Message, http_request>> {
 public:
  explicit collector(const http_reader::limits& of) : limits_(of), most_body_(of.body_bytes) {
    this->eager(true);
    this->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(of.header_bytes, UINT32_MAX)));
    this->body_limit(of.body_bytes);
    message.headers.reserve(usual_header_bytes);
  }

  Message message;

 private:
  using field = http::field;
  using text = boost::beast::string_view;
  using length = boost::optional<std::uint64_t>;

  void on_request_impl(http::verb, text method, text target, int, error_code&) override {
    if constexpr (std::is_same_v<Message, http_request>) {
      message.method = view(method);
      message.target = view(target);
    }
  }
  void on_response_impl(int code, text, int, error_code&) override {
    if constexpr (std::is_same_v<Message, http_response>) message.status = code;
  }
  void on_field_impl(field, text name, text value, error_code&) override { message.headers.add(view(name), view(value)); }
  void on_header_impl(error_code&) override {
    if constexpr (std::is_same_v<Message, http_request>)
      if (limits_.body_bytes_of) most_body_ = limits_.body_bytes_of(message);
  }
  void on_body_init_impl(const length& bytes, error_code& failed) override {
    if (bytes && *bytes > most_body_) failed = http::error::body_limit;
    else if (bytes) message.body.reserve(static_cast<std::size_t>(std::min(*bytes, most_reserved)) + http_reader::spare_bytes);
  }
  std::size_t on_body_impl(text piece, error_code& failed) override {
    if (piece.size() > most_body_ - std::min(message.body.size(), most_body_)) {
      failed = http::error::body_limit;
      return 0;
    }
    message.body += view(piece);
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text piece, error_code& failed) override { return on_body_impl(piece, failed); }
  void on_finish_impl(error_code&) override {}

  const http_reader::limits& limits_;  // of the reader that has this
  std::size_t most_body_;
};

using request_parser = collector<http_request>;
using response_parser = collector<http_response>;

[[noreturn]] void refuse(const error_code& code) {
  if (code == http::error::body_limit) throw error(errc::message_too_large, "an HTTP body is over the size limit");
  if (code == http::error::header_limit) throw error(errc::http_malformed, "an HTTP header is over the size limit");
  throw error(errc::http_malformed, "what the peer sent is not valid HTTP: " + code.message());
}

}  // namespace

struct http_reader::impl {
  std::variant<std::monostate, request_parser, response_parser> parser;  // of a response only where `plain` does not do
  limits of{};
  bool head = false;
  enum class reading : std::uint8_t { parsed, not_begun, at_once } how = reading::parsed;
  http_response plain;  // what was read at once

  /// What `ask` says of the parser, if there is one.
  template <class F>
  bool is(F ask) {
    return how == reading::at_once || (how == reading::parsed && visit(ask));
  }

  template <class F>
  decltype(auto) visit(F act) {
    if (how == reading::not_begun) begin_response();
    if (auto* request = std::get_if<request_parser>(&parser)) return act(*request);
    return act(std::get<response_parser>(parser));
  }

  void begin_response() {
    how = reading::parsed;
    parser.emplace<response_parser>(of).skip(head);
  }

  /// The shortest end of a chunked body has five bytes; Beast asserts that a last chunk of which it already saw a part comes
  /// with as many.
  bool too_short(std::size_t bytes) {
    return bytes < 5 && visit([](auto& parsed) { return parsed.is_header_done() && parsed.chunked(); });
  }

  /// 100 Continue and 103 Early Hints are not the answer.
  void skip_interim() {
    const auto* response = std::get_if<response_parser>(&parser);
    if (response == nullptr || !response->is_done()) return;
    const int status = response->message.status;
    if (status >= 100 && status < 200 && status != 101) begin_response();
  }
};

http_reader::http_reader(std::unique_ptr<impl> what) : impl_(std::move(what)) {}
http_reader::http_reader(http_reader&&) noexcept = default;
http_reader& http_reader::operator=(http_reader&&) noexcept = default;
http_reader::~http_reader() = default;

http_reader http_reader::for_requests(limits of) {
  auto made = std::make_unique<impl>();
  made->of = of;
  made->parser.emplace<request_parser>(made->of);
  return http_reader(std::move(made));
}

http_reader http_reader::for_responses(limits of, bool head) {
  auto made = std::make_unique<impl>();
  made->of = of;
  http_reader reader(std::move(made));
  reader.next_response(head);
  return reader;
}

void http_reader::next_response(bool head) {
  impl_->head = head;
  impl_->how = impl::reading::not_begun;
}

std::size_t http_reader::put(std::string_view bytes) {
  if (impl_->how == impl::reading::not_begun && !impl_->head) {
    const std::size_t whole =
        read_plain_answer(bytes, {impl_->of.header_bytes, impl_->of.body_bytes, spare_bytes}, impl_->plain);
    if (whole != 0) impl_->how = impl::reading::at_once;
    if (whole != 0) return whole;
  }
  std::size_t taken = 0;
  while (taken < bytes.size() && !done() && !impl_->too_short(bytes.size() - taken)) {
    error_code failed;
    const std::size_t count = impl_->visit([&](auto& parser) {
      return parser.put(asio::const_buffers_1(bytes.data() + taken, bytes.size() - taken), failed);
    });
    taken += count;
    impl_->skip_interim();
    if (failed == http::error::need_more) break;
    if (failed) refuse(failed);
    if (count == 0) break;
  }
  // Beast bounds neither the line of a chunk nor the trailer, and takes nothing of them before their end.
  const bool in_chunks = !done() && impl_->visit([](auto& parser) { return parser.is_header_done(); });
  if (in_chunks && bytes.size() - taken > impl_->of.header_bytes)
    throw error(errc::http_malformed, "the line of an HTTP chunk, or a trailer, is over the size limit");
  return taken;
}

void http_reader::put_end() {
  error_code failed;
  impl_->visit([&](auto& parser) {
    if (!parser.got_some()) failed = http::error::end_of_stream;
    else parser.put_eof(failed);
  });
  if (failed == http::error::end_of_stream || failed == http::error::partial_message) {
    throw error(errc::closed, "the connection ended before the HTTP message was complete");
  }
  if (failed) refuse(failed);
}

bool http_reader::done() const noexcept {
  return impl_->is([](auto& parser) { return parser.is_done(); });
}

bool http_reader::header_done() const noexcept {
  return impl_->is([](auto& parser) { return parser.is_header_done(); });
}

bool http_reader::keep_alive() const {
  return impl_->is([](auto& parser) { return parser.keep_alive() && !parser.need_eof(); });
}

http_request http_reader::take_request() { return std::move(std::get<request_parser>(impl_->parser).message); }
http_response http_reader::take_response() {
  if (impl_->how == impl::reading::at_once) return std::move(impl_->plain);
  return std::move(std::get<response_parser>(impl_->parser).message);
}

}  // namespace monochord::net
