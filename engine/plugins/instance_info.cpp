#include "engine/plugins/instance_info.hpp"

#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/probe_sink.hpp"
#include "engine/plugins/read_struct.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kMostFigures = 1024;
constexpr std::size_t kMostLevels = 64;
constexpr std::uint32_t kMostMantissaBits = 52;

tl::expected<NamedFigure, std::string> figure_of(const eqv_figure& raw) {
  const std::string name = raw.name ? raw.name : "";
  if (!is_plugin_name(name))
    return tl::unexpected(fmt::format(
        "names a figure '{}'; names are [A-Za-z][A-Za-z0-9_.-]{{0,63}}", one_line(name, 80)));
  if (raw.role > EQV_METRIC || raw.direction > EQV_MINIMIZE)
    return tl::unexpected(fmt::format("gives figure '{}' an unknown role or direction", name));
  NamedFigure out;
  out.name = name;
  out.unit = one_line(raw.unit ? raw.unit : "", 64);
  out.role = static_cast<Role>(raw.role);
  out.minimize = raw.direction == EQV_MINIMIZE;
  const bool bounded = EQUIVOLVE_COVERS(raw, high);
  out.low = bounded ? raw.low : -std::numeric_limits<double>::infinity();
  out.high = bounded ? raw.high : std::numeric_limits<double>::infinity();
  out.reproducible = !EQUIVOLVE_COVERS(raw, reproducible) || raw.reproducible != 0;
  if (!out.reproducible && out.role != Role::kMetric)
    return tl::unexpected(
        fmt::format("calls figure '{}' not reproducible; only a metric may be", name));
  return out;
}

tl::expected<std::vector<NamedFigure>, std::string> figures_of(const eqv_instance_info& raw) {
  if (raw.figure_count > kMostFigures)
    return tl::unexpected(fmt::format("names more than {} figures", kMostFigures));
  std::vector<NamedFigure> figures;
  std::set<std::string> names;
  bool has_objective = false;
  for (const eqv_figure& one : read_structs(raw.figures, raw.figure_count)) {
    auto figure = figure_of(one);
    if (!figure) return tl::unexpected(figure.error());
    if (!names.insert(figure->name).second)
      return tl::unexpected(fmt::format("names figure '{}' twice", figure->name));
    has_objective = has_objective || figure->role == Role::kObjective;
    figures.push_back(std::move(*figure));
  }
  if (!has_objective) return tl::unexpected(std::string("names no objective among its figures"));
  return figures;
}

tl::expected<std::vector<LevelInfo>, std::string> levels_of(const eqv_instance_info& raw) {
  if (raw.level_count == 0 || raw.level_count > kMostLevels || !raw.levels)
    return tl::unexpected(fmt::format("must name 1 to {} levels", kMostLevels));
  std::vector<LevelInfo> levels;
  for (const eqv_level& one : read_structs(raw.levels, raw.level_count)) {
    if (!std::isfinite(one.relative_cost) || one.relative_cost < 0)
      return tl::unexpected(std::string("gives a level a cost that is no finite number >= 0"));
    LevelInfo level;
    level.name = one_line(one.name ? one.name : "", 64);
    level.relative_cost = one.relative_cost;
    level.comparable_with_next = one.comparable_with_next != 0;
    levels.push_back(std::move(level));
  }
  return levels;
}

hashing::Digest digest_of(const std::uint8_t (&bytes)[16]) {
  hashing::Digest digest;
  for (int i = 0; i < 8; ++i) {
    digest.hi = digest.hi << 8 | bytes[i];
    digest.lo = digest.lo << 8 | bytes[8 + i];
  }
  return digest;
}

}  // namespace

tl::expected<EvaluatorInfo, std::string> read_instance_info(const eqv_instance_info* theirs,
                                                            const SinkWishes& wishes) {
  if (!theirs)
    return tl::unexpected(std::string("says nothing of itself: instance_info gave null"));
  const eqv_instance_info raw = read_struct(theirs);
  auto figures = figures_of(raw);
  if (!figures) return tl::unexpected(figures.error());
  auto levels = levels_of(raw);
  if (!levels) return tl::unexpected(levels.error());
  if (raw.probe_mantissa_bits > kMostMantissaBits)
    return tl::unexpected(fmt::format("asks for {} mantissa bits of 0 to {}",
                                      raw.probe_mantissa_bits, kMostMantissaBits));
  EvaluatorInfo info;
  info.figures = std::move(*figures);
  info.levels = std::move(*levels);
  info.offers_test_split = raw.offers_test_split != 0;
  info.typical_seconds = std::isfinite(raw.typical_seconds) ? raw.typical_seconds : 0;
  info.data_digest = digest_of(raw.data_digest);
  info.refines_genomes = raw.refines_genomes != 0;
  info.sink = sink_settings(raw.probe_mantissa_bits, raw.probe_exact != 0, wishes);
  return info;
}

}  // namespace equivolve::engine
