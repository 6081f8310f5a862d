// Runs a formula over many rows: a block of rows at a time, one operation over the whole block
// after the other, four doubles to an instruction. Every value is, bit for bit, the one that
// expression_values.hpp gives (any NaN being any other).
//
// Derivatives with respect to the constants are analytic: after a block is computed, adjoints go
// back from the root to the constants (reverse accumulation; Griewank and Walther 2008,
// "Evaluating Derivatives", chapter 3). In a tree every value is used once, so one pass gives the
// derivatives of every row by every constant. Where a function has a kink, that of one side is
// taken (abs: 0 at 0; min, max: the first operand's where both are equal); steps (heaviside, less,
// the logical ones, the condition of where) have derivative 0; what the formula does not
// use has derivative 0 even where its own is infinite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "search/genome/expression.hpp"

namespace equivolve::interpreters {

/// Numbers of inputs, one column after the other.
struct ColumnsView {
  const double* data = nullptr;
  std::size_t rows = 0;
  std::size_t stride = 0;  ///< from one column to the next, at least `rows`
  const double* column(std::size_t input) const { return data + input * stride; }
};

/// Reusable: load() forgets what was there and allocates only when something grows. Not
/// synchronised.
class ExpressionMachine {
 public:
  static constexpr std::size_t kBlockRows = 256;

  /// Takes over a valid expression.
  void load(search::ExpressionView expression);

  /// The numbers in the formula, in its order; they start as the genome's.
  std::span<const double> constants() const { return constants_; }
  void set_constants(std::span<const double> constants);
  /// The formula with the numbers of now.
  search::ExpressionView expression() const { return tokens_; }

  /// out[r] = the value on row r; `x` has a column for every input that the formula names.
  void evaluate(const ColumnsView& x, std::span<double> out);

  /// The same, and jacobian[k * x.rows + r] = the derivative of out[r] by constant k. Derivatives
  /// may be infinite or NaN where the value is finite (a power of a negative base, by its
  /// exponent).
  void evaluate(const ColumnsView& x, std::span<double> out, std::span<double> jacobian);

 private:
  struct Node {
    search::ExpressionOp op;
    std::uint16_t stack_slot;  // where its value goes when only the root's is wanted
    bool active;               // a constant is below it, or it is one
    std::uint16_t operands[search::kMostOperands];
  };

  void prepare(std::size_t slots, bool keep_all);
  /// Points inputs at rows [first, first + count) of x, copies where the block is not full.
  void place_inputs(const ColumnsView& x, std::size_t first, std::size_t count);
  void run_block();
  void run_adjoints();
  double* adjoint(std::size_t node) { return adjoints_.data() + node * kBlockRows; }

  std::vector<eqv_expression_token> tokens_;
  std::vector<Node> nodes_;  // one a token
  std::vector<double> constants_;
  std::vector<std::uint16_t> constant_nodes_;
  std::size_t deepest_stack_ = 0;

  std::vector<double> values_;       // blocks: of constants, then of operations
  std::vector<double> adjoints_;     // a block a node
  std::vector<double> ends_;         // copies of the inputs' last rows, a block a node
  std::vector<const double*> read_;  // where each node's value is
  std::vector<double*> written_;     // where operations put theirs
  std::size_t used_ = 0;             // doubles of a block that are computed: a multiple of 4
};

}  // namespace equivolve::interpreters
