#include "engine/study/polynomial_study.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <span>
#include <utility>

#include "engine/plugins/probe_sink.hpp"
#include "engine/run/summary.hpp"
#include "hashing/equivalence_cache.hpp"

namespace equivolve::study {
namespace {

using hashing::GridKind;

constexpr std::size_t kMostOutputs = 1000;
constexpr int kDefaultBits = 24;
constexpr int kDefaultFloatBits = 12;

const char* grid_name(GridKind grid) {
  switch (grid) {
    case GridKind::kPublished:
      return "published";
    case GridKind::kShifted:
      return "shifted";
    case GridKind::kScaled:
      break;
  }
  return "scaled";
}

/// Both formulas' values, as a probe would put them out.
struct Values {
  std::vector<double> first, second;
};

template <class Real>
Values values_of(const FormulaPair& pair, const Inputs& inputs) {
  static thread_local FormulaMachine<Real> machine;
  const std::vector<Real> x(inputs.x.begin(), inputs.x.end()), y(inputs.y.begin(), inputs.y.end());
  std::vector<Real> out(x.size());
  const auto values = [&](const Formula& formula) {
    machine.load(formula);
    machine.run(x, y, out);
    return std::vector<double>(out.begin(), out.end());
  };
  Values both;
  both.first = values(pair.first);
  both.second = values(pair.second);
  return both;
}

/// Puts pairs through one comparison: a sink of its own, and a cache that knows nothing but the
/// pair's first.
class Comparer {
 public:
  explicit Comparer(const Comparison& comparison) : Comparer(comparison, settings_of(comparison)) {}

  bool meet(const Values& values) {
    const hashing::ClassId first = class_of(values.first);
    return class_of(values.second) == first;
  }

 private:
  Comparer(const Comparison& comparison, const hashing::SinkSettings& settings)
      : outputs_(comparison.outputs), sink_(settings), cache_(cache_settings(settings)) {}

  static hashing::SinkSettings settings_of(const Comparison& comparison) {
    return engine::sink_settings(0, false, {comparison.mantissa_bits, comparison.grid});
  }
  static hashing::CacheSettings cache_settings(const hashing::SinkSettings& settings) {
    hashing::CacheSettings cache;
    cache.capacity = 1;
    cache.lookahead = 0;
    cache.two_keys = hashing::has_two_keys(settings);
    return cache;
  }
  hashing::ClassId class_of(const std::vector<double>& values) {
    sink_.clear();
    sink_.values(std::span(values).first(outputs_));
    return cache_.look_up(sink_.finish(), 0, ticket_++).cls;
  }

