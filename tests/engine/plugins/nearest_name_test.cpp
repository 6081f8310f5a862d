#include "engine/plugins/nearest_name.hpp"

#include <gtest/gtest.h>

namespace equivolve::engine {
namespace {

TEST(EditDistance, KnownValues) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("budget", "bugdet"), 1u) << "a swap of neighbours is one edit";
  EXPECT_EQ(edit_distance("Seed", "seed"), 0u);
}

TEST(NearestName, FindsAKeyWithOneLetterDroppedSwappedOrDoubled) {
  const std::vector<std::string> keys{"name", "seed", "evaluator", "budget", "hashing", "workers"};
  for (const std::string& key : keys) {
    for (std::size_t i = 0; i < key.size(); ++i) {
      std::string dropped = key, doubled = key, swapped = key;
      dropped.erase(i, 1);
      doubled.insert(i, 1, key[i]);
      if (i + 1 < key.size()) std::swap(swapped[i], swapped[i + 1]);
      EXPECT_EQ(nearest_name(dropped, keys), key) << dropped;
      EXPECT_EQ(nearest_name(doubled, keys), key) << doubled;
      EXPECT_EQ(nearest_name(swapped, keys), key) << swapped;
    }
  }
}

TEST(NearestName, SuggestsNothingFarFetched) {
  EXPECT_EQ(nearest_name("colour", {"seed", "budget"}), std::nullopt);
  EXPECT_EQ(nearest_name("", {"seed"}), std::nullopt);
  EXPECT_EQ(nearest_name("b", {"a"}), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'x'), {"seed"}), std::nullopt);
  EXPECT_EQ(suggestion("sed", {"seed"}), "; did you mean 'seed'?");
  EXPECT_EQ(suggestion("colour", {"seed"}), "");
}

}  // namespace
}  // namespace equivolve::engine
