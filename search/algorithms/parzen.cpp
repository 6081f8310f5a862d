#include "search/algorithms/parzen.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "search/algorithms/normal_kernel.hpp"

namespace equivolve::search {
namespace {

constexpr double kRootTwoPi = 2.50662827463100050242;
/// Standard deviations: what a kernel has beyond, 1e-18 of its height, is lost in the prior's
/// digits.
constexpr double kReach = 9;
constexpr int kKernelDraws = 100;   // until one lies on the scale; each does with 0.38 or more
constexpr double kGoodWidth = 0.8;  // in standard deviations
constexpr double kBadWidth = 0.1;   // in scales
constexpr double kLeastJointDeviation = 0.01;
constexpr std::uint32_t kLargestTable =
    32;  // values of a number that is no longer summed by kernel

/// What the kernel has on the scale before it is cut.
double mass_on_scale(double mean, double deviation) {
  return normal_mass(-mean / deviation, (1 - mean) / deviation);
}

double least_deviation(std::size_t places) {
  return 1 / std::min(100.0, static_cast<double>(places) + 2);
}

std::uint32_t index_on_scale(double place, std::uint32_t count) {
  return std::min(count - 1, static_cast<std::uint32_t>(place * count));
}

double scott_narrowing(const ConfigurationSpace& space, std::size_t rows) {
  const auto& parameters = space.parameters;
  const auto searched = std::count_if(parameters.begin(), parameters.end(),
                                      [](const Parameter& p) { return !is_fixed(p); });
  return std::pow(std::max<double>(1, static_cast<double>(rows)),
                  -1 / (static_cast<double>(searched) + 4));
}

/// Which of them, by weight.
template <class Weight>
std::size_t draw_index(std::size_t count, double total, Weight weight, hashing::Stream& stream) {
  double left = stream.uniform() * total;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    left -= weight(i);
    if (left < 0) return i;
  }
  return count - 1;
}

/// The share of a choice in the kernel of an observation, in units of an even one.
double choice_share(bool is_observed, std::uint32_t choices, std::size_t observations) {
  const double a = 1 / (static_cast<double>(observations) + 1);
  return ((is_observed ? 1 : 0) + a) / (1 + choices * a) * choices;
}

}  // namespace

double sample_kernel(const Kernel& kernel, hashing::Stream& stream) {
  for (int i = 0; i < kKernelDraws; ++i) {
    const double place = kernel.mean + kernel.deviation * stream.gaussian();
    if (place >= 0 && place <= 1) return place;
  }
  return stream.uniform();
}

std::vector<Kernel> adaptive_kernels(std::span<const WeightedPlace> ascending) {
  std::vector<WeightedPlace> all(ascending.begin(), ascending.end());
  const auto after =
      std::upper_bound(all.begin(), all.end(), kPriorKernel.mean,
                       [](double mean, const WeightedPlace& p) { return mean < p.place; });
  const auto prior = static_cast<std::size_t>(after - all.begin());
  all.insert(after, {kPriorKernel.mean, kPriorKernel.weight});
  const double least = least_deviation(ascending.size());
  std::vector<Kernel> kernels;
  kernels.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double below = i > 0 ? all[i].place - all[i - 1].place : 0;
    const double above = i + 1 < all.size() ? all[i + 1].place - all[i].place : 0;
    Kernel kernel{all[i].place, std::clamp(std::max(below, above), least, 1.0), all[i].weight};
    if (i == prior) kernel.deviation = kPriorKernel.deviation;
    const bool is_as_before = !kernels.empty() && kernels.back().mean == kernel.mean &&
                              kernels.back().deviation == kernel.deviation;
    if (is_as_before)
      kernels.back().weight += kernel.weight;
    else
      kernels.push_back(kernel);
  }
  return kernels;
}

NumberDensity::NumberDensity(std::span<const Kernel> kernels) {
  double least = 1;
  for (const Kernel& kernel : kernels) {
    least = std::min(least, kernel.deviation);
    total_ += kernel.weight;
  }
  const double narrow = 2 * least;
  reach_ = kReach * narrow;
  const auto enter = [&](bool are_narrow) {
    for (const Kernel& kernel : kernels)
      if ((kernel.deviation <= narrow) == are_narrow) add(kernel);
    pad();
  };
  enter(false);
  wide_ = mean_.size();
  enter(true);
}

