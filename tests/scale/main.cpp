// SPDX-License-Identifier: MIT
// The processes of scale_test.py, which says what they do with each other.
#include <cstring>
#include <exception>

#include "scale/process.hpp"

int main(int argc, char** argv) {
  using namespace monochord::scale;
  const arguments given(argc, argv);
  const std::string role = argc > 1 ? argv[1] : "";
  try {
    if (role == "mock") return mock(given);
    if (role == "bot") return bot(given);
    if (role == "bare") return bare(given);
    if (role == "decode") return decode(given);
    std::fputs("usage: scale mock|bot|bare|decode [options]\n", stderr);
    return 2;
  } catch (const std::exception& e) {
    print(R"({"error":")" + std::string(e.what()) + "\"}");  // what these programs throw has no quotes in it
    return 1;
  }
}
