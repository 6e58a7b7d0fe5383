// SPDX-License-Identifier: MIT
#include "net/http_reader.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <type_traits>
#include <variant>

#include <monochord/core/error.hpp>

namespace monochord::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

using request_parser = http::request_parser<http::string_body>;
using response_parser = http::response_parser<http::string_body>;

template <class Parser>
void prepare(Parser& parser, const http_reader::limits& of) {
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(of.header_bytes, UINT32_MAX)));
  parser.body_limit(of.body_bytes);
}

http_headers copy_fields(const http::fields& from) {
  http_headers to;
  for (const auto& field : from) to.add(std::string(field.name_string()), std::string(field.value()));
  return to;
}

[[noreturn]] void refuse(const error_code& code) {
  if (code == http::error::body_limit) throw error(errc::message_too_large, "an HTTP body is over the size limit");
  if (code == http::error::header_limit) throw error(errc::http_malformed, "an HTTP header is over the size limit");
  throw error(errc::http_malformed, "what the peer sent is not valid HTTP: " + code.message());
}

}  // namespace

struct http_reader::impl {
  std::variant<std::monostate, request_parser, response_parser> parser;
  limits of{};
  bool head = false;
  bool interim = false;  // a 1xx answer came, the real one follows

  template <class F>
  decltype(auto) visit(F act) {
    if (auto* request = std::get_if<request_parser>(&parser)) return act(*request);
    return act(std::get<response_parser>(parser));
  }

  void begin_response() {
    auto& made = parser.emplace<response_parser>();
    prepare(made, of);
    made.skip(head);
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
    const auto status = response->get().result_int();
    if (status >= 100 && status < 200 && status != 101) begin_response();
  }
};

http_reader::http_reader(std::unique_ptr<impl> what) : impl_(std::move(what)) {}
http_reader::http_reader(http_reader&&) noexcept = default;
http_reader& http_reader::operator=(http_reader&&) noexcept = default;
http_reader::~http_reader() = default;

http_reader http_reader::for_requests(limits of) {
  auto made = std::make_unique<impl>();
  prepare(made->parser.emplace<request_parser>(), of);
  return http_reader(std::move(made));
}

http_reader http_reader::for_responses(limits of, bool head) {
  auto made = std::make_unique<impl>();
  made->of = of;
  made->head = head;
  made->begin_response();
  return http_reader(std::move(made));
}

std::size_t http_reader::put(std::string_view bytes) {
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
  return impl_->visit([](auto& parser) { return parser.is_done(); });
}

bool http_reader::header_done() const noexcept {
  return impl_->visit([](auto& parser) { return parser.is_header_done(); });
}

bool http_reader::keep_alive() const {
  return impl_->visit([](auto& parser) { return parser.keep_alive() && !parser.need_eof(); });
}

http_request http_reader::take_request() {
  auto message = std::get<request_parser>(impl_->parser).release();
  http_request taken(std::string(message.method_string()), std::string(message.target()));
  taken.headers = copy_fields(message.base());
  taken.body = std::move(message.body());
  return taken;
}

http_response http_reader::take_response() {
  auto message = std::get<response_parser>(impl_->parser).release();
  http_response taken(static_cast<int>(message.result_int()));
  taken.headers = copy_fields(message.base());
  taken.body = std::move(message.body());
  return taken;
}

}  // namespace monochord::net
