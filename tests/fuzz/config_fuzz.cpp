// libFuzzer on configurations. With clang:
//   build/clang/bin/config_fuzz -dict=tests/fuzz/yaml.dict FOLDER tests/fuzz/seeds/config
// A file that it finds goes to tests/fuzz/seeds/config, where config_mutation_test reads it for
// ever.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/config_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const std::string broken = equivolve::fuzz::broken_promise(text); !broken.empty()) {
    std::fprintf(stderr, "%s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
