#include "tests/support/equivolve.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace equivolve::tests {

std::string small_yaml(std::uint64_t candidates, std::uint64_t seed) {
  return "name: small\nseed: " + std::to_string(seed) +
         "\nevaluator: algorithm_discovery\n"
         "data: {synthetic: linear, tasks: 2, dimension: 4, train: 30, validation: 20}\n"
         "search: {population_size: 50, tournament_size: 5}\n"
         "final: {top: 3, repeats: 3}\n"
         "budget: {candidates: " +
         std::to_string(candidates) + "}\n";
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
}

std::vector<std::string> equivolve_command(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {EQUIVOLVE_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

Finished equivolve(const std::vector<std::string>& arguments, const Environment& extra,
                   const std::filesystem::path& folder) {
  return run_process(equivolve_command(arguments), extra, folder);
}

nlohmann::json answer(const Finished& finished) {
  auto json = nlohmann::json::parse(finished.last_line(), nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << "exit " << finished.exit_code << "\n"
                                    << finished.out << "\n"
                                    << finished.err;
  return json.is_discarded() ? nlohmann::json::object() : json;
}

}  // namespace equivolve::tests
