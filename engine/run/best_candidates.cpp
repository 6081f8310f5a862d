#include "engine/run/best_candidates.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {
namespace {

struct Told {
  std::uint64_t birth = 0;
  std::uint32_t level = 0;
  double violation = 0;
  double score = 0;  ///< to be maximised
};

bool stands_before(const Told& a, const Told& b) {
  return std::tuple(b.level, a.violation, -a.score, a.birth) <
         std::tuple(a.level, b.violation, -b.score, b.birth);
}

/// Told figures are those of the roles below kMetricRole, in order.
std::optional<Told> told_of(const OutcomeRow& row, const RunHead& head) {
  if (row.status != Status::kOk) return std::nullopt;
  Told told{row.birth, row.level, 0, 0};
  bool has_objective = false;
  std::size_t at = 0;
  for (const FigureRow& figure : head.figures) {
    if (figure.role >= kMetricRole) continue;
    if (at == row.told.size()) return std::nullopt;
    const double value = row.told[at++];
    if (figure.role == static_cast<std::uint32_t>(Role::kConstraint))
      told.violation += std::max(0.0, figure.minimize ? value : -value);
    if (figure.role != kObjectiveRole || has_objective) continue;
    has_objective = true;
    told.score = figure.minimize ? -value : value;
  }
  return has_objective ? std::optional(told) : std::nullopt;
}

}  // namespace

tl::expected<std::vector<std::uint64_t>, StoreError> best_candidates(const StoreReader& reader,
                                                                     const RunInfo& run,
                                                                     std::size_t most) {
  const auto digests = reader.class_digests(run.id);
  if (!digests) return tl::unexpected(digests.error());
  std::unordered_map<std::uint64_t, std::optional<Told>> behaviours;
  auto read = reader.each_outcome(run.id, [&](const OutcomeRow& row, const TrialRow*) {
    // A running run may have told more since the classes were read.
    const bool has_class = row.cls != kNone64;
    if (has_class && row.cls >= digests->size()) return;
    std::optional<Told> told = told_of(row, run.head);
    std::optional<Told>& known =
        behaviours[has_class ? (*digests)[row.cls].lo : row.genome_checksum];
    if (told && known) told->birth = known->birth;
    if (told || known) known = told;
  });
  if (!read) return tl::unexpected(read.error());
  std::vector<Told> all;
  for (const auto& behaviour : behaviours)
    if (behaviour.second) all.push_back(*behaviour.second);
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()));
  std::partial_sort(all.begin(), end, all.end(), stands_before);
  std::vector<std::uint64_t> births;
  for (auto one = all.begin(); one != end; ++one) births.push_back(one->birth);
  return births;
}

}  // namespace equivolve::engine
