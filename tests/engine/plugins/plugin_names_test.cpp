#include "engine/plugins/plugin_names.hpp"

#include <gtest/gtest.h>

namespace equivolve::engine {
namespace {

TEST(PluginNames, HostileNamesAreNone) {
  for (const std::string& name :
       {std::string(), std::string("../x"), std::string("a/b"), std::string("/etc/passwd"),
        std::string("a\nb"), std::string(300, 'a'), std::string("a b"), std::string("1a"),
        std::string(".a"), std::string("a\0b", 3), std::string("\xc3\xa9t\xc3\xa9"),
        std::string("a;b"), std::string("-a"), std::string("a'")})
    EXPECT_FALSE(is_plugin_name(name)) << name;
}

TEST(PluginNames, OrdinaryNamesAre) {
  for (const char* name : {"a", "algorithm_discovery", "My-Evaluator.v2"})
    EXPECT_TRUE(is_plugin_name(name));
  EXPECT_TRUE(is_plugin_name(std::string(64, 'a')));
  EXPECT_FALSE(is_plugin_name(std::string(65, 'a')));
  EXPECT_TRUE(is_evaluator_id("toy_2"));
  EXPECT_FALSE(is_evaluator_id("Toy"));
  EXPECT_FALSE(is_evaluator_id("toy-2"));
  EXPECT_TRUE(is_artefact_name("1.csv"));
  EXPECT_FALSE(is_artefact_name("..csv"));
}

TEST(OneLine, IsOneLineOfWholeCharacters) {
  EXPECT_EQ(one_line("a\nb\tc\x1b[31m"), "a b c [31m");
  EXPECT_EQ(one_line("trailing \n\n"), "trailing");
  EXPECT_EQ(one_line("\xc3\xa9\xc3\xa9", 3), "\xc3\xa9") << "a character is not cut in half";
  EXPECT_EQ(one_line(std::string(5000, 'x'), 100).size(), 100u);
}

}  // namespace
}  // namespace equivolve::engine
