#include "search/space/configuration_space.hpp"

#include <cstring>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/variation/configuration_variation.hpp"
#include "tests/search/support/configurations.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names(const ConfigurationSpace& space) {
  std::vector<std::string> out;
  for (const Parameter& p : space.parameters) out.push_back(p.name);
  return out;
}

TEST(ConfigurationSpace, ConditionsComeFirst) {
  std::vector<Parameter> p{test::integer("a", 1, 3), test::integer("b", 1, 3), test::boolean("c"),
                           test::boolean("d")};
  p[0].when = {test::one_of(3, {1})};
  p[3].when = {test::one_of(1, {2})};
  const ConfigurationSpace space = test::made(p, {{test::one_of(0, {2}), test::one_of(2, {0})}});
  EXPECT_THAT(names(space), ElementsAre("b", "c", "d", "a"));
  EXPECT_EQ(space.parameters[3].when[0].parameter, 2u) << "clauses follow";
  EXPECT_EQ(space.forbidden[0][0].parameter, 3u);
  EXPECT_EQ(space.forbidden[0][1].parameter, 1u);
}

TEST(ConfigurationSpace, NamesACircle) {
  std::vector<Parameter> p{test::boolean("w"), test::boolean("x"), test::boolean("y"),
                           test::boolean("z")};
  p[1].when = {test::one_of(0, {1}), test::one_of(2, {1})};
  p[2].when = {test::one_of(3, {1})};
  p[3].when = {test::one_of(2, {1})};
  const auto space = make_configuration_space(p, {});
  ASSERT_FALSE(space);
  EXPECT_EQ(space.error().kind, SpaceFault::Kind::kCircle);
  EXPECT_THAT(space.error().circle, ElementsAre(2, 3));
}

// What a configuration is, by the definition and not by an order: values for all, of which those
// count whose conditions hold.
class ByDefinition {
 public:
  explicit ByDefinition(const ConfigurationSpace& space) : space_(space) {
    std::vector<double> values(space.parameters.size());
    assign(values, 0);
  }
  std::set<std::vector<std::byte>> allowed;
  std::set<std::vector<std::byte>> all;

 private:
  bool active(std::uint32_t i, const std::vector<double>& values) const {
    for (const Clause& clause : space_.parameters[i].when)
      if (!met(clause, values)) return false;
    return true;
  }
  bool met(const Clause& clause, const std::vector<double>& values) const {
    const double value = values[clause.parameter];
    if (!active(clause.parameter, values)) return false;
    if (clause.is_range) return value >= clause.low && value <= clause.high;
    for (double one : clause.values)
      if (one == value) return true;
    return false;
  }
  void assign(std::vector<double>& values, std::uint32_t i) {
    if (i == values.size()) return note(values);
    const Parameter& p = space_.parameters[i];
    for (double index = 0; index < value_count(p); ++index) {
      values[i] = value_at(p, index);
      assign(values, i + 1);
    }
  }
  void note(const std::vector<double>& values) {
    std::vector<eqv_parameter_value> flat(values.size());
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      const bool on = active(i, values);
      flat[i] = {static_cast<std::uint32_t>(space_.parameters[i].kind), on ? 1u : 0u,
                 on ? values[i] : 0};
    }
    std::vector<std::byte> bytes(flat.size() * sizeof(eqv_parameter_value));
    std::memcpy(bytes.data(), flat.data(), bytes.size());
    all.insert(bytes);
    for (const Combination& combination : space_.forbidden) {
      bool holds = true;
      for (const Clause& clause : combination) holds = holds && met(clause, values);
      if (holds) return;
    }
    allowed.insert(bytes);
  }
  const ConfigurationSpace& space_;
};

// Every flat value with any activity and any number among a few, in place of those of the space.
void each_flat(const ConfigurationSpace& space, std::vector<eqv_parameter_value>& flat,
               std::size_t i, const std::function<void(GenomeView)>& visit) {
  if (i == flat.size()) return visit(std::as_bytes(std::span(flat)));
  const Parameter& p = space.parameters[i];
  for (std::uint32_t active : {0u, 1u})
    for (double number : {-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0}) {
      if (active == 0 && number > 1) continue;
      flat[i] = {static_cast<std::uint32_t>(p.kind), active, number};
      each_flat(space, flat, i + 1, visit);
    }
}