void NumberDensity::add(const Kernel& k) {
  mean_.push_back(k.mean);
  inverse_.push_back(1 / k.deviation);
  weight_.push_back(k.weight);
  share_.push_back(k.weight / (total_ * mass_on_scale(k.mean, k.deviation)));
}

/// To a multiple of the lanes, by kernels without weight, which come after all others.
void NumberDensity::pad() {
  while (mean_.size() % kLanes != 0) {
    mean_.push_back(2);
    inverse_.push_back(0);
    weight_.push_back(0);
    share_.push_back(0);
  }
}

double NumberDensity::sample(hashing::Stream& stream) const {
  const std::size_t at = draw_index(
      weight_.size(), total_, [&](std::size_t i) { return weight_[i]; }, stream);
  return sample_kernel({mean_[at], 1 / inverse_[at], 1}, stream);
}

/// Blocks of terms are made one by one, for the vector units, and added up in lanes: the same sum
/// whatever the machine. Of the narrow kernels only those that reach the cell.
template <class Term>
double NumberDensity::sum_of_terms(UnitCell cell, Term term) const {
  constexpr std::size_t kBlock = 64;
  std::array<double, kLanes> sums{};
  std::array<double, kBlock> terms;
  const auto add_terms = [&](std::size_t from, std::size_t to) {
    for (; from < to; from += kBlock) {
      const std::size_t size = std::min(kBlock, to - from);
      for (std::size_t i = 0; i < size; ++i) terms[i] = term(from + i);
      for (std::size_t i = 0; i < size; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += terms[i + lane];
    }
  };
  add_terms(0, wide_);
  const auto narrow = mean_.begin() + static_cast<std::ptrdiff_t>(wide_);
  const auto first = std::lower_bound(narrow, mean_.end(), cell.low - reach_);
  const auto last = std::upper_bound(first, mean_.end(), cell.high + reach_);
  const auto from = static_cast<std::size_t>(first - mean_.begin()) / kLanes * kLanes;
  const auto to = static_cast<std::size_t>(last - mean_.begin());
  add_terms(from, (to + kLanes - 1) / kLanes * kLanes);
  double sum = 0;
  for (double one : sums) sum += one;
  return sum;
}

double NumberDensity::closeness(double place) const {
  const double *mean = mean_.data(), *inverse = inverse_.data(), *share = share_.data();
  return sum_of_terms({place, place}, [=](std::size_t i) {
    const double z = (place - mean[i]) * inverse[i];
    return share[i] * exp_of_negative(-0.5 * z * z);
  });
}

double NumberDensity::mass(UnitCell cell) const {
  const double *mean = mean_.data(), *inverse = inverse_.data(), *share = share_.data();
  return sum_of_terms(cell, [=](std::size_t i) {
    return share[i] *
           normal_mass((cell.low - mean[i]) * inverse[i], (cell.high - mean[i]) * inverse[i]);
  });
}

std::vector<double> choice_probabilities(std::span<const WeightedPlace> observed,
                                         const Parameter& parameter) {
  const auto count = static_cast<std::uint32_t>(value_count(parameter));
  std::vector<double> seen(count);
  double all_seen = 0;
  for (const WeightedPlace& one : observed) {
    seen[index_on_scale(one.place, count)] += one.weight;
    all_seen += one.weight;
  }
  const double here = choice_share(true, count, observed.size());
  const double elsewhere = choice_share(false, count, observed.size());
  for (double& share : seen)
    share = (share * here + (all_seen - share) * elsewhere + kPriorKernel.weight) /
            (count * (all_seen + kPriorKernel.weight));
  return seen;
}

JointDensity::Dimension JointDensity::make_dimension(const Parameter& parameter) {
  Dimension dimension;
  if (is_fixed(parameter)) return dimension;
  dimension.is_number = is_numeric(parameter);
  const double count = value_count(parameter);
  if (dimension.is_number && count > kLargestTable) {
    dimension.form = Form::kSmooth;
    return dimension;
  }
  dimension.form = Form::kTable;
  dimension.count = static_cast<std::uint32_t>(count);
  for (std::uint32_t i = 0; dimension.is_number && i < dimension.count; ++i) {
    const double value = value_at(parameter, i);
    dimension.values.push_back(to_unit(parameter, value));
    dimension.cells.push_back(unit_cell(parameter, value));
  }
  return dimension;
}

std::vector<double> good_deviations(const ConfigurationSpace& space, PlaceRows rows) {
  const double narrowing = scott_narrowing(space, rows.size());
  std::vector<double> deviations;
  for (std::size_t at = 0; at < space.parameters.size(); ++at) {
    double count = 1, sum = 0.5, squares = 1.0 / 3;  // the prior, as if it were even
    for (std::span<const double> row : rows) {
      if (std::isnan(row[at])) continue;
      count += 1;
      sum += row[at];
      squares += row[at] * row[at];
    }
    const double mean = sum / count;
    const double spread = std::sqrt(std::max(0.0, squares / count - mean * mean));
    deviations.push_back(std::max(kLeastJointDeviation, kGoodWidth * spread * narrowing));
  }
  return deviations;
}

std::vector<double> bad_deviations(const ConfigurationSpace& space, PlaceRows rows) {
  const double deviation = kBadWidth * scott_narrowing(space, rows.size());
  return std::vector<double>(space.parameters.size(), std::max(kLeastJointDeviation, deviation));
}

JointDensity::JointDensity(const ConfigurationSpace& space, PlaceRows rows,
                           std::span<const double> weights, std::span<const double> deviations)
    : weights_(weights.begin(), weights.end()) {
  weights_.push_back(kPriorKernel.weight);
  for (double weight : weights_) total_ += weight;
  for (std::size_t at = 0; at < space.parameters.size(); ++at) {
    Dimension& dimension = dimensions_.emplace_back(make_dimension(space.parameters[at]));
    dimension.deviation = deviations[at];
    if (dimension.form == Form::kSmooth) fill_smooth(dimension, rows, at);
    if (dimension.form != Form::kTable) continue;
    dimension.classes.assign(rows.size() + 1, dimension.count);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (!std::isnan(rows[i][at])) dimension.classes[i] = class_of(dimension, rows[i][at]);
  }
}

/// Which of the counted values: places of logarithmic integers are not evenly spread, but in order.
std::uint32_t JointDensity::class_of(const Dimension& dimension, double place) {
  if (!dimension.is_number) return index_on_scale(place, dimension.count);
  const auto& values = dimension.values;
  const auto at = std::lower_bound(values.begin(), values.end(), place - 1e-9);
  return std::min(dimension.count - 1, static_cast<std::uint32_t>(at - values.begin()));
}

void JointDensity::fill_smooth(Dimension& dimension, PlaceRows rows, std::size_t at) const {
  dimension.mean.assign(rows.size() + 1, kPriorKernel.mean);
  dimension.inverse.assign(rows.size() + 1, 1 / kPriorKernel.deviation);
  dimension.height.resize(rows.size() + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(rows[i][at])) continue;
    dimension.mean[i] = rows[i][at];
    dimension.inverse[i] = 1 / dimension.deviation;
  }
  for (std::size_t i = 0; i < dimension.mean.size(); ++i) {
    const double low = -dimension.mean[i] * dimension.inverse[i];
    const double high = (1 - dimension.mean[i]) * dimension.inverse[i];
    dimension.height[i] = dimension.inverse[i] / (kRootTwoPi * normal_mass(low, high));
  }
}

