// SPDX-License-Identifier: MIT
// What scale_test.py measures a shard against: Beast websockets over TLS that decompress what comes and do nothing with
// it, as lean as they can be written: the memory of OpenSSL's records and of each message is given back when it is
// done, all of them decompress into one buffer, TLS is resumed, so that not each has the server's certificates, and
// nothing keeps track of anything.
//   scale bare --port N --ca-file PATH --token TEXT --shards N --compression none|zlib|zstd
#include <zlib.h>
#include <zstd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "core/descriptor_limit.hpp"
#include "scale/process.hpp"

namespace monochord::scale {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using socket_stream =
    beast::websocket::stream<ssl::stream<asio::basic_stream_socket<tcp, asio::io_context::executor_type>>, false>;

std::vector<char> output(64U << 10U);
std::uint64_t bytes_read = 0;

/// Of the connection before.
SSL_SESSION* tls_session = nullptr;

int keep_session(SSL*, SSL_SESSION* given) {
  SSL_SESSION_free(tls_session);
  tls_session = SSL_SESSION_dup(given);  // OpenSSL marks that of a connection that ends as no longer good
  return 0;
}

class decompressor {
 public:
  virtual ~decompressor() = default;
  virtual void feed(const void* data, std::size_t size) = 0;
};

class zlib_stream final : public decompressor {
 public:
  zlib_stream() {
    if (inflateInit(&stream_) != Z_OK) throw std::runtime_error("zlib");
  }
  ~zlib_stream() override { inflateEnd(&stream_); }
  void feed(const void* data, std::size_t size) override {
    stream_.next_in = static_cast<Bytef*>(const_cast<void*>(data));
    stream_.avail_in = static_cast<uInt>(size);
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(output.data());
      stream_.avail_out = static_cast<uInt>(output.size());
      const int status = inflate(&stream_, Z_SYNC_FLUSH);
      if (status != Z_OK && status != Z_BUF_ERROR) throw std::runtime_error("inflate");
      bytes_read += output.size() - stream_.avail_out;
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
};

class zstd_stream final : public decompressor {
 public:
  ~zstd_stream() override { ZSTD_freeDStream(stream_); }
  void feed(const void* data, std::size_t size) override {
    ZSTD_inBuffer in{data, size, 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    do {
      out.pos = 0;
      if (ZSTD_isError(ZSTD_decompressStream(stream_, &out, &in))) throw std::runtime_error("zstd");
      bytes_read += out.pos;
    } while (in.pos < in.size || out.pos == out.size);
  }

 private:
  ZSTD_DStream* const stream_ = ZSTD_createDStream();
};

class plain_stream final : public decompressor {
 public:
  void feed(const void*, std::size_t size) override { bytes_read += size; }
};

std::unique_ptr<decompressor> make_decompressor(const std::string& name) {
  if (name == "zlib") return std::make_unique<zlib_stream>();
  if (name == "zstd") return std::make_unique<zstd_stream>();
  return std::make_unique<plain_stream>();
}

class connection {
 public:
  connection(asio::io_context& context, ssl::context& tls, const std::string& compression)
      : stream_(context, tls), inflater_(make_decompressor(compression)) {}

  void open(std::uint16_t port, const std::string& target, const std::string& identify) {
    beast::get_lowest_layer(stream_).connect({asio::ip::address_v4::loopback(), port});
    beast::get_lowest_layer(stream_).set_option(tcp::no_delay(true));
    SSL_set_tlsext_host_name(stream_.next_layer().native_handle(), "localhost");
    if (tls_session) SSL_set_session(stream_.next_layer().native_handle(), tls_session);
    stream_.next_layer().handshake(ssl::stream_base::client);
    stream_.handshake("localhost", target);
    stream_.read(buffer_);  // HELLO
    consume();
    stream_.text(true);
    stream_.write(asio::buffer(identify));
    read();
  }

 private:
  void read() {
    stream_.async_read(buffer_, [this](beast::error_code failed, std::size_t) {
      if (failed) return;
      consume();
      read();
    });
  }
  void consume() {
    inflater_->feed(buffer_.data().data(), buffer_.size());
    buffer_.clear();
    buffer_.shrink_to_fit();
  }

  socket_stream stream_;
  beast::flat_buffer buffer_;
  std::unique_ptr<decompressor> inflater_;
};

}  // namespace

int bare(const arguments& given) {
  detail::provide_all_descriptors();
  const long shards = given.number("shards", 1);
  const std::string compression = given.text("compression", "zlib");
  const std::string target =
      "/?v=10&encoding=json" + (compression == "none" ? std::string() : "&compress=" + compression + "-stream");
  asio::io_context context{1};
  ssl::context tls{ssl::context::tls_client};
  tls.load_verify_file(given.text("ca-file", ""));
  tls.set_verify_mode(ssl::verify_peer);
  SSL_CTX_set_mode(tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(tls.native_handle(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(tls.native_handle(), &keep_session);
  std::vector<std::unique_ptr<connection>> all;
  const auto work = asio::make_work_guard(context);
  std::thread runner([&] { context.run(); });
  const auto state = [&] {
    print("{\"open\":" + std::to_string(all.size()) + ",\"bytes\":" + std::to_string(bytes_read) + "," + measured() +
          "}");
  };
  state();
  for (std::string line; std::getline(std::cin, line);) {
    // Everything that concerns connections happens where they are read.
    const auto done = [&](auto what) {
      std::packaged_task<void()> job(std::move(what));
      auto end = job.get_future();
      asio::post(context, [&job] { job(); });
      end.get();
    };
    if (line == "run") {
      done([&] {
        for (long i = 0; i < shards; ++i) {
          all.push_back(std::make_unique<connection>(context, tls, compression));
          all.back()->open(static_cast<std::uint16_t>(given.number("port", 0)), target,
                           R"({"op":2,"d":{"token":")" + given.text("token", "") + R"(","intents":0,"shard":[)" +
                               std::to_string(i) + "," + std::to_string(shards) +
                               R"(],"properties":{"os":"linux","browser":"bare","device":"bare"}}})");
        }
      });
    }
    if (line == "trim") malloc_trim(0);
    done([&] { state(); });
  }
  context.stop();
  runner.join();
  return 0;
}

}  // namespace monochord::scale
