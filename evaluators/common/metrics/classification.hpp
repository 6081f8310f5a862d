// How well classes were told.
#pragma once

#include <cstdint>
#include <span>

namespace equivolve::metrics {

/// Share of places where both agree. Not empty, equal lengths. 0..1.
double accuracy(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told);

/// Mean over the classes that occur in `truth` of the share of their places that were told right
/// (Brodersen et al. 2010, "The balanced accuracy and its posterior distribution"). `classes`:
/// number of classes. 0..1.
double balanced_accuracy(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told,
                         std::uint32_t classes);

/// items[i] such that their mean is accuracy: 1 where both agree, else 0.
void accuracy_items(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told,
                    std::span<double> items);

/// items[i] such that their mean is balanced_accuracy: n / (occurring classes * rows of the class)
/// where both agree, else 0.
void balanced_accuracy_items(std::span<const std::uint32_t> truth,
                             std::span<const std::uint32_t> told, std::uint32_t classes,
                             std::span<double> items);

}  // namespace equivolve::metrics
