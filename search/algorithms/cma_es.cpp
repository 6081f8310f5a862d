#include "search/algorithms/cma_es.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "search/algorithms/symmetric_eigen.hpp"
#include "search/variation/configuration_variation.hpp"

namespace equivolve::search {
namespace {

constexpr int kCmaDraws = 100;                        // until one is not forbidden
constexpr std::uint32_t kMostPopulation = 1u << 20u;  // of doubling
constexpr std::size_t kMostHistory = 20'000;          // generations
constexpr double kTolerance = 1e-12;     // of fitness; and of deviations, in initial steps
constexpr double kWide = 0.05;           // standard deviation, on the unit scale
constexpr double kMostCondition = 1e14;  // of the covariance

double mirrored(double place) {
  place = std::fmod(std::abs(place), 2.0);
  return place > 1 ? 2 - place : place;
}

double squared_length(const std::vector<double>& v) {
  double sum = 0;
  for (double x : v) sum += x * x;
  return sum;
}

/// matrix * v, or its transpose's; n x n, row-major.
std::vector<double> times(const std::vector<double>& matrix, const std::vector<double>& v) {
  std::vector<double> out(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t j = 0; j < v.size(); ++j) out[i] += matrix[i * v.size() + j] * v[j];
  return out;
}
std::vector<double> transposed_times(const std::vector<double>& matrix,
                                     const std::vector<double>& v) {
  std::vector<double> out(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t j = 0; j < v.size(); ++j) out[j] += matrix[i * v.size() + j] * v[i];
  return out;
}

template <class Iterator>
double median_of(Iterator from, Iterator to) {
  std::vector<double> values(from, to);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Whether the later third of the newest `length` is no better than the earlier one.
bool does_not_rise(const std::deque<double>& history, std::size_t length) {
  const auto from = history.end() - static_cast<std::ptrdiff_t>(length);
  const auto part = static_cast<std::ptrdiff_t>(length * 3 / 10);
  return median_of(history.end() - part, history.end()) <= median_of(from, from + part);
}

bool is_level(double low, double high) {
  return low == high || high - low < kTolerance;
}

void remember(std::deque<double>& history, double value) {
  history.push_back(value);
  if (history.size() > kMostHistory) history.pop_front();
}

}  // namespace

std::uint32_t default_cma_population(std::size_t n) {
  return 4 + static_cast<std::uint32_t>(3 * std::log(static_cast<double>(n)));
}

CmaConstants cma_constants(std::size_t n, std::uint32_t lambda) {
  CmaConstants c;
  c.n = n;
  c.lambda = lambda;
  c.mu = lambda / 2;
  const auto d = static_cast<double>(n);
  double sum = 0, squares = 0, low_sum = 0, low_squares = 0;
  for (std::uint32_t i = 1; i <= lambda; ++i) {
    const double w = std::log((lambda + 1) / 2.0) - std::log(i);
    c.weights.push_back(w);
    (i <= c.mu ? sum : low_sum) += w;
    (i <= c.mu ? squares : low_squares) += w * w;
  }
  c.mu_eff = sum * sum / squares;
  const double low_mu_eff = low_squares > 0 ? low_sum * low_sum / low_squares : 0;
  c.c_sigma = (c.mu_eff + 2) / (d + c.mu_eff + 5);
  c.d_sigma = 1 + 2 * std::max(0.0, std::sqrt((c.mu_eff - 1) / (d + 1)) - 1) + c.c_sigma;
  c.c_c = (4 + c.mu_eff / d) / (d + 4 + 2 * c.mu_eff / d);
  c.c_1 = 2 / ((d + 1.3) * (d + 1.3) + c.mu_eff);
  c.c_mu = std::min(1 - c.c_1,
                    2 * (0.25 + c.mu_eff + 1 / c.mu_eff - 2) / ((d + 2) * (d + 2) + c.mu_eff));
  const double alpha = std::min({1 + c.c_1 / c.c_mu, 1 + 2 * low_mu_eff / (c.mu_eff + 2),
                                 (1 - c.c_1 - c.c_mu) / (d * c.c_mu)});
  for (double& w : c.weights) w *= w >= 0 ? 1 / sum : alpha / -low_sum;
  c.chi = std::sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d * d));
  return c;
}

