#include "search/schedules/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace equivolve::search {
namespace {

std::vector<std::uint32_t> rungs_of(const std::vector<bool>& is_comparable) {
  std::vector<std::uint32_t> rungs{0};
  for (const bool same_scale : is_comparable) rungs.push_back(rungs.back() + (same_scale ? 0 : 1));
  return rungs;
}

/// Bracket b begins at level b, and halves `levels` - 1 - b times. Algorithm 1 of the paper:
/// ceil(levels / (s + 1) * eta^s) candidates for one that halves s times.
std::vector<double> shares_of(const ScheduleSettings& settings, std::size_t levels) {
  if (settings.kind != ScheduleSettings::Kind::kHyperband) return {1.0};
  std::vector<double> shares;
  for (std::size_t b = 0; b < levels; ++b) {
    const auto halvings = static_cast<double>(levels - 1 - b);
    shares.push_back(std::ceil(static_cast<double>(levels) / (halvings + 1) *
                               std::pow(settings.reduction_factor, halvings)));
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

double admitted_share(const ScheduleSettings& settings) {
  return settings.kind == ScheduleSettings::Kind::kHurdle ? 1 - settings.hurdle_percentile / 100
                                                          : 1 / settings.reduction_factor;
}

}  // namespace

Schedule::Schedule(ScheduleSettings settings)
    : settings_(std::move(settings)),
      rungs_of_levels_(rungs_of(settings_.is_comparable)),
      shares_(shares_of(settings_, rungs_of_levels_.size())),
      begun_(shares_.size(), 0),
      rungs_(shares_.size(),
             std::vector<Rung>(rungs_of_levels_.size(), Rung(admitted_share(settings_)))),
      race_(settings_.repeats) {}

bool Schedule::is_trivial() const {
  return settings_.repeats == 1 &&
         (settings_.kind == ScheduleSettings::Kind::kFull || last_level() == 0);
}

void Schedule::begin(Request& child) {
  child.level = last_level();
  if (is_trivial()) return;
  const std::uint32_t bracket = next_bracket();
  if (settings_.kind != ScheduleSettings::Kind::kFull) child.level = bracket;
  Running one;
  one.child = child;
  one.bracket = bracket;
  running_.emplace(child.birth, std::move(one));
}

/// The one that is furthest behind its share.
std::uint32_t Schedule::next_bracket() {
  const auto children = static_cast<double>(std::accumulate(begun_.begin(), begun_.end(), 1ull));
  std::uint32_t behind = 0;
  double most = -1;
  for (std::uint32_t b = 0; b < shares_.size(); ++b) {
    const double missing = shares_[b] * children - static_cast<double>(begun_[b]);
    if (missing <= most) continue;
    most = missing;
    behind = b;
  }
  ++begun_[behind];
  return behind;
}

std::optional<Request> Schedule::again(Ticket ticket) {
  if (waiting_.empty()) return std::nullopt;
  Request next = std::move(waiting_.front());
  waiting_.pop_front();
  next.ticket = ticket;
  return next;
}

std::uint32_t Schedule::level_after(std::uint32_t level) const {
  return settings_.kind == ScheduleSettings::Kind::kHurdle ? last_level() : level + 1;
}

bool Schedule::goes_on(Running& one, const Request& request, const Outcome& outcome) {
  if (!outcome.ranked || outcome.pruned) return false;
  if (request.level < last_level()) return rungs_[one.bracket][request.level].admits(outcome);
  if (one.repeats.size() >= settings_.repeats) return false;
  return !settings_.races || race_.may_still_win(one.repeats);
}

void Schedule::try_again(Request request, const Candidate& candidate, std::uint32_t level,
                         std::uint32_t repeat) {
  request.kind = Request::Kind::kAgain;
  request.recipe = {};
  request.candidate = candidate;
  request.level = level;
  request.repeat = repeat;
  waiting_.push_back(std::move(request));
}

Schedule::Decision Schedule::take(const Request& request, const Candidate& candidate,
                                  const Outcome& outcome) {
  const auto found = running_.find(request.birth);
  Running& one = found->second;
  Outcome placed = outcome;
  placed.rung = 2 * rungs_of_levels_[request.level] + (outcome.pruned ? 0 : 1);
  placed.steps.clear();
  // Of a trial that was stopped early the value is another one's: it has no place in a mean.
  if (request.level == last_level() && !placed.pruned) one.repeats.push_back(placed);
  if (!goes_on(one, request, placed)) return decide(found, placed);
  if (request.level < last_level())
    try_again(request, candidate, level_after(request.level), 0);
  else
    try_again(request, candidate, request.level, static_cast<std::uint32_t>(one.repeats.size()));
  Decision open;
  open.told = {false, false, {}, 0};
  return open;
}

Schedule::Decision Schedule::decide(std::map<Birth, Running>::iterator one,
                                    const Outcome& outcome) {
  const std::vector<Outcome>& repeats = one->second.repeats;
  Decision decision;
  decision.outcome = repeats.empty() ? outcome : mean_of(repeats);
  decision.outcome.pruned = outcome.pruned;
  decision.outcome.rung = outcome.rung;
  if (!repeats.empty() && decision.outcome.ranked) race_.end(repeats, decision.outcome);
  decision.told.is_complete =
      repeats.size() == settings_.repeats && decision.outcome.ranked && !decision.outcome.pruned;
  if (settings_.repeats > 1) decision.told.figures = decision.outcome.figures;
  decision.told.violation = decision.outcome.violation;
  decision.child = std::move(one->second.child);
  running_.erase(one);
  return decision;
}

}  // namespace equivolve::search
