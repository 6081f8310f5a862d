#include "tests/evaluators/support/cases.hpp"

#include "tests/evaluators/support/files.hpp"

namespace equivolve::test {
namespace {

nlohmann::json table(const std::string& name, const std::string& target) {
  return {{"data", {{"file", data_file(name)}, {"target", target}}}};
}

}  // namespace

nlohmann::json breast_cancer() {
  return table("breast_cancer.csv", "diagnosis");
}
nlohmann::json diabetes() {
  return table("diabetes.csv", "progression");
}
nlohmann::json digits() {
  return table("digits.csv", "digit");
}

nlohmann::json with_option(nlohmann::json config, const std::string& key,
                           const nlohmann::json& value) {
  config["options"][key] = value;
  return config;
}

search::ProgramSpace full_space(search::MemoryShape shape, std::uint32_t setup,
                                std::uint32_t predict, std::uint32_t learn) {
  search::ProgramSpace space;
  space.memories = shape;
  const std::uint32_t lengths[] = {setup, predict, learn};
  for (std::size_t f = 0; f < search::kFunctionCount; ++f) {
    auto& function = space.functions[f];
    function.min_length = function.max_length = function.initial_length = lengths[f];
    for (const auto& info : search::op_table()) function.operations.push_back(info.op);
  }
  return space;
}

search::ProgramSpace quickstart_space(std::uint32_t dimension) {
  using search::Op;
  search::ProgramSpace space = full_space({4, 3, 0, dimension}, 5, 2, 6);
  for (auto& function : space.functions)
    function.operations = {
        Op::kScalarSum, Op::kScalarDifference, Op::kScalarProduct, Op::kScalarVectorProduct,
        Op::kVectorSum, Op::kVectorDifference, Op::kVectorProduct, Op::kDot,
        Op::kScalarMax, Op::kScalarConstant};
  return space;
}

hashing::Stream test_stream(std::uint64_t test, std::uint64_t index) {
  return hashing::Stream(test, hashing::Purpose::kTest, index);
}

}  // namespace equivolve::test
