#include "search/space/sequence_space.hpp"

#include <gtest/gtest.h>

#include "search/variation/sequence_variation.hpp"
#include "tests/search/support/sequences.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

TEST(Sequence, LiesInTheGenomeAsDocumented) {
  const Genome genome = parse_genome("GATTACA", test::dna_space(7)).value();
  const std::vector<unsigned> expected{7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 3, 0, 1, 0};
  ASSERT_EQ(genome.flat.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(std::to_integer<unsigned>(genome.flat[i]), expected[i]) << "byte " << i;
  EXPECT_EQ(genome.representation, Representation::kSequence);
}

TEST(Sequence, RandomGenomeGoesThroughTextUnchanged) {
  const std::vector<SequenceSpace> spaces = test::sequence_spaces();
  for (std::uint64_t i = 0; i < 100000; ++i) {
    const SequenceSpace& space = spaces[i % spaces.size()];
    Stream stream(51, Purpose::kTest, i);
    Genome before = random_genome(space, stream);
    for (std::uint64_t m = stream.below(4); m > 0; --m)
      before = mutate_genome(before.flat, space, stream).genome;
    const std::string text = genome_text(before.flat, space);
    const auto after = parse_genome(text, space);
    ASSERT_TRUE(after) << after.error().message << "\n" << text;
    ASSERT_EQ(*after, before) << text;
  }
}

TEST(Sequence, TheLongestGoesThroughTextUnchanged) {
  SequenceSpace space = test::dna_space(kMaxSequenceLength);
  Stream stream(52, Purpose::kTest, 0);
  const Genome genome = random_genome(space, stream);
  const std::string text = genome_text(genome.flat, space);
  EXPECT_EQ(text.size(), kMaxSequenceLength);
  EXPECT_EQ(parse_genome(text, space).value(), genome);
  EXPECT_FALSE(parse_genome(text + "A", space));
}

TEST(SequenceText, CharactersAreJoinedAndNamesKeptApart) {
  const SequenceSpace names{{"H", "CX", "rot_y"}, 1, 9, 9};
  EXPECT_EQ(genome_text(parse_genome(" CX\trot_y\n H CX ", names).value().flat, names),
            "CX rot_y H CX");
  const SequenceSpace greek{{"\xce\xb1", "\xe2\x86\x92", "#"}, 1, 7, 4};
  EXPECT_EQ(genome_text(parse_genome("\xe2\x86\x92# \xce\xb1\n#", greek).value().flat, greek),
            "\xe2\x86\x92#\xce\xb1#");
}

struct BadSequence {
  const char* text;
  std::size_t line, column;
  const char* message;
};

TEST(SequenceText, SaysWhereAndWhatIsWrong) {
  const std::vector<BadSequence> of_letters = {
      {"ACGN", 1, 4, "unknown symbol 'N'; expected one of A, C, G, T"},
      {"AC\n g", 2, 2, "unknown symbol 'g'"},
      {"AC", 1, 3, "2 symbols; expected 3 to 5"},
      {"", 1, 1, "0 symbols; expected 3 to 5"},
      {"ACGT\nAC", 2, 2, "more than 5 symbols"},
      {"AC\xce\xb1", 1, 3, "unknown symbol '\xce\xb1'"},
      {"AC\xff", 1, 3, "unknown symbol '\xff'"},
  };
  const std::vector<BadSequence> of_names = {
      {"H CX rot_x", 1, 6,
       "unknown symbol 'rot_x'; expected one of H, CX, rot_y; did you mean 'rot_y'?"},
      {"HCX", 1, 1, "unknown symbol 'HCX'"},
      {"H\nCX\nH H", 3, 4, "4 symbols; expected 5"},  // what is missing is said at the end
  };
  const auto check = [](const std::vector<BadSequence>& cases, const SequenceSpace& space) {
    for (const BadSequence& c : cases) {
      const auto parsed = parse_genome(c.text, space);
      ASSERT_FALSE(parsed) << c.text;
      EXPECT_EQ(parsed.error().column, c.column) << c.text;
      EXPECT_EQ(parsed.error().line, c.line) << c.text;
      EXPECT_NE(parsed.error().message.find(c.message), std::string::npos)
          << c.text << " -> " << parsed.error().message;
    }
  };
  check(of_letters, {{"A", "C", "G", "T"}, 3, 5, 4});
  check(of_names, {{"H", "CX", "rot_y"}, 5, 5, 5});
}

TEST(SequenceText, ChangedTextsAreRefusedOrReadWithoutHarm) {
  const std::vector<SequenceSpace> spaces = test::sequence_spaces();
  for (std::uint64_t i = 0; i < 30000; ++i) {
    const SequenceSpace& space = spaces[i % spaces.size()];
    Stream stream(53, Purpose::kTest, i);
    std::string text = genome_text(random_genome(space, stream).flat, space);
    for (std::uint64_t n = 1 + stream.below(3); n > 0 && !text.empty(); --n) {
      const std::size_t at = stream.below(text.size());
      switch (stream.below(3)) {
        case 0:
          text[at] = static_cast<char>(stream.below(256));
          break;
        case 1:
          text.insert(at, 1, text[stream.below(text.size())]);
          break;
        default:
          text.erase(at, 1);
      }
    }
    const auto parsed = parse_genome(text, space);
    ASSERT_TRUE(!parsed || check_genome(parsed->flat, space)) << text;
    ASSERT_TRUE(parsed || parsed.error().line >= 1) << text;
  }
}

TEST(SequenceSpace, SaysWhatIsWrongWithAGenome) {
  const SequenceSpace space{{"A", "C"}, 2, 4, 3};
  const auto message = [&](std::vector<std::uint8_t> tokens) {
    Genome genome = blank_sequence(tokens.size());
    std::copy(tokens.begin(), tokens.end(), tokens_of(genome).begin());
    const auto checked = check_genome(genome.flat, space);
    return checked ? "" : checked.error().message;
  };
  EXPECT_EQ(message({0, 1, 1}), "");
  EXPECT_NE(message({0}).find("1 tokens; expected 2 to 4"), std::string::npos);
  EXPECT_NE(message({0, 1, 0, 1, 0}).find("5 tokens"), std::string::npos);
  EXPECT_NE(message({0, 1, 2}).find("token 3: no symbol"), std::string::npos);

  Genome good = blank_sequence(3);
  for (std::size_t size = 0; size < good.flat.size(); ++size)
    EXPECT_FALSE(check_genome(GenomeView(good.flat).first(size), space));
  good.flat[4] = std::byte{1};
  EXPECT_FALSE(check_genome(good.flat, space));
  EXPECT_EQ(genome_text(good.flat, space), "");
}

TEST(SequenceSpace, WhatMayBeASymbol) {
  for (const char* good : {"A", "rot_y", "#", "\xce\xb1", "\xf0\x9f\xa7\xac", "?", "0"})
    EXPECT_TRUE(is_symbol(good)) << good;
  for (const char* bad : {"", " ", "a b", "a\n", "\x7f", "\xff", "\xce", "\x80", "a\xe2\x86"})
    EXPECT_FALSE(is_symbol(bad)) << bad;
  EXPECT_FALSE(is_symbol(std::string(64, 'a')));
  EXPECT_EQ(characters_of("AC\xce\xb1G"), (std::vector<std::string>{"A", "C", "\xce\xb1", "G"}));
  EXPECT_EQ(characters_of("A\xff"), (std::vector<std::string>{"A", "\xff"}));
  EXPECT_TRUE(characters_of("").empty());
}

TEST(SequenceSpace, StructuralBytesAreTheGenome) {
  const SequenceSpace space = test::dna_space();
  const Genome a = parse_genome("ACGTACGT", space).value(),
               b = parse_genome("ACGTACGA", space).value();
  EXPECT_EQ(structural_bytes(a.flat, space), a.flat);
  EXPECT_NE(structural_bytes(a.flat, space), structural_bytes(b.flat, space));
}

}  // namespace
}  // namespace equivolve::search
