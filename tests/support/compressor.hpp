// SPDX-License-Identifier: MIT
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "protocol/inflate.hpp"

namespace monochord::test {

/// The server's side of transport compression: one context a connection, flushed after each message.
class compressor {
 public:
  explicit compressor(protocol::compression kind, int window_log = 0) : kind_(kind) {
    if (kind_ == protocol::compression::zlib_stream && deflateInit(&zlib_, Z_DEFAULT_COMPRESSION) != Z_OK)
      throw std::runtime_error("deflateInit");
    if (kind_ == protocol::compression::zstd_stream) {
      zstd_ = ZSTD_createCCtx();
      if (window_log != 0) ZSTD_CCtx_setParameter(zstd_, ZSTD_c_windowLog, window_log);
    }
  }
  ~compressor() {
    if (kind_ == protocol::compression::zlib_stream) deflateEnd(&zlib_);
    ZSTD_freeCCtx(zstd_);
  }
  compressor(const compressor&) = delete;
  compressor& operator=(const compressor&) = delete;

  std::string operator()(std::string_view text) {
    if (kind_ == protocol::compression::none) return std::string(text);
    std::string out;
    char piece[4096];
    if (kind_ == protocol::compression::zlib_stream) {
      zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
      zlib_.avail_in = static_cast<uInt>(text.size());
      do {
        zlib_.next_out = reinterpret_cast<Bytef*>(piece);
        zlib_.avail_out = sizeof piece;
        deflate(&zlib_, Z_SYNC_FLUSH);
        out.append(piece, sizeof piece - zlib_.avail_out);
      } while (zlib_.avail_out == 0);
      return out;
    }
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    for (;;) {
      ZSTD_outBuffer to{piece, sizeof piece, 0};
      const auto left = ZSTD_compressStream2(zstd_, &to, &in, ZSTD_e_flush);
      if (ZSTD_isError(left)) throw std::runtime_error(ZSTD_getErrorName(left));
      out.append(piece, to.pos);
      if (left == 0) return out;
    }
  }

 private:
  protocol::compression kind_;
  z_stream zlib_{};
  ZSTD_CCtx* zstd_ = nullptr;
};

}  // namespace monochord::test
