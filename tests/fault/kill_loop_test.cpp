// S1: a run killed with SIGKILL at random acknowledgements, resumed, killed again... ends as if it
// had never been disturbed, and nothing that was acknowledged is ever missing. The expected state
// is kept here, outside the child, from what it acknowledged.
#include <signal.h>

#include <cstdlib>
#include <map>

#include <gtest/gtest.h>

#include "engine/store/reader.hpp"
#include "hashing/stream.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::uint64_t test_seed() {
  const char* given = std::getenv("EQUIVOLVE_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : 20261123;
}

int kills_wanted() {
  const char* given = std::getenv("EQUIVOLVE_TEST_KILLS");
  if (given) return std::atoi(given);
#ifdef EQUIVOLVE_SANITIZED
  return 20;
#else
  return 200;
#endif
}

/// What the parent knows to be safe: ticket -> genome checksum.
using Acknowledged = std::map<std::uint64_t, std::string>;

void expect_kept(const std::filesystem::path& store, const Acknowledged& acknowledged) {
  auto reader = engine::StoreReader::open(store);
  ASSERT_TRUE(reader) << reader.error().message;
  auto run = (*reader)->find_run("latest");
  ASSERT_TRUE(run) << run.error().message;
  auto data = (*reader)->replay(run->id);
  ASSERT_TRUE(data) << data.error().message;
  for (const auto& [ticket, genome] : acknowledged) {
    ASSERT_LT(ticket, data->outcomes.size()) << "acknowledged ticket is missing";
    char text[17];
    std::snprintf(text, sizeof text, "%016llx",
                  static_cast<unsigned long long>(data->outcomes[ticket].genome_checksum));
    ASSERT_EQ(text, genome) << "ticket " << ticket;
  }
}

/// Starts or resumes, reads `count` acknowledged outcomes, kills. False when the run ended before.
bool run_and_kill(const std::vector<std::string>& arguments, std::uint64_t count,
                  Acknowledged& acknowledged) {
  Child child(equivolve_command(arguments));
  for (std::uint64_t seen = 0; seen < count;) {
    auto line = child.next_event();
    if (!line) {
      const Finished done = child.wait();
      EXPECT_EQ(done.exit_code, 0) << done.err;
      return false;
    }
    const auto event = nlohmann::json::parse(*line);
    if (event["event"] != "outcome") continue;
    acknowledged[event["ticket"]] = event["genome"];
    ++seen;
  }
  child.signal(SIGKILL);
  const Finished done = child.wait();
  if (done.exit_code == 0) return false;  // its last events lay in the pipe when it ended
  EXPECT_EQ(done.signal, SIGKILL) << done.err;
  return true;
}

// A time budget ends a run where the clock says; killed after that, in its final stage, it still
// ends with all it had told.
TEST(KillLoop, ATimeBudgetKeepsWhatWasTold) {
  TempFolder folder;
  const auto yaml = folder.path() / "timed.yaml";
  std::string text = small_yaml(0);
  text = text.substr(0, text.find("budget:")) + "budget: {time: 300ms}\n";
  write_file(yaml, text);
  const std::string store = folder.path() / "runs.db";
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const Finished killed = equivolve({"run", yaml, "--store", store, "--quiet"},
                                    {{"EQUIVOLVE_FAULT", "run.final_trial:2"}});
  ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
  std::size_t told = 0;
  {
    auto reader = engine::StoreReader::open(store);
    ASSERT_TRUE(reader) << reader.error().message;
    told = (*reader)->replay(1).value().outcomes.size();
  }
  ASSERT_GT(told, 0u);
  const auto end = answer(equivolve({"resume", "1", "--store", store, "--json", "--quiet"}));
  EXPECT_EQ(end["status"], "finished");
  EXPECT_EQ(end["stopped_by"], "time");
  EXPECT_EQ(end["reproducible"], false);
  EXPECT_GE(end["candidates"].get<std::size_t>(), told);
  const Finished verified = equivolve({"store", "verify", "--store", store});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
}

TEST(KillLoop, NothingAcknowledgedIsLostAndTheEndIsTheSame) {
  TempFolder folder;
  const auto yaml = folder.path() / "small.yaml";
  write_file(yaml, small_yaml(2500));
  const auto undisturbed =
      answer(equivolve({"run", yaml, "--store", folder.path() / "plain.db", "--json", "--quiet"}));
  const std::uint64_t seed = test_seed();
  hashing::Stream stream(seed, hashing::Purpose::kTest, 0);
  int kills = 0;
  for (int round = 0; kills < kills_wanted(); ++round) {
    const std::string store = folder.path() / ("run" + std::to_string(round) + ".db");
    Acknowledged acknowledged;
    std::vector<std::string> arguments = {"run",     yaml,     "--store",  store,
                                          "--quiet", "--json", "--events", "3"};
    // A few kills a run, each while it is unfinished; then to the end.
    for (int k = 0; k < 5; ++k) {
      if (!run_and_kill(arguments, 1 + stream.below(600), acknowledged)) break;
      ++kills;
      expect_kept(store, acknowledged);
      if (testing::Test::HasFatalFailure()) return;
      arguments = {"resume", "latest", "--store", store, "--quiet", "--json", "--events", "3"};
      if (stream.chance(0.5))
        arguments.insert(arguments.end(), {"--workers", stream.chance(0.5) ? "1" : "8"});
    }
    const auto end = answer(equivolve({"resume", "latest", "--store", store, "--quiet", "--json"}));
    for (const char* key : {"result_digest", "trajectory_digest", "candidates", "evaluations",
                            "cache_hits", "classes", "wrong_hits"})
      ASSERT_EQ(end[key], undisturbed[key])
          << key << ", round " << round << ", EQUIVOLVE_TEST_SEED=" << seed;
    ASSERT_EQ(end["best"], undisturbed["best"]);
    ASSERT_EQ(end["references"], undisturbed["references"]);
    const Finished verified = equivolve({"store", "verify", "--store", store});
    ASSERT_EQ(verified.exit_code, 0) << verified.out;
  }
  EXPECT_GE(kills, kills_wanted()) << "runs ended before they could be killed";
}

}  // namespace
}  // namespace equivolve::tests
