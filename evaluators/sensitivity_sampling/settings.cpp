#include "evaluators/sensitivity_sampling/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evaluators/common/row_sampling/basis.hpp"
#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/common/settings/table_section.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

using row_sampling::Family;
using sdk::Refused;
using settings::JsonReader;
using settings::kAnySeed;

/// Rows are counted in 32 bits; a matrix of more is beyond what one trial is for.
constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kMostRows = 10'000'000, kMostColumns = 200;

TableData read_table(JsonReader& in) {
  TableData data;
  data.file = in.text("file").value_or("");
  if (data.file.empty()) throw Refused("/data/file", "names no file");
  data.target = settings::read_column(in, "target");
  data.columns = settings::read_columns(in);
  return data;
}

std::vector<Family> read_families(JsonReader& in, const std::string& key,
                                  std::vector<Family> fallback) {
  std::vector<std::string> known;
  for (Family family : row_sampling::kFamilies) known.emplace_back(family_name(family));
  const auto names = in.names(key, known);
  if (!names) return fallback;
  std::vector<Family> families;
  for (const std::string& name : *names) families.push_back(*row_sampling::family_named(name));
  return families;
}

void check_room(const std::vector<Family>& families, const DrawnData& data) {
  for (Family family : families) {
    if (data.columns < row_sampling::fewest_columns(family))
      throw Refused("/data/columns",
                    fmt::format("is {}; family {} needs at least {}", data.columns,
                                family_name(family), row_sampling::fewest_columns(family)));
    const std::size_t fewest = row_sampling::fewest_rows(family, data.columns);
    if (data.rows < fewest)
      throw Refused("/data/rows",
                    fmt::format("is {}; family {} needs at least {} with {} columns", data.rows,
                                family_name(family), fewest, data.columns));
  }
}

DrawnData read_drawn(JsonReader& in) {
  DrawnData data;
  data.families = read_families(in, "families", data.families);
  if (data.families.empty()) throw Refused("/data/families", "names no family");
  std::vector<Family> others;
  for (Family family : data.test_families)
    if (std::find(data.families.begin(), data.families.end(), family) == data.families.end())
      others.push_back(family);
  data.test_families = read_families(in, "test_families", others);
  for (Family family : data.test_families)
    if (std::find(data.families.begin(), data.families.end(), family) != data.families.end())
      throw Refused("/data/test_families",
                    fmt::format("'{}' is one that the search sees; expected others than those of "
                                "'families'",
                                family_name(family)));
  data.rows = static_cast<std::uint32_t>(in.whole("rows", data.rows, 10, kMostRows));
  data.columns = static_cast<std::uint32_t>(in.whole("columns", data.columns, 1, kMostColumns));
  data.seed = in.whole("seed", data.seed, 0, kAnySeed);
  check_room(data.families, data);
  check_room(data.test_families, data);
  return data;
}

Options read_options(JsonReader in) {
  Options options;
  options.powers = in.numbers("powers", options.powers, 1, row_sampling::kLargestPower);
  options.rows_per_column = in.numbers("rows_per_column", options.rows_per_column, 1, 1e6);
  options.seeds = static_cast<std::uint32_t>(in.whole("seeds", options.seeds, 1, 1000));
  options.screening = in.flag("screening", options.screening);
  in.finish();
  return options;
}

}  // namespace

Settings read_settings(std::string_view config_json) {
  const nlohmann::json config = settings::parse_object(config_json);
  JsonReader in(config, "");
  Settings settings;
  if (const auto name = in.text("representation")) {
    const auto representation = search::representation_named(*name);
    if (representation != search::Representation::kExpression &&
        representation != search::Representation::kConfiguration)
      throw Refused(
          "/representation",
          "this evaluator knows the representations 'expression' and 'configuration' only");
    settings.representation = *representation;
  }
  if (!in.has("data")) throw Refused("", "'data' is missing: give {families} or {file}");
  JsonReader data = in.object("data");
  if (data.has("families") && data.has("file"))
    throw Refused("/data/families", "stands beside 'file'; give one of the two");
  if (data.has("file"))
    settings.table = read_table(data);
  else
    settings.drawn = read_drawn(data);
  data.finish();
  settings.options = read_options(in.object("options"));
  return settings;
}

ApplySettings read_apply_settings(std::string_view options_json) {
  const nlohmann::json options = settings::parse_object(options_json.empty() ? "{}" : options_json);
  JsonReader in(options, "");
  ApplySettings settings;
  settings.data = in.text("data");
  settings.target = in.text("target");
  settings.p = in.number("p", settings.p, 1, row_sampling::kLargestPower);
  if (in.has("rows")) settings.rows = in.whole("rows", 1, 1, kMostRows);
  if (in.has("error")) settings.error = in.number("error", 0.1, 1e-3, 0.9);
  settings.exact = in.flag("exact", settings.exact);
  settings.seeds = static_cast<std::uint32_t>(in.whole("seeds", settings.seeds, 1, 1000));
  settings.exact_sensitivities = in.flag("exact_sensitivities", settings.exact_sensitivities);
  if (in.has("threads"))
    settings.threads = static_cast<std::uint32_t>(in.whole("threads", 1, 1, kMostThreads));
  in.finish();
  if (settings.rows && settings.error)
    throw Refused("/error", "says how many rows there are, as 'rows' does: give one of the two");
  if (settings.target && !settings.data)
    throw Refused("/target", "is of 'data'; the run's own data have theirs");
  return settings;
}

}  // namespace equivolve::sensitivity_sampling
