// What of a program can matter: known zeros forward, liveness backward, both to a fixed point over
// the predict/learn cycle. One preparation serves plain, pruned, probed and exported programs, so
// they agree by construction.
//
// The cycle: all memories start at zero. setup runs once. Training, per example: v0 := features, s0
// := 0, predict; then [s1 := sigmoid(s1)], s0 := label, learn. Validation, per example: v0 :=
// features, s0 := 0, predict. Nothing else is reset.
//
// Known zeros (docs/hashing.md): a product, dot product or scaling with a memory that is certainly
// zero *is* zero, by definition, whatever the other operand holds (Inf included).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "search/genome/program.hpp"

namespace equivolve::search {

/// Ordinals of draws that cannot matter start here.
inline constexpr std::uint32_t kDeadOrdinal = 0x8000'0000u;

struct CycleConvention {
  bool sigmoid_before_learn =
      false;  ///< classification: s1 is replaced by its sigmoid before learn
};

/// A program ready to run. Instructions are those of the genome, except that those whose result is
/// certainly zero have op kZeroFill: of these only `out` is used, and `aux`, which holds its kind.
struct PreparedProgram {
  struct Code {
    std::vector<eqv_instruction> instructions;
    std::vector<std::uint32_t>
        ordinals;                       ///< same length, or empty where nothing draws: see ordinal
    std::vector<std::uint32_t> origin;  ///< index in the genome's function; same length

    /// Of a random draw: its number among the function's *live* draws, so that dead ones shift
    /// nothing (dead ones count from kDeadOrdinal). 0 of what is none.
    std::uint32_t ordinal(std::size_t at) const { return ordinals.empty() ? 0 : ordinals[at]; }
  };
  std::array<Code, kFunctionCount> functions;
  const Code& operator[](Function f) const { return functions[static_cast<std::size_t>(f)]; }

  /// Memories whose content can still matter to a later prediction: the state that a probe puts
  /// out.
  std::array<std::vector<std::uint8_t>, 3>
      live_state;  ///< addresses of live scalars, vectors, matrices, ascending
};

/// Kind of what an instruction of prepared code sets to zero.
inline Kind zero_kind(const eqv_instruction& zero_fill) {
  return static_cast<Kind>(zero_fill.aux);
}

/// Known zeros applied, everything else kept: the reference meaning.
PreparedProgram prepare_plain(const ProgramView& program, CycleConvention convention);

/// Known zeros applied, then dead instructions removed. Gives the same predictions as
/// prepare_plain.
PreparedProgram prepare_pruned(const ProgramView& program, CycleConvention convention);
/// The same into a program whose storage is used again: nothing is allocated unless it grows.
void prepare_pruned(const ProgramView& program, CycleConvention convention, PreparedProgram& out);

/// Whether a random draw is among its instructions.
bool draws_at_random(const PreparedProgram& program);

/// Bytes of the prepared program in a canonical order: equal bytes mean equal behaviour (not the
/// other way round).
std::vector<std::byte> canonical_bytes(const PreparedProgram& program);
/// The same into storage that is used again.
void canonical_bytes(const PreparedProgram& program, std::vector<std::byte>& out);

}  // namespace equivolve::search
