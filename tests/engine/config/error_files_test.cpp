// Bad files, each with all that a person is told: errors/NAME.yaml and errors/NAME.txt.
// EQUIVOLVE_UPDATE_ERRORS=1 writes the latter anew; read what changed before it is kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "engine/run/preparation.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

const std::filesystem::path kFolder = EQUIVOLVE_SOURCE "/tests/engine/config/errors";

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (entry.path().extension() == ".yaml") out.push_back(entry.path().stem());
  std::sort(out.begin(), out.end());
  return out;
}

// As `equivolve validate` would say it in that folder.
PreparationError validate(const std::string& name) {
  auto document = Document::parse(content(kFolder / (name + ".yaml")), name + ".yaml");
  if (!document) return {2, {document.error()}, {}};
  ReadConfiguration read = walk_document(std::move(*document), kFolder, name, options());
  read.configuration.file = kFolder / (name + ".yaml");
  auto prepared = prepare(std::move(read), [](int, std::string_view) {});
  return prepared ? PreparationError{0, {}, prepared->warnings} : prepared.error();
}

// Names of folders differ from machine to machine.
std::string without(std::string text, const std::string& folder, const std::string& instead) {
  for (std::size_t at; (at = text.find(folder)) != std::string::npos;)
    text.replace(at, folder.size(), instead);
  return text;
}

std::string text_of(const PreparationError& error) {
  std::string text;
  for (const ConfigProblem& warning : error.warnings) text += "warning: " + warning.text() + "\n";
  text += engine::text_of(error.problems);
  return without(without(std::move(text), kFolder.string() + "/", ""), EQUIVOLVE_MODULES, "FOLDER");
}

class ErrorFiles : public testing::TestWithParam<std::string> {};

TEST_P(ErrorFiles, AreRefusedInTheseWords) {
  const PreparationError error = validate(GetParam());
  EXPECT_EQ(error.exit_code, 2);
  ASSERT_FALSE(error.problems.empty());
  const std::filesystem::path expected = kFolder / (GetParam() + ".txt");
  if (std::getenv("EQUIVOLVE_UPDATE_ERRORS"))
    std::ofstream(expected, std::ios::binary) << text_of(error);
  EXPECT_EQ(text_of(error), content(expected));
  std::uint32_t last = 0;
  for (const ConfigProblem& problem : error.problems) {
    EXPECT_GE(problem.line, last) << "in the order of the file";
    last = problem.line;
  }
}

INSTANTIATE_TEST_SUITE_P(Folder, ErrorFiles, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

TEST(ErrorFolder, HoldsManyFilesAndEachItsMessage) {
  EXPECT_GE(names().size(), 80u);
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (entry.path().extension() == ".txt") {
      EXPECT_TRUE(
          std::filesystem::exists(std::filesystem::path(entry.path()).replace_extension(".yaml")))
          << entry.path();
    }
}

}  // namespace
}  // namespace equivolve::engine::test
