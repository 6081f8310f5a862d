// The scalar reference interpreter of `program`: what each of the 65 operations means, exactly.
// Every faster kernel and the exported Python must give the same bits (but for sin, cos, tan,
// arcsin, arccos, arctan, exp and log, which are the C library's). Source of the operations: Real
// et al. 2020, "AutoML-Zero" (arXiv 2003.03384), supplementary section.
//
// Meaning, beside what operations.hpp says of each:
//   - IEEE 754 double arithmetic, round to nearest, never contracted; nothing is guarded: 1/0 is
//   Inf, log(-1) is NaN.
//   - Sums (dot, norms, means, deviations, products of matrices) start with their first term and
//   add the others one at a
//     time in index order; over a matrix in row-major order.
//   - Operands are read before `out` is written, so m0 = matmul(m0, m0) is the product of the old
//   m0.
//   - Random draw number e (0-based, row-major) of an instruction is draw e of
//   hashing::Stream(seed, purpose,
//     step << 32 | ordinal), where ordinal is the instruction's (program_analysis.hpp) and step
//     counts the function calls since reset: setup is step 0, then 1, 2, ... for predict and learn
//     alike, whether or not anything is drawn.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "hashing/stream.hpp"
#include "search/genome/program_analysis.hpp"

namespace equivolve::interpreters {

/// Where random instructions draw from.
struct DrawKey {
  std::uint64_t seed = 0;
  hashing::Purpose purpose = hashing::Purpose::kEvaluate;
};

/// Doubles a vector takes up: the dimension rounded up to a whole number of SIMD registers. What
/// stands between the dimension and this is arbitrary and never read into a result.
inline std::uint32_t padded(std::uint32_t dimension) {
  return (dimension + 3u) & ~3u;
}

/// An instruction with its memories found: offsets into the machine's block.
struct Step {
  std::uint8_t op = 0;
  search::Kind zero_kind = search::Kind::kNone;
  std::uint32_t in1 = 0, in2 = 0, out = 0;
  std::uint32_t aux = 0;
  std::uint32_t ordinal = 0;
  double value = 0;
};

/// Memories and decoded code of one running program. Reusable: load() forgets what was there and
/// allocates only when something grows. Not synchronised.
class Machine {
 public:
  /// Takes over a program; its addresses must lie within `shape` (search::check_program).
  void load(const search::PreparedProgram& program, const search::MemoryShape& shape);

  /// All memories become zero, the step 0.
  void reset(DrawKey key);

  /// Calls a function once.
  void run(search::Function function);

  double& scalar(std::uint8_t address) { return memory_[address]; }
  double* vector(std::uint8_t address) { return memory_.data() + vector_at(address); }
  /// Row r starts at matrix(address) + r * padded(dimension).
  double* matrix(std::uint8_t address) { return memory_.data() + matrix_at(address); }

  /// Instructions in a function.
  std::size_t length(search::Function function) const {
    return code_[static_cast<std::size_t>(function)].size();
  }

  /// About how many floating-point operations a call takes; for deciding how often to look up from
  /// the work.
  std::uint64_t call_cost(search::Function function) const;

  const search::MemoryShape& shape() const { return shape_; }

 private:
  std::size_t vector_at(std::uint32_t address) const {
    return scalars_ + std::size_t{address} * row_;
  }
  std::size_t matrix_at(std::uint32_t address) const {
    return vector_at(shape_.vectors) + std::size_t{address} * row_ * shape_.dimension;
  }
  std::uint32_t offset(search::Kind kind, std::uint8_t address) const {
    const Place& place = places_[static_cast<std::size_t>(kind)];
    return place.start + address * place.size;
  }
  Step decode(const search::PreparedProgram::Code& code, std::size_t at) const;

  /// Where the memories of a kind start, and how many doubles each takes; zeros for kNone.
  struct Place {
    std::uint32_t start = 0, size = 0;
  };

  search::MemoryShape shape_;
  std::array<Place, 4> places_;
  std::size_t scalars_ = 0;  // scalars, padded
  std::uint32_t row_ = 0;    // padded dimension
  std::array<std::vector<Step>, search::kFunctionCount> code_;
  std::vector<double> memory_;
  std::vector<double> scratch_;  // one matrix
  DrawKey key_;
  std::uint64_t step_ = 0;
};

}  // namespace equivolve::interpreters
