// One seed gives one run: whatever the workers, the executor, the cache.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace equivolve::tests
