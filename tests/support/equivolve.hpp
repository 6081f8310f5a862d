// The program under test, small configurations, and its answers as JSON.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"

namespace equivolve::tests {

/// A configuration of about `candidates` candidates on synthetic linear tasks: a run well below
/// half a second.
std::string small_yaml(std::uint64_t candidates, std::uint64_t seed = 7);

void write_file(const std::filesystem::path& file, const std::string& text);

/// `equivolve ARGUMENTS...`
Finished equivolve(const std::vector<std::string>& arguments, const Environment& extra = {},
                   const std::filesystem::path& folder = {});
std::vector<std::string> equivolve_command(const std::vector<std::string>& arguments);

/// The object on the last line of stdout; fails the test when there is none.
nlohmann::json answer(const Finished& finished);

}  // namespace equivolve::tests