std::string refused_by_cma_es(const ConfigurationSpace& space) {
  bool varies = false;
  for (const Parameter& p : space.parameters) {
    if (is_fixed(p) && p.when.empty()) continue;
    if (!is_numeric(p))
      return "parameter '" + p.name + "' is " +
             (p.kind == ParameterKind::kChoice ? "a choice" : "a boolean");
    if (!p.when.empty()) return "parameter '" + p.name + "' has conditions";
    varies = true;
  }
  return varies ? "" : "no parameter varies";
}

CmaEs::CmaEs(std::shared_ptr<const ConfigurationSpace> space, CmaEsSettings settings)
    : space_(std::move(space)), settings_(settings) {
  std::vector<std::uint32_t> searched;
  for (std::uint32_t i = 0; i < space_->parameters.size(); ++i)
    if (!is_fixed(space_->parameters[i])) searched.push_back(i);
  const std::size_t n = searched.size();
  searched_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(searched));
  constants_ =
      cma_constants(n, settings.population == 0 ? default_cma_population(n) : settings.population);
}

void CmaEs::begin_run(hashing::Stream& stream) {
  const std::size_t n = constants_.n;
  mean_.resize(n);
  for (std::size_t k = 0; k < n; ++k) {
    const Parameter& p = space_->parameters[(*searched_)[k]];
    if (restarts_ > 0)
      mean_[k] = stream.uniform();
    else
      mean_[k] = p.default_value ? to_unit(p, *p.default_value) : 0.5;
  }
  sigma_ = settings_.initial_step;
  sigma_path_.assign(n, 0);
  covariance_path_.assign(n, 0);
  roots_.assign(n, 1);
  basis_.assign(n * n, 0);
  for (std::size_t k = 0; k < n; ++k) basis_[k * n + k] = 1;
  covariance_ = basis_;
  generation_ = decomposed_at_ = 0;
  best_history_.clear();
  median_history_.clear();
  is_begun_ = true;
  begin_generation();
}

void CmaEs::begin_generation() {
  members_.clear();
  told_ = 0;
  const std::size_t n = constants_.n;
  Normal normal{mean_, basis_, std::vector<char>(n), sigma_};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) normal.scaled[i * n + k] *= roots_[k];
    normal.is_wide[i] = sigma_ * std::sqrt(covariance_[i * n + i]) > kWide ? 1 : 0;
  }
  normal_ = std::make_shared<const Normal>(std::move(normal));
}

CmaEs::Drawn CmaEs::draw(const ConfigurationSpace& space,
                         const std::vector<std::uint32_t>& searched, const Normal& normal,
                         hashing::Stream& stream) {
  ConfigurationDraft draft(space);
  for (std::size_t i = 0; i < space.parameters.size(); ++i)
    if (draft.open(i)) draft.set(i, space.parameters[i].low);
  std::vector<double> z(searched.size());
  for (int tries = 0; tries < kCmaDraws; ++tries) {
    for (double& one : z) one = stream.gaussian();
    std::vector<double> place = times(normal.scaled, z);
    for (std::size_t k = 0; k < place.size(); ++k) {
      place[k] = normal.mean[k] + normal.sigma * place[k];
      if (normal.is_wide[k] != 0) place[k] = mirrored(place[k]);
      draft.set(searched[k], from_unit(space.parameters[searched[k]], mirrored(place[k])));
    }
    if (!met_combination(space, draft.values())) return {std::move(place), draft.genome()};
  }
  return {{}, {}, false};
}

/// What stands in for a candidate that was refused.
Bred CmaEs::propose_again(const ConfigurationSpace& space,
                          const std::vector<std::uint32_t>& searched, const Normal& normal,
                          hashing::Stream& stream) {
  Drawn drawn = draw(space, searched, normal, stream);
  if (drawn.is_allowed) return {std::move(drawn.genome), Operator::kSampleModel};
  return {random_genome(space, stream), Operator::kRandom};
}

