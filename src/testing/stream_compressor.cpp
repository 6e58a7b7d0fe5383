// SPDX-License-Identifier: MIT
#include "testing/stream_compressor.hpp"

#include <zlib.h>
#include <zstd.h>

#include <monochord/core/error.hpp>

namespace monochord::testing {

namespace {

constexpr std::size_t step = 16U << 10U;

class zlib_compressor final : public stream_compressor {
 public:
  zlib_compressor() {
    if (deflateInit(&stream_, Z_DEFAULT_COMPRESSION) != Z_OK) throw error(errc::resource, "zlib has no memory");
  }
  ~zlib_compressor() override { deflateEnd(&stream_); }
  zlib_compressor(const zlib_compressor&) = delete;
  zlib_compressor& operator=(const zlib_compressor&) = delete;

  std::string_view compress(std::string_view text) override {
    out_.clear();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib only reads it
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      const std::size_t used = out_.size();
      out_.resize(used + step);
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data() + used);
      stream_.avail_out = static_cast<uInt>(step);
      if (deflate(&stream_, Z_SYNC_FLUSH) == Z_STREAM_ERROR) throw error(errc::resource, "zlib failed");
      out_.resize(out_.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return out_;
  }

 private:
  z_stream stream_{};
  std::string out_;
};

class zstd_compressor final : public stream_compressor {
 public:
  zstd_compressor() : context_(ZSTD_createCCtx()) {
    if (!context_) throw error(errc::resource, "zstd has no memory");
    ZSTD_CCtx_setParameter(context_, ZSTD_c_windowLog, 17);  // what a reader has to hold
  }
  ~zstd_compressor() override { ZSTD_freeCCtx(context_); }
  zstd_compressor(const zstd_compressor&) = delete;
  zstd_compressor& operator=(const zstd_compressor&) = delete;

  std::string_view compress(std::string_view text) override {
    out_.clear();
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    std::size_t left = 0;
    do {
      const std::size_t used = out_.size();
      out_.resize(used + step);
      ZSTD_outBuffer out{out_.data() + used, step, 0};
      left = ZSTD_compressStream2(context_, &out, &in, ZSTD_e_flush);
      if (ZSTD_isError(left) != 0) throw error(errc::resource, "zstd failed");
      out_.resize(used + out.pos);
    } while (left != 0);
    return out_;
  }

 private:
  ZSTD_CCtx* context_;
  std::string out_;
};

}  // namespace

std::unique_ptr<stream_compressor> stream_compressor::zlib() { return std::make_unique<zlib_compressor>(); }
std::unique_ptr<stream_compressor> stream_compressor::zstd() { return std::make_unique<zstd_compressor>(); }

}  // namespace monochord::testing
