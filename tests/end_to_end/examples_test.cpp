// Every file in examples/ runs as it is, with a small budget.
#include <fstream>
#include <iterator>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(EQUIVOLVE_SOURCE_DIR) / "examples"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  return files;
}

/// What a file says after "# in tests:", blank by blank: smaller settings for one whose trials take
/// seconds each.
std::vector<std::string> settings_in_tests(const std::filesystem::path& file) {
  std::ifstream in(file);
  const std::string mark = "# in tests: ";
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(mark, 0) != 0) continue;
    std::istringstream words(line.substr(mark.size()));
    return {std::istream_iterator<std::string>(words), {}};
  }
  return {"budget.candidates=300"};
}

int candidates_in(const std::vector<std::string>& settings) {
  const std::string key = "budget.candidates=";
  for (const std::string& setting : settings)
    if (setting.rfind(key, 0) == 0) return std::stoi(setting.substr(key.size()));
  return -1;
}

class Examples : public testing::TestWithParam<std::filesystem::path> {};
INSTANTIATE_TEST_SUITE_P(All, Examples, testing::ValuesIn(examples()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST_P(Examples, RunAsTheyAre) {
  const std::filesystem::path file = GetParam();
  TempFolder folder;
  const auto settings = settings_in_tests(file);
  std::vector<std::string> words{"run",    file,      "--store", folder.path() / "runs.db",
                                 "--json", "--quiet", "--set",   "final.repeats=2"};
  for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
  const Finished done = equivolve(words);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto json = answer(done);
  const bool is_group = json.contains("runs");  // those with a `vary` section
  const nlohmann::json runs = is_group ? json["runs"] : nlohmann::json::array({json});
  for (const auto& run : runs) EXPECT_EQ(run["candidates"], candidates_in(settings));
  EXPECT_TRUE(!is_group || runs.size() == json["planned"]);
}

// Two of the seeds that `./bootstrap bench` tries, at the file's own budget.
TEST(Quickstart, ComesWithinTwoPointsOfLogisticRegression) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "too long under a sanitizer";
#endif
  for (const char* seed : {"1", "2"}) {
    TempFolder folder;
    const auto json =
        answer(equivolve({"run", std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/quickstart.yaml",
                          "--store", folder.path() / "runs.db", "--json", "--quiet", "--seed", seed,
                          "--set", "final.repeats=2"}));
    const double rival = json["references"]["logistic_regression"]["validation"]["accuracy"];
    EXPECT_GE(json["best"]["validation"]["accuracy"].get<double>(), rival - 0.02)
        << "seed " << seed;
    if (seed != std::string("1")) continue;
    std::ifstream in(std::string(EQUIVOLVE_SOURCE_DIR) + "/README.md");
    const std::string readme(std::istreambuf_iterator<char>(in), {});
    const std::string line = json["candidates"].dump() + " candidates, " +
                             json["evaluations"].dump() + " evaluated, 0 failed";
    EXPECT_NE(readme.find(line), std::string::npos)
        << "README's picture is of another run: " << line;
  }
}

}  // namespace
}  // namespace equivolve::tests