std::optional<Request> CmaEs::ask(Ticket ticket, hashing::Stream stream) {
  if (!is_begun_) begin_run(stream);
  if (members_.size() == constants_.lambda) return std::nullopt;
  Drawn drawn = draw(*space_, *searched_, *normal_, stream);
  Bred first{std::move(drawn.genome), Operator::kSampleModel};
  // tell takes the place from the genome.
  if (!drawn.is_allowed) first = {random_genome(*space_, stream), Operator::kRandom};
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  request.recipe.kind = Recipe::Kind::kProposal;
  request.recipe.propose = [first = std::make_shared<const Bred>(std::move(first)),
                            searched = searched_, normal = normal_](
                               const Space& space, hashing::Stream& again, std::uint32_t attempt) {
    if (attempt == 0) return *first;
    return propose_again(std::get<ConfigurationSpace>(space), *searched, *normal, again);
  };
  members_.push_back({request.birth, std::move(drawn.place), {}});
  return request;
}

void CmaEs::tell(const Request& request, const Candidate& candidate, const Outcome& outcome) {
  for (Member& member : members_) {
    if (member.birth != request.birth || member.is_told) continue;
    const ParameterValues values = view_configuration(candidate.genome->flat, *space_);
    bool is_as_drawn = member.place.size() == constants_.n;
    for (std::size_t k = 0; is_as_drawn && k < constants_.n; ++k) {
      const std::uint32_t at = (*searched_)[k];
      is_as_drawn =
          from_unit(space_->parameters[at], mirrored(member.place[k])) == values[at].number;
    }
    if (!is_as_drawn) {
      member.place.resize(constants_.n);
      for (std::size_t k = 0; k < constants_.n; ++k) {
        const std::uint32_t at = (*searched_)[k];
        member.place[k] = to_unit(space_->parameters[at], values[at].number);
      }
    }
    member.score = score_of(outcome);
    member.is_told = true;
    ++told_;
  }
  if (told_ == constants_.lambda) end_generation();
}

void CmaEs::end_generation() {
  std::vector<const Member*> ranked;
  for (const Member& member : members_) ranked.push_back(&member);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Member* a, const Member* b) { return better(a->score, b->score); });
  last_fitness_.clear();
  for (const Member* member : ranked)
    last_fitness_.push_back(member->score.ranked ? member->score.fitness
                                                 : -std::numeric_limits<double>::infinity());
  remember(best_history_, last_fitness_.front());
  remember(median_history_, last_fitness_[last_fitness_.size() / 2]);
  ++generation_;
  if (ranked.front()->score.ranked) {
    std::vector<double> step(constants_.n);
    move_mean(ranked, step);
    adapt(ranked, step);
    limit_step();
    const double gap =
        1 / (10 * static_cast<double>(constants_.n) * (constants_.c_1 + constants_.c_mu));
    if (static_cast<double>(generation_ - decomposed_at_) >= std::max(1.0, std::floor(gap)))
      decompose();
  }
  if (has_ended()) {
    ++restarts_;
    is_begun_ = false;
    constants_ = cma_constants(constants_.n, std::min(2 * constants_.lambda, kMostPopulation));
    members_.clear();
    told_ = 0;
  } else {
    begin_generation();
  }
}

/// Equations 38 to 41: `step` becomes the mean's move in units of sigma. What has no rank draws it
/// nowhere.
void CmaEs::move_mean(const std::vector<const Member*>& ranked, std::vector<double>& step) {
  for (std::uint32_t i = 0; i < constants_.mu && ranked[i]->score.ranked; ++i)
    for (std::size_t k = 0; k < constants_.n; ++k)
      step[k] += constants_.weights[i] * (ranked[i]->place[k] - mean_[k]) / sigma_;
}

double CmaEs::mahalanobis_squared(const std::vector<double>& y) const {
  std::vector<double> turned = transposed_times(basis_, y);
  for (std::size_t k = 0; k < turned.size(); ++k) turned[k] /= roots_[k];
  return squared_length(turned);
}

