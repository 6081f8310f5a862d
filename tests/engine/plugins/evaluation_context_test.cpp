#include <gtest/gtest.h>

#include "engine/plugins/plugin_host.hpp"

namespace equivolve::engine {
namespace {

const EvaluatorDescriptor kDescriptor{"toy", "1", "", true, true, true, false, {"program"}};

EvaluatorInfo an_info() {
  EvaluatorInfo info;
  info.figures.push_back({"score", "", Role::kObjective, false, 0, 1, true});
  info.data_digest = {1, 2};
  return info;
}

hashing::Digest context(const std::string& config, const std::string& space = "{}",
                        const std::string& schema = "{}") {
  return evaluation_context(kDescriptor, an_info(), config, space, schema);
}

const std::string kConfig =
    R"({"data":{"file":"/a/x.csv","target":"y"},"options":{"a":1,"b":[1,2]}})";

TEST(EvaluationContext, IgnoresPlaceOrderAndSpacing) {
  EXPECT_EQ(
      context(kConfig),
      context(
          R"({"options": {"b": [1, 2], "a": 1}, "data": {"target": "y", "file": "/b/z.csv"}})"));
  EXPECT_EQ(context(R"({"options":{"rate":0.001}})"), context(R"({"options":{"rate":1e-3}})"));
}

TEST(EvaluationContext, CountsEverySettingThatIsNoPath) {
  const hashing::Digest base = context(kConfig);
  EXPECT_NE(base,
            context(R"({"data":{"file":"/a/x.csv","target":"z"},"options":{"a":1,"b":[1,2]}})"));
  EXPECT_NE(base,
            context(R"({"data":{"file":"/a/x.csv","target":"y"},"options":{"a":2,"b":[1,2]}})"));
  EXPECT_NE(base,
            context(R"({"data":{"file":"/a/x.csv","target":"y"},"options":{"a":1,"b":[2,1]}})"));
  EXPECT_NE(base, context(kConfig, R"({"memories":{"scalars":5}})"));
  EXPECT_EQ(context(kConfig, R"({"memories":{"scalars":5},"setup":{"max_length":3}})"),
            context(kConfig, R"({"memories":{"scalars":5},"setup":{"max_length":9}})"));
}

TEST(EvaluationContext, PathKeysComeFromTheSchemaToo) {
  const std::string schema =
      R"({"properties":{"data":{"properties":{"images":{"type":"string","format":"path"}}}}})";
  const std::string here = R"({"data":{"images":"/a"}})", there = R"({"data":{"images":"/b"}})";
  EXPECT_EQ(context(here, "{}", schema), context(there, "{}", schema));
  EXPECT_NE(context(here), context(there));
}

TEST(EvaluationContext, CountsEvaluatorDataAndSink) {
  const hashing::Digest base = context(kConfig);
  EvaluatorDescriptor newer = kDescriptor;
  newer.version = "2";
  EXPECT_NE(base, evaluation_context(newer, an_info(), kConfig, "{}"));
  EvaluatorInfo other = an_info();
  other.data_digest.lo = 3;
  EXPECT_NE(base, evaluation_context(kDescriptor, other, kConfig, "{}"));
  other = an_info();
  other.sink.mantissa_bits = 12;
  EXPECT_NE(base, evaluation_context(kDescriptor, other, kConfig, "{}"));
  other.sink.exact = true;
  const hashing::Digest exact = evaluation_context(kDescriptor, other, kConfig, "{}");
  EXPECT_NE(base, exact);
  other.sink.mantissa_bits = 13;
  EXPECT_EQ(exact, evaluation_context(kDescriptor, other, kConfig, "{}")) << "exact has no grid";
}

}  // namespace
}  // namespace equivolve::engine
