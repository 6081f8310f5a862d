#include "tests/search/support/configurations.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace equivolve::search::test {

Parameter number(std::string name, double low, double high, bool log, double step) {
  Parameter p;
  p.name = std::move(name);
  p.low = low;
  p.high = high;
  p.log = log;
  p.step = step;
  return p;
}

Parameter integer(std::string name, double low, double high, bool log, double step) {
  Parameter p = number(std::move(name), low, high, log, step);
  p.kind = ParameterKind::kInteger;
  return p;
}

Parameter choice(std::string name, std::vector<std::string> choices) {
  Parameter p = number(std::move(name), 0, static_cast<double>(choices.size()) - 1, false, 1);
  p.kind = ParameterKind::kChoice;
  p.choices = std::move(choices);
  return p;
}

Parameter boolean(std::string name) {
  Parameter p = number(std::move(name), 0, 1, false, 1);
  p.kind = ParameterKind::kBoolean;
  return p;
}

Clause one_of(std::uint32_t parameter, std::vector<double> values) {
  Clause clause;
  clause.parameter = parameter;
  clause.values = std::move(values);
  return clause;
}

Clause within(std::uint32_t parameter, double low, double high) {
  Clause clause;
  clause.parameter = parameter;
  clause.is_range = true;
  clause.low = low;
  clause.high = high;
  return clause;
}

ConfigurationSpace made(std::vector<Parameter> parameters, std::vector<Combination> forbidden) {
  auto space = make_configuration_space(std::move(parameters), std::move(forbidden));
  if (space) return *space;
  ADD_FAILURE() << "no space: fault " << static_cast<int>(space.error().kind);
  return {};
}

ConfigurationSpace rich_space() {
  std::vector<Parameter> p{
      number("lr", 1e-5, 0.1, true),
      integer("depth", 1, 9),
      choice("kind", {"a", "b c", "\"quoted\" \\ # :", "line\nbreak", ""}),
      integer("m", 2, 64, true),
      boolean("flag"),
      number("dropout", 0, 0.5, false, 0.1),
      integer("width", -8, 1000, false, 16),
      number("offset", -3, 7.5),
      boolean("always"),
      number("fixed", 2.5, 2.5),
  };
  p[3].when = {one_of(2, {0, 2})};
  p[5].when = {one_of(4, {1}), within(1, 3, 6)};
  p[6].when = {within(3, 2, 20)};  // nested: m has a condition of its own
  p[7].when = {within(0, 1e-4, 1e-2)};
  p[8].low = 1;
  return made(std::move(p), {{one_of(2, {1}), one_of(1, {9})},
                             {within(5, 0.25, 0.5), within(7, 0, 7.5)},
                             {one_of(4, {0}), within(1, 1, 5), one_of(2, {3, 4})}});
}

Draft random_draft(hashing::Stream& stream) {
  Draft draft;
  const auto count = static_cast<std::uint32_t>(2 + stream.below(4));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    switch (stream.below(3)) {
      case 0:
        draft.parameters.push_back(integer(name, 3, 3 + static_cast<double>(stream.below(3))));
        break;
      case 1:
        draft.parameters.push_back(choice(name, {"x", "y", "z"}));
        break;
      default:
        draft.parameters.push_back(boolean(name));
    }
  }
  const auto clause = [&](std::uint32_t at) {
    const Parameter& p = draft.parameters[at];
    const auto pick = [&] {
      return value_at(
          p, static_cast<double>(stream.below(static_cast<std::uint64_t>(value_count(p)))));
    };
    const double first = pick(), second = pick();
    if (is_numeric(p) && stream.chance(0.5))
      return within(at, std::min(first, second), std::max(first, second));
    return first == second ? one_of(at, {first}) : one_of(at, {first, second});
  };
  // Conditions name parameters below in a random ranking, so there is no circle.
  std::vector<std::uint32_t> ranked(count);
  for (std::uint32_t i = 0; i < count; ++i) ranked[i] = i;
  for (std::uint32_t i = count - 1; i > 0; --i) std::swap(ranked[i], ranked[stream.below(i + 1)]);
  for (std::uint32_t i = 1; i < count; ++i)
    for (std::uint64_t n = stream.below(3); n > 0; --n)
      draft.parameters[ranked[i]].when.push_back(clause(ranked[stream.below(i)]));
  for (std::uint64_t n = stream.below(6); n > 0; --n) {
    Combination combination;
    for (std::uint64_t clauses = 1 + stream.below(3); clauses > 0; --clauses)
      combination.push_back(clause(static_cast<std::uint32_t>(stream.below(count))));
    draft.forbidden.push_back(std::move(combination));
  }
  return draft;
}

Genome configuration(const std::string& text, const ConfigurationSpace& space) {
  auto genome = parse_genome(text, space);
  if (genome) return *genome;
  ADD_FAILURE() << genome.error().line << ":" << genome.error().column << ": "
                << genome.error().message;
  return {Representation::kConfiguration, {}};
}

}  // namespace equivolve::search::test
