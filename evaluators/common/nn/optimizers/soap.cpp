#include "evaluators/common/nn/optimizers/soap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "evaluators/common/nn/optimizers/adam_kernel.hpp"
#include "evaluators/common/nn/optimizers/soap_basis.hpp"
#include "evaluators/common/nn/products.hpp"

namespace equivolve::nn {
namespace {

template <class Scalar>
using Rows = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// What is kept of a matrix of weights.
template <class Scalar>
struct MatrixState {
  Rows<Scalar> mean, square;                     // M, and V in the eigenbasis
  std::optional<SoapBasis<Scalar>> left, right;  // none: that side is not rotated
};

/// Of space that Eigen aligned: sums over it are added up in an order that its address does not
/// change. Weights and gradients of callers are copied there for that reason.
template <class Scalar>
using Weights = Eigen::Map<Rows<Scalar>, Eigen::AlignedMax>;

// Products take row-major weights for the column-major transpose that the same numbers are: of
// X = A B they work out X^T = B^T A^T.

/// out = Q^T in, or with `back` Q in.
template <class Scalar, class In>
void turn_rows(const SoapBasis<Scalar>& basis, bool back, const In& in, Weights<Scalar>& out,
               Packing<Scalar>& packing) {
  const auto rows = static_cast<std::size_t>(out.rows()),
             columns = static_cast<std::size_t>(out.cols());
  out.setZero();
  add_product<Scalar>(columns, rows, rows, {in.data(), Order::kColumnMajor},
                      {basis.vectors().data(), back ? Order::kRowMajor : Order::kColumnMajor},
                      out.data(), packing);
}

/// out = in Q, or with `back` in Q^T.
template <class Scalar>
void turn_columns(const SoapBasis<Scalar>& basis, bool back, const Weights<Scalar>& in,
                  Weights<Scalar>& out, Packing<Scalar>& packing) {
  const auto rows = static_cast<std::size_t>(out.rows()),
             columns = static_cast<std::size_t>(out.cols());
  out.setZero();
  add_product<Scalar>(columns, rows, columns,
                      {basis.vectors().data(), back ? Order::kColumnMajor : Order::kRowMajor},
                      {in.data(), Order::kColumnMajor}, out.data(), packing);
}

/// out = Q_L^T in Q_R; `half` has the space of one matrix.
template <class Scalar, class In>
void to_eigenbasis(const MatrixState<Scalar>& s, const In& in, Weights<Scalar>& half,
                   Weights<Scalar>& out, Packing<Scalar>& packing) {
  if (s.left)
    turn_rows(*s.left, false, in, half, packing);
  else
    half = in;
  if (s.right)
    turn_columns(*s.right, false, half, out, packing);
  else
    out = half;
}

/// inout = Q_L inout Q_R^T.
template <class Scalar>
void from_eigenbasis(const MatrixState<Scalar>& s, Weights<Scalar>& half, Weights<Scalar>& inout,
                     Packing<Scalar>& packing) {
  if (s.left)
    turn_rows(*s.left, true, inout, half, packing);
  else
    half = inout;
  if (s.right)
    turn_columns(*s.right, true, half, inout, packing);
  else
    inout = half;
}

/// L = beta2 L + (1 - beta2) G G^T, R alike with G^T G. `scaled` has the space of one matrix.
template <class Scalar>
void add_statistics(MatrixState<Scalar>& s, const Weights<Scalar>& g, double beta2,
                    Weights<Scalar>& scaled, Packing<Scalar>& packing) {
  const auto rows = static_cast<std::size_t>(g.rows()),
             columns = static_cast<std::size_t>(g.cols());
  // A root on either side, so that what is symmetric comes out so.
  scaled = static_cast<Scalar>(std::sqrt(1 - beta2)) * g;
  const MatrixView<Scalar> by_rows{scaled.data(), Order::kRowMajor},
      by_columns{scaled.data(), Order::kColumnMajor};
  if (s.left) {
    s.left->statistic() *= static_cast<Scalar>(beta2);
    add_product<Scalar>(rows, rows, columns, by_rows, by_columns, s.left->statistic().data(),
                        packing);
  }
  if (s.right) {
    s.right->statistic() *= static_cast<Scalar>(beta2);
    add_product<Scalar>(columns, columns, rows, by_columns, by_rows, s.right->statistic().data(),
                        packing);
  }
}

/// V follows the columns of the bases.
template <class Scalar>
void refresh_bases(MatrixState<Scalar>& s, Weights<Scalar>& scratch, Packing<Scalar>& packing) {
  if (s.left && s.left->refresh(packing)) {
    scratch = s.square;
    for (Eigen::Index r = 0; r < scratch.rows(); ++r)
      s.square.row(r) = scratch.row(s.left->order()[static_cast<std::size_t>(r)]);
  }
  if (s.right && s.right->refresh(packing)) {
    scratch = s.square;
    for (Eigen::Index c = 0; c < scratch.cols(); ++c)
      s.square.col(c) = scratch.col(s.right->order()[static_cast<std::size_t>(c)]);
  }
}

bool is_matrix(const ParameterBlock& block) {
  return !block.is_bias && block.rows > 1 && block.columns > 1;
}

}  // namespace

std::string refused(const SoapSettings& s) {
  constexpr double kNoEnd = std::numeric_limits<double>::infinity();
  std::string why = refused_outside("beta1", s.beta1, 0, true, 1, false);
  if (why.empty()) why = refused_outside("beta2", s.beta2, 0, true, 1, false);
  if (why.empty()) why = refused_outside("epsilon", s.epsilon, 0, false, kNoEnd, false);
  if (why.empty()) why = refused_outside("weight_decay", s.weight_decay, 0, true, kNoEnd, false);
  if (why.empty() && s.frequency == 0) why = "frequency is 0: give a number from 1";
  if (why.empty() && s.max_side == 0) why = "max_side is 0: give a number from 1";
  return why;
}

template <class Scalar>
struct Soap<Scalar>::State {
  SoapSettings settings;
  std::vector<RatedBlock> blocks;
  std::vector<MatrixState<Scalar>> matrices;  // of the blocks that are matrices, in their order
  std::vector<Scalar> mean, square;           // of the others, where they lie
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> half, rotated, copied;  // space for the largest matrix
  Packing<Scalar> packing;
  std::size_t steps = 0;          // gradients seen
  double power1 = 1, power2 = 1;  // beta1^steps and beta2^steps
  double moves1 = 1, moves2 = 1;  // the same of the moves of matrices: one less

