#include "engine/plugins/workers/worker_info.hpp"

#include <vector>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {

std::string fault_of_greeting(const protocol::HelloOk& hello) {
  if (hello.protocol != protocol::kVersion)
    return fmt::format("speaks protocol {} ({}), this program speaks {}", hello.protocol,
                       hello.build, protocol::kVersion);
  const EvaluatorDescriptor& d = hello.descriptor;
  if (!is_evaluator_id(d.id))
    return fmt::format("calls itself '{}'; an id is [a-z][a-z0-9_]{{0,63}}", one_line(d.id, 80));
  if (d.version.empty()) return "has no version in its descriptor";
  for (const std::string& name : d.representations)
    if (!search::representation_named(name))
      return fmt::format("accepts the representation '{}', which this version does not know",
                         one_line(name, 80));
  return d.representations.empty() ? "accepts no representation" : "";
}

tl::expected<EvaluatorInfo, std::string> checked_info(const EvaluatorInfo& said,
                                                      const SinkWishes& wishes) {
  std::vector<eqv_figure> figures;
  for (const NamedFigure& f : said.figures)
    figures.push_back({sizeof(eqv_figure), f.name.c_str(), f.unit.c_str(),
                       static_cast<std::uint32_t>(f.role),
                       static_cast<std::uint32_t>(f.minimize ? EQV_MINIMIZE : EQV_MAXIMIZE), f.low,
                       f.high, f.reproducible ? 1u : 0u});
  std::vector<eqv_level> levels;
  for (const LevelInfo& l : said.levels)
    levels.push_back(
        {sizeof(eqv_level), l.name.c_str(), l.relative_cost, l.comparable_with_next ? 1u : 0u});
  eqv_instance_info raw{};
  raw.struct_size = sizeof raw;
  raw.figures = figures.data();
  raw.figure_count = figures.size();
  raw.levels = levels.data();
  raw.level_count = levels.size();
  raw.offers_test_split = said.offers_test_split ? 1 : 0;
  raw.typical_seconds = said.typical_seconds;
  raw.probe_mantissa_bits = static_cast<std::uint32_t>(said.sink.mantissa_bits);
  raw.probe_exact = said.sink.exact ? 1 : 0;
  raw.refines_genomes = said.refines_genomes ? 1 : 0;
  auto info = read_instance_info(&raw, wishes);
  if (info) info->data_digest = said.data_digest;
  return info;
}

}  // namespace equivolve::engine
