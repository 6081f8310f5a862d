#include "evaluators/common/nn/losses.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "evaluators/common/nn/elementwise.hpp"

namespace equivolve::nn {
namespace {

/// exp(o - max of its sample), for all samples.
template <class Scalar>
void exp_of_shifted(std::span<const Scalar> logits, std::size_t classes, Scalar* result) {
  for (std::size_t first = 0; first < logits.size(); first += classes) {
    const Scalar* sample = logits.data() + first;
    const Scalar greatest = *std::max_element(sample, sample + classes);
    for (std::size_t k = 0; k < classes; ++k) result[first + k] = sample[k] - greatest;
  }
  exp_in_place(result, logits.size());
}

template <class Scalar>
Scalar sum_of(const Scalar* values, std::size_t count) {
  Scalar sum = 0;
  for (std::size_t k = 0; k < count; ++k) sum += values[k];
  return sum;
}

/// Turns a sample's exp(o - max) into softmax(o); returns log sum_j exp(o_j).
template <class Scalar>
Scalar normalize(const Scalar* logits, std::size_t classes, Scalar* shifted) {
  const Scalar sum = sum_of(shifted, classes), inverse = 1 / sum;
  for (std::size_t k = 0; k < classes; ++k) shifted[k] *= inverse;
  return std::log(sum) + *std::max_element(logits, logits + classes);
}

/// body(logits of a sample, their softmax in the place of the gradient, log-sum-exp, sample).
template <class Scalar, class Body>
void for_each_softmax(std::span<const Scalar> logits, std::size_t classes, Scalar* gradient,
                      Body body) {
  assert(classes > 0 && logits.size() % classes == 0);
  exp_of_shifted(logits, classes, gradient);
  for (std::size_t s = 0; s * classes < logits.size(); ++s) {
    const Scalar* sample = logits.data() + s * classes;
    Scalar* p = gradient + s * classes;
    const Scalar log_sum = normalize(sample, classes, p);
    body(sample, p, log_sum, s);
  }
}

}  // namespace

template <class Scalar>
void softmax(std::span<const Scalar> logits, std::size_t classes, std::span<Scalar> result) {
  exp_of_shifted(logits, classes, result.data());
  for (std::size_t first = 0; first < logits.size(); first += classes) {
    Scalar* p = result.data() + first;
    const Scalar inverse = 1 / sum_of(p, classes);
    for (std::size_t k = 0; k < classes; ++k) p[k] *= inverse;
  }
}

template <class Scalar>
double cross_entropy(std::span<const Scalar> logits, std::size_t classes,
                     std::span<const std::uint32_t> labels, std::span<Scalar> gradient) {
  assert(labels.size() * classes == logits.size() && gradient.size() == logits.size());
  const Scalar share = Scalar{1} / static_cast<Scalar>(labels.size());
  double loss = 0;
  for_each_softmax(logits, classes, gradient.data(),
                   [&](const Scalar* o, Scalar* p, Scalar log_sum, std::size_t s) {
                     const std::uint32_t label = labels[s];
                     assert(label < classes);
                     loss += log_sum - o[label];
                     p[label] -= 1;
                     for (std::size_t k = 0; k < classes; ++k) p[k] *= share;
                   });
  return loss / static_cast<double>(labels.size());
}

template <class Scalar>
double cross_entropy(std::span<const Scalar> logits, std::size_t classes,
                     std::span<const Scalar> targets, std::span<Scalar> gradient) {
  assert(targets.size() == logits.size() && gradient.size() == logits.size());
  const std::size_t samples = logits.size() / classes;
  const Scalar share = Scalar{1} / static_cast<Scalar>(samples);
  double loss = 0;
  for_each_softmax(logits, classes, gradient.data(),
                   [&](const Scalar* o, Scalar* p, Scalar log_sum, std::size_t s) {
                     const Scalar* q = targets.data() + s * classes;
                     for (std::size_t k = 0; k < classes; ++k) {
                       loss += static_cast<double>(q[k]) * (log_sum - o[k]);
                       p[k] = (p[k] - q[k]) * share;
                     }
                   });
  return loss / static_cast<double>(samples);
}

template <class Scalar>
double entropy(std::span<const Scalar> logits, std::size_t classes, std::span<Scalar> gradient) {
  assert(gradient.size() == logits.size());
  const std::size_t samples = logits.size() / classes;
  const Scalar share = Scalar{1} / static_cast<Scalar>(samples);
  double loss = 0;
  for_each_softmax(logits, classes, gradient.data(),
                   [&](const Scalar* o, Scalar* p, Scalar log_sum, std::size_t) {
                     Scalar h = 0;
                     for (std::size_t k = 0; k < classes; ++k) h += p[k] * (log_sum - o[k]);
                     loss += h;
                     for (std::size_t k = 0; k < classes; ++k) p[k] *= (log_sum - o[k] - h) * share;
                   });
  return loss / static_cast<double>(samples);
}

template <class Scalar>
double mean_squared_error(std::span<const Scalar> outputs, std::span<const Scalar> targets,
                          std::span<Scalar> gradient) {
  assert(targets.size() == outputs.size() && gradient.size() == outputs.size());
  const std::size_t count = outputs.size();
  const Scalar factor = Scalar{2} / static_cast<Scalar>(count);
  double loss = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Scalar difference = outputs[i] - targets[i];
    loss += static_cast<double>(difference) * difference;
    gradient[i] = difference * factor;
  }
  return loss / static_cast<double>(count);
}

// With e = exp(-|o|): the loss is max(o, 0) - o t + log(1 + e), and nothing overflows.
template <class Scalar>
double binary_cross_entropy(std::span<const Scalar> logits, std::span<const Scalar> targets,
                            std::span<Scalar> gradient) {
  assert(targets.size() == logits.size() && gradient.size() == logits.size());
  const std::size_t count = logits.size();
  const Scalar share = Scalar{1} / static_cast<Scalar>(count);
  for (std::size_t i = 0; i < count; ++i) gradient[i] = -std::abs(logits[i]);
  exp_in_place(gradient.data(), count);
  double loss = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Scalar o = logits[i], e = gradient[i];
    loss += std::max(o, Scalar{0}) - o * targets[i] + std::log1p(e);
    gradient[i] = ((o < 0 ? e : Scalar{1}) / (1 + e) - targets[i]) * share;
  }
  return loss / static_cast<double>(count);
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_LOSSES(Scalar)                                                               \
  template void softmax(std::span<const Scalar>, std::size_t, std::span<Scalar>);              \
  template double cross_entropy(std::span<const Scalar>, std::size_t,                          \
                                std::span<const std::uint32_t>, std::span<Scalar>);            \
  template double cross_entropy(std::span<const Scalar>, std::size_t, std::span<const Scalar>, \
                                std::span<Scalar>);                                            \
  template double entropy(std::span<const Scalar>, std::size_t, std::span<Scalar>);            \
  template double mean_squared_error(std::span<const Scalar>, std::span<const Scalar>,         \
                                     std::span<Scalar>);                                       \
  template double binary_cross_entropy(std::span<const Scalar>, std::span<const Scalar>,       \
                                       std::span<Scalar>);
EQUIVOLVE_LOSSES(float)
EQUIVOLVE_LOSSES(double)
#undef EQUIVOLVE_LOSSES
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
