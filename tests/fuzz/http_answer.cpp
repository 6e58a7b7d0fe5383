// SPDX-License-Identifier: MIT
// Any bytes are an HTTP answer or a typed error, in whatever pieces they come, and no body grows past its limit, unpacked
// or not. Bit 0 of the first byte: the answer to HEAD;
// bit 1: all in one piece; else the second byte and one is the size of a piece. What is read at once, without the parser of all
// of HTTP, is read as that does.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <monochord/core/error.hpp>

#include "net/gzip.hpp"
#include "net/http_reader.hpp"

namespace {

using namespace monochord;

constexpr std::size_t max_header_bytes = 2048;
constexpr std::size_t max_body_bytes = 4096;

void expect(bool good) {
  if (!good) std::abort();
}

bool known(const error_code& code) {
  return code == errc::http_malformed || code == errc::message_too_large || code == errc::closed || code == errc::inflate_failed;
}

void unpack(std::string_view body) {
  try {
    expect(net::gunzip(body, max_body_bytes).size() <= max_body_bytes);
  } catch (const error& e) {
    expect(known(e.code()));
  }
}

void read(std::string_view bytes, bool head, std::size_t piece) {
  auto reader = net::http_reader::for_responses({max_header_bytes, max_body_bytes}, head);
  std::string waiting;
  while (!reader.done() && !bytes.empty()) {
    const auto next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    waiting += next;
    const std::size_t taken = reader.put(waiting);
    expect(taken <= waiting.size());
    waiting.erase(0, taken);
    expect(waiting.size() <= max_header_bytes + piece || reader.done());
  }
  if (!reader.done()) reader.put_end();
  expect(reader.done());
  static_cast<void>(reader.keep_alive());
  const auto answer = reader.take_response();
  expect(answer.body.size() <= max_body_bytes && answer.status >= 0 && answer.status <= 999);
  expect(!head || answer.body.empty());
  unpack(answer.body);
}

/// What is read at once is read as it is in pieces.
void read_both_ways(std::string_view bytes) {
  auto at_once = net::http_reader::for_responses({max_header_bytes, max_body_bytes}, false);
  const std::size_t taken = at_once.put(bytes);
  if (!at_once.done() || bytes.empty()) return;
  auto parsed = net::http_reader::for_responses({max_header_bytes, max_body_bytes}, false);
  std::size_t had = parsed.put(bytes.substr(0, 1));  // of which no whole answer can be made
  if (!parsed.done()) had += parsed.put(bytes.substr(had));
  expect(parsed.done() && had == taken && parsed.keep_alive() == at_once.keep_alive());
  const auto one = at_once.take_response(), other = parsed.take_response();
  expect(one.status == other.status && one.body == other.body && one.headers.size() == other.headers.size());
  for (auto a = one.headers.begin(), b = other.headers.begin(); a != one.headers.end(); ++a, ++b)
    expect((*a).name == (*b).name && (*a).value == (*b).value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  try {
    read(bytes, (data[0] & 1) != 0, (data[0] & 2) != 0 ? bytes.size() + 1 : std::size_t{data[1]} + 1);
  } catch (const error& e) {
    expect(known(e.code()));
  }
  try {
    read_both_ways(bytes);
  } catch (const error& e) {
    expect(known(e.code()));
  }
  unpack(bytes);
  return 0;
}
