#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evaluators/support/algorithm_discovery.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(Space, DefaultOfTablesIsTheMeasuredOne) {
  Session session(algorithm_discovery(), breast_cancer());
  EXPECT_EQ(session.default_space(), json::parse(R"({"representation": "program",
    "memories": {"scalars": 4, "vectors": 3, "matrices": 0, "dimension": 30},
    "setup": {"length": 5}, "predict": {"length": 2}, "learn": {"length": 6},
    "operations": ["scalar_sum", "scalar_difference", "scalar_product", "scalar_max", "scalar_constant", "dot",
                   "scalar_vector_product", "vector_sum", "vector_difference", "vector_product"],
    "constant_range": 1.0})"));
  EXPECT_EQ(session.bind(session.default_space()).status, EQV_OK);
  EXPECT_EQ(session.bind(to_json(quickstart_space(30))).status, EQV_OK);
}

TEST(Space, DefaultsOfSyntheticTasksHoldTheirTextbookPrograms) {
  for (const char* kind : {"linear", "two_layer_teacher"}) {
    Session session(algorithm_discovery(), {{"data", {{"synthetic", kind}}}});
    ASSERT_EQ(session.bind(session.default_space()).status, EQV_OK);
    int programs = 0;
    for (const json& reference : session.references()) programs += reference.contains("genome");
    EXPECT_EQ(programs, kind == std::string("linear") ? 1 : 2);
  }
}

TEST(Space, RefusesWithAPointer) {
  Session session(algorithm_discovery(), breast_cancer());
  const json good = to_json(quickstart_space(30));
  auto expect = [&](const std::string& pointer, const json& value, const std::string& where,
                    const std::string& message) {
    json space = good;
    space[json::json_pointer(pointer)] = value;
    const Refusal refusal = session.bind(space);
    EXPECT_EQ(refusal.status, EQV_UNSUPPORTED) << pointer;
    EXPECT_EQ(refusal.pointer, where);
    EXPECT_THAT(refusal.message, HasSubstr(message));
  };
  expect("/memories/dimension", 29, "/memories/dimension", "must be 30, the number of features");
  expect("/memories/scalars", 1, "/memories/scalars", "from 2 to 255");
  expect("/memories/matrix", 1, "/memories/matrix", "did you mean 'matrices'?");
  expect("/learn/operations/2", "scalar_produc", "/learn/operations/2",
         "did you mean 'scalar_product'?");
  expect("/learn/operations", json::array(), "/learn/operations", "no operation is allowed");
  expect("/learn/min_length", 9, "/learn/min_length", "from 0 to 6");
  expect("/setup/initial_length", 1, "/setup/initial_length", "from 5 to 5");
  expect("/constant_range", 0, "/constant_range", "must be a number");
  expect("/representation", "graph", "/representation", "'program' only");
  expect("/speed", 1, "/speed", "unknown key");
}

TEST(Space, DecidesWhichCandidatesAreValid) {
  Session session(algorithm_discovery(), breast_cancer());
  ASSERT_EQ(session.bind(to_json(quickstart_space(30))).status, EQV_OK);
  const search::Genome beyond =
      genome_of("setup:\npredict:\n s1 = dot(v0, v5)\nlearn:\n", {9, 9, 0, 30});
  EXPECT_EQ(session.evaluate(beyond).status, EQV_INVALID_CANDIDATE);
  eqv_status status;
  session.probe(beyond, 1, &status);
  EXPECT_EQ(status, EQV_INVALID_CANDIDATE);
  search::Genome cut = genome_of(kGradientDescent, quickstart_shape(30));
  cut.flat.resize(cut.flat.size() - 8);
  EXPECT_EQ(session.evaluate(cut).status, EQV_INVALID_CANDIDATE);
}

}  // namespace
}  // namespace equivolve::test
