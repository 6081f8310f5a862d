// The operation table of `program`: one row an operation says what it reads, writes and is called.
// The interpreter, the analyses, the text form and the dashboard all read this table. Source: Real
// et al. 2020, "AutoML-Zero" (arXiv 2003.03384), supplementary section on operations (65 of them).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace equivolve::search {

/// Kind of a memory: s0, s1... v0, v1... m0, m1...
enum class Kind : std::uint8_t { kNone, kScalar, kVector, kMatrix };

/// Numbers are part of stored genomes: never renumber.
enum class Op : std::uint8_t {
  kNoOp = 0,
  kScalarSum,
  kScalarDifference,
  kScalarProduct,
  kScalarQuotient,
  kScalarAbs,
  kScalarReciprocal,
  kScalarSin,
  kScalarCos,
  kScalarTan,
  kScalarArcsin,
  kScalarArccos,
  kScalarArctan,
  kScalarExp,
  kScalarLog,
  kScalarHeaviside,
  kVectorHeaviside,
  kMatrixHeaviside,
  kScalarVectorProduct,
  kBroadcastScalar,
  kVectorReciprocal,
  kVectorNorm,
  kVectorAbs,
  kVectorSum,
  kVectorDifference,
  kVectorProduct,
  kVectorQuotient,
  kDot,
  kOuter,
  kScalarMatrixProduct,
  kMatrixReciprocal,
  kMatrixVectorProduct,
  kBroadcastRows,
  kBroadcastColumns,
  kMatrixNorm,
  kRowNorm,
  kColumnNorm,
  kTranspose,
  kMatrixAbs,
  kMatrixSum,
  kMatrixDifference,
  kMatrixProduct,
  kMatrixQuotient,
  kMatrixMatrixProduct,
  kScalarMin,
  kVectorMin,
  kMatrixMin,
  kScalarMax,
  kVectorMax,
  kMatrixMax,
  kVectorMean,
  kMatrixMean,
  kRowMean,
  kRowDeviation,
  kVectorDeviation,
  kMatrixDeviation,
  kScalarConstant,
  kVectorConstant,
  kMatrixConstant,
  kScalarUniform,
  kVectorUniform,
  kMatrixUniform,
  kScalarGaussian,
  kVectorGaussian,
  kMatrixGaussian,
};
inline constexpr std::size_t kOpCount = 65;
/// Only in prepared code, never in a genome: out becomes zero (a known zero, see
/// program_analysis.hpp).
inline constexpr std::uint8_t kZeroFill = 255;

/// What an operation needs beside its operands.
enum class Immediate : std::uint8_t {
  kNone,
  kConstant,       ///< value
  kVectorElement,  ///< value, aux = index; the other elements keep their values, so `out` is read
                   ///< as well
  kMatrixElement,  ///< value, aux = row << 16 | column; likewise
  kRange,          ///< value = low, aux = bits of float high
  kMeanDeviation,  ///< value = mean, aux = bits of float standard deviation
};

struct OpInfo {
  Op op;
  std::string_view name;  ///< in configurations ("dot"); unique
  std::string_view text;  ///< in the text form: an infix sign ("+") or a function name ("dot");
                          ///< unique together with the kinds
  Kind in1, in2, out;
  Immediate immediate;
  bool multiplies;  ///< a product: certainly zero when one operand is (known zeros)
  bool keeps_zero;  ///< zero when all its operands are zero
  bool random;      ///< takes a random ordinal
};

const OpInfo& op_info(Op op);  ///< op < kOpCount
const std::array<OpInfo, kOpCount>& op_table();
std::optional<Op> op_named(std::string_view name);
inline bool is_infix(const OpInfo& info) {
  return info.text.size() == 1;
}

}  // namespace equivolve::search
