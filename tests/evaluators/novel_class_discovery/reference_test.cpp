// The figures of an independent implementation (scikit-learn and NumPy) on optdigits, a file of
// this repository. Bounds are theirs less what the specification allows.
#include <gtest/gtest.h>

#include "evaluators/novel_class_discovery/trial.hpp"
#include "tests/evaluators/support/files.hpp"

namespace equivolve::novel_class_discovery::test {
namespace {

const OpenedProblem& optdigits() {
  static const OpenedProblem opened = [] {
    DataSettings data;
    data.file = equivolve::test::data_file("optdigits.csv.gz");
    data.target = "label";
    data.split = "split";
    data.novel = {"0", "3", "4", "5", "6"};
    return open_problem(data);
  }();
  return opened;
}

TrialOutcome run(const Method& method, std::uint64_t seed, std::size_t epochs = 200) {
  Options options;
  options.classes = 5;
  TrialSettings how;
  how.epochs = epochs;
  how.seed = seed;
  return novel_class_discovery::test_trial(method, optdigits().problem, optdigits().truth, options,
                                           how);
}

TEST(Optdigits, IsReadAsItIsMeant) {
  const Problem& p = optdigits().problem;
  EXPECT_EQ(p.features.names.size(), 62u);  // two are constant
  EXPECT_EQ(p.train.known.rows + p.train.unlabelled.rows, 3823u);
  EXPECT_EQ(p.class_names, (std::vector<std::string>{"1", "2", "7", "8", "9"}));
  EXPECT_EQ(p.test.rows, 905u);
}

TEST(Optdigits, KMeansFindsOneOfItsTwoOptima) {
  Method method;
  method.kind = MethodKind::kKMeans;
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) sum += run(method, seed).inductive.accuracy / 10;
  EXPECT_NEAR(sum, 0.80, 0.06);
}

TEST(Optdigits, SpectralClusteringOfTheNeighbourGraphFindsAll) {
  Method method;
  method.kind = MethodKind::kSpectral;
  const TrialOutcome out = run(method, 1);
  EXPECT_GE(out.transductive.accuracy, 0.98);
  EXPECT_GE(out.transductive.nmi, 0.96);
  EXPECT_GE(out.inductive.accuracy, 0.98);
}

TEST(Optdigits, PbnFindsMostByItsCodes) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "too long under a sanitizer";
#endif
  // The reference's own hyperparameters; two of its five seeds' worth, less its spread.
  Method method;
  method.kind = MethodKind::kPbn;
  method.learning_rate = 8.756e-4;
  method.label_weight = 0.0637;
  method.code.dropout = 0.08648;
  method.code.code = 58;
  EXPECT_GE((run(method, 1).inductive.accuracy + run(method, 2).inductive.accuracy) / 2, 0.87);
}

// A fitness that never sees a novel label must still tell a code that keeps what novel classes need
// from one that forgets it.
TEST(Optdigits, FitnessOrdersCodesAsTheHiddenTruthDoes) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "too long under a sanitizer";
#endif
  Options options;
  options.classes = 5;
  const auto fitness = [&](double w) {
    Method method;
    method.kind = MethodKind::kPbn;
    method.label_weight = w;
    method.code.code = 31;
    TrialSettings how;
    how.epochs = 15;
    how.seed = 1;
    how.parallel_for = [](std::size_t n, const std::function<void(std::size_t)>& body) {
      for (std::size_t i = 0; i < n; ++i) body(i);
    };
    return validate(method, optdigits().problem.train, options, how).inductive.accuracy;
  };
  EXPECT_GT(fitness(0.3), fitness(1) + 0.15);
}

}  // namespace
}  // namespace equivolve::novel_class_discovery::test
