#include "engine/cli/failure_view.hpp"

#include <algorithm>
#include <array>

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
  auto logs = reader.trial_logs(run, most);
  if (!logs) return tl::unexpected(logs.error());
  Json out = Json::array();
  for (const engine::TrialLog& log : *logs) {
    auto trials = reader.trials(run, log.trial, 1);
    if (!trials) return tl::unexpected(trials.error());
    if (trials->empty() || trials->front().number != log.trial) continue;
    const engine::TrialRow& trial = trials->front();
    out.push_back(
        {{"trial", kKinds[std::min<std::size_t>(static_cast<std::size_t>(trial.kind), 3)]},
         {"subject", trial.subject},
         {"reason", engine::protocol::reason_name(trial.reason)},
         {"message", trial.message},
         {"log", lines_of(log.text, lines)}});
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
