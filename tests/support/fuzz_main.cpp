// SPDX-License-Identifier: MIT
// Stands in for libFuzzer where the compiler has none: feeds every file of the given folders to the fuzz target, whole
// and cut short at up to 64 places. Prints how many inputs ran; having found none is a failure.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::size_t replay(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  const auto run = [&](std::size_t size) {
    // A copy of exactly this size, so that a sanitizer sees every read past its end.
    const std::vector<std::uint8_t> input(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(input.data(), input.size());
  };
  std::size_t inputs = 0;
  const std::size_t stride = bytes.size() / 64 + 1;
  for (std::size_t size = 0; size < bytes.size(); size += stride, ++inputs) run(size);
  run(bytes.size());
  return inputs + 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0, inputs = 0;
  for (int i = 1; i < argc; ++i) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i], failed)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      inputs += replay(entry.path());
    }
    if (failed) std::fprintf(stderr, "%s: %s\n", argv[i], failed.message().c_str());
  }
  std::printf("%zu files, %zu inputs\n", files, inputs);
  return files > 0 ? 0 : 1;
}
