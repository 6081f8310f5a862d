// Kernel ridge regression with the kernel of an infinitely wide network over logit encodings.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "evaluators/sequence_design/infinite_network.hpp"
#include "evaluators/sequence_design/logit_encoding.hpp"
#include "evaluators/sequence_design/offline.hpp"
#include "evaluators/sequence_design/proxy.hpp"

namespace equivolve::sequence_design {

struct KernelSettings {
  std::size_t depth = 5;         ///< hidden layers H, 1 to 16
  double ridge = 1e-6;           ///< beta, times tr(K)/n
  std::size_t landmarks = 4096;  ///< rows the model is fitted to; more than there are: all
  std::size_t starts = 128;      ///< of them, the best rows
  std::size_t max_memory_mb = 2048;
  std::uint64_t seed = 0;  ///< of the uniform sample that the others are
};

/// Rows of a view: the `starts` best and a uniform sample of the rest, ascending.
std::vector<std::size_t> choose_landmarks(const OfflineView& view, const KernelSettings& settings);

/// Kernel values of one point against all landmarks, with what derivatives need. One thread's.
struct KernelRow {
  std::vector<double> cosine, value, slope, kernel;
  double norm = 0;  ///< |x|
};

/// Encoded landmarks. A value. [any-thread]
class Landmarks {
 public:
  /// Throws std::runtime_error where the n x n matrix would not fit max_memory_mb; the message
  /// names landmarks.
  Landmarks(const OfflineView& view, const KernelSettings& settings);

  std::size_t size() const { return targets_.size(); }
  std::size_t dimension() const { return encoding_.size(); }
  const LogitEncoding& encoding() const { return encoding_; }
  const std::vector<double>& targets() const { return targets_; }
  double depth() const { return static_cast<double>(table_.depth()); }

  /// K(x, x_i) of all i; `slopes`: whether row.slope is wanted.
  void evaluate(std::span<const double> x, bool slopes, KernelRow& row) const;
  /// The same of many points (dimension numbers each) in one product: size() numbers a point.
  void kernels(std::span<const double> points, std::span<double> out) const;
  /// sum_i c_i dK(x, x_i)/dx, after evaluate with slopes.
  void pull_back(std::span<const double> x, const KernelRow& row, std::span<const double> c,
                 std::span<double> gradient) const;
  std::vector<double> matrix() const;  ///< n x n

 private:
  LogitEncoding encoding_;
  KernelTable table_;
  std::vector<double> unit_;  // dimension x n: rows divided by their norms, one below another
  std::vector<double> norms_, targets_;
};

/// alpha = (K + ridge tr(K)/n I)^-1 t. Doubles the ridge up to three times; throws after that.
std::vector<double> solve_kernel(const Landmarks& landmarks, double ridge);

/// sum_i alpha_i K(x, x_i)
Proxy kernel_proxy(std::shared_ptr<const Landmarks> landmarks, std::vector<double> alpha);

}  // namespace equivolve::sequence_design
