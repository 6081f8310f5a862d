// libFuzzer on those who read the line between engine and worker. With clang:
//   build/clang/bin/exchange_fuzz FOLDER tests/fuzz/seeds/protocol
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/exchange_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace equivolve::fuzz;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  std::string broken = broken_inbox_promise(bytes);
  // A process each is slow: for some, chosen by what they hold.
  const bool is_chosen = size % 16 == 0;
  if (broken.empty() && is_chosen) broken = broken_exchange_promise(bytes);
  if (!broken.empty()) {
    std::fprintf(stderr, "%s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
