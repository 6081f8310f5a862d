// SOAP: Adam in the eigenbasis of Shampoo's preconditioner. Source: Vyas, Morwani, Zhao, Kwun,
// Shapira, Brandfonbrener, Janson, Kakade 2024, "SOAP: Improving and stabilizing Shampoo using
// Adam" (arXiv 2409.11321), algorithms 3 and 4. For a matrix W with gradient G:
//   M = beta1 M + (1 - beta1) G;  G' = QL^T G QR;  V = beta2 V + (1 - beta2) G'^2;
//   W -= rate QL [ QL^T M QR / (1 - beta1^t) / (sqrt(V / (1 - beta2^t)) + epsilon) ] QR^T;
//   L = beta2 L + (1 - beta2) G G^T;  R = beta2 R + (1 - beta2) G^T G;
//   every `frequency` steps QL = the Q of QR(L QL), QR = the Q of QR(R QR).
//
// Where the paper leaves a choice, it is made as in its authors' program: the first gradient only
// starts L, R and (by a symmetric eigensolver) QL and QR, without moving a matrix, so that no
// gradient is ever divided by itself; t counts moves; before the QR step the columns of the bases
// are put in descending order of diag(Q^T L Q), the rows and columns of V with them. Blocks of
// biases and those with one row or one column are moved by Adam, from the first step on.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "evaluators/common/nn/optimizers/rated_block.hpp"

namespace equivolve::nn {

struct SoapSettings {
  double beta1 = 0.95;           ///< 0 to below 1
  double beta2 = 0.95;           ///< 0 to below 1
  double epsilon = 1e-8;         ///< above 0
  double weight_decay = 0;       ///< decoupled, as in AdamW; at least 0
  bool decay_biases = true;      ///< whether blocks of biases decay too
  std::size_t frequency = 10;    ///< moves from one refresh of the bases to the next; at least 1
  std::size_t max_side = 10000;  ///< longer sides are not rotated (one-sided SOAP); at least 1
};

/// "" or why these settings cannot be used.
std::string refused(const SoapSettings& settings);

/// A value: a copy goes on by itself. Made once for a network: a block of r x c keeps
/// 2 r c + 2 (r^2 + c^2) numbers. A step takes O(r c (r + c)), one with a refresh O(r^3 + c^3)
/// more, and allocates nothing. A basis that cannot be worked out (gradients that
/// are not finite) stays as it is. Scalar: float or double. [one user at a time]
template <class Scalar>
class Soap {
 public:
  /// The blocks do not overlap; refused(settings) is empty; `rates` as rated_blocks takes them.
  Soap(std::span<const ParameterBlock> blocks, SoapSettings settings,
       std::span<const double> rates = {});
  Soap(const Soap& other);
  Soap(Soap&&) noexcept;
  Soap& operator=(const Soap& other);
  Soap& operator=(Soap&&) noexcept;
  ~Soap();

  /// Both spans have parameter_count(blocks) elements. learning_rate: at least 0.
  void step(std::span<Scalar> parameters, std::span<const Scalar> gradients, double learning_rate);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template class Soap<float>;
extern template class Soap<double>;

}  // namespace equivolve::nn
