// What a sampler is told apart by: its probabilities, and no more.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "evaluators/sensitivity_sampling/spaces.hpp"
#include "tests/evaluators/sensitivity_sampling/support.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
using namespace sensitivity_sampling;

TEST(SamplingProbe, TellsTheAnchorsApart) {
  Session session(sensitivity_sampling_module(), small_search());
  json other = small_search();
  other["data"]["seed"] = 5;
  Session elsewhere(sensitivity_sampling_module(), other);
  std::set<std::pair<std::uint64_t, std::uint64_t>> digests;
  int formulas = 0;
  for (const json& reference : session.references()) {
    if (!reference.contains("genome")) continue;
    ++formulas;
    const search::Genome genome = formula(reference["genome"]);
    const hashing::Digest digest = session.probe(genome);
    digests.emplace(digest.hi, digest.lo);
    EXPECT_EQ(elsewhere.probe(genome, 99), digest) << reference;
  }
  EXPECT_EQ(formulas, 7);
  EXPECT_EQ(digests.size(), 7u);
}

TEST(SamplingProbe, JoinsWhatGivesTheSameProbabilities) {
  Session session(sensitivity_sampling_module(), small_search());
  const auto digest = [&](const std::string& text) { return session.probe(formula(text)); };
  EXPECT_EQ(digest("log_lewis"), digest("log_lewis + 3"));
  EXPECT_EQ(digest("log_lewis"), digest("log_n * p - log_m + log_lewis"));
  EXPECT_EQ(digest("log_lewis"), digest("lse(log_lewis, log_lewis)"));
  EXPECT_EQ(digest("lse(log_tau, log_sigma)"), digest("lse(log_sigma, log_tau) - 1"));
  EXPECT_EQ(digest("0"), digest("log_S"));
  EXPECT_NE(digest("log_lewis"), digest("1.01 * log_lewis"));
  EXPECT_NE(digest("p * 0.5 * log_tau"), digest("log_tau"));
}

TEST(SamplingProbe, SmallProbabilitiesMatter) {
  Session session(sensitivity_sampling_module(), small_search());
  // Rows with probabilities e^-9 below the others' get e^-8.
  EXPECT_NE(session.probe(formula("log_lewis")), session.probe(formula("max(log_lewis, -8)")));
}

TEST(SamplingProbe, TierIsWhatTheScoresDependOn) {
  const auto tier = [](const std::string& text) {
    Sampler sampler;
    const auto tokens = search::parse_expression(text, input_names())->tokens;
    sampler.formula = tokens;
    return feature_tier(sampler);
  };
  EXPECT_EQ(tier("0"), 0u);
  EXPECT_EQ(tier("log_norm * 2"), 0u);
  EXPECT_EQ(tier("log_tau"), 1u);
  EXPECT_EQ(tier("log_lewis - log_tau"), 2u);
  EXPECT_EQ(tier("lse(log_tau, log_sigma)"), 3u);
  EXPECT_EQ(tier("log_tau + log_sigma - log_sigma"), 1u) << "behaviour counts, not the text";
  EXPECT_EQ(tier("log_sigma * 0 + log_lewis"), 2u);
  for (row_sampling::Rule rule : row_sampling::kRules) {
    Sampler named;
    named.rule = rule;
    EXPECT_EQ(feature_tier(named), tier(std::string(rule_formula(rule))));
  }
}

TEST(SamplingProbe, RulesAreTheirFormulas) {
  for (row_sampling::Rule rule : row_sampling::kRules) {
    Sampler named, written;
    named.rule = rule;
    written.formula = search::parse_expression(rule_formula(rule), input_names())->tokens;
    for (const ProbeTable& table : probe_tables()) {
      const auto a = log_scores(named, table.columns), b = log_scores(written, table.columns);
      for (std::size_t r = 0; r < a.size(); ++r) EXPECT_NEAR(a[r], b[r], 1e-12);
    }
  }
}

TEST(SamplingConfigurations, AreReadFromTheirText) {
  const auto sampler = configured_sampler(
      "rule: combined\nscheme: bernoulli\nexact_size: true\nuniform_share: 0.25\n");
  ASSERT_TRUE(sampler);
  EXPECT_EQ(sampler->rule, row_sampling::Rule::kCombined);
  EXPECT_TRUE(sampler->scheme.exact_size);
  EXPECT_EQ(sampler->uniform_share, 0.25);
  EXPECT_EQ(configured_sampler("scheme: pivotal\n")->scheme.scheme, row_sampling::Scheme::kPivotal);
  for (const char* bad : {"rule: best\n", "scheme: dice\n", "uniform_share: much\n",
                          "uniform_share: 2\n", "colour: red\n", "rule\n"})
    EXPECT_FALSE(configured_sampler(bad)) << bad;
}

TEST(SamplingConfigurations, KeepAShareUniform) {
  Sampler mixed;
  mixed.uniform_share = 0.5;
  const ProbeTable& table = probe_tables().front();
  const auto q = *probabilities(mixed, table.columns, table.m);
  for (double value : q)
    EXPECT_GE(value, 0.5 * table.m / static_cast<double>(table.columns.rows) - 1e-12);
}

}  // namespace
}  // namespace equivolve::test
