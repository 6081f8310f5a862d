#include "engine/report/page.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/report/html.hpp"
#include "engine/report/page_parts.hpp"
#include "engine/report/stored_summary.hpp"

namespace equivolve::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0"
                                          "123456789_./-+=:,@%") == std::string::npos;
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::string told_figure(const RunInfo& run) {
  for (const FigureRow& figure : run.head.figures)
    if (figure.role < 3) return figure.name;
  return "value";
}

std::string command_line(const std::string& command, const std::string& subject,
                         const std::filesystem::path& store) {
  return "equivolve " + command + " " + quoted(subject) + " --store " + quoted(store.string());
}

std::string pretty(const std::string& json) {
  const Json value = Json::parse(json, nullptr, false);
  return value.is_discarded() ? json : value.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::pair<std::string, double>> reference_level(const RunInfo& run) {
  const Json summary = summary_of(run);
  if (!summary.is_object()) return {};
  const std::string name = summary.value("best_reference", ""), figure = told_figure(run);
  if (name.empty() || figure != summary.value("objective", "")) return {};
  const Json references = summary.value("references", Json::object());
  if (!references.contains(name)) return {};
  const Json figures = references[name].value("validation", Json::object());
  if (!figures.contains(figure)) return {};
  return {{name, figures[figure].get<double>()}};
}

std::string provenance_of_run(const RunInfo& run, const std::filesystem::path& store) {
  const Json summary = summary_of(run);
  std::vector<std::pair<std::string, std::string>> rows = {
      {"Equivolve", run.head.engine_version + ", kernel " + run.head.kernel},
      {"evaluator", run.head.evaluator + " " + run.head.evaluator_version},
      {"seed", std::to_string(run.head.seed)},
      {"data digest",
       run.head.data == hashing::Digest{} ? "not kept" : hashing::to_hex(run.head.data)},
      {"evaluation context", hashing::to_hex(run.head.context)},
  };
  for (const char* key : {"result_digest", "trajectory_digest"})
    if (summary.contains(key) && summary[key].is_string())
      rows.emplace_back(key, summary[key].get<std::string>());
  rows.emplace_back("started", run.created);
  rows.emplace_back("results file", store.string());
  if (run.head.origin.parent != 0)
    rows.emplace_back("forked from", "run " + std::to_string(run.head.origin.parent));
  const std::string number = std::to_string(run.id);
  return facts(rows) + "<p class=\"soft\">To run it again and compare the digests:</p>\n" +
         text_box(command_line("reproduce", number, store));
}

}  // namespace equivolve::engine
