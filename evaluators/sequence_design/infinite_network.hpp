// The tangent kernel of an infinitely wide ReLU network (weight variance 1, no bias), without the
// factor 2^-H. Source: Jacot, Gabriel, Hongler 2018, "Neural tangent kernel"; Cho, Saul 2009,
// "Kernel methods for deep learning" (the arc-cosine recursion); Chen et al. 2022 (BDI).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace equivolve::sequence_design {

/// g(r) of the cosine r in [-1, 1], H hidden layers; K(x, x') = |x||x'|/d g(r).
struct KernelPoint {
  double value = 0;  ///< g
  double slope = 0;  ///< g'; diverges at r = 1 and -1, where it is that of a place 1e-6 inside
};
/// By the recursion itself.
KernelPoint infinite_kernel(double r, std::size_t depth);

/// The same from a table of 2 x 20,001 points of sqrt(1 - |r|), in which g and g' sqrt(1 - |r|)
/// are smooth; linear in between (g within 1e-7). [any-thread]
class KernelTable {
 public:
  explicit KernelTable(std::size_t depth);

  std::size_t depth() const { return depth_; }
  double at_one() const { return static_cast<double>(depth_) + 1; }  ///< g(1)
  /// g of each r.
  void values(std::span<const double> r, std::span<double> g) const;
  /// And g', with sqrt(1 - r^2) taken for 1e-4 where it is less.
  void values_and_slopes(std::span<const double> r, std::span<double> g,
                         std::span<double> slope) const;

 private:
  /// At a point of the table, and what it changes by up to the next one.
  struct Entry {
    double value, rise;
  };
  std::size_t depth_;
  std::vector<Entry> values_, slopes_;  // slopes_: times sqrt(1 - |r|)
};

}  // namespace equivolve::sequence_design
