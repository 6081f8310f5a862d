#include "engine/report/front.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace equivolve::engine {
namespace {

using Point = std::span<const double>;

/// Better in the first coordinate in which they differ.
bool before(Point a, Point b) {
  return std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end());
}

bool dominates(Point a, Point b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] < b[i]) return false;
    better = better || a[i] > b[i];
  }
  return better;
}

/// Of two values, by how much the first is ahead, rounding taken as nothing.
bool is_ahead(double a, double b) {
  return a - b > kEqualFigures * std::max(std::fabs(a), std::fabs(b));
}

/// As good in every coordinate, but for rounding, and truly better in one.
bool dominates_but_for_rounding(Point a, Point b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (is_ahead(b[i], a[i])) return false;
    better = better || is_ahead(a[i], b[i]);
  }
  return better;
}

/// A point is on the front when its second coordinate is above that of every point before it; the
/// points are sorted, so only the last one on the front counts. Equal points go in together.
bool beaten_by_last(Point last, Point point) {
  return last.back() >= point.back() && !std::ranges::equal(last, point);
}

/// What was told of each behaviour.
class ToldBehaviours {
 public:
  ToldBehaviours(const RunInfo& run, const std::vector<hashing::Digest>& digests)
      : digests_(digests) {
    std::size_t position = 0;
    for (const FigureRow& figure : run.head.figures) {
      if (figure.role == kObjectiveRole) objectives_.push_back({position, figure.minimize});
      if (figure.role == kConstraintRole) constraints_.push_back({position, figure.minimize});
      if (figure.role < kMetricRole) ++position;
    }
  }

  void add(const OutcomeRow& outcome) {
    if (outcome.status != Status::kOk || !is_known(outcome) || !meets_constraints(outcome)) return;
    point_.clear();
    for (const ToldFigure& o : objectives_) {
      if (o.told >= outcome.told.size() || !std::isfinite(outcome.told[o.told])) return;
      point_.push_back(o.minimize ? -outcome.told[o.told] : outcome.told[o.told]);
    }
    const auto [place, is_new] = places_.try_emplace(identity(outcome), births_.size());
    const std::size_t at = place->second;
    if (is_new) {
      births_.push_back({outcome.ticket, outcome.birth});
      values_.insert(values_.end(), point_.begin(), point_.end());
    } else if (!outcome.hit && !std::ranges::equal(point_, point(at))) {
      births_[at] = {outcome.ticket, outcome.birth};
      std::ranges::copy(point_, values_.begin() + static_cast<std::ptrdiff_t>(at * point_.size()));
    }
  }

  std::vector<FrontCandidate> front() const {
    std::vector<std::size_t> chosen = non_dominated(values_, objectives_.size());
    std::erase_if(chosen, [&, exact = chosen](std::size_t at) {
      return std::ranges::any_of(exact, [&](std::size_t other) {
        return dominates_but_for_rounding(point(other), point(at));
      });
    });
    std::ranges::stable_sort(
        chosen, [this](std::size_t a, std::size_t b) { return before(point(a), point(b)); });
    std::vector<FrontCandidate> front;
    for (std::size_t at : chosen) {
      FrontCandidate candidate{births_[at].ticket, births_[at].birth, {}};
      for (std::size_t i = 0; i < objectives_.size(); ++i)
        candidate.objectives.push_back(objectives_[i].minimize ? -point(at)[i] : point(at)[i]);
      front.push_back(std::move(candidate));
    }
    return front;
  }

 private:
  struct ToldFigure {
    std::size_t told;  // its position among the told figures
    bool minimize;
  };
  struct Birth {
    std::uint64_t ticket, birth;
  };

  bool meets_constraints(const OutcomeRow& outcome) const {
    return std::ranges::all_of(constraints_, [&outcome](const ToldFigure& c) {
      if (c.told >= outcome.told.size()) return false;
      const double value = outcome.told[c.told];
      return c.minimize ? value <= 0 : value >= 0;
    });
  }
  /// A running run may have told more since the classes were read.
  bool is_known(const OutcomeRow& outcome) const {
    return outcome.cls == kNone64 || outcome.cls < digests_.size();
  }
  /// Its digest, as a class that was dropped comes again under another number; without one, the
  /// genome.
  std::uint64_t identity(const OutcomeRow& outcome) const {
    return outcome.cls == kNone64 ? outcome.genome_checksum : digests_[outcome.cls].lo;
  }
  Point point(std::size_t at) const {
    return Point(values_).subspan(at * objectives_.size(), objectives_.size());
  }

  const std::vector<hashing::Digest>& digests_;
  std::vector<ToldFigure> objectives_, constraints_;
  std::vector<double> point_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
  std::vector<Birth> births_;
  std::vector<double> values_;  // of each behaviour, to be maximised
};

}  // namespace

std::vector<std::size_t> non_dominated(std::span<const double> values, std::size_t dimensions) {
  const auto point = [&](std::size_t at) { return values.subspan(at * dimensions, dimensions); };
  std::vector<std::size_t> order(values.size() / dimensions), front;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order,
                    [&](std::size_t a, std::size_t b) { return before(point(a), point(b)); });
  for (std::size_t at : order) {
    const bool beaten = dimensions <= 2
                            ? !front.empty() && beaten_by_last(point(front.back()), point(at))
                            : std::ranges::any_of(front, [&](std::size_t other) {
                                return dominates(point(other), point(at));
                              });
    if (!beaten) front.push_back(at);
  }
  std::ranges::sort(front);
  return front;
}

std::vector<std::size_t> evenly_spread(std::size_t count, std::size_t most) {
  std::vector<std::size_t> positions(std::min(count, most));
  for (std::size_t i = 0; i < positions.size(); ++i)
    positions[i] = count <= most ? i : i * (count - 1) / (most - 1);
  return positions;
}

std::vector<FigureRow> objectives_of(const RunInfo& run) {
  std::vector<FigureRow> objectives;
  for (const FigureRow& figure : run.head.figures)
    if (figure.role == kObjectiveRole) objectives.push_back(figure);
  return objectives;
}

tl::expected<std::vector<FrontCandidate>, StoreError> read_front(const StoreReader& reader,
                                                                 const RunInfo& run) {
  if (objectives_of(run).size() < 2) return {};
  const auto digests = reader.class_digests(run.id);
  if (!digests) return tl::unexpected(digests.error());
  ToldBehaviours told(run, *digests);
  auto read = reader.each_outcome(
      run.id, [&](const OutcomeRow& outcome, const TrialRow*) { told.add(outcome); });
  if (!read) return tl::unexpected(read.error());
  return told.front();
}

}  // namespace equivolve::engine
