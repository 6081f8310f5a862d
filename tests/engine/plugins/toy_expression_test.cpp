// Expressions through the plugin interface: what a probe's digest tells apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "engine/config/space.hpp"
#include "search/variation/variation.hpp"
#include "tests/engine/plugins/modules_support.hpp"

namespace equivolve::engine::test {
namespace {

using hashing::Purpose;
using hashing::Stream;
using ::testing::HasSubstr;

/// An evaluator bound to its default space.
struct Toy {
  Made made;
  std::shared_ptr<const search::Space> space;

  explicit Toy(const std::string& options) : made(make("toy_expression", options)) {
    if (!made.evaluator) throw std::runtime_error(made.error.message);
    const std::string text = made.evaluator->default_space("expression");
    auto read = space_section(search::Representation::kExpression).read(text, "{}");
    if (!read) throw std::runtime_error(read.error()[0].message);
    space = std::make_shared<const search::Space>(std::move(*read));
    if (auto bound = made.evaluator->bind_space(space, to_json(*space)); !bound)
      throw std::runtime_error(bound.error().message);
  }
  hashing::Digest digest(const search::Genome& genome) {
    const ProbeResult result = made.evaluator->probe(view(genome), 1);
    EXPECT_EQ(result.status, Status::kOk) << result.message;
    return result.digest.key;
  }
  hashing::Digest digest(const std::string& text) {
    return digest(search::parse_genome(text, *space).value());
  }
  TrialResult trial(const std::string& text) {
    const std::atomic<bool> stop{false};
    return made.evaluator->evaluate(view(search::parse_genome(text, *space).value()), {}, stop);
  }
};

/// The bits of a formula's truth table, worked out by a stack of bits.
std::uint32_t truth_table(const search::Genome& genome, std::uint32_t inputs) {
  using search::ExpressionOp;
  const std::uint32_t all = (1u << (1u << inputs)) - 1;
  constexpr std::uint32_t kColumns[] = {0xaa, 0xcc, 0xf0};
  std::vector<std::uint32_t> held;
  const search::ExpressionView expression = *search::view_expression(genome.flat);
  for (const eqv_expression_token& token : expression) {
    const auto take = [&] {
      const std::uint32_t top = held.back();
      held.pop_back();
      return top;
    };
    switch (search::op_of(token)) {
      case ExpressionOp::kInput:
        held.push_back(kColumns[token.input] & all);
        break;
      case ExpressionOp::kNot:
        held.back() = ~held.back() & all;
        break;
      default: {
        const std::uint32_t b = take(), a = take();
        const ExpressionOp op = search::op_of(token);
        held.push_back((op == ExpressionOp::kAnd   ? a & b
                        : op == ExpressionOp::kOr  ? a | b
                        : op == ExpressionOp::kXor ? a ^ b
                                                   : ~(a & b)) &
                       all);
      }
    }
  }
  return held.back();
}

class BooleanClasses : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Inputs, BooleanClasses, testing::Values(2u, 3u));

TEST_P(BooleanClasses, AreTheTruthTables) {
  const std::uint32_t inputs = GetParam();
  Toy toy(R"({"options": {"inputs": )" + std::to_string(inputs) + "}}");
  std::map<hashing::Digest, std::uint32_t> tables;
  std::set<std::uint32_t> seen;
  for (std::uint64_t i = 0; i < 30'000; ++i) {
    Stream stream(inputs, Purpose::kTest, i);
    search::Genome genome = search::random_genome(*toy.space, stream);
    for (std::uint64_t m = stream.below(4); m > 0; --m)
      genome = search::mutate_genome(genome.flat, *toy.space, stream).genome;
    const std::uint32_t table = truth_table(genome, inputs);
    seen.insert(table);
    const auto [entry, founded] = tables.try_emplace(toy.digest(genome), table);
    ASSERT_EQ(entry->second, table) << search::genome_text(genome.flat, *toy.space);
  }
  EXPECT_EQ(seen.size(), std::size_t{1} << (1u << inputs));
  EXPECT_EQ(tables.size(), std::size_t{1} << (1u << inputs)) << "a digest a table, and no more";
}

TEST(ToyExpression, TellsArithmeticApart) {
  Toy toy(R"({"options": {"arithmetic": true}})");
  EXPECT_EQ(toy.digest("x0 * x1 + x2"), toy.digest("x2 + x1 * x0"));
  EXPECT_EQ(toy.digest("x0 - x0"), toy.digest("0 * x2"));
  EXPECT_EQ(toy.digest("x0 + x0"), toy.digest("2 * x0"));
  EXPECT_NE(toy.digest("x0 + x0"), toy.digest("x0"));
  EXPECT_NE(toy.digest("x0 / x1"), toy.digest("x1 / x0"));
  EXPECT_EQ(toy.trial("x0 * x1 + x2").figures[0], 1);
  EXPECT_LT(toy.trial("x0 * x1").figures[0], 1);
  EXPECT_EQ(toy.trial("x0 / 0").status, Status::kNonFinite);
}

std::vector<std::byte> refined(Toy& toy, const std::string& text) {
  const search::Genome genome = search::parse_genome(text, *toy.space).value();
  return toy.made.evaluator->refine(view(genome));
}

TEST(ToyExpression, IsRefinedWhereItsOptionsSaySo) {
  Toy plain(R"({"options": {"arithmetic": true}})");
  EXPECT_FALSE(plain.made.evaluator->info().refines_genomes);
  Toy rounding(R"({"options": {"arithmetic": true, "refine": "round"}})");
  EXPECT_TRUE(rounding.made.evaluator->info().refines_genomes);
  const auto genome = refined(rounding, "2.25 * x0 + 0.75");
  EXPECT_EQ(search::genome_text(genome, *rounding.space), "2 * x0 + 1");
  EXPECT_TRUE(rounding.made.log->empty());
}

TEST(ToyExpression, StaysAsItWasBredWhereItsRefinementIsWrong) {
  for (const auto& [how, why] :
       {std::pair{"broken", "does not lie in the space"}, std::pair{"refused", "refine failed"},
        std::pair{"nothing", "put no genome"}, std::pair{"throws", "refine failed"}}) {
    Toy toy(R"({"options": {"arithmetic": true, "refine": ")" + std::string(how) + R"("}})");
    EXPECT_TRUE(refined(toy, "2.25 * x0").empty());
    EXPECT_TRUE(refined(toy, "x1").empty());
    ASSERT_EQ(toy.made.log->size(), 1u) << "said once";
    EXPECT_THAT(toy.made.log->front(), HasSubstr(why));
  }
}

TEST(ToyExpression, ReferencesAreOfTheSpace) {
  for (const char* options :
       {R"({"options": {"inputs": 2}})", "{}", R"({"options": {"arithmetic": true}})"}) {
    Toy toy(options);
    const auto references = toy.made.evaluator->reference_candidates();
    ASSERT_EQ(references.size(), 2u);
    EXPECT_EQ(toy.trial(references[0].genome_text).figures[0], 1);
    EXPECT_LT(toy.trial(references[1].genome_text).figures[0], 1);
  }
}

TEST(ToyExpression, ACandidatesTextIsItsFormula) {
  Toy toy("{}");
  const auto genome = search::parse_genome("and(x0, not(x1))", *toy.space).value();
  const auto artefacts = toy.made.evaluator->apply(view(genome), "{}", 1);
  ASSERT_TRUE(artefacts);
  EXPECT_EQ((*artefacts)[0].content, "and(x0, not(x1))\n");
}

TEST(ToyExpression, RefusesWhatIsNoFormula) {
  Toy toy("{}");
  search::Genome broken = search::parse_genome("and(x0, x1)", *toy.space).value();
  broken.flat.resize(32);
  EXPECT_EQ(toy.made.evaluator->probe(view(broken), 1).status, Status::kFailed);
  EXPECT_THAT(make("toy_expression", R"({"options": {"inputs": 7}})").error.message,
              HasSubstr("must be 2 or 3"));
}

}  // namespace
}  // namespace equivolve::engine::test