/// Equations 43 to 47: paths, step size and covariance; moves the mean.
void CmaEs::adapt(const std::vector<const Member*>& ranked, const std::vector<double>& step) {
  const CmaConstants& c = constants_;
  const std::size_t n = c.n;
  std::vector<double> turned = transposed_times(basis_, step);
  for (std::size_t k = 0; k < n; ++k) turned[k] /= roots_[k];
  const std::vector<double> white = times(basis_, turned);
  const double by_sigma = std::sqrt(c.c_sigma * (2 - c.c_sigma) * c.mu_eff);
  for (std::size_t k = 0; k < n; ++k)
    sigma_path_[k] = (1 - c.c_sigma) * sigma_path_[k] + by_sigma * white[k];
  const double length = std::sqrt(squared_length(sigma_path_));
  // A path that is long only because the run has just begun does not count as long.
  const double grown = std::sqrt(1 - std::pow(1 - c.c_sigma, 2 * static_cast<double>(generation_)));
  const bool moderate = length / grown < (1.4 + 2 / (static_cast<double>(n) + 1)) * c.chi;
  const double by_c = moderate ? std::sqrt(c.c_c * (2 - c.c_c) * c.mu_eff) : 0;
  for (std::size_t k = 0; k < n; ++k)
    covariance_path_[k] = (1 - c.c_c) * covariance_path_[k] + by_c * step[k];

  double kept = 1 - c.c_1 + (moderate ? 0 : c.c_1 * c.c_c * (2 - c.c_c));
  std::vector<double> y(n);
  std::vector<double> change(n * n);
  for (std::uint32_t i = 0; i < c.lambda; ++i) {
    const bool counts = c.weights[i] < 0 || ranked[i]->score.ranked;
    if (!counts) continue;
    for (std::size_t k = 0; k < n; ++k) y[k] = (ranked[i]->place[k] - mean_[k]) / sigma_;
    double weight = c.weights[i];
    kept -= c.c_mu * weight;
    if (weight < 0) weight *= static_cast<double>(n) / (mahalanobis_squared(y) + 1e-9);
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = a; b < n; ++b) change[a * n + b] += c.c_mu * weight * y[a] * y[b];
  }
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a; b < n; ++b)
      covariance_[a * n + b] = kept * covariance_[a * n + b] +
                               c.c_1 * covariance_path_[a] * covariance_path_[b] +
                               change[a * n + b];
  for (std::size_t k = 0; k < n; ++k) mean_[k] += sigma_ * step[k];
  sigma_ *= std::exp(std::min(1.0, c.c_sigma / c.d_sigma * (length / c.chi - 1)));
}

/// Beyond the whole scale a larger step would only be mirrored to and fro.
void CmaEs::limit_step() {
  double most = 0;
  for (std::size_t k = 0; k < constants_.n; ++k)
    most = std::max(most, covariance_[k * constants_.n + k]);
  if (most > 0) sigma_ = std::min(sigma_, 1 / std::sqrt(most));
}

void CmaEs::decompose() {
  SymmetricEigen eigen = symmetric_eigen(covariance_, constants_.n);
  basis_ = std::move(eigen.vectors);
  for (std::size_t k = 0; k < constants_.n; ++k)
    roots_[k] = std::sqrt(std::max(0.0, eigen.values[k]));
  decomposed_at_ = generation_;
}

bool CmaEs::is_flat() const {
  const std::size_t n = constants_.n;
  const std::size_t length = 10 + (30 * n + constants_.lambda - 1) / constants_.lambda;
  if (best_history_.size() < length || !is_level(last_fitness_.back(), last_fitness_.front()))
    return false;
  const auto [low, high] = std::minmax_element(
      best_history_.end() - static_cast<std::ptrdiff_t>(length), best_history_.end());
  return is_level(*low, *high);
}

bool CmaEs::stagnates() const {
  const std::size_t least = 120 + 30 * constants_.n / constants_.lambda;
  const std::size_t length = std::max<std::size_t>(least, generation_ / 5);
  if (best_history_.size() < least) return false;
  const std::size_t seen = std::min(length, best_history_.size());
  return does_not_rise(best_history_, seen) && does_not_rise(median_history_, seen);
}

bool CmaEs::has_ended() const {
  const std::size_t n = constants_.n;
  if (!(roots_.front() * std::sqrt(kMostCondition) > roots_.back())) return true;
  const double least = kTolerance * settings_.initial_step;
  bool is_tiny = true;
  for (std::size_t k = 0; is_tiny && k < n; ++k)
    is_tiny = sigma_ * std::sqrt(covariance_[k * n + k]) < least &&
              sigma_ * std::abs(covariance_path_[k]) < least;
  return is_tiny || is_flat() || stagnates();
}

}  // namespace equivolve::search
