// What the store tests share: runs of made-up records that hang together, and a look at a file
// without our reader.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/store/reader.hpp"
#include "engine/store/records.hpp"
#include "engine/store/writer.hpp"
#include "hashing/stream.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {

engine::RunHead make_head(const std::string& name = "iris");

/// A group of so many runs, with seeds 1, 2, ...
engine::GroupPlan make_plan(std::uint64_t runs, const std::string& name = "sweep");

/// The seed of random tests: EQUIVOLVE_TEST_SEED or a fixed one; printed with failures by
/// SCOPED_TRACE.
std::uint64_t test_seed();

/// Records of tickets first..first+count-1 in the order in which an engine pushes them: per ticket
/// a genome, then a class and a trial unless it is a hit, then the outcome. Depends on (seed,
/// ticket) alone.
std::vector<engine::Record> make_records(std::uint64_t first, std::uint64_t count,
                                         std::uint64_t seed = 1);
engine::OutcomeRow outcome_of(std::uint64_t ticket, std::uint64_t seed = 1);
engine::GenomeRow genome_of(std::uint64_t ticket, std::uint64_t seed = 1);
engine::TrialRow trial_of(std::uint64_t ticket, std::uint64_t seed = 1);
engine::ClassRow class_of(std::uint64_t ticket, std::uint64_t seed = 1);

/// The state of a finished run whose outcomes are make_records(0, count, seed)'s, digests included.
engine::RunState finished_state(std::uint64_t count, std::uint64_t seed = 1);

/// Writes such a run and finishes it.
engine::RunId write_finished_run(const std::filesystem::path& file, std::uint64_t count,
                                 const std::string& name = "iris");

class StoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<engine::StoreWriter> open_writer(engine::WriterOptions options = {});
  std::unique_ptr<engine::StoreReader> open_reader();
  std::vector<std::string> problems();  ///< of verify over all runs

  TempFolder folder;
  std::filesystem::path file = folder.path() / "runs.db";
};

/// Runs `sql` in SQLite without any of our code; each row is its columns joined by '|'. Fails the
/// test on an error, unless `error` is given.
std::vector<std::string> query(const std::filesystem::path& file, const std::string& sql,
                               std::string* error = nullptr);

// Rows are equal when the store can tell no difference: what is not finite has no value, -0 is 0.
bool same(double a, double b);
bool same(const std::vector<double>& a, const std::vector<double>& b);
bool same(const engine::OutcomeRow& a, const engine::OutcomeRow& b);
bool same(const engine::TrialRow& a, const engine::TrialRow& b);
bool same(const engine::GenomeRow& a, const engine::GenomeRow& b);

}  // namespace equivolve::tests
