#include "evaluators/sequence_design/selection.hpp"

#include <algorithm>

#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {

std::vector<std::string> selection_names() {
  return {"distinct_top", "raw", "diverse"};
}

Designs select_designs(const Pool& pool, const OfflineView& view, std::size_t count,
                       Selection selection, std::size_t min_distance) {
  Designs out;
  if (selection == Selection::kRaw) {
    out.sequences = pool.raw;
    out.sequences.resize(std::min(count, out.sequences.size()));
    return out;
  }
  SequenceIndex chosen;
  const auto is_far = [&](const Sequence& x) {
    return selection != Selection::kDiverse ||
           std::all_of(chosen.all().begin(), chosen.all().end(), [&](const Sequence& other) {
             return hamming_distance(x, other) >= min_distance;
           });
  };
  for (const Sequence& x : pool.sequences) {
    if (chosen.all().size() == count) break;
    if (is_far(x)) chosen.add(x);
  }
  const std::size_t own = chosen.all().size();
  for (const std::size_t r : best_first(view.scores)) {
    if (chosen.all().size() == count) break;
    if (view.set.contains(view.sequences[r]) && is_far(view.sequences[r]))
      chosen.add(view.sequences[r]);
  }
  out.sequences = chosen.all();
  out.filled = out.sequences.size() - own;
  return out;
}

DesignFigures design_figures(const std::vector<Sequence>& designs, const OfflineView& view) {
  SequenceIndex known, different;
  for (const Sequence& x : view.sequences) known.add(x);
  DesignFigures out;
  for (const Sequence& x : designs) {
    out.feasible += view.set.contains(x) ? 1 : 0;
    if (different.add(x) && !known.contains(x)) out.novel += 1;
  }
  out.unique = static_cast<double>(different.all().size());
  const auto n = static_cast<double>(designs.size());
  out.feasible /= std::max(1.0, n);
  double sum = 0;
  for (std::size_t i = 0; i < designs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      sum += static_cast<double>(hamming_distance(designs[i], designs[j]));
  out.diversity = designs.size() < 2 ? 0 : sum / (n * (n - 1) / 2);
  return out;
}

OracleFigures oracle_figures(const std::vector<Sequence>& designs, const Landscape& oracle) {
  OracleFigures out;
  for (const Sequence& x : designs) {
    const auto score = oracle.normalised(x);
    out.unmeasured += score ? 0 : 1;
    out.scores.push_back(score.value_or(0));
    out.mean += out.scores.back() / static_cast<double>(designs.size());
  }
  if (designs.empty()) return out;
  out.p100 = percentile(out.scores, 1);
  out.p80 = percentile(out.scores, 0.8);
  out.p50 = percentile(out.scores, 0.5);
  return out;
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  if (low + 1 >= values.size()) return values.back();
  return values[low] + (at - static_cast<double>(low)) * (values[low + 1] - values[low]);
}

}  // namespace equivolve::sequence_design