std::size_t JointDensity::sample_row(hashing::Stream& stream) const {
  return draw_index(
      weights_.size(), total_, [&](std::size_t i) { return weights_[i]; }, stream);
}

double JointDensity::sample_place(std::size_t row, std::size_t parameter,
                                  hashing::Stream& stream) const {
  const Dimension& dimension = dimensions_[parameter];
  if (dimension.form == Form::kSmooth)
    return sample_kernel({dimension.mean[row], 1 / dimension.inverse[row], 1}, stream);
  const std::uint32_t observed = dimension.classes[row];
  if (dimension.is_number)
    return sample_kernel(observed == dimension.count
                             ? kPriorKernel
                             : Kernel{dimension.values[observed], dimension.deviation, 1},
                         stream);
  const std::size_t others = weights_.size() - 1;
  const auto share = [&](std::size_t choice) {
    return observed == dimension.count ? 1
                                       : choice_share(choice == observed, dimension.count, others);
  };
  const std::size_t choice = draw_index(dimension.count, dimension.count, share, stream);
  return (static_cast<double>(choice) + 0.5) / dimension.count;
}

/// By the kernel's class: the probability of the value, in units of an even one.
std::vector<double> JointDensity::table_row(const Dimension& dimension, std::uint32_t value) const {
  std::vector<double> row(dimension.count + 1, 1);
  for (std::uint32_t c = 0; c <= dimension.count; ++c) {
    if (!dimension.is_number) {
      if (c < dimension.count)
        row[c] = choice_share(c == value, dimension.count, weights_.size() - 1);
      continue;
    }
    const bool is_prior = c == dimension.count;
    const double mean = is_prior ? kPriorKernel.mean : dimension.values[c];
    const double deviation = is_prior ? kPriorKernel.deviation : dimension.deviation;
    const UnitCell cell = dimension.cells[value];
    row[c] = normal_mass((cell.low - mean) / deviation, (cell.high - mean) / deviation) /
             (mass_on_scale(mean, deviation) * (cell.high - cell.low));
  }
  return row;
}

