// SPDX-License-Identifier: MIT
#include <monochord/core/error.hpp>

#include <boost/system/system_error.hpp>

namespace monochord {
namespace {

class category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "monochord"; }
  std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
      case errc::token_missing:
        return "no bot token: get one at https://discord.com/developers/applications (your application, page Bot)";
      case errc::token_rejected:
        return "the bot token was rejected: reset it at https://discord.com/developers/applications (page Bot)";
      case errc::cancelled: return "cancelled";
      case errc::timeout: return "a deadline passed";
      case errc::plain_refused: return "unencrypted connection to a host that is not loopback refused";
      case errc::bad_url: return "not a URL that can be used";
      case errc::certificate_refused: return "the server's TLS certificate was refused";
      case errc::tls_failed: return "the TLS handshake failed";
      case errc::connect_failed: return "no connection to the host";
      case errc::resolve_failed: return "the host name could not be resolved";
      case errc::http_malformed: return "the answer is not valid HTTP, or is too large";
      case errc::upgrade_refused: return "the websocket upgrade was refused";
      case errc::websocket_malformed: return "the peer broke the websocket protocol";
      case errc::closed: return "the connection is closed";
      case errc::message_too_large: return "a message is over the size limit";
      case errc::inflate_failed: return "compressed data is damaged";
      case errc::json_malformed: return "not valid JSON";
      case errc::json_mismatch: return "JSON of another shape than expected";
      case errc::gateway_fatal: return "Discord closed the gateway connection for good";
      case errc::identify_budget_spent: return "no session start is left for today";
      case errc::resource: return "out of memory, descriptors or threads";
      case errc::invalid_argument: return "an argument can never work";
      case errc::rest_refused: return "Discord refused the call";
      case errc::rate_limited: return "a rate limit that the call could not wait for";
      case errc::proxy_refused: return "the proxy did not open a tunnel";
      case errc::upload_too_large: return "over the limit for uploads";
      case errc::upload_failed: return "a file could not be uploaded";
      case errc::unsupported: return "this build of the library, or this client, was made without that part";
      case errc::controller_failed: return "a function of client_options::controllers threw";
      case errc::file_damaged: return "a file is damaged";
      case errc::file_version: return "a file was written by another version of the library";
      case errc::file_mismatch: return "a file holds something else than is wanted";
    }
    return "unknown error " + std::to_string(value);
  }
};

std::string describe(const error_code& code, const rest_error::details& what) {
  std::string text = what.route + ": ";
  if (what.status != 0) text += "HTTP " + std::to_string(what.status);
  else text += code.message();
  if (what.discord_code != 0) text += ", Discord code " + std::to_string(what.discord_code);
  if (!what.message.empty()) text += ": " + what.message;
  for (const auto& field : what.fields) text += "; " + field.path + ": " + field.message + " (" + field.code + ")";
  if (what.attempt > 1) text += " [attempt " + std::to_string(what.attempt) + "]";
  return text;
}

}  // namespace

const boost::system::error_category& monochord_category() noexcept {
  static const category instance;
  return instance;
}

bool is_cancellation(const std::exception_ptr& thrown) noexcept {
  if (!thrown) return false;
  try {
    std::rethrow_exception(thrown);
  } catch (const error& e) {
    return e.code() == errc::cancelled;
  } catch (const boost::system::system_error& e) {
    return e.code() == boost::system::errc::operation_canceled;  // asio::error::operation_aborted
  } catch (...) {
    return false;  // something else: the caller decides about it
  }
}

rest_error::rest_error(error_code code, details what) : error(code, describe(code, what)), details_(std::move(what)) {}

}  // namespace monochord
