#include <cmath>
#include <cstdio>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/output_file.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/space.hpp"
#include "engine/plugins/protocol/messages.hpp"
#include "engine/report/front.hpp"
#include "search/variation/operator.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Export {
  CommonOptions common;
  std::string run;
  std::filesystem::path out;  // a .csv or .jsonl file
  bool front = false;
  bool force = false;
};

constexpr std::string_view kCsvStart =
                               "ticket,birth,parent,second_parent,operator,class,level,hit,status",
                           kJsonStart = "{\"ticket\":";

/// Names of the figures that are told, in order.
std::vector<std::string> told_names(const engine::RunInfo& info) {
  std::vector<std::string> names;
  for (const engine::FigureRow& f : info.head.figures)
    if (f.role < engine::kMetricRole) names.push_back(f.name);
  return names;
}

std::string csv_text(const std::string& text) {
  std::string out = "\"";
  for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string number_or_empty(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : std::string();
}
std::string id_or_empty(std::uint64_t id) {
  return id == engine::kNone64 ? std::string() : std::to_string(id);
}

std::string csv_row(const engine::OutcomeRow& o, const engine::GenomeRow& g,
                    const engine::TrialRow* trial, const search::Space* space) {
  std::string out = fmt::format("{},{},{},{},{},{},{},{}", o.ticket, o.birth, id_or_empty(g.parent),
                                id_or_empty(g.second_parent),
                                search::operator_name(static_cast<search::Operator>(g.operator_id)),
                                id_or_empty(o.cls), o.level, o.hit ? 1 : 0);
  out += fmt::format(",{}", status_name(o.status));
  for (double v : o.told) out += "," + number_or_empty(v);
  out += "," + (trial ? number_or_empty(trial->seconds) : std::string());
  out += "," + csv_text(engine::genome_text(g.flat, space));
  if (o.status != engine::Status::kFailed) return out + ",,\n";
  return out + fmt::format(",{},{}\n", engine::protocol::reason_name(o.reason),
                           trial ? csv_text(trial->message) : "");
}

std::string json_row(const engine::OutcomeRow& o, const engine::GenomeRow& g,
                     const engine::TrialRow* trial, const engine::RunInfo& info,
                     const std::vector<std::string>& names, const search::Space* space) {
  auto id = [](std::uint64_t value) {
    return value == engine::kNone64 ? Json(nullptr) : Json(value);
  };
  Json row{{"ticket", o.ticket},
           {"birth", o.birth},
           {"parent", id(g.parent)},
           {"second_parent", id(g.second_parent)},
           {"operator", search::operator_name(static_cast<search::Operator>(g.operator_id))},
           {"class", id(o.cls)},
           {"level", o.level},
           {"hit", o.hit},
           {"status", status_name(o.status)}};
  for (std::size_t i = 0; i < names.size() && i < o.told.size(); ++i)
    row[names[i]] = std::isfinite(o.told[i]) ? Json(o.told[i]) : Json(nullptr);
  if (trial) {
    row["seconds"] = trial->seconds;
    row["cost"] = trial->cost;
    for (std::size_t i = 0; i < info.head.figures.size() && i < trial->figures.size(); ++i)
      row["trial"][info.head.figures[i].name] =
          std::isfinite(trial->figures[i]) ? Json(trial->figures[i]) : Json(nullptr);
  }
  row["genome"] = engine::genome_text(g.flat, space);
  if (o.status == engine::Status::kFailed) {
    row["reason"] = engine::protocol::reason_name(o.reason);
    if (trial) row["message"] = trial->message;
  }
  return row.dump() + "\n";
}

/// Which candidates are asked for: nothing where all are. The error has been printed; it is the
/// exit code.
using Tickets = std::optional<std::unordered_set<std::uint64_t>>;
tl::expected<Tickets, int> wanted(const Export& command, const FoundRun& found) {
  if (!command.front) return Tickets();
  const auto objectives = engine::objectives_of(found.info);
  if (objectives.size() < 2)
    return tl::unexpected(
        fail(kBadInput, fmt::format("--front: run {} has one objective, {}, and so no front; "
                                    "expected a run with several",
                                    found.info.id, objectives.empty() ? "" : objectives[0].name)));
  const auto front = engine::read_front(*found.reader, found.info);
  if (!front) return tl::unexpected(fail(kStoreTrouble, front.error().message));
  Tickets tickets(std::in_place);
  for (const engine::FrontCandidate& candidate : *front) tickets->insert(candidate.ticket);
  return tickets;
}

int carry_out(const Export& command) {
  const std::string kind = command.out.extension().string();
  if (kind != ".csv" && kind != ".jsonl")
    return fail(kBadInput,
                "--out " + command.out.string() + ": expected a name that ends in .csv or .jsonl");
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  const auto tickets = wanted(command, *found);
  if (!tickets) return tickets.error();
  const std::string_view beginning = kind == ".csv" ? kCsvStart : kJsonStart;
  auto out = OutputFile::create(command.out, beginning, command.force);
  if (!out) return fail(kBadInput, out.error());
  const std::vector<std::string> names = told_names(found->info);
  if (kind == ".csv") {
    out->write(kCsvStart);
    for (const std::string& name : names) out->write("," + name);
    out->write(",seconds,genome,reason,message\n");
  }
  std::uint64_t rows = 0;
  const auto space = engine::space_of_resolved(found->info.head.config_resolved);
  auto visited = found->reader->each_candidate(
      found->info.id,
      [&](const engine::OutcomeRow& o, const engine::GenomeRow& g, const engine::TrialRow* trial) {
        if (*tickets && !(*tickets)->contains(o.ticket)) return;
        out->write(kind == ".csv" ? csv_row(o, g, trial, space.get())
                                  : json_row(o, g, trial, found->info, names, space.get()));
        ++rows;
      });
  if (!visited) return fail(kStoreTrouble, visited.error().message);
  if (auto written = out->commit(); !written) return fail(kStoreTrouble, written.error());
  if (command.common.json)
    std::printf("%s\n", Json{{"file", command.out.string()}, {"candidates", rows}}.dump().c_str());
  else if (!command.common.quiet)
    std::printf("%llu candidates in %s\n", static_cast<unsigned long long>(rows),
                command.out.c_str());
  say_next(command.common, next_command("show", std::to_string(found->info.id), found->store));
  return kFinished;
}

}  // namespace

CommandSpec export_command() {
  auto c = std::make_shared<Export>();
  return {
      .name = "export",
      .part = Part::kResults,
      .summary = "Write a run's candidates to a CSV or JSON-lines file",
      .description =
          "A row for each that was told, with its figures and its genome. One that failed has the "
          "reason; the message stands with those that were evaluated, and not with those known "
          "to behave like them.",
      .options =
          with_common({run_argument(c->run),
                       {.name = "--out",
                        .value = "FILE",
                        .help = "File that ends in .csv or .jsonl",
                        .into = &c->out,
                        .completes = Completes::kFile,
                        .required = true},
                       {.name = "--front",
                        .value = "",
                        .help = "Only the candidates that no other beats in every objective, "
                                "of a run with several",
                        .into = &c->front},
                       {.name = "--force",
                        .value = "",
                        .help = "Write over a file that is no export",
                        .into = &c->force}},
                      c->common),
      .examples = {{"equivolve export latest --out candidates.csv", ""},
                   {"equivolve export latest --out front.csv --front", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
