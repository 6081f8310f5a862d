// What the lane kernels are given: plain data and pointers. The kernels are compiled for several
// instruction sets, so nothing here may have code of its own that a linker could pick from the
// wrong one.
//
// Lanes stand next to each other: element e of all lanes of a memory are `lanes` doubles in a row,
// from (start + e * lanes). Elements of a matrix are in row-major order, without padding.
#pragma once

#include <cstddef>
#include <cstdint>

namespace equivolve::interpreters {

/// Two instructions as one: a product that only the sum behind it reads goes into the sum without
/// being written down. Codes beyond those of search::Op.
enum class FusedOp : std::uint8_t {
  kAddScaled = 240,  ///< out = out + in1 * in2, of `aux` elements; in1 a scalar
  kSubtractScaled,   ///< out = out - in1 * in2
  kAddOuter,         ///< out = out + outer(in1, in2)
  kSubtractOuter,    ///< out = out - outer(in1, in2)
};
inline constexpr std::uint8_t kFirstFused = static_cast<std::uint8_t>(FusedOp::kAddScaled);

/// An instruction with its memories found. Zero fills (search::kZeroFill) have in `aux` how many
/// elements they fill.
struct LaneStep {
  const double* in1 = nullptr;
  const double* in2 = nullptr;
  double* out = nullptr;
  double value = 0;
  std::uint32_t aux = 0;
  std::uint32_t ordinal = 0;
  std::uint8_t op = 0;
};

struct LaneCode {
  const LaneStep* steps = nullptr;
  std::uint32_t count = 0;
};

class SetupDraws;

/// The lanes of one running program.
struct LaneBlock {
  double* scratch = nullptr;  ///< lanes * d * d doubles when there are matrices, else lanes * d
  std::uint32_t dimension = 0;
  std::uint32_t lanes = 0;               ///< a multiple of 4
  const std::uint64_t* seeds = nullptr;  ///< of random draws, one a lane
  std::uint32_t purpose = 0;
  std::uint64_t step = 0;       ///< function calls so far; 0: setup runs
  SetupDraws* draws = nullptr;  ///< remembers what setup draws
};

enum class FeatureLayout : std::uint8_t {
  kInterleaved,  ///< values[(row * d + feature) * lanes + lane]
  kShared,       ///< all lanes see values[row * stride + feature]
  kGathered,     ///< lane l sees rows[l][row * stride + feature]
};

struct LaneFeatures {
  FeatureLayout layout = FeatureLayout::kInterleaved;
  const double* values = nullptr;
  const double* const* rows = nullptr;
  std::size_t stride = 0;
};

/// Rows to be run through: predict, check, and where `learns`, learn; else keep the scores.
struct LaneCycle {
  LaneCode predict, learn;
  bool learns = false;
  bool classification = false;
  double error_bound = 0;  ///< finite
  LaneFeatures features;
  const double* labels = nullptr;  ///< one a lane and row
  double* scores = nullptr;        ///< room for raw s1, one a lane and row, where nothing learns
  double* told = nullptr;          ///< room for one number a lane

  // Where s0, s1 and v0 are; null (but for the prediction) where nothing reads what the cycle would
  // write there.
  double* prediction = nullptr;
  double* label_in_predict = nullptr;
  double* label_in_learn = nullptr;
  double* sigmoid = nullptr;
  double* features_at = nullptr;
  /// Operands that read v0 and can be pointed at the row itself, as nothing writes v0 and the
  /// features are interleaved; then features_at is null.
  const double*** features_read = nullptr;
  std::uint32_t features_reads = 0;

  std::uint64_t alive = 0;  ///< a bit a lane: the lanes whose errors count
  std::size_t row = 0, end = 0;
  std::size_t predicted = 0;  ///< rows that have their scores, checked or not
  /// Lanes that may not go on after the prediction for `row`. Calling again goes on behind it.
  std::uint64_t failed = 0;
};

/// One instruction set. [any-thread on different blocks]
struct LaneKernel {
  void (*execute)(const LaneCode& code, const LaneBlock& block);
  /// Runs rows until `end`, or until a live lane fails.
  void (*run)(LaneCycle& cycle, LaneBlock& block);
  /// out[l] = sum of (truth - told)^2 over rows >= 1, in order; one a row and lane.
  void (*squared_errors)(double* out, const double* truth, const double* told, std::size_t rows,
                         std::uint32_t lanes);
};

extern const LaneKernel kLanesAvx2;
extern const LaneKernel kLanesAvx512;

inline constexpr std::uint32_t kMostLanes = 64;

}  // namespace equivolve::interpreters
