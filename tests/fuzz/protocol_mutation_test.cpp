// The seeds of the protocol's fuzzers, as they are and with bytes changed, taken out and repeated.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fuzz/exchange_input.hpp"
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

/// Up to four times bytes changed, taken out, doubled or moved.
std::string mutated(std::string text, std::mt19937& random) {
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
  return text;
}

/// Of each seed, and so many mutations of it.
void check_all(std::size_t mutations, std::string (*broken_promise)(const std::string&)) {
  const auto all = seeds();
  ASSERT_GE(all.size(), 2u);
  std::mt19937 random(20261127);
  for (const std::string& seed : all) {
    EXPECT_EQ(broken_promise(seed), "");
    for (std::size_t i = 0; i < mutations; ++i) {
      const std::string text = mutated(seed, random);
      const std::string fault = broken_promise(text);
      ASSERT_EQ(fault, "") << text;
    }
  }
}

TEST(ProtocolMutation, NothingBreaksThePromises) {
  check_all(2'000, broken_protocol_promise);
}

TEST(ExchangeMutation, NoQuestionIsLostInAnInbox) {
  check_all(500, broken_inbox_promise);
}

TEST(ExchangeMutation, WhateverAWorkerSaysIsAnAnswerOrALoss) {
  check_all(60, broken_exchange_promise);
}

}  // namespace
}  // namespace equivolve::fuzz
