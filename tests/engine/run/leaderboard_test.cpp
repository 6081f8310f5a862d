#include "engine/run/leaderboard.hpp"

#include <gtest/gtest.h>

namespace equivolve::engine {
namespace {

void offer(Leaderboard& board, std::uint64_t identity, double score, double violation = 0) {
  Leader leader;
  leader.birth = leader.identity = identity;
  leader.score = score;
  leader.violation = violation;
  board.offer(std::move(leader));
}

std::vector<std::uint64_t> births(const Leaderboard& board) {
  std::vector<std::uint64_t> all;
  for (const Leader& leader : board.leaders()) all.push_back(leader.birth);
  return all;
}

using Births = std::vector<std::uint64_t>;

TEST(Leaderboard, KeepsTheBestDistinctOnes) {
  Leaderboard board(3);
  offer(board, 1, 5);
  offer(board, 2, 7);
  offer(board, 2, 7);
  offer(board, 3, 7);
  EXPECT_EQ(births(board), (Births{2, 3, 1}));
  offer(board, 4, 6);
  EXPECT_EQ(births(board), (Births{2, 3, 4}));
  EXPECT_FALSE(board.would_enter(6));
  board.withdraw(3);
  EXPECT_EQ(births(board), (Births{2, 4}));
}

TEST(Leaderboard, WhatMissesAConstraintLeavesWhenOneMeetsThemAll) {
  Leaderboard board(3);
  offer(board, 1, 100, 2);
  offer(board, 2, 50, 1);
  offer(board, 3, 60, 1);
  EXPECT_EQ(births(board), (Births{3, 2, 1}));
  offer(board, 4, 0, 0.5);
  EXPECT_EQ(births(board), (Births{4, 3, 2}));
  EXPECT_FALSE(board.would_enter(1000, 1.5));
  EXPECT_TRUE(board.would_enter(1000, 1)) << "of one violation the objective decides";
  offer(board, 5, -1000);
  EXPECT_EQ(births(board), (Births{5}));
  EXPECT_FALSE(board.would_enter(1e9, 1e-9)) << "though there is room";
  EXPECT_TRUE(board.would_enter(-2000));
}

}  // namespace
}  // namespace equivolve::engine
