// Programs and settings that several tests of algorithm_discovery share.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hashing/stream.hpp"
#include "search/space/program_space.hpp"

namespace equivolve::test {

/// Configurations on the files of data/.
nlohmann::json breast_cancer();
nlohmann::json diabetes();
nlohmann::json digits();
/// `config` with options.key = value.
nlohmann::json with_option(nlohmann::json config, const std::string& key,
                           const nlohmann::json& value);

/// Gradient descent on the squared (with the sigmoid: logistic) loss.
inline const std::string kGradientDescent =
    "setup:\n s2 = 0.05\npredict:\n s1 = dot(v0, v1)\nlearn:\n s3 = s0 - s1\n s3 = s2 * s3\n v2 = "
    "s3 * v0\n v1 = v1 + v2\n";

/// Every operation, with these memories and lengths.
search::ProgramSpace full_space(search::MemoryShape shape, std::uint32_t setup,
                                std::uint32_t predict, std::uint32_t learn);
/// The default space of tables (docs/evaluators/algorithm_discovery.md).
search::ProgramSpace quickstart_space(std::uint32_t dimension);

/// A stream of its own for a test: (number of the test case, place).
hashing::Stream test_stream(std::uint64_t test, std::uint64_t index);

}  // namespace equivolve::test
