// What a results file holds of its one run, for tests that look at every row.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "engine/store/reader.hpp"

namespace equivolve::tests {

struct StoredTrial {
  engine::OutcomeRow outcome;
  std::vector<std::byte> genome;
};

inline std::vector<StoredTrial> stored_trials(const std::filesystem::path& store) {
  std::vector<StoredTrial> all;
  auto reader = engine::StoreReader::open(store);
  EXPECT_TRUE(reader) << reader.error().message;
  if (!reader) return all;
  const auto read =
      (*reader)->each_candidate(1, [&](const engine::OutcomeRow& outcome,
                                       const engine::GenomeRow& genome, const engine::TrialRow*) {
        all.push_back({outcome, genome.flat});
      });
  EXPECT_TRUE(read) << read.error().message;
  return all;
}

}  // namespace equivolve::tests
