#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/support.hpp"
#include "engine/study/study.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;
using study::Cell;
using study::StudyResult;
using study::StudyTable;

struct StudyOptions {
  CommonOptions common;
  std::string only;  // empty: all
  std::optional<std::uint32_t> seed;
  bool quick = false;
};

std::string cell_text(const Cell& cell) {
  if (const auto* count = std::get_if<std::uint64_t>(&cell)) return std::to_string(*count);
  if (const auto* number = std::get_if<double>(&cell)) return fmt::format("{:.4g}", *number);
  return std::get<std::string>(cell);
}

Json cell_json(const Cell& cell) {
  return std::visit([](const auto& value) { return Json(value); }, cell);
}

Json result_json(const StudyResult& result) {
  Json out = Json::object();
  for (const auto& [name, figure] : result.figures) out[name] = cell_json(figure);
  for (const StudyTable& table : result.tables) {
    Json& rows = out[table.name] = Json::array();
    for (const std::vector<Cell>& row : table.rows) {
      Json one = Json::object();
      for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = cell_json(row[i]);
      rows.push_back(std::move(one));
    }
  }
  return out;
}

/// Words to the left, numbers to the right.
void print_table(const StudyTable& table) {
  std::vector<std::vector<std::string>> lines = {table.columns};
  for (const std::vector<Cell>& row : table.rows) {
    lines.emplace_back();
    for (const Cell& cell : row) lines.back().push_back(cell_text(cell));
  }
  std::printf("\n%s\n", table.title.c_str());
  for (const std::vector<std::string>& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      std::size_t width = 0;
      for (const auto& other : lines) width = std::max(width, other[i].size());
      const bool word =
          !table.rows.empty() && std::holds_alternative<std::string>(table.rows[0][i]);
      text +=
          word ? fmt::format("  {:<{}}", line[i], width) : fmt::format("  {:>{}}", line[i], width);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    std::printf("%s\n", text.c_str());
  }
}

void print_result(const study::Study& which, const StudyResult& result) {
  std::printf("%s: %s\n", std::string(which.name).c_str(), std::string(which.summary).c_str());
  for (const auto& [name, figure] : result.figures)
    std::printf("  %-28s %s\n", name.c_str(), cell_text(figure).c_str());
  for (const StudyTable& table : result.tables) print_table(table);
  std::printf("\n");
}

/// Tells of every tenth of a study that is done.
std::function<void(double)> told_in_tenths(Console& console, std::string name) {
  return [&console, name = std::move(name), told = 0](double done) mutable {
    const int tenths = static_cast<int>(done * 10);
    if (tenths <= told) return;
    told = tenths;
    console.note(fmt::format("{}: {} %", name, 10 * tenths));
  };
}

int carry_out_hashing_study(const StudyOptions& options) {
  Console console(options.common.quiet);
  const std::uint32_t seed = options.seed.value_or(1);
  Json out{{"seed", seed}, {"quick", options.quick}};
  for (const study::Study& which : study::hashing_studies()) {
    if (!options.only.empty() && options.only != which.name) continue;
    const StudyResult result =
        which.run({seed, options.quick, told_in_tenths(console, std::string(which.name))});
    if (options.common.json)
      out[std::string(which.name)] = result_json(result);
    else
      print_result(which, result);
  }
  if (options.common.json)
    std::printf("%s\n", out.dump().c_str());
  else
    say_next(options.common, "equivolve study hashing --only boolean --json");
  return kFinished;
}

std::vector<std::string> names_of(std::span<const study::Study> studies) {
  std::vector<std::string> names;
  for (const study::Study& one : studies) names.emplace_back(one.name);
  return names;
}

}  // namespace

CommandSpec study_hashing_command() {
  auto c = std::make_shared<StudyOptions>();
  return {
      .name = "study hashing",
      .part = Part::kHelp,
      .summary = "Hold the functional hash against exact truths",
      .description =
          "Counts how often candidates that are the same are told apart, and how often different "
          "ones are taken for one, where the truth is known exactly: Boolean expressions by their "
          "truth tables, pairs of polynomials by exact arithmetic (for each grid, number of "
          "mantissa bits, number of outputs, in double and float), small graphs by isomorphism. "
          "The sink and the cache are those that runs use. One seed gives the same figures "
          "everywhere. All of it takes minutes on one core, with --quick seconds.",
      .options = {{.name = "--only",
                   .value = "STUDY",
                   .help = "One of them",
                   .into = &c->only,
                   .words = names_of(study::hashing_studies())},
                  {.name = "--quick", .value = "", .help = "Fewer samples", .into = &c->quick},
                  {.name = "--seed",
                   .value = "N",
                   .help = "Of what is drawn [default: 1]",
                   .into = &c->seed},
                  json_option(c->common),
                  quiet_option(c->common)},
      .examples = {{"equivolve study hashing --quick", ""},
                   {"equivolve study hashing --only boolean --json", "16 and 256 classes"}},
      .action = [c] { return carry_out_hashing_study(*c); },
  };
}

}  // namespace equivolve::cli
