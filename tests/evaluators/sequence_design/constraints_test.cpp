#include "evaluators/sequence_design/constraints.hpp"

#include <gtest/gtest.h>

#include <map>

#include "evaluators/sequence_design/designer.hpp"
#include "evaluators/sequence_design/ehrlich.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/tasks.hpp"

namespace equivolve::sequence_design {
namespace {

const SequenceShape kDna{"ACGT", 12};

Sequence dna(const std::string& text) {
  return *parse_sequence(text, kDna);
}

ConstraintSettings all_rules() {
  ConstraintSettings s;
  s.fixed = "A?????????T?";
  s.allowed = {{2, "CG"}, {3, "ACG"}};
  s.wild_type = "ACGTACGTACTT";
  s.most_mutations = 5;
  s.forbidden = {"GAAT", "TTT"};
  s.gc_low = 0.25;
  s.gc_high = 0.6;
  s.longest_run = 2;
  return s;
}

TEST(Constraints, EachRuleIsSeenByItself) {
  const auto broken = [](const ConstraintSettings& s, const std::string& text) {
    return FeasibleSet(kDna, read_constraints(s, kDna)).broken_rule(dna(text));
  };
  ConstraintSettings fixed, allowed, mutations, motifs, gc, run;
  fixed.fixed = "A???????????";
  allowed.allowed = {{2, "CG"}};
  mutations.wild_type = "AAAAAAAAAAAA";
  mutations.most_mutations = 2;
  motifs.forbidden = {"GAATTC"};
  gc.gc_low = 0.5;
  run.longest_run = 3;
  EXPECT_EQ(broken(fixed, "AAAAAAAAAAAA"), "");
  EXPECT_EQ(broken(fixed, "CAAAAAAAAAAA"), "a symbol that is not allowed at position 1");
  EXPECT_EQ(broken(allowed, "AAAAAAAAAAAA"), "a symbol that is not allowed at position 2");
  EXPECT_EQ(broken(mutations, "CCAAAAAAAAAA"), "");
  EXPECT_EQ(broken(mutations, "CCCAAAAAAAAA"), "3 mutations from the wild type");
  EXPECT_EQ(broken(motifs, "ACGGAATTCAAA"), "the forbidden motif GAATTC at position 4");
  EXPECT_EQ(broken(gc, "ACGTACGTACGT"), "");
  EXPECT_EQ(broken(gc, "ACGTACGTACTT"), "GC share out of range");
  EXPECT_EQ(broken(run, "AAACCCGGGTTT"), "");
  EXPECT_EQ(broken(run, "AAAACCGGGTTT"), "a run that is too long at position 4");
}

TEST(Constraints, LengthsAreBoundedByPads) {
  const SequenceShape shape{"ACGT-", 6};
  Constraints rules;
  rules.min_length = 3;
  const FeasibleSet set(shape, rules);
  EXPECT_EQ(set.broken_rule(*parse_sequence("ACG", shape)), "");
  EXPECT_EQ(set.broken_rule(*parse_sequence("AC", shape)), "shorter than min_length");
  EXPECT_NE(set.broken_rule(Sequence{0, 1, 4, 2, 4, 4}), "");  // a letter behind the end
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  std::vector<bool> lengths(7);
  for (int i = 0; i < 300; ++i) {
    const auto x = set.draw(stream);
    ASSERT_TRUE(x);
    lengths[sequence_text(*x, shape).size()] = true;
  }
  EXPECT_EQ(lengths, (std::vector<bool>{false, false, false, true, true, true, true}));
}

TEST(Constraints, DrawsAreUniformWhereRejectionReaches) {
  const SequenceShape shape{"AB", 3};
  Constraints rules;
  rules.forbidden = {{1, 1}};  // BB nowhere: AAA AAB ABA BAA BAB
  const FeasibleSet set(shape, rules);
  hashing::Stream stream(7, hashing::Purpose::kTest, 0);
  std::map<std::string, int> count;
  for (int i = 0; i < 5000; ++i) ++count[sequence_text(*set.draw(stream), shape)];
  ASSERT_EQ(count.size(), 5U);
  for (const auto& [text, n] : count) EXPECT_NEAR(n, 1000, 150) << text;
}

TEST(Constraints, DrawsAreUniformAmongWhatTransitionsAllow) {
  const SequenceShape shape{"ABC", 4};
  Constraints rules;
  // Nothing may follow C, nor a B another; and the second letter is no C.
  rules.banned = {{false, false, false}, {false, true, false}, {true, true, true}};
  rules.allowed.assign(4, std::vector<bool>(3, true));
  rules.allowed[1][2] = false;
  const FeasibleSet set(shape, rules);
  std::map<std::string, int> count;
  for (int code = 0; code < 81; ++code) {
    const Sequence x{static_cast<Symbol>(code / 27), static_cast<Symbol>(code / 9 % 3),
                     static_cast<Symbol>(code / 3 % 3), static_cast<Symbol>(code % 3)};
    if (set.contains(x)) count[sequence_text(x, shape)] = 0;
  }
  const std::size_t feasible = count.size();
  hashing::Stream stream(7, hashing::Purpose::kTask, 0);
  const int each = 1000, draws = each * static_cast<int>(feasible);
  for (int i = 0; i < draws; ++i) ++count[sequence_text(*set.draw(stream), shape)];
  EXPECT_EQ(count.size(), feasible);  // none outside
  for (const auto& [text, n] : count) EXPECT_NEAR(n, each, 150) << text;
}

TEST(Constraints, LongChainsAreDrawnAtOnce) {
  // Each symbol bans half of the others: of uniform sequences one in 2^500 is feasible.
  const SequenceShape shape{"ACDEFGHIKLMNPQRSTVWY", 500};
  Constraints rules;
  rules.banned.assign(20, std::vector<bool>(20));
  for (std::size_t a = 0; a < 20; ++a)
    for (std::size_t step = 1; step <= 10; ++step) rules.banned[a][(a + step) % 20] = true;
  const FeasibleSet set(shape, rules);
  hashing::Stream stream(8, hashing::Purpose::kTask, 0);
  std::vector<double> followers(20);
  for (int i = 0; i < 200; ++i) {
    const auto x = set.draw(stream);
    ASSERT_TRUE(x && set.contains(*x));
    for (std::size_t p = 1; p < x->size(); ++p) ++followers[((*x)[p] + 20U - (*x)[p - 1]) % 20];
  }
  // As all symbols have as many ways on, each allowed step is as frequent.
  for (std::size_t step = 0; step < 20; ++step)
    EXPECT_NEAR(followers[step], step >= 1 && step <= 10 ? 0 : 9980, 500) << step;
}

// What designers and the sequence operators are brought back by.
TEST(Constraints, NothingLeavesTheSetIn100000) {
#ifdef EQUIVOLVE_SANITIZED
  constexpr int kTries = 10'000;
#else
  constexpr int kTries = 100'000;
#endif
  const FeasibleSet set(kDna, read_constraints(all_rules(), kDna));
  ASSERT_TRUE(set.contains(dna("ACGTACGTACTT")));
  hashing::Stream stream(5, hashing::Purpose::kTest, 0);
  Sequence from = dna("ACGTACGTACTT");
  int violations = 0, moved = 0;
  for (int i = 0; i < kTries; ++i) {
    Sequence wish = from;
    for (Symbol& s : wish)
      if (stream.chance(0.3)) s = static_cast<Symbol>(stream.below(4));
    const Sequence next = set.towards(from, wish);
    violations += set.contains(next) ? 0 : 1;
    moved += next != from ? 1 : 0;
    if (i % 10 == 0) from = *set.draw(stream);
    violations += set.contains(from) ? 0 : 1;
  }
  EXPECT_EQ(violations, 0);
  EXPECT_GT(moved, kTries / 4);
}

TEST(Constraints, TowardsKeepsWhatIsFeasible) {
  const FeasibleSet set(kDna, read_constraints(all_rules(), kDna));
  const Sequence wish = dna("ACATACGTACTT");
  ASSERT_TRUE(set.contains(wish));
  EXPECT_EQ(set.towards(dna("ACGTACGTACTT"), wish), wish);
}

/// 200 rows of `most` letters, or of `least` to `most`.
OfflineView rows_under(const ConstraintSettings& rules, std::size_t least, std::size_t most) {
  hashing::Stream stream(11, hashing::Purpose::kTest, 0);
  const SequenceShape shape{least < most ? "ACGT-" : "ACGT", most};
  std::vector<Sequence> rows;
  std::vector<double> scores;
  for (int i = 0; i < 200; ++i) {
    Sequence x(most, 4);
    double y = 0;
    const std::size_t length = least + stream.below(most - least + 1);
    for (std::size_t p = 0; p < length; ++p) {
      x[p] = static_cast<Symbol>(stream.below(4));
      y += (x[p] + p) % 4 == 0 ? 1 : 0.1 * x[p];
    }
    rows.push_back(x);
    scores.push_back(y);
  }
  return make_view(FeasibleSet(shape, read_constraints(rules, shape)), rows, scores);
}

/// How many sequences all designers proposed; each of them keeps to the rules.
std::size_t proposed_under(const OfflineView& view, std::size_t scale) {
  std::size_t met = 0;
  for (std::size_t m = 0; m < method_names().size(); ++m) {
    DesignerSettings s;
    s.method = static_cast<Method>(m);
    if (s.method == Method::kExhaustive) continue;  // these are too many
    s.proxy = ProxyKind::kRidgeOneHot;
    s.designs = 128;
    s.steps = 40 / scale;
    s.width = 16;
    s.epochs = 3;
    s.landmarks = 100;
    s.population = 2000 / scale;
    s.generations = 15;
    s.random_draws = 110'000 / scale;
    const Designed made = design(view, s, {}, {});
    const Designs designs = select_designs(made.pool, view, 128, Selection::kDistinctTop, 0);
    EXPECT_FALSE(designs.sequences.empty()) << method_names()[m];
    met += made.pool.sequences.size();
    for (const Sequence& x : made.pool.sequences)
      EXPECT_EQ(view.set.broken_rule(x), "") << method_names()[m];
    for (const Sequence& x : designs.sequences)
      EXPECT_EQ(view.set.broken_rule(x), "") << method_names()[m];
  }
  return met;
}

#ifdef EQUIVOLVE_SANITIZED
constexpr std::size_t kScale = 10;
#else
constexpr std::size_t kScale = 1;
#endif

TEST(Constraints, EveryDesignerKeepsToThemIn100000) {
  ConstraintSettings rules = all_rules();
  rules.fixed += "????????????";
  rules.wild_type += "ACGTACGTACGT";
  rules.most_mutations = 16;
  EXPECT_GE(proposed_under(rows_under(rules, 24, 24), kScale), 100'000 / kScale);
}

TEST(Constraints, EveryDesignerKeepsToBoundedLengthsIn100000) {
  ConstraintSettings rules = all_rules();
  rules.fixed = rules.wild_type = "";
  rules.most_mutations.reset();
  rules.min_length = 14;
  rules.max_length = 20;  // some measured ones are shorter, and some longer
  EXPECT_GE(proposed_under(rows_under(rules, 12, 24), kScale), 100'000 / kScale);
}

TEST(Constraints, ExhaustionKeepsToThem) {
  ConstraintSettings rules;
  rules.gc_low = 0.3;
  rules.gc_high = 0.7;
  rules.longest_run = 2;
  rules.forbidden = {"GAAT"};
  rules.min_length = 5;
  const OfflineView view = rows_under(rules, 4, 7);
  std::size_t feasible = 0;  // of the 5^7 rows of letters and pads
  Sequence x(7);
  for (int code = 0; code < 78'125; ++code) {
    for (int p = 0, rest = code; p < 7; ++p, rest /= 5)
      x[static_cast<std::size_t>(p)] = static_cast<Symbol>(rest % 5);
    feasible += view.set.contains(x) ? 1 : 0;
  }
  DesignerSettings s;
  s.method = Method::kExhaustive;
  s.proxy = ProxyKind::kRidgeOneHot;
  const Designed made = design(view, s, {}, {});
  EXPECT_EQ(made.pool.sequences.size(), feasible);
  for (const Sequence& one : made.pool.sequences) EXPECT_EQ(view.set.broken_rule(one), "");
}

TEST(Constraints, WhatCannotBeIsSaid) {
  const auto message = [](auto change) {
    ConstraintSettings s;
    change(s);
    try {
      read_constraints(s, kDna);
    } catch (const std::runtime_error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(message([](auto& s) { s.fixed = "A?"; }),
            "constraints.fixed has 2 characters; expected 12 (? for any letter)");
  EXPECT_EQ(message([](auto& s) {
              s.allowed = {{13, "A"}};
            }),
            "constraints.allowed: there is no position 13; expected 1 to 12");
  EXPECT_EQ(message([](auto& s) { s.most_mutations = 3; }),
            "constraints.most_mutations needs wild_type beside it");
  EXPECT_EQ(message([](auto& s) { s.forbidden = {"AXA"}; }),
            "constraints.forbidden_motifs: 'AXA' has letters outside ACGT");
  EXPECT_EQ(message([](auto& s) {
              s.fixed = "A???????????";
              s.allowed = {{1, "C"}};
            }),
            "constraints: nothing is allowed at position 1");
}

}  // namespace
}  // namespace equivolve::sequence_design
