// The `program` representation: setup once, then predict and learn per example (AutoML-Zero). Flat
// layout in equivolve_genome.h; this header gives it words: view, build, validity, text form.
//
// Text form, one instruction a line (kinds and operation give a unique reading; doubles are
// shortest round-trip):
//   setup:
//     s2 = 0.01
//   predict:
//     s1 = dot(v0, v1)
//   learn:
//     s3 = s0 - s1
//     s3 = s2 * s3
//     v2 = s3 * v0
//     v1 = v1 + v2
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "search/genome/equivolve_genome.h"
#include "search/genome/genome.hpp"
#include "search/genome/program_ops.hpp"

namespace equivolve::search {

enum class Function : std::uint8_t { kSetup = 0, kPredict = 1, kLearn = 2 };
inline constexpr std::size_t kFunctionCount = 3;
std::string_view function_name(Function f);  ///< "setup", "predict", "learn"

/// Fixed addresses.
inline constexpr std::uint8_t kLabelAddress = 0;       ///< s0: the label in learn, 0 in predict
inline constexpr std::uint8_t kPredictionAddress = 1;  ///< s1
inline constexpr std::uint8_t kFeaturesAddress = 0;    ///< v0

/// How many memories there are of each kind, and the length of a vector (matrices are dimension x
/// dimension).
struct MemoryShape {
  std::uint32_t scalars = 4;    ///< 2..255
  std::uint32_t vectors = 3;    ///< 1..255
  std::uint32_t matrices = 0;   ///< 0..255
  std::uint32_t dimension = 4;  ///< 1..65535
  bool operator==(const MemoryShape&) const = default;
};

/// A program taken apart; to_genome and program_of are inverse.
struct Program {
  std::array<std::vector<eqv_instruction>, kFunctionCount> functions;
  std::vector<eqv_instruction>& operator[](Function f) {
    return functions[static_cast<std::size_t>(f)];
  }
  const std::vector<eqv_instruction>& operator[](Function f) const {
    return functions[static_cast<std::size_t>(f)];
  }
};
bool operator==(const Program& a, const Program& b);  ///< bytewise

/// A flat program seen in place; nothing is copied.
struct ProgramView {
  std::array<std::span<const eqv_instruction>, kFunctionCount> functions;
  std::span<const eqv_instruction> operator[](Function f) const {
    return functions[static_cast<std::size_t>(f)];
  }
};

/// Reads the header; empty when the bytes are not a program's (size, alignment to 8).
tl::expected<ProgramView, Error> view_program(GenomeView flat);

Genome to_genome(const Program& program);
tl::expected<Program, Error> program_of(GenomeView flat);

/// Whether every instruction is one of the table's, its addresses lie within `shape`, its unused
/// fields are zero and its numbers finite. The error names function and instruction; what is
/// good is seen in place.
tl::expected<ProgramView, Error> check_program(GenomeView flat, const MemoryShape& shape);

/// Text form; see above. An empty function is written with its name alone.
std::string to_text(const ProgramView& program);
tl::expected<Program, Error> parse_program(std::string_view text, const MemoryShape& shape);

/// Parameters of random draws, packed in eqv_instruction::aux.
float aux_float(std::uint32_t aux);
std::uint32_t float_aux(float value);
inline std::uint32_t aux_row(std::uint32_t aux) {
  return aux >> 16;
}
inline std::uint32_t aux_column(std::uint32_t aux) {
  return aux & 0xffffu;
}

}  // namespace equivolve::search
