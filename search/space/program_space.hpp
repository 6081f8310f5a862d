// Which programs a search may look at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/genome/program.hpp"

namespace equivolve::search {

/// One of setup, predict, learn.
struct FunctionSpace {
  std::uint32_t min_length = 1;  ///< instructions
  std::uint32_t max_length =
      8;  ///< >= min_length, <= 1000; equal to min_length: lengths never vary
  std::uint32_t initial_length = 4;  ///< of random programs
  std::vector<Op>
      operations;  ///< allowed, not empty unless max_length is 0; ascending, no duplicates
  bool operator==(const FunctionSpace&) const = default;
};

struct ProgramSpace {
  MemoryShape memories;
  std::array<FunctionSpace, kFunctionCount> functions;
  /// Constants of random programs are drawn uniformly from [-constant_range, constant_range].
  double constant_range = 1.0;
  FunctionSpace& operator[](Function f) { return functions[static_cast<std::size_t>(f)]; }
  const FunctionSpace& operator[](Function f) const {
    return functions[static_cast<std::size_t>(f)];
  }
  bool operator==(const ProgramSpace&) const = default;
};

// What every representation offers, here for programs; space.hpp says what each is for.
/// Lengths and operations are not looked at: a program that a person wrote runs with any.
tl::expected<void, Error> check_genome(GenomeView flat, const ProgramSpace& space);
/// They are here.
tl::expected<void, Error> check_limits(GenomeView flat, const ProgramSpace& space);
std::string genome_text(GenomeView flat, const ProgramSpace& space);
tl::expected<Genome, Error> parse_genome(std::string_view text, const ProgramSpace& space);
std::vector<std::byte> structural_bytes(GenomeView flat, const ProgramSpace& space);

}  // namespace equivolve::search