/// Adds one parameter to the exponents and factors of one sample's kernels.
void JointDensity::multiply_smooth(const Dimension& dimension, double place, Products products) {
  const double *mean = dimension.mean.data(), *inverse = dimension.inverse.data(),
               *height = dimension.height.data();
  for (std::size_t i = 0; i < dimension.mean.size(); ++i) {
    const double z = (place - mean[i]) * inverse[i];
    products.exponents[i] -= 0.5 * z * z;
    products.factors[i] *= height[i];
  }
}

double JointDensity::mean_of(Products products) const {
  const std::size_t kernels = weights_.size();
  const double* const weights = weights_.data();
  for (std::size_t i = 0; i < kernels; ++i)
    products.factors[i] *= weights[i] * exp_of_negative(products.exponents[i]);
  double sum = 0;
  for (std::size_t i = 0; i < kernels; ++i) sum += products.factors[i];
  return sum / total_;
}

std::vector<double> JointDensity::log_densities(
    std::span<const std::vector<double>> samples) const {
  const std::size_t kernels = weights_.size();
  std::vector<double> exponents(kernels), factors(kernels);
  // The rows of tables that samples have asked for, by dimension and value.
  std::vector<std::vector<std::vector<double>>> tables(dimensions_.size());
  for (std::size_t at = 0; at < tables.size(); ++at) tables[at].resize(dimensions_[at].count);
  std::vector<double> logs;
  logs.reserve(samples.size());
  for (const std::vector<double>& sample : samples) {
    std::fill(exponents.begin(), exponents.end(), 0.0);
    std::fill(factors.begin(), factors.end(), 1.0);
    const Products products{exponents.data(), factors.data()};
    for (std::size_t at = 0; at < dimensions_.size(); ++at) {
      const Dimension& dimension = dimensions_[at];
      if (dimension.form == Form::kNone || std::isnan(sample[at])) continue;
      if (dimension.form == Form::kSmooth) {
        multiply_smooth(dimension, sample[at], products);
        continue;
      }
      const std::uint32_t value = class_of(dimension, sample[at]);
      std::vector<double>& row = tables[at][value];
      if (row.empty()) row = table_row(dimension, value);
      for (std::size_t i = 0; i < kernels; ++i) factors[i] *= row[dimension.classes[i]];
    }
    logs.push_back(std::log(mean_of(products)));
  }
  return logs;
}

}  // namespace equivolve::search
