#include "engine/cli/front_view.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/space.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/report/front.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostRows = 20, kNarrowest = 12;
constexpr std::size_t kLongestText = 60;  // bytes of a genome

/// Lines become one; what is too long ends in "...".
std::string short_text(const std::string& text) {
  std::string out;
  for (char c : text) {
    const bool blank = c == '\n' || c == '\t' || c == ' ';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  if (out.size() <= kLongestText) return out;
  return engine::one_line(out, kLongestText - 3) + "...";
}

std::string row_text(const Json& candidate) {
  std::string line = fmt::format("  {:>10}", candidate["birth"].get<std::uint64_t>());
  for (const auto& [name, value] : candidate["figures"].items())
    line += fmt::format("  {:>{}.6g}", value.get<double>(), std::max(kNarrowest, name.size()));
  return line + "  " + short_text(candidate["text"].get<std::string>()) + "\n";
}

}  // namespace

tl::expected<Json, engine::StoreError> front_json(const engine::StoreReader& reader,
                                                  const engine::RunInfo& info) {
  const std::vector<engine::FigureRow> objectives = engine::objectives_of(info);
  if (objectives.size() < 2) return Json();
  const auto front = engine::read_front(reader, info);
  if (!front) return tl::unexpected(front.error());
  const auto space = engine::space_of_resolved(info.head.config_resolved);
  Json out = Json::array();
  for (const engine::FrontCandidate& candidate : *front) {
    const auto genome = reader.genome(info.id, candidate.birth);
    if (!genome) return tl::unexpected(genome.error());
    Json figures;
    for (std::size_t i = 0; i < objectives.size(); ++i)
      figures[objectives[i].name] = candidate.objectives[i];
    out.push_back({{"birth", candidate.birth},
                   {"figures", figures},
                   {"text", engine::genome_text(genome->flat, space.get())}});
  }
  return out;
}

std::string front_text(const Json& front) {
  if (front.is_null()) return "";
  const std::size_t count = front.size(), shown = std::min(count, kMostRows);
  std::string out =
      fmt::format("\nfront: {} candidate{} that no other beats in every objective{}\n", count,
                  count == 1 ? "" : "s", shown < count ? fmt::format(", {} shown", shown) : "");
  if (count == 0) return out;
  out += fmt::format("  {:>10}", "birth");
  for (const auto& [name, value] : front[0]["figures"].items())
    out += fmt::format("  {:>{}}", name, kNarrowest);
  out += "  genome\n";
  for (std::size_t row = 0; row < shown; ++row)
    out += row_text(front[shown == count ? row : row * (count - 1) / (shown - 1)]);
  return out;
}

}  // namespace equivolve::cli
