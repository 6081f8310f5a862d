#include "search/algorithms/tpe_model.hpp"

#include <algorithm>
#include <limits>

#include "search/variation/configuration_variation.hpp"

namespace equivolve::search {
namespace {

constexpr int kTpeRounds = 32;  // of sampling, until something is not forbidden

/// The place to look up the densities at: of counted values the one that stands for the value.
double place_of_value(const Parameter& p, double place, double value) {
  return is_continuous(p) ? place : to_unit(p, value);
}

}  // namespace

void TpeModel::add(const Parameter& parameter, std::span<const WeightedPlace> good,
                   std::span<const WeightedPlace> bad) {
  One& one = each_.emplace_back();
  if (is_fixed(parameter)) return;
  if (is_numeric(parameter)) {
    one.good.emplace(adaptive_kernels(good));
    one.bad.emplace(adaptive_kernels(bad));
  } else {
    one.good_choices = choice_probabilities(good, parameter);
    one.bad_choices = choice_probabilities(bad, parameter);
  }
}

void TpeModel::set_joint(JointDensity good, JointDensity bad) {
  joint_.emplace(Joint{std::move(good), std::move(bad)});
}

double TpeModel::best_number(const Parameter& parameter, const One& one, std::uint32_t candidates,
                             hashing::Stream& stream) const {
  std::vector<double> seen;
  double best = parameter.low, best_ratio = -1;
  for (std::uint32_t i = 0; i < candidates; ++i) {
    const double place = one.good->sample(stream);
    const double value = from_unit(parameter, place);
    if (std::find(seen.begin(), seen.end(), value) != seen.end()) continue;
    seen.push_back(value);
    double ratio = 0;
    if (is_continuous(parameter)) {
      ratio = one.good->closeness(place) / one.bad->closeness(place);
    } else {
      const UnitCell cell = unit_cell(parameter, value);
      ratio = one.good->mass(cell) / one.bad->mass(cell);
    }
    if (ratio > best_ratio) {
      best_ratio = ratio;
      best = value;
    }
  }
  return best;
}

double TpeModel::best_choice(const One& one, std::uint32_t candidates,
                             hashing::Stream& stream) const {
  std::size_t best = 0;
  double best_ratio = -1;
  for (std::uint32_t i = 0; i < candidates; ++i) {
    double left = stream.uniform();
    std::size_t at = 0;
    while (at + 1 < one.good_choices.size() && (left -= one.good_choices[at]) >= 0) ++at;
    const double ratio = one.good_choices[at] / one.bad_choices[at];
    if (ratio > best_ratio) {
      best_ratio = ratio;
      best = at;
    }
  }
  return static_cast<double>(best);
}

std::optional<Genome> TpeModel::sample_each(const ConfigurationSpace& space,
                                            std::uint32_t candidates,
                                            hashing::Stream& stream) const {
  ConfigurationDraft draft(space);
  for (std::size_t i = 0; i < space.parameters.size(); ++i) {
    const Parameter& p = space.parameters[i];
    if (!draft.open(i)) continue;
    if (is_fixed(p))
      draft.set(i, p.low);
    else if (is_numeric(p))
      draft.set(i, best_number(p, each_[i], candidates, stream));
    else
      draft.set(i, best_choice(each_[i], candidates, stream));
  }
  if (met_combination(space, draft.values())) return std::nullopt;
  return draft.genome();
}

std::optional<Genome> TpeModel::sample_jointly(const ConfigurationSpace& space,
                                               std::uint32_t candidates,
                                               hashing::Stream& stream) const {
  std::vector<ConfigurationDraft> drafts;
  std::vector<std::vector<double>> places;
  const std::vector<double> nowhere(space.parameters.size(),
                                    std::numeric_limits<double>::quiet_NaN());
  for (std::uint32_t c = 0; c < candidates; ++c) {
    ConfigurationDraft draft(space);
    std::vector<double> at = nowhere;
    const std::size_t row = joint_->good.sample_row(stream);
    for (std::size_t i = 0; i < space.parameters.size(); ++i) {
      const Parameter& p = space.parameters[i];
      if (!draft.open(i)) continue;
      const double place = is_fixed(p) ? 0.5 : joint_->good.sample_place(row, i, stream);
      draft.set(i, from_unit(p, place));
      if (!is_fixed(p)) at[i] = place_of_value(p, place, draft.number(i));
    }
    if (met_combination(space, draft.values())) continue;
    drafts.push_back(std::move(draft));
    places.push_back(std::move(at));
  }
  if (drafts.empty()) return std::nullopt;
  const std::vector<double> good = joint_->good.log_densities(places);
  const std::vector<double> bad = joint_->bad.log_densities(places);
  std::size_t best = 0;
  for (std::size_t c = 1; c < drafts.size(); ++c)
    if (good[c] - bad[c] > good[best] - bad[best]) best = c;
  return drafts[best].genome();
}

Bred TpeModel::propose(const ConfigurationSpace& space, std::uint32_t candidates,
                       hashing::Stream& stream) const {
  for (int round = 0; round < kTpeRounds; ++round) {
    auto genome =
        joint_ ? sample_jointly(space, candidates, stream) : sample_each(space, candidates, stream);
    if (genome) return {std::move(*genome), Operator::kSampleModel};
  }
  return {random_genome(space, stream), Operator::kRandom};
}

}  // namespace equivolve::search
