#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/variation/configuration_variation.hpp"
#include "tests/search/support/configurations.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using ::testing::HasSubstr;

ConfigurationSpace small_space() {
  std::vector<Parameter> p{test::number("lr", 1e-5, 0.1, true), test::integer("depth", 1, 9),
                           test::choice("kind", {"alpha", "beta"}), test::integer("m", 2, 64),
                           test::boolean("flag")};
  p[3].when = {test::one_of(2, {0})};
  p[4].default_value = 1;
  return test::made(p, {{test::one_of(2, {1}), test::one_of(1, {9})}});
}

// "LINE:COLUMN MESSAGE"
std::string refusal(const std::string& text) {
  const auto genome = parse_genome(text, small_space());
  if (genome) return "accepted";
  return std::to_string(genome.error().line) + ":" + std::to_string(genome.error().column) + " " +
         genome.error().message;
}

TEST(ConfigurationText, ComesBackAsTheSameGenome) {
  const ConfigurationSpace space = test::rich_space();
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    Stream stream(21, Purpose::kTest, i);
    const Genome genome = random_genome(space, stream);
    const std::string text = genome_text(genome.flat, space);
    const auto back = parse_genome(text, space);
    ASSERT_TRUE(back) << text << back.error().message;
    ASSERT_EQ(*back, genome) << text;
  }
}

TEST(ConfigurationText, IsOneLineAParameter) {
  const ConfigurationSpace space = small_space();
  const Genome genome = test::configuration(
      "# any order, comments, blank lines\n\n  flag: false\r\nm:12 # its condition holds\n"
      "kind: alpha\nlr:   1e-3\n\tdepth : 4",
      space);
  EXPECT_EQ(genome_text(genome.flat, space),
            "lr: 0.001\ndepth: 4\nkind: alpha\nm: 12\nflag: false\n");
}

TEST(ConfigurationText, LeftOutOnesTakeTheirDefault) {
  const ConfigurationSpace space = small_space();
  EXPECT_EQ(test::configuration("kind: beta\nlr: 0.1\ndepth: 1\n", space),
            test::configuration("kind: beta\nlr: 0.1\ndepth: 1\nflag: true\n", space));
}

TEST(ConfigurationText, NumbersAreTakenOntoTheirSteps) {
  const ConfigurationSpace space = test::made({test::number("x", 0, 1, false, 0.1)});
  EXPECT_EQ(test::configuration("x: 0.3", space),
            test::configuration("x: 0.30000000000000004", space));
  EXPECT_FALSE(parse_genome("x: 0.31", space));
}

TEST(ConfigurationText, RefusalsNameThePlace) {
  EXPECT_EQ(refusal("lr: 0.01\ndepht: 3\n"),
            "2:1 unknown parameter 'depht'; expected one of lr, depth, kind, m, flag; did you mean "
            "'depth'?");
  EXPECT_EQ(refusal("lr: 0.2"), "1:5 lr is '0.2'; expected a number from 1e-05 to 0.1");
  EXPECT_EQ(refusal("lr: fast"), "1:5 lr is 'fast'; expected a number from 1e-05 to 0.1");
  EXPECT_EQ(refusal("lr: inf"), "1:5 lr is 'inf'; expected a number from 1e-05 to 0.1");
  EXPECT_EQ(refusal("lr: 1e999"), "1:5 lr is '1e999'; expected a number from 1e-05 to 0.1");
  EXPECT_EQ(refusal("  depth:  3.0"), "1:11 depth is '3.0'; expected an integer from 1 to 9");
  EXPECT_EQ(refusal("depth: 99999999999999999999"),
            "1:8 depth is '99999999999999999999'; expected an integer from 1 to 9");
  EXPECT_EQ(refusal("depth: \"3\""), "1:8 depth is '3'; expected an integer from 1 to 9");
  EXPECT_EQ(refusal("depth:"), "1:7 no value for 'depth'; expected an integer from 1 to 9");
  EXPECT_EQ(refusal("depth 3"), "1:7 no ':' after 'depth'; expected 'depth: value'");
  EXPECT_EQ(refusal("kind: bets"),
            "1:7 kind is 'bets'; expected one of alpha, beta; did you mean 'beta'?");
  EXPECT_EQ(refusal("kind: \"alpha"),
            "1:7 a quote that is not closed; expected '\"' before the line ends");
  EXPECT_EQ(refusal("kind: \"alpha\" beta"),
            "1:15 text after the value; expected the end of the line");
  EXPECT_THAT(refusal("kind: \"\\q\""), HasSubstr("1:8 an escape that is none"));
  EXPECT_EQ(refusal("flag: yes"), "1:7 flag is 'yes'; expected true or false");
  EXPECT_EQ(refusal("lr: 0.01\nlr: 0.02"),
            "2:1 'lr' stands twice; expected one line for it (the first is line 1)");
  EXPECT_EQ(refusal("lr: 0.01\ndepth: 3\nm: 7\nkind: beta\n"),
            "3:1 'm' is inactive here; expected it only when kind is alpha");
  EXPECT_EQ(refusal("lr: 0.01\ndepth: 3\nkind: alpha\n"),
            "3:1 no line for 'm'; expected 'm: ' and an integer from 2 to 64");
  EXPECT_EQ(refusal(""), "1:1 no line for 'lr'; expected 'lr: ' and a number from 1e-05 to 0.1");
  EXPECT_EQ(refusal("kind: beta\nlr: 0.01\n depth: 9\n"),
            "3:2 the combination is forbidden: kind is beta and depth is 9");
}