  std::size_t outputs_;
  hashing::OutputSink sink_;
  hashing::EquivalenceCache cache_;
  hashing::Ticket ticket_ = 0;
};

std::vector<double> away_from_roots(const std::vector<double>& values) {
  std::vector<double> out;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!Inputs::is_for_root(i)) out.push_back(values[i]);
  return out;
}

Values away_from_roots(const Values& values) {
  return {away_from_roots(values.first), away_from_roots(values.second)};
}

/// What a pair's number makes of it: every other one is equal; of the rest, every other one is
/// changed a little, in each range in turn.
struct Kind {
  bool equal = true;
  std::size_t small_range = kSmallRanges;  // kSmallRanges: not one of the small ones
};
Kind kind_of(std::uint64_t pair) {
  if (pair % 2 == 0) return {};
  return {false, pair % 4 == 1 ? kSmallRanges : pair / 4 % kSmallRanges};
}

FormulaPair pair_of(const Kind& kind, hashing::Stream& stream) {
  if (kind.equal) return equal_pair(stream);
  if (kind.small_range == kSmallRanges)
    return different_pair(stream, kPlainChange[0], kPlainChange[1]);
  return different_pair(stream, kSmallChanges[kind.small_range],
                        kSmallChanges[kind.small_range + 1]);
}

void count_pair(const Kind& kind, bool met, PolynomialCounts& counts) {
  if (kind.equal) {
    ++counts.equal;
    counts.missed += met ? 0 : 1;
  } else if (kind.small_range == kSmallRanges) {
    ++counts.different;
    counts.wrong += met ? 1 : 0;
  } else {
    ++counts.small[kind.small_range];
    counts.small_merged[kind.small_range] += met ? 1 : 0;
  }
}

// ---- what is shown

std::vector<Cell> comparison_row(const Comparison& c, const PolynomialCounts& n) {
  const engine::Interval missed = engine::wilson_interval(n.missed, n.equal);
  const engine::Interval wrong = engine::wilson_interval(n.wrong, n.different);
  return {std::string(c.in_float ? "float" : "double"),
          std::uint64_t{c.outputs},
          static_cast<std::uint64_t>(c.mantissa_bits),
          std::string(grid_name(c.grid)),
          n.missed,
          n.missed == 0 ? 0 : 100 * missed.low,
          100 * missed.high,
          n.wrong,
          n.wrong == 0 ? 0 : 100 * wrong.low,
          100 * wrong.high};
}

StudyTable comparison_table(const PolynomialFindings& findings, bool roots) {
  StudyTable table{
      roots ? "comparisons" : "comparisons_without_roots",
      std::string("equal pairs told apart (missed), different pairs merged (wrong), 95 % limits in "
                  "percent; ") +
          (roots ? "a tenth of the probes at roots" : "no probes at roots"),
      {"arithmetic", "outputs", "bits", "grid", "missed", "missed_low", "missed_high", "wrong",
       "wrong_low", "wrong_high"},
      {}};
  for (std::size_t i = 0; i < findings.comparisons.size(); ++i)
    if (findings.comparisons[i].roots == roots)
      table.rows.push_back(comparison_row(findings.comparisons[i], findings.counts[i]));
  return table;
}

bool on_default_grid(const Comparison& c) {
  return c.roots && c.grid == GridKind::kScaled && c.outputs > 1 &&
         c.mantissa_bits == (c.in_float ? kDefaultFloatBits : kDefaultBits);
}

/// Where the resolution of the default grid ends.
StudyTable small_table(const PolynomialFindings& findings) {
  StudyTable table{"small_changes",
                   "percent of pairs merged that differ by a relative change of one coefficient "
                   "from the column's on, up to a hundredfold; scaled grid, 100 outputs",
                   {"arithmetic", "bits"},
                   {}};
  for (std::size_t r = 0; r < kSmallRanges; ++r) {
    char name[32];
    std::snprintf(name, sizeof name, "%g", kSmallChanges[r]);
    table.columns.emplace_back(name);
  }
  for (std::size_t i = 0; i < findings.comparisons.size(); ++i) {
    const Comparison& c = findings.comparisons[i];
    if (!c.roots || c.grid != GridKind::kScaled || c.outputs != 100) continue;
    std::vector<Cell> row = {std::string(c.in_float ? "float" : "double"),
                             static_cast<std::uint64_t>(c.mantissa_bits)};
    for (std::size_t r = 0; r < kSmallRanges; ++r) {
      const auto whole = static_cast<double>(findings.counts[i].small[r]);
      const auto merged = static_cast<double>(findings.counts[i].small_merged[r]);
      row.emplace_back(whole == 0 ? 0 : 100 * merged / whole);
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// Of the default grids with 10 outputs or more, all together.
void add_default_figures(const PolynomialFindings& findings, StudyResult& result) {
  for (const bool in_float : {false, true}) {
    std::uint64_t missed = 0, wrong = 0;
    for (std::size_t i = 0; i < findings.comparisons.size(); ++i) {
      const Comparison& c = findings.comparisons[i];
      if (c.in_float != in_float || !on_default_grid(c)) continue;
      missed += findings.counts[i].missed;
      wrong += findings.counts[i].wrong;
    }
    const std::string kind = in_float ? "_float" : "_double";
    result.figures.emplace_back("default_missed" + kind, missed);
    result.figures.emplace_back("default_wrong" + kind, wrong);
  }
}

}  // namespace

std::vector<Comparison> all_comparisons() {
  constexpr GridKind kGrids[] = {GridKind::kScaled, GridKind::kPublished, GridKind::kShifted};
  std::vector<Comparison> all;
  for (const bool in_float : {false, true})
    for (const std::size_t outputs : {1u, 10u, 100u, 1000u})
      for (const int bits : {12, 16, 20, 24, 32, 40, 48})
        for (const GridKind grid : kGrids) all.push_back({grid, in_float, outputs, bits, true});
  for (const bool in_float : {false, true})
    for (const std::size_t outputs : {10u, 100u})
      for (const GridKind grid : kGrids)
        all.push_back(
            {grid, in_float, outputs, in_float ? kDefaultFloatBits : kDefaultBits, false});
  return all;
}

PolynomialFindings compare_polynomials(std::uint64_t pairs, const StudySettings& settings) {
  PolynomialFindings findings;
  findings.comparisons = all_comparisons();
  findings.counts.resize(findings.comparisons.size());
  std::vector<Comparer> comparers;
  for (const Comparison& c : findings.comparisons) comparers.push_back(Comparer(c));
  for (std::uint64_t pair = 0; pair < pairs; ++pair) {
    if (pair % 1000 == 0) settings.progress(static_cast<double>(pair) / static_cast<double>(pairs));
    hashing::Stream stream(settings.seed, hashing::Purpose::kStudy,
                           (std::uint64_t{2} << 40) + pair);
    const Kind kind = kind_of(pair);
    const FormulaPair formulas = pair_of(kind, stream);
    const Inputs inputs = inputs_for(formulas, kMostOutputs, stream);
    const Values values[2] = {values_of<double>(formulas, inputs),
                              values_of<float>(formulas, inputs)};
    const Values away[2] = {away_from_roots(values[0]), away_from_roots(values[1])};
    if (kind.equal && values[0].first != values[0].second) ++findings.other_bits;
    for (std::size_t i = 0; i < comparers.size(); ++i) {
      const Comparison& c = findings.comparisons[i];
      const Values& seen = (c.roots ? values : away)[c.in_float ? 1 : 0];
      count_pair(kind, comparers[i].meet(seen), findings.counts[i]);
    }
  }
  return findings;
}

StudyResult polynomial_study(const StudySettings& settings) {
  const std::uint64_t pairs = settings.quick ? 1'000 : 100'000;
  const PolynomialFindings findings = compare_polynomials(pairs, settings);
  StudyResult result;
  result.figures = {{"pairs", pairs},
                    {"equal_pairs", findings.counts[0].equal},
                    {"equal_pairs_with_other_bits", findings.other_bits},
                    {"different_pairs", findings.counts[0].different}};
  add_default_figures(findings, result);
  result.tables = {comparison_table(findings, true), comparison_table(findings, false),
                   small_table(findings)};
  return result;
}

}  // namespace equivolve::study
