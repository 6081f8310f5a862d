#include "evaluators/sequence_design/fingerprint.hpp"

#include <algorithm>

#include "evaluators/sequence_design/selection.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kRows = 512, kFewestRows = 64, kSequences = 256;
constexpr std::size_t kDesigns = 8, kShorter = 10, kSmaller = 8;

std::size_t divided(std::size_t count, std::size_t by, std::size_t least) {
  return std::max(least, (count + by - 1) / by);
}

}  // namespace

ProbeSet make_probe_set(const OfflineView& view) {
  ProbeSet out;
  const std::size_t rows = std::min(kRows, divided(view.size(), 4, kFewestRows));
  out.rows = rows_of(view, draw_rows(view.size(), rows, 0));
  if (!(out.rows.deviation > 0)) out.rows = view;
  for (const std::size_t r : draw_rows(view.size(), kSequences, 1))
    out.sequences.push_back(view.sequences[r]);
  return out;
}

Fingerprint fingerprint(const ProbeSet& set, DesignerSettings settings,
                        const std::vector<Sequence>& unlabelled) {
  settings.designs = kDesigns;
  settings.steps = divided(settings.steps, kShorter, 1);
  settings.generations = divided(settings.generations, kShorter, 1);
  settings.population = divided(settings.population, kSmaller, 2 * kDesigns);
  const Designed made = design(set.rows, settings, unlabelled, {});
  Fingerprint out;
  out.method = method_names()[static_cast<std::size_t>(settings.method)];
  if (made.proxy.predict) out.told = made.proxy.of(set.sequences);
  const Designs best = select_designs(made.pool, set.rows, kDesigns, Selection::kDistinctTop, 0);
  for (const Sequence& x : best.sequences)
    out.designs.push_back(sequence_text(x, set.rows.shape()));
  return out;
}

}  // namespace equivolve::sequence_design
