#include "search/algorithms/grid.hpp"

#include <algorithm>

namespace equivolve::search {
namespace {

/// Between ends that lie close together there may be fewer numbers than points.
std::vector<double> grid_axis(const Parameter& p, std::uint32_t points) {
  std::vector<double> axis;
  if (!is_continuous(p)) return axis;
  if (points == 1) return {from_unit(p, 0.5)};
  axis.push_back(p.low);  // the ends as they were written: a logarithm and back may miss them
  for (std::uint32_t i = 1; i + 1 < points; ++i) axis.push_back(from_unit(p, i / (points - 1.0)));
  axis.push_back(p.high);
  axis.erase(std::unique(axis.begin(), axis.end()), axis.end());
  return axis;
}

}  // namespace

double most_grid_points(const ConfigurationSpace& space, GridSettings settings) {
  double points = 1;
  for (const Parameter& p : space.parameters)
    points *= is_continuous(p) ? static_cast<double>(grid_axis(p, settings.points).size())
                               : value_count(p);
  return points;
}

Grid::Grid(std::shared_ptr<const ConfigurationSpace> space, GridSettings settings)
    : space_(std::move(space)), point_(*space_), indices_(space_->parameters.size()) {
  std::vector<Axis> axes;
  for (const Parameter& p : space_->parameters) axes.push_back(grid_axis(p, settings.points));
  axes_ = std::make_shared<const std::vector<Axis>>(std::move(axes));
}

double Grid::value_of(std::size_t at, std::uint64_t index) const {
  const Axis& axis = (*axes_)[at];
  return axis.empty() ? value_at(space_->parameters[at], static_cast<double>(index)) : axis[index];
}

std::uint64_t Grid::count_of(std::size_t at) const {
  const Axis& axis = (*axes_)[at];
  return axis.empty() ? static_cast<std::uint64_t>(value_count(space_->parameters[at]))
                      : axis.size();
}

void Grid::begin_from(std::size_t at) {
  for (std::size_t i = at; i < indices_.size(); ++i) {
    indices_[i] = 0;
    if (point_.open(i)) point_.set(i, value_of(i, 0));
  }
}

bool Grid::advance(std::size_t at) {
  for (std::size_t i = at + 1; i-- > 0;) {
    if (!point_.is_active(i) || indices_[i] + 1 >= count_of(i)) continue;
    point_.set(i, value_of(i, ++indices_[i]));
    begin_from(i + 1);
    return true;
  }
  return false;
}

/// Whatever stands behind the last parameter of a combination, the combination is met: all that is
/// passed over at once.
bool Grid::skip_forbidden() {
  while (const Combination* met = met_combination(*space_, point_.values())) {
    std::size_t last = 0;
    for (const Clause& clause : *met) last = std::max<std::size_t>(last, clause.parameter);
    if (!advance(last)) return false;
  }
  return true;
}

bool Grid::next() {
  if (births_ == 0)
    begin_from(0);
  else if (indices_.empty() || !advance(indices_.size() - 1))
    return false;
  return skip_forbidden();
}

std::optional<Request> Grid::ask(Ticket ticket, hashing::Stream /*stream*/) {
  if (is_spent_ || !next()) {
    is_spent_ = true;
    return std::nullopt;
  }
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  request.recipe.kind = Recipe::Kind::kProposal;
  request.recipe.propose = [genome = std::make_shared<const Genome>(point_.genome())](
                               const Space&, hashing::Stream&, std::uint32_t) {
    return Bred{*genome, Operator::kGridPoint};
  };
  return request;
}

void Grid::tell(const Request& /*request*/, const Candidate& /*candidate*/,
                const Outcome& /*outcome*/) {}

}  // namespace equivolve::search
