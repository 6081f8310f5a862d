#include "evaluators/common/interpreters/expression_machine.hpp"

#include <algorithm>
#include <array>

#include "evaluators/common/interpreters/expression_kernels.hpp"

namespace equivolve::interpreters {

using search::ExpressionOp;

void ExpressionMachine::load(search::ExpressionView expression) {
  tokens_.assign(expression.begin(), expression.end());
  nodes_.resize(tokens_.size());
  constants_.clear();
  constant_nodes_.clear();
  deepest_stack_ = 0;
  std::array<std::uint16_t, search::kMostExpressionTokens> held;  // nodes
  std::size_t count = 0;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    Node& node = nodes_[i];
    node = {search::op_of(tokens_[i]), 0, false, {}};
    const std::size_t arity = search::arity_of(tokens_[i]);
    count -= arity;
    for (std::size_t k = 0; k < arity; ++k) {
      node.operands[k] = held[count + k];
      node.active |= nodes_[held[count + k]].active;
    }
    if (node.op == ExpressionOp::kConstant) {
      node.active = true;
      constants_.push_back(tokens_[i].value);
      constant_nodes_.push_back(static_cast<std::uint16_t>(i));
    }
    node.stack_slot = static_cast<std::uint16_t>(count);
    held[count++] = static_cast<std::uint16_t>(i);
    deepest_stack_ = std::max(deepest_stack_, count);
  }
  read_.resize(tokens_.size());
  written_.resize(tokens_.size());
}

void ExpressionMachine::set_constants(std::span<const double> constants) {
  for (std::size_t k = 0; k < constants_.size(); ++k)
    constants_[k] = tokens_[constant_nodes_[k]].value = constants[k];
}

/// Gives every node its place: constants their own blocks, operations one each or, where only the
/// root's value is wanted, that of their first operand.
void ExpressionMachine::prepare(std::size_t slots, bool keep_all) {
  const std::size_t blocks = constants_.size() + slots;
  if (values_.size() < blocks * kBlockRows) values_.resize(blocks * kBlockRows);
  for (std::size_t k = 0; k < constants_.size(); ++k) {
    double* block = values_.data() + k * kBlockRows;
    std::fill_n(block, used_, constants_[k]);
    read_[constant_nodes_[k]] = block;
  }
  double* const results = values_.data() + constants_.size() * kBlockRows;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].op > ExpressionOp::kConstant)
      read_[i] = written_[i] = results + (keep_all ? i : nodes_[i].stack_slot) * kBlockRows;
}

void ExpressionMachine::place_inputs(const ColumnsView& x, std::size_t first, std::size_t count) {
  used_ = (count + 3) & ~std::size_t{3};
  if (used_ != count && ends_.size() < tokens_.size() * kBlockRows)
    ends_.resize(tokens_.size() * kBlockRows);
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (nodes_[i].op != ExpressionOp::kInput) continue;
    const double* column = x.column(tokens_[i].input) + first;
    if (used_ == count) {
      read_[i] = column;
      continue;
    }
    double* end = ends_.data() + i * kBlockRows;
    std::copy_n(column, count, end);
    std::fill(end + count, end + used_, column[count - 1]);
    read_[i] = end;
  }
}

void ExpressionMachine::run_block() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.op > ExpressionOp::kConstant)
      run_operation(node.op, written_[i], read_[node.operands[0]], read_[node.operands[1]],
                    read_[node.operands[2]], used_);
  }
}

void ExpressionMachine::run_adjoints() {
  const std::size_t root = nodes_.size() - 1;
  std::fill_n(adjoint(root), used_, 1.0);
  for (std::size_t i = root + 1; i-- > 0;) {
    const Node& node = nodes_[i];
    if (!node.active || node.op <= ExpressionOp::kConstant) continue;
    const Operands of{read_[node.operands[0]], read_[node.operands[1]], read_[node.operands[2]],
                      read_[i]};
    for (std::size_t k = 0; k < search::arity_of(tokens_[i]); ++k)
      if (const std::size_t operand = node.operands[k]; nodes_[operand].active)
        run_derivative(node.op, k, of, adjoint(i), adjoint(operand), used_);
  }
}

void ExpressionMachine::evaluate(const ColumnsView& x, std::span<double> out) {
  used_ = std::min((x.rows + 3) & ~std::size_t{3}, kBlockRows);
  prepare(deepest_stack_, false);
  for (std::size_t first = 0; first < x.rows; first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, x.rows - first);
    place_inputs(x, first, count);
    run_block();
    std::copy_n(read_.back(), count, out.data() + first);
  }
}

void ExpressionMachine::evaluate(const ColumnsView& x, std::span<double> out,
                                 std::span<double> jacobian) {
  used_ = std::min((x.rows + 3) & ~std::size_t{3}, kBlockRows);
  prepare(nodes_.size(), true);
  if (adjoints_.size() < nodes_.size() * kBlockRows) adjoints_.resize(nodes_.size() * kBlockRows);
  for (std::size_t first = 0; first < x.rows; first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, x.rows - first);
    place_inputs(x, first, count);
    run_block();
    std::copy_n(read_.back(), count, out.data() + first);
    if (constants_.empty()) continue;
    run_adjoints();
    for (std::size_t k = 0; k < constants_.size(); ++k)
      std::copy_n(adjoint(constant_nodes_[k]), count, jacobian.data() + k * x.rows + first);
  }
}

}  // namespace equivolve::interpreters