TEST(ConfigurationSpace, IsWhatConditionsAndForbiddenCombinationsSay) {
  int nothing = 0, conditional = 0;
  for (std::uint64_t n = 0; n < 3000; ++n) {
    Stream stream(11, Purpose::kTest, n);
    const test::Draft draft = test::random_draft(stream);
    // Without what is forbidden there is always a space; its order is what brute force runs on.
    ConfigurationSpace open = test::made(draft.parameters);
    const auto space = make_configuration_space(draft.parameters, draft.forbidden);
    if (!space) {
      // The order of the parameters does not depend on what is forbidden.
      ++nothing;
      ASSERT_EQ(space.error().kind, SpaceFault::Kind::kNothingAllowed);
      for (const Combination& given : draft.forbidden) {
        Combination combination = given;
        for (Clause& clause : combination)
          clause.parameter = *position_of(open, draft.parameters[clause.parameter].name);
        open.forbidden.push_back(std::move(combination));
      }
      ASSERT_TRUE(ByDefinition(open).allowed.empty()) << "draft " << n;
      continue;
    }
    const ByDefinition truth(*space);
    ASSERT_FALSE(truth.allowed.empty()) << "draft " << n;
    conditional += truth.all.size() != truth.allowed.size();
    ASSERT_TRUE(truth.allowed.contains(default_genome(*space).flat)) << "draft " << n;
    std::set<std::vector<std::byte>> bred;
    for (int i = 0; i < 40; ++i) {
      Genome genome = random_genome(*space, stream);
      ASSERT_TRUE(truth.allowed.contains(genome.flat)) << "draft " << n;
      genome = mutate_genome(genome.flat, *space, stream).genome;
      ASSERT_TRUE(truth.allowed.contains(genome.flat)) << "draft " << n;
      const Genome other = random_genome(*space, stream);
      ASSERT_TRUE(truth.allowed.contains(
          cross_genomes(genome.flat, other.flat, *space, stream).genome.flat))
          << "draft " << n;
    }
  }
  EXPECT_GT(nothing, 20);
  EXPECT_GT(conditional, 500);
}

TEST(ConfigurationSpace, AcceptsExactlyItsGenomes) {
  for (std::uint64_t n = 0; n < 60; ++n) {
    Stream stream(12, Purpose::kTest, n);
    const test::Draft draft = test::random_draft(stream);
    if (draft.parameters.size() > 3) continue;
    const auto space = make_configuration_space(draft.parameters, draft.forbidden);
    if (!space) continue;
    const ByDefinition truth(*space);
    std::size_t accepted = 0;
    std::vector<eqv_parameter_value> flat(space->parameters.size());
    each_flat(*space, flat, 0, [&](GenomeView bytes) {
      const bool allowed = truth.allowed.contains({bytes.begin(), bytes.end()});
      ASSERT_EQ(check_genome(bytes, *space).has_value(), allowed);
      accepted += allowed;
    });
    EXPECT_EQ(accepted, truth.allowed.size());
  }
}

TEST(ConfigurationSpace, RandomOnesReachAllThatIsAllowed) {
  for (std::uint64_t n = 0; n < 100; ++n) {
    Stream stream(13, Purpose::kTest, n);
    const test::Draft draft = test::random_draft(stream);
    const auto space = make_configuration_space(draft.parameters, draft.forbidden);
    if (!space) continue;
    const ByDefinition truth(*space);
    std::set<std::vector<std::byte>> drawn;
    for (int i = 0; i < 6000; ++i) drawn.insert(random_genome(*space, stream).flat);
    EXPECT_EQ(drawn, truth.allowed) << "draft " << n;
  }
}

