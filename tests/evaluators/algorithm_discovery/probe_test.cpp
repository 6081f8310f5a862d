// Digests of behaviour: equal where it cannot matter, different where it does.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>

#include "search/genome/program_analysis.hpp"
#include "search/variation/program_variation.hpp"
#include "tests/evaluators/support/algorithm_discovery.hpp"

namespace equivolve::test {
namespace {

const std::string kDescent =
    "setup:\n s2 = 0.05\npredict:\n s1 = dot(v0, v1)\nlearn:\n s3 = s0 - s1\n s3 = s2 * s3\n v2 = "
    "s3 * v0\n v1 = v1 + v2\n";

class Probe : public ::testing::Test {
 protected:
  hashing::Digest of(const std::string& text) {
    return session_.probe(genome_of(text, {6, 5, 0, 30}));
  }
  Probe() : session_(algorithm_discovery(), breast_cancer()) {
    EXPECT_EQ(session_.bind(to_json(full_space({6, 5, 0, 30}, 5, 5, 8))).status, EQV_OK);
  }
  Session session_;
};

TEST_F(Probe, IsDeterministicAndKeyedByTheSeed) {
  const auto genome = genome_of(kDescent, {6, 5, 0, 30});
  EXPECT_EQ(session_.probe(genome, 1), session_.probe(genome, 1));
  EXPECT_NE(session_.probe(genome, 1), session_.probe(genome, 2));
  Session other(algorithm_discovery(), breast_cancer());
  ASSERT_EQ(other.bind(to_json(full_space({6, 5, 0, 30}, 5, 5, 8))).status, EQV_OK);
  EXPECT_EQ(other.probe(genome, 1), session_.probe(genome, 1));
}

TEST_F(Probe, IgnoresDeadCode) {
  EXPECT_EQ(of("setup:\n s2 = 0.05\n s5 = 3\n v4 = gaussian(0, 1)\npredict:\n v3 = v0 * v0\n s1 = "
               "dot(v0, v1)\nlearn:\n"
               " s3 = s0 - s1\n s4 = exp(s3)\n s3 = s2 * s3\n v2 = s3 * v0\n v1 = v1 + v2\n"),
            of(kDescent));
}

TEST_F(Probe, IgnoresTheOrderOfIndependentInstructionsAndNamesOfMemories) {
  EXPECT_EQ(of("setup:\n s4 = 2\n s2 = 0.05\npredict:\n s1 = dot(v0, v1)\n s1 = s4 * s1\nlearn:\n "
               "v2 = s2 * v0\n v1 = v1 + v2\n"),
            of("setup:\n s2 = 0.05\n s4 = 2\npredict:\n s1 = dot(v0, v1)\n s1 = s4 * s1\nlearn:\n "
               "v2 = s2 * v0\n v1 = v1 + v2\n"));
  EXPECT_EQ(of("setup:\n s4 = 0.05\npredict:\n s1 = dot(v0, v3)\nlearn:\n s5 = s0 - s1\n s5 = s4 * "
               "s5\n v1 = s5 * v0\n v3 = v3 + v1\n"),
            of(kDescent));
}

TEST_F(Probe, IgnoresSpelling) {
  EXPECT_EQ(of("setup:\n s2 = 0.05\npredict:\n s1 = dot(v1, v0)\nlearn:\n s3 = s0 - s1\n s3 = s3 * "
               "s2\n v2 = s3 * v0\n v1 = v2 + v1\n"),
            of(kDescent));
}

TEST_F(Probe, SeesOneConstantsLastBit) {
  const std::string nudged = "0.050000000000000003";
  ASSERT_EQ(std::stod(nudged), 0.05);
  std::string text = kDescent;
  text.replace(text.find("0.05"), 4, "0.05000000000000001");
  EXPECT_NE(of(text), of(kDescent));
}

TEST_F(Probe, SeesStateThatWasNotYetUsed) {
  // Predictions are equal (v3 reaches them times a zero that is not known to be one); what v3 holds
  // is not.
  const std::string head =
      "setup:\n s4 = 1\n s5 = 1\npredict:\n s2 = s4 - s5\n s3 = dot(v0, v3)\n s1 = s2 * "
      "s3\nlearn:\n";
  EXPECT_NE(of(head + " v3 = v3 + v0\n"), of(head + " v3 = v3 - v0\n"));
}

TEST_F(Probe, SeesWhereAProgramEnds) {
  // Both end on 1/0; one at the first example, one at the second.
  EXPECT_NE(of("setup:\npredict:\n s1 = reciprocal(s2)\nlearn:\n"),
            of("setup:\n s2 = 1\npredict:\n s1 = reciprocal(s2)\nlearn:\n s2 = 0\n"));
}

// Such pairs were merged: the sum below zero that one maximum hides comes only after many rows.
TEST_F(Probe, SeesAThresholdThatFewRowsReach) {
  const std::string learn =
      "learn:\n v0 = s0 * v0\n v1 = v0 + v1\n v2 = v0 + v1\n s1 = dot(v0, v2)\n";
  EXPECT_NE(of("setup:\npredict:\n s1 = max(s0, s1)\n" + learn),
            of("setup:\npredict:\n s1 = max(s1, s1)\n" + learn));
}

TEST_F(Probe, LiveDrawsMatterDeadOnesDoNot) {
  const std::string live = "setup:\n v1 = gaussian(0, 1)\npredict:\n s1 = dot(v0, v1)\nlearn:\n";
  EXPECT_EQ(of("setup:\n v2 = gaussian(0, 1)\n v1 = gaussian(0, 1)\npredict:\n s1 = dot(v0, "
               "v1)\nlearn:\n"),
            of(live));
  EXPECT_NE(of("setup:\n v2 = gaussian(0, 1)\n v1 = gaussian(0, 1)\n v1 = v1 + v2\npredict:\n s1 = "
               "dot(v0, v1)\nlearn:\n"),
            of(live));
}

TEST_F(Probe, RefusesReferencesKnownByName) {
  // A probe runs programs only; the sink stays empty.
  eqv_candidate candidate{};
  candidate.struct_size = sizeof candidate;
  candidate.representation = EQV_PROGRAM;
  const std::string name = "constant";
  candidate.reference = {name.data(), name.size()};
  const eqv_probe_request request{sizeof request, 1};
  eqv_output_sink sink{};
  sink.struct_size = sizeof sink;
  eqv_handle* handle = nullptr;
  const eqv_host host{sizeof(eqv_host), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
  const std::string config = breast_cancer().dump();
  eqv_error error{};
  ASSERT_EQ(algorithm_discovery().create(&host, {config.data(), config.size()}, &handle, &error),
            EQV_OK);
  EXPECT_EQ(algorithm_discovery().probe(handle, &candidate, &request, &sink), EQV_UNSUPPORTED);
  algorithm_discovery().destroy(handle);
}

/// Programs by mutation from a few, so that many behave alike; equal digests must mean equal
/// trials, but for at most one pair in `one_in` (0: none at all). A finite probe cannot see
/// everything: max(x, c) is x until x first falls below c.
void expect_few_wrong_merges(const nlohmann::json& config, const search::ProgramSpace& space,
                             std::uint64_t test, int programs, int at_least_merged, int one_in) {
  Session session(algorithm_discovery(), config);
  ASSERT_EQ(session.bind(to_json(space)).status, EQV_OK);
  struct First {
    Trial trial;
    std::string text;
  };
  std::map<hashing::Digest, First> seen;
  // What the evaluator gives the host as a key: equal ones are never probed twice.
  const search::CycleConvention convention{config == breast_cancer()};
  std::map<std::vector<std::byte>, hashing::Digest> by_key;
  std::vector<search::Program> population;
  int merged = 0, wrong = 0;
  for (int p = 0; p < programs; ++p) {
    auto stream = test_stream(test, static_cast<std::uint64_t>(p));
    search::Program program =
        p % 4 == 0 || population.empty()
            ? search::random_program(space, stream)
            : search::mutate(population[stream.below(population.size())], space, stream).program;
    const search::Genome genome = search::to_genome(program);
    population.push_back(std::move(program));
    const Trial trial = session.evaluate(genome);
    const std::string text = search::to_text(*search::view_program(genome.flat));
    const hashing::Digest digest = session.probe(genome);
    const auto key = search::canonical_bytes(
        search::prepare_pruned(*search::view_program(genome.flat), convention));
    EXPECT_EQ(by_key.try_emplace(key, digest).first->second, digest) << text;
    auto [place, founded] = seen.try_emplace(digest, First{trial, text});
    if (founded) continue;
    ++merged;
    const Trial& first = place->second.trial;
    bool same = trial.status == first.status;
    if (same && trial.status == EQV_OK) same = trial.figures == first.figures;
    if (!same && ++wrong == 1 && one_in == 0)
      ADD_FAILURE() << place->second.text << "\nand\n" << text;
  }
  EXPECT_LE(wrong * std::max(one_in, 1), one_in == 0 ? 0 : merged) << wrong << " of " << merged;
  EXPECT_GT(merged, at_least_merged);
  EXPECT_GT(seen.size(), static_cast<std::size_t>(programs) / 20);
}

/// The operations of the AutoML-Zero demo: no max, so nothing hides behind a threshold.
search::ProgramSpace smooth_space(std::uint32_t dimension) {
  using search::Op;
  search::ProgramSpace space = quickstart_space(dimension);
  for (auto& function : space.functions)
    function.operations = {Op::kScalarDifference, Op::kScalarProduct, Op::kScalarVectorProduct,
                           Op::kVectorSum,        Op::kDot,           Op::kScalarConstant};
  return space;
}

TEST(WrongMerges, NoneAmongSmoothClassifiers) {
  expect_few_wrong_merges(breast_cancer(), smooth_space(30), 30, 6000, 2000, 0);
}

TEST(WrongMerges, NoneAmongSmoothRegressions) {
  expect_few_wrong_merges(diabetes(), smooth_space(10), 31, 6000, 2000, 0);
}

TEST(WrongMerges, FewAmongQuickstartPrograms) {
  expect_few_wrong_merges(breast_cancer(), quickstart_space(30), 32, 6000, 2000, 1000);
}

TEST(WrongMerges, FewAmongProgramsOfAllOperations) {
  expect_few_wrong_merges({{"data", {{"synthetic", "linear"}, {"tasks", 2}}}},
                          full_space({4, 3, 2, 4}, 5, 4, 6), 33, 6000, 1000, 500);
}

}  // namespace
}  // namespace equivolve::test
