// The `configuration` representation: a value for each named parameter (hyperparameters). A
// parameter may be active under conditions only, and combinations of values may be forbidden.
//
// Text form, one active parameter a line, in the order of the space:
//   depth: 3
//   kind: a
//   lr: 0.001
//   note: "a choice in quotes, with \"escapes\""
//   shuffle: true
// When it is read, lines may come in any order, '#' starts a comment, and an active parameter may
// be left out where it has a default.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "search/genome/genome.hpp"
#include "search/space/parameter.hpp"

namespace equivolve::search {

/// Forbidden together: it is met when all clauses hold, so never while one of its parameters is
/// inactive.
using Combination = std::vector<Clause>;

/// Made by make_configuration_space, and by hand only in that order and with that fallback.
struct ConfigurationSpace {
  std::vector<Parameter> parameters;  ///< what a condition names stands before whom it rules
  std::vector<Combination> forbidden;
  /// A number for each parameter (of inactive ones 0): an allowed configuration. It has the
  /// defaults, and elsewhere the first values, as far as what is forbidden lets it.
  std::vector<double> fallback;
  bool operator==(const ConfigurationSpace&) const = default;
};

/// Why parameters make no space.
struct SpaceFault {
  enum class Kind : std::uint8_t {
    kCircle,          ///< conditions that wait for each other
    kNothingAllowed,  ///< every configuration is forbidden
    kNoneFound        ///< nor was an allowed one found in `kSearchEffort` steps
  };
  static constexpr std::size_t kSearchEffort = 2'000'000;  ///< combinations looked at
  Kind kind = Kind::kCircle;
  std::vector<std::uint32_t> circle;  ///< of the parameters given; each needs the next, the last
                                      ///< the first
};

/// Puts parameters in an order in which each stands behind those that its conditions name, and is
/// otherwise as given; finds an allowed configuration. Clauses name positions among those given.
tl::expected<ConfigurationSpace, SpaceFault> make_configuration_space(
    std::vector<Parameter> parameters, std::vector<Combination> forbidden);

// What every representation offers, here for configurations; space.hpp says what each is for.
tl::expected<void, Error> check_genome(GenomeView flat, const ConfigurationSpace& space);
std::string genome_text(GenomeView flat, const ConfigurationSpace& space);
tl::expected<Genome, Error> parse_genome(std::string_view text, const ConfigurationSpace& space);
/// Position and number of each active parameter; nothing of inactive ones.
std::vector<std::byte> structural_bytes(GenomeView flat, const ConfigurationSpace& space);

/// The configuration that a search may start from: ConfigurationSpace::fallback.
Genome default_genome(const ConfigurationSpace& space);

// ---- A genome by its parameters' names, for evaluators and algorithms. It is one of the space.

std::optional<std::uint32_t> position_of(const ConfigurationSpace& space, std::string_view name);

class ConfigurationView {
 public:
  ConfigurationView(GenomeView flat, const ConfigurationSpace& space);
  // Of a parameter that the space does not have: false, nothing.
  bool is_active(std::string_view name) const;
  /// Of an active one: the number, the integer, the position among the choices, 0 or 1.
  std::optional<double> number_of(std::string_view name) const;
  /// Of an active choice, else nothing; lives as long as the space.
  std::optional<std::string_view> choice_of(std::string_view name) const;

 private:
  std::span<const eqv_parameter_value> values_;
  const ConfigurationSpace& space_;
};

// ---- Parts of the above, for variation and the like.

using ParameterValues = std::span<const eqv_parameter_value>;

/// A flat configuration seen in place; empty when the size or the alignment (8) is not that of one
/// of this space.
ParameterValues view_configuration(GenomeView flat, const ConfigurationSpace& space);

/// Whether its conditions hold; of those before it, `values` must be right.
bool is_active(const Parameter& parameter, ParameterValues values);
bool holds(const Clause& clause, ParameterValues values);
/// The first forbidden combination that the values meet, or nullptr.
const Combination* met_combination(const ConfigurationSpace& space, ParameterValues values);

/// "kind is a", "kind is one of a, b", "depth is 2 to 5"; several are joined by "and".
std::string clauses_text(const std::vector<Clause>& clauses, const ConfigurationSpace& space);

}  // namespace equivolve::search