TEST(ConfigurationSpace, FindsTheGapBetweenForbiddenRanges) {
  const auto with = [](std::vector<Combination> forbidden) {
    return make_configuration_space({test::number("x", 0, 1)}, std::move(forbidden));
  };
  const auto gap = with({{test::within(0, 0, 0.4)}, {test::within(0, 0.4001, 1)}});
  ASSERT_TRUE(gap);
  EXPECT_GT(gap->fallback[0], 0.4);
  EXPECT_LT(gap->fallback[0], 0.4001);
  // No draw finds it in the time it is given, mending does not either: the fallback does.
  Stream stream(14, Purpose::kTest, 0);
  const auto narrow = with({{test::within(0, 0, 0.4)}, {test::within(0, 0.4 + 1e-14, 1)}});
  ASSERT_TRUE(narrow);
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(check_genome(random_genome(*narrow, stream).flat, *narrow));
  const auto none = with({{test::within(0, 0, 0.5)}, {test::within(0, 0.5, 1)}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, SpaceFault::Kind::kNothingAllowed);
}

// Fewer places than there are parameters that must differ: true, but no search by branches shows it
// in time. Parameters that are in no combination must not make it longer.
TEST(ConfigurationSpace, GivesUpOnPigeonsInTime) {
  const auto pigeons = [](std::uint32_t count, std::uint32_t holes) {
    std::vector<Parameter> p;
    for (std::uint32_t i = 0; i < 30; ++i)
      p.push_back(test::number("free" + std::to_string(i), 0, 1));
    std::vector<Combination> forbidden;
    for (std::uint32_t i = 0; i < count; ++i) {
      p.push_back(test::integer("p" + std::to_string(i), 1, holes));
      for (std::uint32_t j = 0; j < i; ++j)
        for (double hole = 1; hole <= holes; ++hole)
          forbidden.push_back({test::one_of(30 + i, {hole}), test::one_of(30 + j, {hole})});
    }
    return make_configuration_space(p, forbidden);
  };
  EXPECT_TRUE(pigeons(7, 7));
  ASSERT_FALSE(pigeons(6, 5));
  EXPECT_EQ(pigeons(6, 5).error().kind, SpaceFault::Kind::kNothingAllowed);
  ASSERT_FALSE(pigeons(12, 11));
  EXPECT_EQ(pigeons(12, 11).error().kind, SpaceFault::Kind::kNoneFound);
}

TEST(ConfigurationSpace, PrefersDefaults) {
  std::vector<Parameter> p{test::integer("a", 1, 9), test::choice("b", {"x", "y"}),
                           test::number("c", 2, 3)};
  p[0].default_value = 7;
  p[1].default_value = 1;
  EXPECT_EQ(genome_text(default_genome(test::made(p)).flat, test::made(p)), "a: 7\nb: y\nc: 2\n");
  const ConfigurationSpace without = test::made(p, {{test::one_of(0, {7}), test::one_of(1, {1})}});
  EXPECT_EQ(genome_text(default_genome(without).flat, without), "a: 7\nb: x\nc: 2\n");
}

TEST(ConfigurationGenome, KnownBytes) {
  std::vector<Parameter> p{test::number("lr", 1e-5, 0.1, true), test::integer("depth", 1, 9),
                           test::choice("kind", {"a", "b"}), test::integer("m", 2, 64),
                           test::boolean("flag")};
  p[3].when = {test::one_of(2, {0})};
  const ConfigurationSpace space = test::made(p);
  const Genome genome = test::configuration("lr: 0.03125\ndepth: 3\nkind: b\nflag: true\n", space);
  std::string hex;
  for (std::byte b : genome.flat) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned>(b) >> 4];
    hex += kDigits[static_cast<unsigned>(b) & 15u];
  }
  EXPECT_EQ(hex,
            "0000000001000000000000000000a03f"
            "01000000010000000000000000000840"
            "0200000001000000000000000000f03f"
            "01000000000000000000000000000000"
            "0300000001000000000000000000f03f");
  EXPECT_EQ(genome.representation, Representation::kConfiguration);
}

