// A candidate's genome: a flat value of one representation, cheap to copy, compared bytewise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::search {

/// Values of equivolve_genome.h.
enum class Representation : std::uint32_t {
  kProgram = 1,
  kExpression = 2,
  kGraph = 3,
  kConfiguration = 4,
  kSequence = 5
};
std::string_view representation_name(Representation representation);  ///< "program", ...
std::optional<Representation> representation_named(std::string_view name);

struct Genome {
  Representation representation = Representation::kProgram;
  std::vector<std::byte> flat;  ///< layout of equivolve_genome.h
  bool operator==(const Genome&) const = default;
};

using GenomeView = std::span<const std::byte>;

/// An error of search/: what is wrong, in words, and where in a text form (0: not a text).
struct Error {
  std::string message;
  std::size_t line = 0;    ///< 1-based
  std::size_t column = 0;  ///< 1-based
};

}  // namespace equivolve::search
