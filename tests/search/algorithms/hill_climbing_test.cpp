#include "search/algorithms/hill_climbing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/search/support/search_loop.hpp"
#include "tests/search/support/sequences.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using test::Drive;
using test::SearchLoop;
using test::Told;

HillClimbing climber(std::uint32_t neighbours, std::uint64_t restart_after) {
  return HillClimbing(HillClimbingSettings{neighbours, restart_after});
}

TEST(HillClimbing, StandsAtTheFirstRankedCandidate) {
  Drive<HillClimbing> drive(climber(1, 0));
  const Request a = *drive.ask(), b = *drive.ask();
  EXPECT_EQ(b.recipe.kind, Recipe::Kind::kRandom);
  drive.tell(a, 0, false);
  EXPECT_EQ(drive.ask()->recipe.kind, Recipe::Kind::kRandom);
  drive.tell(b, -5);
  const Request child = *drive.ask();
  EXPECT_EQ(child.recipe.kind, Recipe::Kind::kMutation);
  EXPECT_EQ(child.recipe.first_parent, b.birth);
}

TEST(HillClimbing, FirstAscentStepsToWhatIsNoWorse) {
  Drive<HillClimbing> drive(climber(1, 0));
  drive.tell(*drive.ask(), 1);
  const Request worse = *drive.ask(), equal = *drive.ask(), better = *drive.ask();
  drive.tell(worse, 0);
  EXPECT_EQ(drive.ask()->recipe.first_parent, 0u);
  drive.tell(equal, 1);
  EXPECT_EQ(drive.ask()->recipe.first_parent, equal.birth);
  drive.tell(better, 2);
  EXPECT_EQ(drive.ask()->recipe.first_parent, better.birth);
  const Request unranked = *drive.ask();
  drive.tell(unranked, 0, false);
  EXPECT_EQ(drive.ask()->recipe.first_parent, better.birth);
}

TEST(HillClimbing, SteepestAscentStepsToTheBestOfTheSample) {
  Drive<HillClimbing> drive(climber(4, 0));
  drive.tell(*drive.ask(), 1);
  std::vector<Request> sample;
  for (int i = 0; i < 4; ++i) sample.push_back(*drive.ask());
  const double fitness[] = {2, 7, 3, 4};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(drive.ask()->recipe.first_parent, 0u);
    drive.tell(sample[i], fitness[i]);
  }
  EXPECT_EQ(drive.ask()->recipe.first_parent, sample[1].birth);
}

TEST(HillClimbing, StartsAnewWithoutGain) {
  Drive<HillClimbing> drive(climber(1, 5));
  drive.tell(*drive.ask(), 1);
  const Request late = *drive.ask();
  for (int i = 0; i < 4; ++i) drive.tell(*drive.ask(), 1);  // equals are no gain
  EXPECT_EQ(drive.ask()->recipe.kind, Recipe::Kind::kMutation);
  drive.tell(*drive.ask(), 0);
  const Request fresh = *drive.ask();
  EXPECT_EQ(fresh.recipe.kind, Recipe::Kind::kRandom);
  drive.tell(late, 100);  // of the climb that is over
  EXPECT_EQ(drive.ask()->recipe.kind, Recipe::Kind::kRandom);
  drive.tell(fresh, -3);
  EXPECT_EQ(drive.ask()->recipe.first_parent, fresh.birth);
}

// Every sequence of six letters has a random fitness. All 4,096 are enumerated; those that no
// substitution of one letter betters are the local optima.
class Rugged {
 public:
  explicit Rugged(std::uint64_t seed) {
    Stream stream(seed, Purpose::kTest, 1);
    for (double& f : fitness_) f = stream.uniform();
  }
  double operator()(const Genome& genome) const { return fitness_[number(genome)]; }
  double best() const { return *std::max_element(std::begin(fitness_), std::end(fitness_)); }
  bool is_local_optimum(const Genome& genome) const {
    const std::size_t at = number(genome);
    for (std::size_t place = 1; place < 4096; place *= 4)
      for (std::size_t letter = 0; letter < 4; ++letter) {
        const std::size_t other = at - (at / place % 4) * place + letter * place;
        if (fitness_[other] > fitness_[at]) return false;
      }
    return true;
  }

 private:
  static std::size_t number(const Genome& genome) {
    std::size_t n = 0;
    for (std::size_t i = sizeof(eqv_sequence_header); i < genome.flat.size(); ++i)
      n = n * 4 + static_cast<std::size_t>(genome.flat[i]);
    return n;
  }
  double fitness_[4096];
};

SearchLoop loop_on(const Rugged& rugged, HillClimbing algorithm, std::size_t lookahead) {
  return SearchLoop(
      Searcher(std::move(algorithm), std::make_shared<const Space>(test::dna_space(6)), 3),
      lookahead, [&rugged](const Genome& genome) {
        Outcome outcome;
        outcome.ranked = true;
        outcome.objectives = {rugged(genome)};
        return outcome;
      });
}

TEST(HillClimbing, EndsInLocalOptimaAndRestartsFindTheGlobalOne) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Rugged rugged(seed);
    for (const std::uint32_t neighbours : {1u, 40u}) {
      SearchLoop loop = loop_on(rugged, climber(neighbours, 200), 8);
      std::map<std::uint64_t, const Told*> tops;  // of the climbs, by epoch
      double best = 0;
      for (const Told& one : loop.run(30'000)) {
        const Told*& top = tops[one.request.epoch];
        if (!top || one.outcome.objectives[0] >= top->outcome.objectives[0]) top = &one;
        best = std::max(best, one.outcome.objectives[0]);
      }
      // 200 mutations without a gain: a given neighbour (of 18) is missed in a climb with
      // probability below (1 - 0.4 / 18)^200 = 1.1 %.
      std::size_t local = 0;
      for (const auto& top : tops) local += rugged.is_local_optimum(*top.second->candidate.genome);
      EXPECT_GT(tops.size(), 30u);
      EXPECT_GT(local, tops.size() * 9 / 10) << "seed " << seed << ", neighbours " << neighbours;
      EXPECT_EQ(best, rugged.best()) << "seed " << seed << ", neighbours " << neighbours;
    }
  }
}

}  // namespace
}  // namespace equivolve::search