TEST(ConfigurationGenome, RefusesWhatIsNone) {
  const ConfigurationSpace space = test::rich_space();
  Stream stream(15, Purpose::kTest, 0);
  const Genome good = random_genome(space, stream);
  const auto refusal = [&](const std::function<void(eqv_parameter_value*)>& change) {
    Genome bad = good;
    change(reinterpret_cast<eqv_parameter_value*>(bad.flat.data()));
    const auto checked = check_genome(bad.flat, space);
    return checked ? std::string("accepted") : checked.error().message;
  };
  EXPECT_THAT(refusal([](auto* v) { v[1].number = 9.5; }),
              HasSubstr("'depth' is 9.5; expected an integer from 1 to 9"));
  EXPECT_THAT(refusal([](auto* v) { v[0].kind = 3; }), HasSubstr("another kind than float"));
  EXPECT_THAT(refusal([](auto* v) { v[1].active = 0; }), HasSubstr("inactive against"));
  EXPECT_THAT(refusal([](auto* v) { v[1].active = 2; }), HasSubstr("against its conditions"));
  Genome short_one = good;
  short_one.flat.pop_back();
  EXPECT_THAT(check_genome(short_one.flat, space).error().message,
              HasSubstr("159 bytes; expected 160"));
  EXPECT_EQ(genome_text(short_one.flat, space), "");
  std::vector<std::byte> shifted(good.flat.size() + 1);
  std::memcpy(shifted.data() + 1, good.flat.data(), good.flat.size());
  EXPECT_FALSE(check_genome(GenomeView(shifted).subspan(1), space)) << "not aligned";
}

// Also of negative numbers, which are no position.
TEST(ConfigurationGenome, OnlyChoicesAreChoices) {
  Parameter below = test::integer("below", -9, -1);
  below.default_value = -3;
  const auto space =
      test::made({below, test::number("x", -2, 2), test::choice("kind", {"a", "b"})});
  const Genome genome = default_genome(space);
  const ConfigurationView view(genome.flat, space);
  EXPECT_FALSE(view.choice_of("below"));
  EXPECT_FALSE(view.choice_of("x"));
  EXPECT_EQ(view.choice_of("kind"), "a");
}

TEST(ConfigurationGenome, IsSeenByName) {
  const ConfigurationSpace space = test::rich_space();
  const Genome genome = test::configuration(
      "lr: 0.05\ndepth: 2\nkind: \"b c\"\nflag: false\nalways: true\nfixed: 2.5\n", space);
  const ConfigurationView view(genome.flat, space);
  EXPECT_EQ(view.number_of("lr"), 0.05);
  EXPECT_EQ(view.number_of("depth"), 2);
  EXPECT_EQ(view.choice_of("kind"), "b c");
  EXPECT_EQ(view.number_of("kind"), 1);
  EXPECT_EQ(view.number_of("flag"), 0);
  EXPECT_TRUE(view.is_active("depth"));
  EXPECT_FALSE(view.is_active("m"));
  EXPECT_EQ(view.number_of("m"), std::nullopt);
  EXPECT_EQ(view.number_of("nobody"), std::nullopt);
  EXPECT_EQ(view.choice_of("depth"), std::nullopt);
}

TEST(StructuralBytes, KnowNothingOfInactiveParameters) {
  const ConfigurationSpace space = test::rich_space();
  const auto bytes = [&](const std::string& text) {
    return structural_bytes(test::configuration(text, space).flat, space);
  };
  const auto without =
      bytes("lr: 0.05\ndepth: 2\nkind: \"b c\"\nflag: false\nalways: true\nfixed: 2.5\n");
  EXPECT_EQ(without.size(), 6u * 16) << "position and number of six";
  // Even a number that ought not to be there.
  Genome dirty = test::configuration(
      "lr: 0.05\ndepth: 2\nkind: \"b c\"\nflag: false\nalways: true\nfixed: 2.5\n", space);
  auto* values = reinterpret_cast<eqv_parameter_value*>(dirty.flat.data());
  values[*position_of(space, "m")].number = 17;
  EXPECT_EQ(structural_bytes(dirty.flat, space), without);
  EXPECT_NE(bytes("lr: 0.05\ndepth: 3\nkind: \"b c\"\nflag: false\nalways: true\nfixed: 2.5\n"),
            without);
}

TEST(StructuralBytes, AreEqualExactlyWhereGenomesAre) {
  const ConfigurationSpace space = test::rich_space();
  std::set<std::vector<std::byte>> flats, structures;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    Stream stream(16, Purpose::kTest, i);
    const Genome genome = random_genome(space, stream);
    flats.insert(genome.flat);
    structures.insert(structural_bytes(genome.flat, space));
  }
  EXPECT_EQ(flats.size(), structures.size());
}

}  // namespace
}  // namespace equivolve::search
