// One seed gives one run: whatever the workers, the executor, the cache.
#include <gtest/gtest.h>

#include "engine/store/reader.hpp"

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

/// A file that names neither workers nor lookahead.
struct OneFile {
  TempFolder folder;
  std::string yaml = folder.path() / "small.yaml";
  int runs = 0;
  OneFile() { write_file(yaml, small_yaml(3000)); }

  nlohmann::json run(std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "run",    yaml,     "--store", folder.path() / ("run" + std::to_string(runs++) + ".db"),
        "--json", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Finished done = equivolve(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  }
};

std::vector<std::string> executors() {
#ifdef EQUIVOLVE_TBB
  return {"threads", "tbb"};
#else
  return {"threads"};
#endif
}

TEST(Determinism, WorkersAndExecutorDoNotMatter) {
  OneFile file;
  const auto first = file.run({"--workers", "1", "--set", "workers.executor=threads"});
  EXPECT_GT(first["cache_hits"], 1000);
  for (const std::string& executor : executors())
    for (const char* workers : {"1", "2", "8"}) {
      const auto run = file.run({"--set", "workers.executor=" + executor, "--workers", workers});
      EXPECT_EQ(run["result_digest"], first["result_digest"]) << executor << " " << workers;
      EXPECT_EQ(run["best"], first["best"]) << executor << " " << workers;
      EXPECT_EQ(run["references"], first["references"]) << executor << " " << workers;
    }
}

TEST(Determinism, AnotherSeedIsAnotherRun) {
  OneFile file;
  EXPECT_NE(file.run({"--set", "workers.executor=threads"})["result_digest"],
            file.run({"--set", "workers.executor=threads", "--seed", "8"})["result_digest"]);
}

TEST(Determinism, TheCacheChangesOnlyWhatIsSpent) {
  OneFile file;
  const auto on =
      file.run({"--set", "workers.executor=threads", "--set", "hashing.verify_fraction=1"});
  const auto off = file.run({"--set", "workers.executor=threads", "--set", "hashing.policy=off"});
  EXPECT_GT(on["verified"], 1000);
  // Any difference must be owned up to by a wrong hit; here there is none.
  EXPECT_EQ(on["wrong_hits"], 0);
  EXPECT_EQ(on["trajectory_digest"], off["trajectory_digest"]);
  EXPECT_EQ(off["evaluations"], 3000);
  EXPECT_LT(on["evaluations"], 2000);
}

std::vector<engine::OutcomeRow> outcomes(const std::string& store) {
  auto reader = engine::StoreReader::open(store);
  EXPECT_TRUE(reader) << reader.error().message;
  return (*reader)->replay(1).value().outcomes;
}

bool told_alike(const engine::OutcomeRow& a, const engine::OutcomeRow& b) {
  return a.genome_checksum == b.genome_checksum && a.status == b.status &&
         (a.status != engine::Status::kOk || a.told == b.told);
}

// Thresholds (max) can hide from a probe, so real data has a wrong merge now and then. Then the
// paths part exactly there.
TEST(Determinism, WhereTheCacheMisleadsTheRunSaysSo) {
  TempFolder folder;
  const std::string yaml = folder.path() / "t.yaml", on = folder.path() / "on.db",
                    off = folder.path() / "off.db";
  write_file(yaml,
             "evaluator: algorithm_discovery\nworkers: {executor: threads}\nfinal: {top: 1, "
             "repeats: 1}\ndata: {file: " +
                 std::string(EQUIVOLVE_SOURCE_DIR) +
                 "/data/breast_cancer.csv, target: diagnosis}\noptions: {resamplings: 1}\nsearch: "
                 "{population_size: 300}\n"
                 "seed: 1\nbudget: {candidates: 15000}\n");
  const auto with = answer(equivolve(
      {"run", yaml, "--store", on, "--json", "--quiet", "--set", "hashing.verify_fraction=1"}));
  const auto without = answer(
      equivolve({"run", yaml, "--store", off, "--json", "--quiet", "--set", "hashing.policy=off"}));
  EXPECT_GT(with["verified"], 5000);
  const auto a = outcomes(on), b = outcomes(off);
  ASSERT_EQ(a.size(), b.size());
  std::size_t parting = 0, wrong = 0;
  while (parting < a.size() && told_alike(a[parting], b[parting])) ++parting;
  while (wrong < a.size() && !a[wrong].wrong) ++wrong;
  EXPECT_EQ(parting, wrong);
  EXPECT_EQ(with["trajectory_digest"] == without["trajectory_digest"], wrong == a.size());
}

}  // namespace
}  // namespace equivolve::tests
