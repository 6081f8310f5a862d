// Keys of how candidates are bred, and of which are taken for equal.
#include <limits>

#include "engine/config/keys.hpp"

namespace equivolve::engine {
namespace {

constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();

// Settings with one value in this version: nothing is stored.
Field<std::string> only(std::string value) {
  return {[value](const Configuration&) { return value; },
          [](Configuration&, const std::string&) {}};
}
Field<std::optional<std::uint64_t>> only_one() {
  return {[](const Configuration&) { return std::optional<std::uint64_t>(1); },
          [](Configuration&, std::optional<std::uint64_t>) {}};
}

Field<std::size_t> policy_field() {
  return {[](const Configuration& c) -> std::size_t {
            return c.hashing.policy == hashing::Policy::kReuse ? 0 : 1;
          },
          [](Configuration& c, std::size_t choice) {
            c.hashing.policy = choice == 0 ? hashing::Policy::kReuse : hashing::Policy::kOff;
          }};
}

template <class T>
Field<std::optional<std::uint64_t>> search_integer(T SearchConfig::*member) {
  return as_integer(field(&Configuration::search, member));
}

}  // namespace

Section search_keys() {
  Section section;
  section.name = "search";
  section.help = "How candidates are bred.";
  section.keys = {
      text_choice_key("algorithm", {"regularized_evolution", "random"}, {},
                      "Regularized evolution: Real et al. 2019.",
                      field(&Configuration::search, &SearchConfig::algorithm)),
      integer_key("population_size", 1, 10'000'000, "Candidates that can be parents.",
                  search_integer(&SearchConfig::population_size)),
      integer_key("tournament_size", 1, 10'000'000,
                  "Candidates drawn, the best of which is a parent. At most population_size.",
                  search_integer(&SearchConfig::tournament_size)),
      number_key("mutation_probability", 0, 1, "Else the child is its parent's copy.",
                 field(&Configuration::search, &SearchConfig::mutation_probability)),
      number_key("crossover_probability", 0, 1, "That a child takes parts of a second parent.",
                 field(&Configuration::search, &SearchConfig::crossover_probability)),
      integer_key("restart_after", 0, kAny,
                  "Births without a new best after which the population starts anew; 0: never.",
                  search_integer(&SearchConfig::restart_after)),
      integer_key("lookahead", 1, 65'536,
                  "Candidates in flight at most. Part of the run's identity; at least the workers.",
                  search_integer(&SearchConfig::lookahead)),
      integer_key("repeats", 1, 1, "Trials of each candidate.", only_one()),
      text_choice_key("order", {"ticket"}, {"arrival"}, "In which order outcomes are told.",
                      only("ticket"))};
  return section;
}

Section hashing_keys() {
  Section section;
  section.name = "hashing";
  section.help = "Which candidates are taken for equal, and what follows.";
  section.keys = {
      choice_key("policy", {"reuse", "off"}, {"forget", "aggregate", "auto"},
                 "reuse: a candidate that behaves like an earlier one takes its fitness. off: "
                 "nothing is merged.",
                 policy_field()),
      integer_key("capacity", 1, kAny, "Classes kept; the least recently seen goes first.",
                  as_integer(field(&Configuration::hashing, &HashingConfig::capacity))),
      number_key("verify_fraction", 0, 1,
                 "Share of reused results that are computed all the same, and compared.",
                 field(&Configuration::hashing, &HashingConfig::verify_fraction)),
      integer_key("mantissa_bits", 0, 52,
                  "How finely outputs are told apart; 0: as the evaluator has it.",
                  as_integer(field(&Configuration::hashing, &HashingConfig::mantissa_bits))),
      boolean_key("record", "With policy off: probe all the same and store the digests.",
                  field(&Configuration::hashing, &HashingConfig::record)),
      text_choice_key("grid", {"scaled"}, {"published", "shifted"},
                      "How outputs are rounded before they are hashed.", only("scaled"))};
  return section;
}

}  // namespace equivolve::engine
