// The seeds of the protocol's fuzzer, as they are and with bytes changed, taken out and repeated.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fuzz/protocol_input.hpp"

namespace equivolve::fuzz {
namespace {

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(EQUIVOLVE_SOURCE) / "tests/fuzz/seeds/protocol")) {
    std::ifstream in(entry.path(), std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return all;
}

TEST(ProtocolMutation, NothingBreaksThePromises) {
  const auto all = seeds();
  ASSERT_GE(all.size(), 2u);
  std::mt19937 random(20261127);
  std::size_t tried = 0;
  for (const std::string& seed : all) {
    EXPECT_EQ(broken_protocol_promise(seed), "");
    for (int i = 0; i < 2'000; ++i, ++tried) {
      std::string text = seed;
      for (std::uint32_t k = random() % 4 + 1; k > 0 && !text.empty(); --k) {
        const std::size_t at = random() % text.size();
        const std::size_t length = std::min<std::size_t>(random() % 20 + 1, text.size() - at);
        switch (random() % 4) {
          case 0:
            text[at] = static_cast<char>(random());
            break;
          case 1:
            text.erase(at, length);
            break;
          case 2:
            text.insert(at, text.substr(at, length));
            break;
          default:
            text.insert(random() % text.size(), text.substr(at, length));
        }
      }
      const std::string fault = broken_protocol_promise(text);
      ASSERT_EQ(fault, "") << text;
    }
  }
  EXPECT_GT(tried, 1'000u);
}

}  // namespace
}  // namespace equivolve::fuzz
