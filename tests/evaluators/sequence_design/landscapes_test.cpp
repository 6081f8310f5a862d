// Landscapes against their published vectors, brute force and known structures.
#include <gtest/gtest.h>

#include <algorithm>

#include "evaluators/sequence_design/ehrlich.hpp"
#include "evaluators/sequence_design/nk.hpp"
#include "evaluators/sequence_design/nussinov.hpp"
#include "evaluators/sequence_design/splitmix.hpp"

namespace equivolve::sequence_design {
namespace {

TEST(SplitMix, FirstNumbersOfSeedZero) {
  SplitMix random(0);
  EXPECT_EQ(random.next(), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(random.next(), 0x6e789e6aa1b965f4ULL);
  EXPECT_EQ(random.next(), 0x06c45d188009454fULL);
  EXPECT_DOUBLE_EQ(SplitMix(0).uniform(), 0.8833108082136426);
}

TEST(Ehrlich, VectorsOfSeedZero) {
  const Ehrlich f = make_ehrlich({});
  const std::vector<std::vector<Symbol>> motifs{
      {14, 1, 0, 4}, {8, 1, 11, 10}, {18, 16, 7, 13}, {16, 7, 2, 17}};
  const std::vector<std::vector<std::size_t>> offsets{
      {0, 2, 4, 6}, {0, 3, 4, 6}, {0, 1, 4, 6}, {0, 2, 3, 5}};
  EXPECT_EQ(f.motifs, motifs);
  EXPECT_EQ(f.offsets, offsets);
  const auto banned = [&](std::size_t state) {
    std::vector<std::size_t> out;
    for (std::size_t s = 0; s < 20; ++s)
      if (f.transitions[state * 20 + s] == 0) out.push_back(s);
    return out;
  };
  EXPECT_EQ(banned(0), (std::vector<std::size_t>{13, 14, 15}));
  EXPECT_EQ(banned(1), (std::vector<std::size_t>{5, 6, 7}));
  EXPECT_EQ(banned(19), (std::vector<std::size_t>{7, 8, 9}));
  EXPECT_EQ(std::count(f.transitions.begin(), f.transitions.end(), 0.0), 58);
  const Sequence optimum{14, 14, 1, 1, 0,  0,  4,  8, 8, 8, 1,  11, 11, 10, 18, 16,
                         16, 16, 7, 7, 13, 16, 16, 7, 2, 2, 17, 17, 17, 17, 17, 17};
  EXPECT_EQ(f.optimum(), optimum);
  EXPECT_TRUE(f.is_feasible(optimum));
  EXPECT_EQ(f.value(optimum), 1);
  const Sequence x{6, 4, 11, 10, 2, 17, 14, 1, 15, 19, 11, 5,  1, 2, 17, 14,
                   5, 6, 8,  15, 6, 4,  11, 7, 5,  1,  15, 18, 6, 5, 10, 18};
  EXPECT_EQ(f.shares(x), (std::vector<double>{0.5, 0.5, 0.25, 0.25}));
  EXPECT_DOUBLE_EQ(f.value(x), 0.015625);
}

TEST(Ehrlich, EveryPresetReachesOne) {
  for (const EhrlichSettings& s :
       {EhrlichSettings{20, 64, 4, 4, 4, 0, 3}, EhrlichSettings{32, 128, 4, 8, 8, 0.5, 1},
        EhrlichSettings{4, 16, 2, 4, 4, 0, 2}}) {
    const Ehrlich f = make_ehrlich(s);
    EXPECT_TRUE(f.is_feasible(f.optimum()));
    EXPECT_DOUBLE_EQ(f.value(f.optimum()), 1);
    const Landscape oracle = ehrlich_landscape(f, "e");
    EXPECT_TRUE(oracle.set().contains(f.optimum()));
    EXPECT_DOUBLE_EQ(*oracle.normalised(f.optimum()), 1);
  }
}

TEST(Ehrlich, EpistasisBendsAndQuantisationFloors) {
  EhrlichSettings s;
  s.epistasis = 0.5;
  s.quantisation = 2;  // of 4: h is 0, 1/2 or 1
  const Ehrlich f = make_ehrlich(s);
  const Sequence x = f.optimum();
  Sequence broken = x;
  broken[0] = broken[1] = 13;  // the first motif's first symbol, wherever it starts
  const std::vector<double> h = f.shares(broken);
  EXPECT_DOUBLE_EQ(h[0], 0.5);
  EXPECT_DOUBLE_EQ(f.value(broken) / f.value(x), 0.5 * (1 + 0.5 * 0.5 * -0.5));
}

TEST(Ehrlich, CampaignIsAsDescribed) {
  const Ehrlich f = make_ehrlich({});
  const std::vector<Sequence> rows = ehrlich_campaign(f);
  ASSERT_GT(rows.size(), 5000U);
  std::vector<double> levels;
  for (const Sequence& x : rows) {
    ASSERT_TRUE(f.is_feasible(x));
    levels.push_back(f.value(x));
  }
  EXPECT_DOUBLE_EQ(*std::max_element(levels.begin(), levels.end()), 0.1875);
  std::sort(levels.begin(), levels.end());
  const auto distinct = std::unique(levels.begin(), levels.end()) - levels.begin();
  EXPECT_NEAR(static_cast<double>(distinct), 16, 4);
}

/// Extremes over all sequences.
NkRange by_enumeration(const NkSettings& s) {
  NkRange out{2, -1};
  Sequence x(s.sites, 0);
  for (;;) {
    const double value = nk_value(s, x);
    out = {std::min(out.low, value), std::max(out.high, value)};
    std::size_t i = 0;
    while (i < x.size() && ++x[i] == s.symbols) x[i++] = 0;
    if (i == x.size()) return out;
  }
}

TEST(Nk, RangeIsThatOfEnumeration) {
  for (const NkSettings& s : {NkSettings{4, 8, 2, 0}, NkSettings{2, 12, 3, 0},
                              NkSettings{3, 7, 0, 5}, NkSettings{3, 5, 4, 9}}) {
    const NkRange fast = nk_range(s), slow = by_enumeration(s);
    EXPECT_NEAR(fast.low, slow.low, 1e-12);
    EXPECT_NEAR(fast.high, slow.high, 1e-12);
  }
}

TEST(Nk, PublishedNumbers) {
  const NkRange a = nk_range({4, 8, 2, 0}), b = nk_range({2, 12, 3, 0}),
                c = nk_range({4, 20, 2, 0});
  EXPECT_NEAR(a.high, 0.889744349951, 1e-12);
  EXPECT_NEAR(a.low, 0.125432039780, 1e-12);
  EXPECT_NEAR(b.high, 0.714266862733, 1e-12);
  EXPECT_NEAR(b.low, 0.236316156737, 1e-12);
  EXPECT_NEAR(c.high, 0.862165238438, 1e-12);
  EXPECT_NEAR(c.low, 0.118412393028, 1e-12);
  EXPECT_NEAR(nk_value({4, 8, 2, 0}, Sequence(8, 0)), 0.542177446997, 1e-12);
}

std::size_t pairs_of(const std::string& rna) {
  return most_base_pairs(*parse_sequence(rna, {"ACGU", rna.size()}));
}

/// Every pairing without crossings, by trying what the first base does.
std::size_t brute_pairs(const std::string& rna) {
  if (rna.size() < 5) return 0;
  std::size_t best = brute_pairs(rna.substr(1));
  const auto pairs = [](char a, char b) {
    const std::string two{std::min(a, b), std::max(a, b)};
    return two == "AU" || two == "CG" || two == "GU";
  };
  for (std::size_t k = 4; k < rna.size(); ++k)
    if (pairs(rna[0], rna[k]))
      best = std::max(best, 1 + brute_pairs(rna.substr(1, k - 1)) + brute_pairs(rna.substr(k + 1)));
  return best;
}

TEST(Nussinov, KnownFolds) {
  EXPECT_EQ(pairs_of("GGGAAACCC"), 3U);
  EXPECT_EQ(pairs_of("GCAAGC"), 1U);  // a loop of less than three does not close
  EXPECT_EQ(pairs_of("AAAAAAAA"), 0U);
  EXPECT_EQ(pairs_of("GAAAU"), 1U);
}

TEST(Nussinov, AgreesWithBruteForce) {
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 50; ++i) {
    std::string rna;
    for (int k = 0; k < 11; ++k) rna += "ACGU"[stream.below(4)];
    EXPECT_EQ(pairs_of(rna), brute_pairs(rna)) << rna;
  }
}

TEST(Nussinov, HairpinReachesTheRange) {
  const Landscape oracle = nussinov_landscape(30, "n");
  std::string hairpin = std::string(13, 'G') + "AAAA" + std::string(13, 'C');
  EXPECT_DOUBLE_EQ(*oracle.normalised(*parse_sequence(hairpin, oracle.set().shape())), 1);
}

}  // namespace
}  // namespace equivolve::sequence_design
