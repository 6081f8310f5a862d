#include "search/algorithms/map_elites.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::search {
namespace {

/// `value` is a number; infinite ones belong to the ends.
std::uint64_t bin_of(const DescriptorRange& range, double value) {
  const double share =
      (std::clamp(value, range.low, range.high) - range.low) / (range.high - range.low);
  const auto bin = static_cast<std::uint64_t>(share * range.bins);
  return std::min<std::uint64_t>(bin, range.bins - 1);
}

}  // namespace

std::optional<std::uint64_t> MapElites::cell_of(const std::vector<double>& descriptors) const {
  if (descriptors.size() != settings_.descriptors.size()) return std::nullopt;
  std::uint64_t cell = 0;
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    if (std::isnan(descriptors[i])) return std::nullopt;
    const DescriptorRange& range = settings_.descriptors[i];
    cell = cell * range.bins + bin_of(range, descriptors[i]);
  }
  return cell;
}

std::uint64_t MapElites::cells() const {
  std::uint64_t cells = 1;
  for (const DescriptorRange& range : settings_.descriptors) cells *= range.bins;
  return cells;
}

std::optional<Request> MapElites::ask(Ticket ticket, hashing::Stream stream) {
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  if (request.birth < settings_.population_size || elites_.empty()) return request;
  request.recipe = draw_recipe(
      {settings_.mutation_probability, settings_.crossover_probability, false}, stream,
      [&](hashing::Stream& s) -> const Member& { return elites_[s.below(elites_.size())].member; });
  return request;
}

void MapElites::tell(const Request& /*request*/, const Candidate& candidate,
                     const Outcome& outcome) {
  if (!outcome.ranked) return;
  const std::optional<std::uint64_t> cell = cell_of(outcome.descriptors);
  if (!cell) return;
  Member member = member_of(candidate, outcome);
  const auto place = places_.try_emplace(*cell, elites_.size());
  if (place.second)
    elites_.push_back({*cell, std::move(member)});
  else if (Member& elite = elites_[place.first->second].member; better(member.score, elite.score))
    elite = std::move(member);
}

}  // namespace equivolve::search
