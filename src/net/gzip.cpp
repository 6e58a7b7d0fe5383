// SPDX-License-Identifier: MIT
#include "net/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include <monochord/core/error.hpp>

namespace monochord::net {

namespace {

constexpr int gzip_only = 16 + MAX_WBITS;
constexpr int most_members = 16;  // a server writes one; many are a way to make us work

class inflating {
 public:
  inflating() {
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw error(errc::resource, "no memory to unpack an HTTP body");
  }
  ~inflating() { inflateEnd(&stream); }
  inflating(const inflating&) = delete;
  inflating& operator=(const inflating&) = delete;
  z_stream stream{};
};

}  // namespace

std::string gunzip(std::string_view packed, std::size_t max_bytes) {
  if (packed.size() > std::numeric_limits<uInt>::max()) throw error(errc::message_too_large, "a gzip body is over 4 GiB");
  inflating work;
  z_stream& z = work.stream;
  // zlib never writes through next_in; without ZLIB_CONST it is declared as if it did.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::size_t made = 0;  // of out; it only grows when it is full, for to clear it costs more than a small member
  for (int members = 1;;) {
    // One byte past the limit tells too much from just enough.
    if (made == out.size()) out.resize(std::min(made + std::max(packed.size() * 4, std::size_t{4096}), max_bytes + 1));
    const std::size_t room = std::min(out.size() - made, std::size_t{std::numeric_limits<uInt>::max()});
    z.next_out = reinterpret_cast<Bytef*>(out.data() + made);
    z.avail_out = static_cast<uInt>(room);
    const int status = ::inflate(&z, Z_NO_FLUSH);
    made += room - z.avail_out;
    if (made > max_bytes) throw error(errc::message_too_large, "an HTTP body is over the size limit once it is unpacked");
    if (status == Z_STREAM_END && z.avail_in == 0) {
      out.resize(made);
      return out;
    }
    if (status == Z_STREAM_END && ++members > most_members) throw error(errc::inflate_failed, "a gzip body has too many members");
    if (status == Z_STREAM_END && inflateReset(&z) == Z_OK) continue;  // another member follows
    if (status == Z_OK && (z.avail_in != 0 || z.avail_out == 0)) continue;
    const char* const why = z.msg ? z.msg : z.avail_in == 0 ? "it is cut short" : "it is damaged";
    throw error(errc::inflate_failed, std::string("a gzip body could not be unpacked: ") + why);
  }
}

}  // namespace monochord::net
