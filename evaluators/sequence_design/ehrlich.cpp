#include "evaluators/sequence_design/ehrlich.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "evaluators/sequence_design/splitmix.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::string_view kStates =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::vector<char> draw_band(std::size_t v, SplitMix& random) {
  std::vector<std::size_t> rows(v);
  std::iota(rows.begin(), rows.end(), 0);
  for (std::size_t i = v - 1; i >= 1; --i) std::swap(rows[i], rows[random.below(i + 1)]);
  const auto reach = static_cast<std::size_t>(0.4 * static_cast<double>(v));
  std::vector<char> allowed(v * v, 0);
  for (std::size_t r = 0; r < v; ++r) {
    for (std::size_t step = 0; step <= 2 * reach; ++step)
      allowed[r * v + (rows[r] + v - reach + step) % v] = 1;
    allowed[r * v + r] = 1;
  }
  return allowed;
}

/// Whether some power of the matrix has no zero: squares it ten times.
bool is_primitive(const std::vector<double>& p, std::size_t v) {
  std::vector<char> a(v * v), square(v * v);
  for (std::size_t i = 0; i < v * v; ++i) a[i] = p[i] > 0;
  for (int round = 0; round < 10; ++round) {
    std::fill(square.begin(), square.end(), 0);
    for (std::size_t i = 0; i < v; ++i)
      for (std::size_t k = 0; k < v; ++k)
        if (a[i * v + k])
          for (std::size_t j = 0; j < v; ++j) square[i * v + j] |= a[k * v + j];
    a.swap(square);
  }
  return std::all_of(a.begin(), a.end(), [](char one) { return one != 0; });
}

std::vector<double> draw_transitions(std::size_t v, SplitMix& random) {
  std::vector<double> p(v * v);
  do {
    for (double& z : p) z = random.normal();
    for (std::size_t r = 0; r < v; ++r) {
      const auto row = std::span(p).subspan(r * v, v);
      const double top = *std::max_element(row.begin(), row.end());
      for (double& z : row) z = std::exp((z - top) / 0.5);
    }
    const std::vector<char> allowed = draw_band(v, random);
    for (std::size_t r = 0; r < v; ++r) {
      double sum = 0;
      for (std::size_t c = 0; c < v; ++c) sum += allowed[r * v + c] ? p[r * v + c] : 0;
      for (std::size_t c = 0; c < v; ++c)
        p[r * v + c] = allowed[r * v + c] ? p[r * v + c] / sum : 0;
    }
  } while (!is_primitive(p, v));
  return p;
}

std::vector<double> stationary_of(const std::vector<double>& p, std::size_t v) {
  std::vector<double> pi(v, 1.0 / static_cast<double>(v)), next(v);
  for (int step = 0; step < 2000; ++step) {
    std::fill(next.begin(), next.end(), 0.0);
    for (std::size_t i = 0; i < v; ++i)
      for (std::size_t j = 0; j < v; ++j) next[j] += pi[i] * p[i * v + j];
    const double sum = std::accumulate(next.begin(), next.end(), 0.0);
    for (std::size_t j = 0; j < v; ++j) pi[j] = next[j] / sum;
  }
  return pi;
}

Sequence draw_chain(const Ehrlich& f, std::size_t length, SplitMix& random) {
  const std::size_t v = f.settings.states;
  Sequence out;
  for (std::size_t i = 0; i < length; ++i)
    out.push_back(static_cast<Symbol>(random.categorical(
        i == 0 ? std::span(f.stationary)
               : std::span(f.transitions).subspan(std::size_t{out.back()} * v, v))));
  return out;
}

}  // namespace

Ehrlich make_ehrlich(const EhrlichSettings& settings) {
  Ehrlich f;
  f.settings = settings;
  SplitMix random(settings.seed);
  const std::size_t k = settings.motif_length, c = settings.motifs;
  f.transitions = draw_transitions(settings.states, random);
  f.stationary = stationary_of(f.transitions, settings.states);
  const Sequence chain = draw_chain(f, c * k, random);
  for (std::size_t m = 0; m < c; ++m)
    f.motifs.emplace_back(chain.begin() + static_cast<std::ptrdiff_t>(m * k),
                          chain.begin() + static_cast<std::ptrdiff_t>((m + 1) * k));
  const double spare =
      std::floor(static_cast<double>(settings.length - c * k) / static_cast<double>(c));
  for (std::size_t m = 0; m < c; ++m) {
    std::vector<double> w(k - 1);
    for (double& one : w) one = random.uniform();
    const double sum = std::accumulate(w.begin(), w.end(), 0.0);
    std::vector<std::size_t> offsets{0};
    for (const double one : w)
      offsets.push_back(offsets.back() + 1 + static_cast<std::size_t>(one / sum * spare));
    f.offsets.push_back(std::move(offsets));
  }
  return f;
}

