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
    const ExpressionOp op = search::op_of(tokens_[i]);
    node = {op, 0, op == ExpressionOp::kConstant, {}};
    if (const std::size_t arity = search::arity_of(tokens_[i]); arity > 0) {
      count -= arity;
      for (std::size_t k = 0; k < arity; ++k) {
        node.operands[k] = held[count + k];
        node.active |= nodes_[held[count + k]].active;
      }
      node.stack_slot = static_cast<std::uint16_t>(count);
    } else {
      if (node.active) {
        constants_.push_back(tokens_[i].value);
        constant_nodes_.push_back(static_cast<std::uint16_t>(i));
      }
      deepest_stack_ = std::max(deepest_stack_, count + 1);
    }
    held[count++] = static_cast<std::uint16_t>(i);
  }
  read_.resize(tokens_.size());
}

void ExpressionMachine::set_constants(std::span<const double> constants) {
  for (std::size_t k = 0; k < constants_.size(); ++k)
    constants_[k] = tokens_[constant_nodes_[k]].value = constants[k];
}

void ExpressionMachine::prepare(const ColumnsView& x, std::size_t slots) {
  block_ = std::min((x.rows + 3) & ~std::size_t{3}, kBlockRows);
  const std::size_t blocks = constants_.size() + slots;
  if (values_.size() < blocks * block_) values_.resize(blocks * block_);
  for (std::size_t k = 0; k < constants_.size(); ++k) {
    double* block = values_.data() + k * block_;
    std::fill_n(block, block_, constants_[k]);
    read_[constant_nodes_[k]] = block;
  }
}

const double* ExpressionMachine::place_input(std::size_t node, const ColumnsView& x,
                                             std::size_t first, std::size_t count) {
  const double* column = x.column(tokens_[node].input) + first;
  if (used_ <= count + x.spare) return column;
  double* end = ends_.data() + node * block_;
  std::copy_n(column, count, end);
  std::fill(end + count, end + used_, column[count - 1]);
  return end;
}

void ExpressionMachine::run_block(const ColumnsView& x, std::size_t first, std::size_t count,
                                  bool keep_all) {
  used_ = (count + 3) & ~std::size_t{3};
  if (used_ > count + x.spare && ends_.size() < tokens_.size() * block_)
    ends_.resize(tokens_.size() * block_);
  double* const results = values_.data() + constants_.size() * block_;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.op == ExpressionOp::kInput) {
      read_[i] = place_input(i, x, first, count);
    } else if (node.op != ExpressionOp::kConstant) {
      double* const out = results + (keep_all ? i : node.stack_slot) * block_;
      run_operation(node.op, out, read_[node.operands[0]], read_[node.operands[1]],
                    read_[node.operands[2]], used_);
      read_[i] = out;
    }
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
  prepare(x, deepest_stack_);
  for (std::size_t first = 0; first < x.rows; first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, x.rows - first);
    run_block(x, first, count, false);
    std::copy_n(read_.back(), count, out.data() + first);
  }
}

void ExpressionMachine::evaluate(const ColumnsView& x, std::span<double> out,
                                 std::span<double> jacobian) {
  prepare(x, nodes_.size());
  if (adjoints_.size() < nodes_.size() * block_) adjoints_.resize(nodes_.size() * block_);
  for (std::size_t first = 0; first < x.rows; first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, x.rows - first);
    run_block(x, first, count, true);
    std::copy_n(read_.back(), count, out.data() + first);
    if (constants_.empty()) continue;
    run_adjoints();
    for (std::size_t k = 0; k < constants_.size(); ++k)
      std::copy_n(adjoint(constant_nodes_[k]), count, jacobian.data() + k * x.rows + first);
  }
}

}  // namespace equivolve::interpreters
