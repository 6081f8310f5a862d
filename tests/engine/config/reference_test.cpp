// The pages that people read say what the tables say.
#include "engine/config/reference.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/config/reader.hpp"
#include "search/genome/program_ops.hpp"

namespace equivolve::engine {
namespace {

std::string page(const std::string& name) {
  std::ifstream in(std::string(EQUIVOLVE_SOURCE) + "/docs/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Reference, ConfigurationPageHoldsTheTables) {
  EXPECT_NE(page("configuration.md").find(key_reference()), std::string::npos)
      << "docs/configuration.md must hold this text:\n\n"
      << key_reference();
}

TEST(Reference, SpacesPageNamesEveryOperation) {
  const std::string text = page("spaces.md");
  for (const search::OpInfo& info : search::op_table())
    EXPECT_NE(text.find("`" + std::string(info.name) + "`"), std::string::npos) << info.name;
}

// Every complete YAML file shown on the page is one.
TEST(Reference, ExamplesOfThePageAreRead) {
  const std::string text = page("configuration.md");
  const std::string open = "```yaml\n", close = "```";
  std::size_t shown = 0;
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at + 1)) {
    const std::size_t from = at + open.size();
    const std::string example = text.substr(from, text.find(close, from) - from);
    const auto read = read_configuration_text(example, "docs/configuration.md", "/", {});
    EXPECT_TRUE(read) << example << (read ? "" : text_of(read.error()));
    ++shown;
  }
  EXPECT_GE(shown, 2u);
}

}  // namespace
}  // namespace equivolve::engine
