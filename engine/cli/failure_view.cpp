#include "engine/cli/failure_view.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestLine = 1000;
constexpr std::array<const char*, 4> kKinds{"search", "verification", "final", "reference"};

/// The last lines that say something, harmless for a terminal.
Json lines_of(const std::string& log, std::size_t most) {
  std::vector<std::string> lines;
  std::size_t end = log.size();
  while (end > 0 && lines.size() < most) {
    const std::size_t begin = log.find_last_of("\r\n", end - 1) + 1;
    if (begin < end)
      lines.push_back(
          engine::one_line(std::string_view(log).substr(begin, end - begin), kLongestLine));
    end = begin == 0 ? 0 : begin - 1;
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace

tl::expected<Json, engine::StoreError> failures_json(const engine::StoreReader& reader,
                                                     engine::RunId run, std::size_t most,
                                                     std::size_t lines) {
  auto trials = reader.failed_trials(run, most);
  if (!trials) return tl::unexpected(trials.error());
  auto logs = reader.trial_logs(run, most);
  if (!logs) return tl::unexpected(logs.error());
  std::map<std::uint64_t, std::pair<engine::TrialRow, std::string>> all;  // by number
  for (engine::TrialRow& trial : *trials) all[trial.number].first = std::move(trial);
  for (engine::TrialLog& log : *logs) {
    const bool is_new = !all.contains(log.trial);
    auto& [trial, text] = all[log.trial];
    text = std::move(log.text);
    if (!is_new) continue;
    auto found = reader.trials(run, log.trial, 1);
    if (!found) return tl::unexpected(found.error());
    if (!found->empty() && found->front().number == log.trial)
      trial = std::move(found->front());
    else
      all.erase(log.trial);
  }
  Json out = Json::array();
  for (const auto& [number, one] : all) {
    const auto& [trial, log] = one;
    const auto kind = std::min<std::size_t>(static_cast<std::size_t>(trial.kind), 3);
    out.push_back({{"trial", kKinds[kind]},
                   {"subject", trial.subject},
                   {"reason", engine::protocol::reason_name(trial.reason)},
                   {"message", trial.message},
                   {"log", lines_of(log, lines)}});
  }
  return out;
}

std::string failures_text(const Json& failures) {
  std::string out;
  for (const Json& one : failures) {
    out += fmt::format("  failed         {} {}, {}: {}\n", one["trial"].get<std::string>(),
                       one["subject"].get<std::uint64_t>(), one["reason"].get<std::string>(),
                       one["message"].get<std::string>());
    for (const Json& line : one["log"])
      out += fmt::format("                 | {}\n", line.get<std::string>());
  }
  return out;
}

}  // namespace equivolve::cli
