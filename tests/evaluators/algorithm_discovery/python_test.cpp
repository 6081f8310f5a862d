// Random programs over all 65 operations: numpy means what the interpreter means.
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "search/genome/program_analysis.hpp"
#include "search/variation/program_variation.hpp"
#include "tests/evaluators/support/algorithm_discovery.hpp"
#include "tests/evaluators/support/python.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;

/// Applies many random programs and has one Python process compare them all: trained state and
/// fit() against predictions.csv, and ValueError where there are none.
void compare(const json& config, const search::ProgramSpace& space, std::uint64_t test,
             int programs, int at_least_finite) {
  EQUIVOLVE_NEEDS_NUMPY();
  Session session(algorithm_discovery(), config);
  ASSERT_EQ(session.bind(to_json(space)).status, EQV_OK);
  TemporaryFolder folder;
  int finite = 0, kept = 0;
  for (std::uint64_t p = 0; kept < programs; ++p) {
    auto stream = test_stream(test, p);
    const search::Program program = search::random_program(space, stream);
    const search::Genome genome = search::to_genome(program);
    const auto prepared = search::prepare_pruned(*search::view_program(genome.flat), {false});
    if (prepared[search::Function::kPredict].instructions.size() < 2) continue;  // too dull
    const auto files = session.apply(genome, {{"predictions_for", "all"}});
    folder.write("model" + std::to_string(kept) + ".py", files.at("model.py"));
    if (files.count("predictions.csv")) {
      folder.write("predictions" + std::to_string(kept) + ".csv", files.at("predictions.csv"));
      ++finite;
    }
    ++kept;
  }
  EXPECT_GT(finite, at_least_finite);
  const auto pool = session.apply(std::string("constant"), {{"predictions_for", "pool"}});
  folder.write("pool.csv", pool.at("predictions.csv"));
  const std::string output = run_python(folder, R"(
import csv, importlib, os, numpy as np
path = ')" + config["data"]["file"].get<std::string>() +
                                                    R"('
pool = [int(r[0]) - 1 for r in list(csv.reader(open('pool.csv')))[1:]]
rows = list(csv.reader(open(path)))
exact = 0
for k in range()" + std::to_string(programs) + R"():
    model = importlib.import_module(f'model{k}')
    X = model.read_features(path)
    y = np.array([r[-1] for r in rows[1:]])
    if not model.CLASSIFICATION: y = y.astype(float)
    if not os.path.exists(f'predictions{k}.csv'):
        try:
            model.Model().fit(X[pool], y[pool]).predict(X)
        except ValueError:
            continue
        raise SystemExit(f'model{k} stays finite in numpy')
    ours = [r for r in list(csv.reader(open(f'predictions{k}.csv')))[1:]]
    for ready in (model.pretrained(), model.Model().fit(X[pool], y[pool])):
        told = ready.predict(X)
        if model.CLASSIFICATION:
            assert [str(t) for t in told.tolist()] == [r[1] for r in ours], k
            mine = np.array([float(r[2]) for r in ours]); theirs = ready.decision_function(X)
        else:
            mine = np.array([float(r[1]) for r in ours]); theirs = told
        assert np.allclose(theirs, mine, rtol=1e-9, atol=1e-12), (k, np.abs(theirs - mine).max())
        exact += (theirs == mine).all()
print(exact)
)");
  // sin, exp and their like are the same C library's here, so almost all agree to the last bit.
  EXPECT_GE(std::atoi(output.c_str()), 2 * finite - finite / 10) << output;
}

std::string small_table(bool classes, std::uint64_t test) {
  std::string csv = "a,b,c,y\n";
  auto stream = test_stream(test, 999999);
  for (int r = 0; r < 24; ++r) {
    for (int c = 0; c < 3; ++c) csv += std::to_string(stream.gaussian()) + ",";
    csv += classes ? (stream.chance(0.5) ? "yes\n" : "no\n")
                   : std::to_string(stream.gaussian()) + "\n";
  }
  return csv;
}

json table(const TemporaryFolder& folder, bool classes, std::uint64_t test) {
  return {
      {"data", {{"file", folder.write("table.csv", small_table(classes, test))}, {"target", "y"}}},
      {"options", {{"epochs", 2}}}};
}

TEST(Python, MeansWhatTheInterpreterMeansInRegression) {
  TemporaryFolder folder;
  compare(table(folder, false, 40), full_space({5, 4, 3, 3}, 8, 6, 8), 40, 150, 40);
}

TEST(Python, MeansWhatTheInterpreterMeansInClassification) {
  TemporaryFolder folder;
  compare(table(folder, true, 41), full_space({5, 4, 3, 3}, 8, 6, 8), 41, 100, 30);
}

}  // namespace
}  // namespace equivolve::test
