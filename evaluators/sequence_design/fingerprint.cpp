#include "evaluators/sequence_design/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evaluators/sequence_design/selection.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kRows = 512, kFewestRows = 64, kSequences = 256;
constexpr std::size_t kDesigns = 8, kShorter = 10, kSmaller = 8;

std::size_t divided(std::size_t count, std::size_t by, std::size_t least) {
  return std::max(least, (count + by - 1) / by);
}

bool follows_gradients(Method m) {
  return m == Method::kGradientAscent || m == Method::kEnsembleMean || m == Method::kEnsembleMin ||
         m == Method::kBdi || m == Method::kBib || m == Method::kCmaEs;
}

std::string search_of(const DesignerSettings& s, std::size_t rows) {
  std::string out = method_names()[static_cast<std::size_t>(s.method)];
  if (follows_gradients(s.method)) out += fmt::format(" steps {} lr {}", s.steps, s.rate);
  if (s.method == Method::kBdi || s.method == Method::kBib)
    out += fmt::format(" target {}", s.target);
  if (s.method == Method::kBib)
    out += fmt::format(" gamma {} learned_lr {}", s.gamma.value_or(-1), s.learned_rate);
  if (s.method == Method::kEvolution || s.method == Method::kCbas)
    out += fmt::format(" population {} generations {}", s.population, s.generations);
  if (s.method == Method::kEvolution) out += fmt::format(" mutation {}", s.mutation);
  // All of them fit into the probe's rows.
  if (s.method == Method::kBdi || s.proxy == ProxyKind::kNtk)
    out += fmt::format(" landmarks {}", std::min(s.landmarks, rows));
  return out;
}

}  // namespace

ProbeSet make_probe_set(const OfflineView& view) {
  ProbeSet out;
  const std::size_t rows = std::min(kRows, divided(view.size(), 4, kFewestRows));
  out.task_rows = view.size();
  out.rows = rows_of(view, draw_rows(view.size(), rows, 0));
  if (!(out.rows.deviation > 0)) out.rows = view;
  for (const std::size_t r : draw_rows(view.size(), kSequences, 1))
    out.sequences.push_back(view.sequences[r]);
  return out;
}

Fingerprint fingerprint(const ProbeSet& set, DesignerSettings settings,
                        const std::vector<Sequence>& unlabelled) {
  Fingerprint out;
  out.search = search_of(settings, set.task_rows);
  settings.designs = kDesigns;
  settings.steps = divided(settings.steps, kShorter, 1);
  settings.generations = divided(settings.generations, kShorter, 1);
  settings.population = divided(settings.population, kSmaller, 2 * kDesigns);
  const Designed made = design(set.rows, settings, unlabelled, {});
  if (made.proxy.predict) out.told = made.proxy.of(set.sequences);
  const Designs best = select_designs(made.pool, set.rows, kDesigns, Selection::kDistinctTop, 0);
  for (const Sequence& x : best.sequences)
    out.designs.push_back(sequence_text(x, set.rows.shape()));
  return out;
}

}  // namespace equivolve::sequence_design
