// Configurations through the plugin interface: the default space is read, random candidates are
// probed and evaluated, and those with one digest have one fitness.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/config/space.hpp"
#include "search/variation/variation.hpp"
#include "tests/engine/plugins/modules_support.hpp"

namespace equivolve::engine::test {
namespace {

using search::Genome;
using search::Space;

class ToyConfiguration : public testing::Test {
 protected:
  void bind(const std::string& user) {
    made_ = make("toy_configuration");
    ASSERT_TRUE(made_.evaluator) << made_.error.message;
    auto read = space_section(search::Representation::kConfiguration)
                    .read(made_.evaluator->default_space("configuration"), user);
    ASSERT_TRUE(read) << read.error()[0].pointer << ": " << read.error()[0].message;
    space_ = std::make_shared<const Space>(std::move(*read));
    const auto bound = made_.evaluator->bind_space(space_, to_json(*space_));
    ASSERT_TRUE(bound) << bound.error().message;
  }

  CandidateView candidate(const Genome& genome) const {
    CandidateView view;
    view.representation = genome.representation;
    view.genome = genome.flat;
    return view;
  }
  TrialResult evaluate(const Genome& genome) {
    return made_.evaluator->evaluate(candidate(genome), TrialRequest(), stop_);
  }
  Genome genome(const std::string& text) {
    auto parsed = search::parse_genome(text, *space_);
    if (parsed) return *parsed;
    ADD_FAILURE() << parsed.error().message;
    return {};
  }

  Made made_;
  std::shared_ptr<const Space> space_;
  std::atomic<bool> stop_{false};
};

TEST_F(ToyConfiguration, KnowsItsOptimum) {
  bind("{}");
  const TrialResult best = evaluate(genome("shape: power\nx: 0.5\ny: 7\npower: 2\nlevel: 3\n"));
  ASSERT_EQ(best.status, Status::kOk) << best.message;
  EXPECT_EQ(best.figures[0], 0);
  const auto references = made_.evaluator->reference_candidates();
  ASSERT_EQ(references.size(), 2u);
  EXPECT_GT(evaluate(genome(references[1].genome_text)).figures[0], 0.01);
  CandidateView zero;
  zero.representation = search::Representation::kConfiguration;
  zero.reference = references[0].name;
  EXPECT_EQ(made_.evaluator->evaluate(zero, TrialRequest(), stop_).figures[0],
            evaluate(genome("shape: flat\nx: 2\ny: 7\nlevel: 3\n")).figures[0]);
}

TEST_F(ToyConfiguration, OneDigestIsOneFitness) {
  bind("{}");
  std::map<std::pair<std::uint64_t, std::uint64_t>, double> fitness;
  std::set<std::vector<std::byte>> genomes;
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    hashing::Stream stream(61, hashing::Purpose::kTest, i);
    const Genome one = search::random_genome(*space_, stream);
    genomes.insert(one.flat);
    const ProbeResult probe = made_.evaluator->probe(candidate(one), 1);
    ASSERT_EQ(probe.status, Status::kOk);
    const TrialResult trial = evaluate(one);
    ASSERT_EQ(trial.status, Status::kOk);
    const auto [known, is_new] =
        fitness.try_emplace({probe.digest.key.hi, probe.digest.key.lo}, trial.figures[0]);
    if (!is_new) {
      EXPECT_NEAR(known->second, trial.figures[0], 1e-9) << search::genome_text(one.flat, *space_);
    }
  }
  EXPECT_GT(genomes.size(), 4'900u);
  EXPECT_LT(fitness.size(), 3'000u) << "many behave alike";
}

TEST_F(ToyConfiguration, NarrowedChoicesMeanTheSame) {
  bind("{}");
  const std::string text = "shape: power\nx: 0.7\ny: 1\npower: 3\nlevel: 0\n";
  const double in_full = evaluate(genome(text)).figures[0];
  bind(R"({"parameters": {"shape": {"values": ["power", "line"]}}})");
  EXPECT_EQ(evaluate(genome(text)).figures[0], in_full);
}

TEST_F(ToyConfiguration, ReferencesOutsideOfANarrowedSpaceAreLeftOut) {
  bind(R"({"parameters": {"shape": {"values": ["flat", "line"]}}})");
  const auto references = made_.evaluator->reference_candidates();
  ASSERT_EQ(references.size(), 1u);
  EXPECT_EQ(references[0].name, "zero");
  ASSERT_EQ(made_.log->size(), 1u);
  EXPECT_NE(made_.log->front().find("its reference candidate 'cubic' is left out: it does not lie "
                                    "in the space, shape is 'power'; expected one of flat, line"),
            std::string::npos)
      << made_.log->front();
}

}  // namespace
}  // namespace equivolve::engine::test
