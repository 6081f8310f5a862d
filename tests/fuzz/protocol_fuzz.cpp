// libFuzzer on the worker protocol, both directions. With clang:
//   build/clang/bin/protocol_fuzz FOLDER tests/fuzz/seeds/protocol
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/protocol_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const std::string broken = equivolve::fuzz::broken_protocol_promise(bytes); !broken.empty()) {
    std::fprintf(stderr, "%s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
