#include "engine/processes/log_tail.hpp"

#include <gtest/gtest.h>

#include <random>

namespace equivolve::engine::test {
namespace {

TEST(LogTail, KeepsTheLastBytes) {
  LogTail log(10);
  log.add("hello ");
  EXPECT_EQ(log.text(), "hello ");
  EXPECT_EQ(log.dropped(), 0u);
  log.add("0123456789abcdef");
  EXPECT_EQ(log.text(), "6789abcdef");
  EXPECT_EQ(log.dropped(), 12u);
}

TEST(LogTail, BeginsWithAWholeCharacter) {
  LogTail log(4);
  log.add("ab\u20ACde");  // the sign takes three bytes
  EXPECT_EQ(log.text(), "de");
  EXPECT_EQ(log.dropped(), 5u);
}

TEST(LogTail, WhateverThePieces) {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    LogTail log(50);
    std::string all;
    for (unsigned k = random() % 40; k > 0; --k) {
      const std::string piece(random() % 70, static_cast<char>('a' + random() % 26));
      log.add(piece);
      all += piece;
    }
    EXPECT_EQ(log.text(), all.size() > 50 ? all.substr(all.size() - 50) : all);
    EXPECT_EQ(log.dropped() + log.text().size(), all.size());
  }
}

}  // namespace
}  // namespace equivolve::engine::test