TEST(ConfigurationText, WordsOfAMessageStayOneShortLine) {
  const std::string message = refusal(std::string("x\x01\x02") + std::string(5000, 'y') + ": 1");
  EXPECT_LT(message.size(), 200u);
  EXPECT_EQ(std::count_if(message.begin(), message.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x20; }),
            0);
}

TEST(ConfigurationText, WordsOfAMessageStayUtf8) {
  EXPECT_EQ(refusal("kind: gr\xc3\xb6\xc3\x9f"
                    "e \xff\xc3"),
            "1:7 kind is 'gr\xc3\xb6\xc3\x9f"
            "e ?\?'; expected one of alpha, beta");
  // Cut between characters, wherever the limit falls.
  for (std::size_t i = 0; i < 4; ++i) {
    std::string text = "kind: " + std::string(i, 'x');
    for (int n = 0; n < 30; ++n) text += "\xf0\x9f\x8e\xb2";
    const std::string message = refusal(text);
    EXPECT_NE(message.find("\xf0\x9f\x8e\xb2...'; expected"), std::string::npos) << message;
  }
}

// Changed texts are either refused at a place in them, or a genome of the space.
TEST(ConfigurationText, ChangedTextsNeverHarm) {
  const ConfigurationSpace space = test::rich_space();
  const std::vector<std::string> words{":",    "\"",   "\\",     "\\x4", "#",
                                       "\n",   "-0",   "1e400",  "nan",  "9999999999999999",
                                       "true", "kind", "m: 3\n", "\xff"};
  std::size_t accepted = 0;
  for (std::uint64_t i = 0; i < 30'000; ++i) {
    Stream stream(22, Purpose::kTest, i);
    std::string text = genome_text(random_genome(space, stream).flat, space);
    for (std::uint64_t changes = 1 + stream.below(3); changes > 0; --changes) {
      const std::size_t at = stream.below(text.size() + 1);
      switch (stream.below(5)) {
        case 0:
          if (at < text.size()) text[at] = static_cast<char>(stream.below(256));
          break;
        case 1:
          text.insert(at, words[stream.below(words.size())]);
          break;
        case 2:
          text.erase(at, stream.below(12));
          break;
        case 3:
          text.insert(stream.below(text.size() + 1), text.substr(at, stream.below(30)));
          break;
        default:
          text.resize(at);
      }
    }
    const auto genome = parse_genome(text, space);
    if (!genome) {
      const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
      ASSERT_GE(genome.error().line, 1u) << text;
      ASSERT_LE(genome.error().line, lines) << text;
      ASSERT_GE(genome.error().column, 1u) << text;
      ASSERT_FALSE(genome.error().message.empty());
      continue;
    }
    ++accepted;
    ASSERT_TRUE(check_genome(genome->flat, space)) << text;
    ASSERT_EQ(parse_genome(genome_text(genome->flat, space), space).value(), *genome) << text;
  }
  EXPECT_GT(accepted, 1000u);
}

}  // namespace
}  // namespace equivolve::search
