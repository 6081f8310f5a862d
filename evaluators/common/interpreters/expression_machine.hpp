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
  /// Doubles, of any value, that may be read behind the last column's rows. With 3 and more nothing
  /// is copied to compute four rows at a time.
  std::size_t spare = 0;
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
    std::uint16_t stack_slot;  // of an operation: its value's when only the root's is wanted
    bool active;               // a constant is below it, or it is one
    std::uint16_t operands[search::kMostOperands];
  };

  /// Makes room for blocks of x's rows: constants in theirs, and `slots` for operations.
  void prepare(const ColumnsView& x, std::size_t slots);
  /// Where an input's rows [first, first + count) are; copied where rows behind them may not be
  /// read.
  const double* place_input(std::size_t node, const ColumnsView& x, std::size_t first,
                            std::size_t count);
  /// Computes rows [first, first + count). An operation's value goes where its first operand's was,
  /// or, with `keep_all`, to a place of its own.
  void run_block(const ColumnsView& x, std::size_t first, std::size_t count, bool keep_all);
  void run_adjoints();
  double* adjoint(std::size_t node) { return adjoints_.data() + node * block_; }

  std::vector<eqv_expression_token> tokens_;
  std::vector<Node> nodes_;  // one a token
  std::vector<double> constants_;
  std::vector<std::uint16_t> constant_nodes_;
  std::size_t deepest_stack_ = 0;

  std::vector<double> values_;       // blocks: of constants, then of operations
  std::vector<double> adjoints_;     // a block a node
  std::vector<double> ends_;         // copies of the inputs' last rows, a block a node
  std::vector<const double*> read_;  // where each node's value is
  std::size_t block_ = 0;            // doubles from one block to the next: close for few rows
  std::size_t used_ = 0;             // doubles of a block that are computed: a multiple of 4
};

}  // namespace equivolve::interpreters
