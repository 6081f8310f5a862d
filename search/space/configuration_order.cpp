// From parameters to a space: the order of conditions, and an allowed configuration.
#include <algorithm>
#include <limits>

#include "search/space/configuration_space.hpp"

namespace equivolve::search {
namespace {

constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

/// Where each parameter goes: again and again the first that waits for no other. Those in a circle
/// go nowhere.
std::vector<std::uint32_t> places_of(const std::vector<Parameter>& parameters) {
  std::vector<std::uint32_t> places(parameters.size(), kNowhere);
  const auto is_ready = [&](const Parameter& p) {
    return std::all_of(p.when.begin(), p.when.end(),
                       [&](const Clause& clause) { return places[clause.parameter] != kNowhere; });
  };
  for (std::uint32_t next = 0; next < parameters.size(); ++next) {
    std::size_t first = 0;
    while (first < parameters.size() && (places[first] != kNowhere || !is_ready(parameters[first])))
      ++first;
    if (first == parameters.size()) break;
    places[first] = next;
  }
  return places;
}

/// Follows conditions from a parameter that waits to one that it has met before.
std::vector<std::uint32_t> circle_in(const std::vector<Parameter>& parameters,
                                     const std::vector<std::uint32_t>& places) {
  const auto waits = [&](std::uint32_t i) { return places[i] == kNowhere; };
  std::uint32_t at = 0;
  while (!waits(at)) ++at;
  std::vector<std::uint32_t> path;
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    for (const Clause& clause : parameters[at].when)
      if (waits(clause.parameter)) {
        at = clause.parameter;
        break;
      }
  }
  return {std::find(path.begin(), path.end(), at), path.end()};
}

void rename_parameters(std::vector<Clause>& clauses, const std::vector<std::uint32_t>& places) {
  for (Clause& clause : clauses) clause.parameter = places[clause.parameter];
}

/// Conditions and combinations cut a parameter's values into cells that they cannot tell apart:
/// single values at the ends of ranges and in lists, and what lies between. One value of each cell
/// is enough to find out whether anything is allowed.
class ConditionCells {
 public:
  explicit ConditionCells(const ConfigurationSpace& space) : cuts_(space.parameters.size()) {
    for (const Parameter& p : space.parameters) note(p.when);
    for (const Combination& combination : space.forbidden) note(combination);
    for (std::size_t i = 0; i < cuts_.size(); ++i) {
      const Parameter& p = space.parameters[i];
      values_.push_back(values_of_cells(p, cuts_[i]));
    }
  }
  const std::vector<double>& values(std::size_t parameter) const { return values_[parameter]; }

 private:
  void note(const std::vector<Clause>& clauses) {
    for (const Clause& clause : clauses) {
      std::vector<double>& cuts = cuts_[clause.parameter];
      if (clause.is_range) {
        cuts.push_back(clause.low);
        cuts.push_back(clause.high);
      } else {
        cuts.insert(cuts.end(), clause.values.begin(), clause.values.end());
      }
    }
  }

  static std::vector<double> values_of_cells(const Parameter& p, std::vector<double> cuts) {
    std::vector<double> values{p.default_value.value_or(p.low), p.low};
    if (cuts.empty() || is_fixed(p)) return {values[0]};
    cuts.push_back(p.low);
    cuts.push_back(p.high);
    std::sort(cuts.begin(), cuts.end());
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      const double at = nearest_value(p, cuts[i]);
      const double beyond = is_continuous(p)
                                ? (i + 1 < cuts.size() ? cuts[i] / 2 + cuts[i + 1] / 2 : cuts[i])
                                : at + p.step;
      for (double value : {at, at - p.step, beyond}) {
        value = nearest_value(p, value);
        if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
      }
    }
    if (values[0] == values[1]) values.erase(values.begin());
    return values;
  }

  std::vector<std::vector<double>> cuts_, values_;
};

/// Depth first over the cells; a forbidden combination ends a branch as soon as its last parameter
/// is there.
class AllowedSearch {
 public:
  explicit AllowedSearch(const ConfigurationSpace& space)
      : space_(space), cells_(space), values_(space.parameters.size()), by_last_(values_.size()) {
    for (const Combination& combination : space.forbidden) {
      std::uint32_t last = 0;
      for (const Clause& clause : combination) last = std::max(last, clause.parameter);
      if (!by_last_.empty()) by_last_[last].push_back(&combination);
    }
  }

  bool find() { return find_from(0); }
  bool gave_up() const { return effort_ > SpaceFault::kSearchEffort; }
  std::vector<double> numbers() const {
    std::vector<double> out;
    for (const eqv_parameter_value& value : values_) out.push_back(value.number);
    return out;
  }

 private:
  bool find_from(std::size_t i) {
    if (i == values_.size()) return true;
    eqv_parameter_value& value = values_[i];
    value.active = is_active(space_.parameters[i], values_) ? 1 : 0;
    value.number = 0;
    if (value.active == 0) return find_from(i + 1);
    for (double number : cells_.values(i)) {
      value.number = number;
      if (is_allowed(i) && find_from(i + 1)) return true;
      if (gave_up()) return false;
    }
    value = {};
    return false;
  }

  bool is_allowed(std::size_t last) {
    ++effort_;
    for (const Combination* combination : by_last_[last]) {
      ++effort_;
      if (std::all_of(combination->begin(), combination->end(),
                      [&](const Clause& clause) { return holds(clause, values_); }))
        return false;
    }
    return true;
  }

  const ConfigurationSpace& space_;
  const ConditionCells cells_;
  std::vector<eqv_parameter_value> values_;
  std::vector<std::vector<const Combination*>> by_last_;
  std::size_t effort_ = 0;
};

}  // namespace

tl::expected<ConfigurationSpace, SpaceFault> make_configuration_space(
    std::vector<Parameter> parameters, std::vector<Combination> forbidden) {
  const std::vector<std::uint32_t> places = places_of(parameters);
  if (std::find(places.begin(), places.end(), kNowhere) != places.end())
    return tl::unexpected(SpaceFault{SpaceFault::Kind::kCircle, circle_in(parameters, places)});
  ConfigurationSpace space;
  space.parameters.resize(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    rename_parameters(parameters[i].when, places);
    space.parameters[places[i]] = std::move(parameters[i]);
  }
  for (Combination& combination : forbidden) rename_parameters(combination, places);
  space.forbidden = std::move(forbidden);
  AllowedSearch search(space);
  if (!search.find())
    return tl::unexpected(SpaceFault{
        search.gave_up() ? SpaceFault::Kind::kNoneFound : SpaceFault::Kind::kNothingAllowed, {}});
  space.fallback = search.numbers();
  return space;
}

}  // namespace equivolve::search
