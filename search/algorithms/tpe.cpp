#include "search/algorithms/tpe.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "search/algorithms/tpe_model.hpp"
#include "search/space/configuration_draft.hpp"
#include "search/variation/configuration_variation.hpp"

namespace equivolve::search {
namespace {

constexpr std::size_t kNewest = 25;   // bad trials that have not begun to fade
constexpr double kSinglyShare = 0.2;  // of proposals, made one parameter at a time nevertheless

/// The weight of the `at`-th oldest of so many.
double faded(std::size_t at, std::size_t count) {
  if (at + kNewest >= count) return 1;
  const std::size_t fading = count - kNewest;
  const double least = 1 / static_cast<double>(count);
  if (fading == 1) return least;
  return least + (1 - least) * static_cast<double>(at) / static_cast<double>(fading - 1);
}

bool are_same(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

}  // namespace

Tpe::Tpe(std::shared_ptr<const ConfigurationSpace> space, TpeSettings settings)
    : space_(std::move(space)),
      settings_(settings),
      window_(kWindow),
      sorted_(space_->parameters.size()) {}

std::optional<Request> Tpe::ask(Ticket ticket, hashing::Stream stream) {
  std::shared_ptr<const TpeModel> model;
  if (ranked_ >= settings_.startup)
    model = make_model(settings_.multivariate && !stream.chance(kSinglyShare));
  const auto propose = [model, candidates = settings_.candidates](const ConfigurationSpace& space,
                                                                  hashing::Stream& from) {
    return model ? model->propose(space, candidates, from)
                 : Bred{random_genome(space, from), Operator::kRandom};
  };
  auto first = std::make_shared<const Bred>(propose(*space_, stream));
  Request request;
  request.ticket = ticket;
  request.birth = births_;
  request.recipe.kind = Recipe::Kind::kProposal;
  enter(births_++, unit_places(first->genome.flat, *space_));
  request.recipe.propose = [first = std::move(first), propose](
                               const Space& space, hashing::Stream& again, std::uint32_t attempt) {
    return attempt == 0 ? *first : propose(std::get<ConfigurationSpace>(space), again);
  };
  return request;
}

/// Into the window, out of which the oldest goes.
void Tpe::enter(Birth birth, std::vector<double> places) {
  if (birth >= kWindow) unsort(birth - kWindow);
  places_of(birth) = std::move(places);
  sort(birth);
}

void Tpe::move(Birth birth, const std::vector<double>& places) {
  if (!is_in_window(birth) || are_same(places, places_of(birth))) return;
  unsort(birth);
  places_of(birth) = places;
  sort(birth);
}

void Tpe::sort(Birth birth) {
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    const SortedPlace one{places_of(birth)[i], birth};
    if (!std::isnan(one.place))
      sorted_[i].insert(std::upper_bound(sorted_[i].begin(), sorted_[i].end(), one, is_before),
                        one);
  }
}

void Tpe::unsort(Birth birth) {
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    const SortedPlace one{places_of(birth)[i], birth};
    if (!std::isnan(one.place))
      sorted_[i].erase(std::lower_bound(sorted_[i].begin(), sorted_[i].end(), one, is_before));
  }
}

void Tpe::tell(const Request& request, const Candidate& candidate, const Outcome& outcome) {
  if (request.kind != Request::Kind::kChild) return;
  std::vector<double> places = unit_places(candidate.genome->flat, *space_);
  move(request.birth, places);  // it may have been bred again, and is then elsewhere
  if (outcome.ranked) rank({score_of(outcome), request.birth, std::move(places)});
}

/// Of equals the first one told stands first.
void Tpe::rank(Best told) {
  ++ranked_;
  const auto at =
      std::upper_bound(best_.begin(), best_.end(), told,
                       [](const Best& a, const Best& b) { return better(a.score, b.score); });
  if (at - best_.begin() >= static_cast<std::ptrdiff_t>(kMostGood)) return;
  best_.insert(at, std::move(told));
  if (best_.size() > kMostGood) best_.pop_back();
}

std::size_t Tpe::count_good() const {
  return std::min({static_cast<std::size_t>((ranked_ + 9) / 10), kMostGood, best_.size()});
}

std::shared_ptr<const TpeModel> Tpe::make_model(bool is_joint) const {
  std::vector<char> is_good(kWindow, 0);
  for (std::size_t k = 0; k < count_good(); ++k)
    if (is_in_window(best_[k].birth)) is_good[best_[k].birth % kWindow] = 1;
  std::vector<Birth> bad;
  for (Birth b = births_ > kWindow ? births_ - kWindow : 0; b < births_; ++b)
    if (is_good[b % kWindow] == 0) bad.push_back(b);
  auto model = std::make_shared<TpeModel>();
  if (is_joint)
    set_joint(*model, bad);
  else
    for (std::size_t i = 0; i < space_->parameters.size(); ++i) add_parameter(*model, i, bad);
  return model;
}

void Tpe::add_parameter(TpeModel& model, std::size_t at, std::span<const Birth> bad) const {
  std::vector<WeightedPlace> good_places, bad_places;
  for (std::size_t k = 0; k < count_good(); ++k)
    if (!std::isnan(best_[k].places[at])) good_places.push_back({best_[k].places[at], 1});
  std::sort(good_places.begin(), good_places.end(),
            [](const WeightedPlace& a, const WeightedPlace& b) { return a.place < b.place; });
  // Weights go by age, places by size.
  const auto is_active = [&](Birth b) { return !std::isnan(places_of(b)[at]); };
  const auto count = static_cast<std::size_t>(std::count_if(bad.begin(), bad.end(), is_active));
  std::vector<double> weights(kWindow, 0);
  std::size_t age = 0;
  for (Birth b : bad)
    if (is_active(b)) weights[b % kWindow] = faded(age++, count);
  bad_places.reserve(count);
  for (const SortedPlace& one : sorted_[at])
    if (const double weight = weights[one.birth % kWindow]; weight > 0)
      bad_places.push_back({one.place, weight});
  model.add(space_->parameters[at], good_places, bad_places);
}

void Tpe::set_joint(TpeModel& model, std::span<const Birth> bad) const {
  std::vector<std::span<const double>> rows;
  for (std::size_t k = 0; k < count_good(); ++k) rows.emplace_back(best_[k].places);
  JointDensity good(*space_, rows, std::vector<double>(rows.size(), 1),
                    good_deviations(*space_, rows));
  rows.clear();
  std::vector<double> weights;
  for (Birth b : bad) {
    weights.push_back(faded(rows.size(), bad.size()));
    rows.emplace_back(places_of(b));
  }
  model.set_joint(std::move(good),
                  JointDensity(*space_, rows, weights, bad_deviations(*space_, rows)));
}

}  // namespace equivolve::search
