// SPDX-License-Identifier: MIT
// What the hello bot's memory is measured against: the bare reader alone, linked to nothing that it does not need.
//   bench_hello_floor PORT CA_FILE
#include <boost/beast/src.hpp>
#include <cstdlib>

#include "bench/bare_reader.hpp"

int main(int argc, char** argv) {
  namespace asio = boost::asio;
  monochord::bench::need(argc == 3, "usage: bench_hello_floor PORT CA_FILE");
  asio::io_context context(1);
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_verify_mode(asio::ssl::verify_peer);
  tls.load_verify_file(argv[2]);
  monochord::bench::bare_parser parse;
  const auto take = [&](std::string_view text) {
    parse(text);
    return true;
  };
  monochord::bench::bare_reader<decltype(take)> reader(context, tls, true, take);
  reader.open(static_cast<std::uint16_t>(std::atoi(argv[1])));
  context.run();
  return 0;
}