  void move_vector(const RatedBlock& b, Scalar* w, const Scalar* g, double learning_rate) {
    AdamKernel<Scalar> kernel(settings.beta1, settings.beta2, settings.epsilon, power1, power2,
                              learning_rate * b.rate);
    kernel.kept = kept(b, learning_rate);
    kernel.run(b.size(), w, g, mean.data() + b.block.offset, square.data() + b.block.offset);
  }

  void move_matrix(const RatedBlock& b, MatrixState<Scalar>& s, Scalar* w, const Scalar* g,
                   double learning_rate) {
    const auto rows = static_cast<Eigen::Index>(b.block.rows),
               columns = static_cast<Eigen::Index>(b.block.columns);
    Weights<Scalar> first(half.data(), rows, columns), second(rotated.data(), rows, columns),
        gradient(copied.data(), rows, columns);
    std::copy_n(g, b.size(), copied.data());
    if (steps == 1) {
      add_statistics(s, gradient, settings.beta2, first, packing);
      if (s.left) s.left->start();
      if (s.right) s.right->start();
      return;
    }
    const AdamKernel<Scalar> kernel(settings.beta1, settings.beta2, settings.epsilon, moves1,
                                    moves2, learning_rate * b.rate);
    s.mean = kernel.keep1 * s.mean + kernel.add1 * gradient;
    to_eigenbasis(s, gradient, first, second, packing);
    s.square.array() = kernel.keep2 * s.square.array() + kernel.add2 * second.array().square();
    to_eigenbasis(s, s.mean, first, second, packing);
    for (std::size_t i = 0; i < b.size(); ++i)
      second.data()[i] = kernel.move(second.data()[i], s.square.data()[i]);
    from_eigenbasis(s, first, second, packing);
    const Scalar share = kept(b, learning_rate);
    for (std::size_t i = 0; i < b.size(); ++i) w[i] = share * w[i] - second.data()[i];
    add_statistics(s, gradient, settings.beta2, first, packing);
    if ((steps - 1) % settings.frequency == 0) refresh_bases(s, first, packing);
  }

  Scalar kept(const RatedBlock& b, double learning_rate) const {
    const bool decays = settings.decay_biases || !b.block.is_bias;
    return static_cast<Scalar>(decays ? 1 - learning_rate * settings.weight_decay : 1);
  }
};

template <class Scalar>
Soap<Scalar>::Soap(std::span<const ParameterBlock> blocks, SoapSettings settings,
                   std::span<const double> rates)
    : state_(std::make_unique<State>()) {
  assert(refused(settings).empty());
  state_->settings = settings;
  state_->blocks = rated_blocks(blocks, rates);
  std::size_t largest = 0;
  for (const ParameterBlock& b : blocks) {
    if (!is_matrix(b)) continue;
    largest = std::max(largest, b.rows * b.columns);
    MatrixState<Scalar> s;
    const auto rows = static_cast<Eigen::Index>(b.rows),
               columns = static_cast<Eigen::Index>(b.columns);
    s.mean.setZero(rows, columns);
    s.square.setZero(rows, columns);
    if (b.rows <= settings.max_side) s.left.emplace(rows);
    if (b.columns <= settings.max_side) s.right.emplace(columns);
    state_->matrices.push_back(std::move(s));
  }
  state_->mean.assign(parameter_count(blocks), Scalar(0));
  state_->square = state_->mean;
  for (auto* space : {&state_->half, &state_->rotated, &state_->copied})
    space->resize(static_cast<Eigen::Index>(largest));
}

template <class Scalar>
Soap<Scalar>::Soap(const Soap& other) : state_(std::make_unique<State>(*other.state_)) {}
template <class Scalar>
Soap<Scalar>::Soap(Soap&&) noexcept = default;
template <class Scalar>
Soap<Scalar>& Soap<Scalar>::operator=(const Soap& other) {
  state_ = std::make_unique<State>(*other.state_);
  return *this;
}
template <class Scalar>
Soap<Scalar>& Soap<Scalar>::operator=(Soap&&) noexcept = default;
template <class Scalar>
Soap<Scalar>::~Soap() = default;

template <class Scalar>
void Soap<Scalar>::step(std::span<Scalar> parameters, std::span<const Scalar> gradients,
                        double learning_rate) {
  State& s = *state_;
  if (s.steps > 0) {
    s.moves1 *= s.settings.beta1;
    s.moves2 *= s.settings.beta2;
  }
  ++s.steps;
  s.power1 *= s.settings.beta1;
  s.power2 *= s.settings.beta2;
  auto matrix = s.matrices.begin();
  for (const RatedBlock& b : s.blocks) {
    Scalar* w = parameters.data() + b.block.offset;
    const Scalar* g = gradients.data() + b.block.offset;
    if (is_matrix(b.block)) {
      s.move_matrix(b, *matrix++, w, g, learning_rate);
    } else {
      s.move_vector(b, w, g, learning_rate);
    }
  }
}

template class Soap<float>;
template class Soap<double>;

}  // namespace equivolve::nn