bool Ehrlich::is_feasible(SequenceView x) const {
  for (std::size_t i = 0; i + 1 < x.size(); ++i)
    if (!(transitions[x[i] * settings.states + x[i + 1]] > 0)) return false;
  return true;
}

std::vector<double> Ehrlich::shares(SequenceView x) const {
  const std::size_t k = settings.motif_length;
  const std::size_t step = (k + settings.quantisation - 1) / settings.quantisation;
  const double levels = static_cast<double>(k) / static_cast<double>(step);
  std::vector<double> out;
  for (std::size_t m = 0; m < motifs.size(); ++m) {
    std::size_t best = 0;
    for (std::size_t p = 0; p + offsets[m].back() < x.size(); ++p) {
      std::size_t count = 0;
      for (std::size_t j = 0; j < k; ++j) count += x[p + offsets[m][j]] == motifs[m][j] ? 1 : 0;
      best = std::max(best, count);
    }
    out.push_back(static_cast<double>(best / step) / levels);
  }
  return out;
}

double Ehrlich::value(SequenceView x) const {
  double product = 1;
  for (const double h : shares(x)) product *= h * (1 + settings.epistasis * h * (h - 1));
  return product;
}

Sequence Ehrlich::optimum() const {
  Sequence out;
  for (std::size_t m = 0; m < motifs.size(); ++m)
    for (std::size_t j = 0; j < motifs[m].size(); ++j) {
      const std::size_t gap = j + 1 < motifs[m].size() ? offsets[m][j + 1] - offsets[m][j] : 1;
      out.insert(out.end(), gap, motifs[m][j]);
    }
  out.resize(settings.length, out.back());
  return out;
}

Landscape ehrlich_landscape(const Ehrlich& f, std::string name) {
  const std::size_t v = f.settings.states;
  Constraints rules;
  rules.banned.assign(v, std::vector<bool>(v));
  for (std::size_t a = 0; a < v; ++a)
    for (std::size_t b = 0; b < v; ++b) rules.banned[a][b] = !(f.transitions[a * v + b] > 0);
  FeasibleSet set({std::string(kStates.substr(0, v)), f.settings.length}, std::move(rules));
  return {std::move(name), std::move(set), 0, 1, [f](SequenceView x) -> std::optional<double> {
            if (!f.is_feasible(x)) return std::nullopt;
            return f.value(x);
          }};
}

std::vector<Sequence> ehrlich_campaign(const Ehrlich& f, double highest) {
  constexpr std::size_t kPopulation = 1000, kParents = kPopulation / 4;
  SplitMix random(999);
  const std::size_t length = f.settings.length, v = f.settings.states;
  std::set<Sequence> seen;
  std::vector<Sequence> kept;
  std::vector<std::pair<double, Sequence>> population;
  const auto meet = [&](Sequence x) {
    const double value = f.value(x);
    if (seen.insert(x).second && value <= highest) kept.push_back(x);
    population.emplace_back(value, std::move(x));
  };
  for (std::size_t i = 0; i < kPopulation; ++i) meet(draw_chain(f, length, random));
  for (int generation = 0; generation < 40; ++generation) {
    std::stable_sort(population.begin(), population.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    population.resize(kParents);
    while (population.size() < kPopulation) {
      const Sequence& a = population[random.below(kParents)].second;
      const Sequence& b = population[random.below(kParents)].second;
      const std::size_t cut = random.below(length);
      Sequence child(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(cut));
      child.insert(child.end(), b.begin() + static_cast<std::ptrdiff_t>(cut), b.end());
      for (Symbol& s : child)
        if (random.uniform() < 1.0 / static_cast<double>(length))
          s = static_cast<Symbol>(random.below(v));
      if (f.is_feasible(child)) meet(std::move(child));
    }
  }
  return kept;
}

}  // namespace equivolve::sequence_design
