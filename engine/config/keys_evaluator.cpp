#include <algorithm>
#include <iterator>

#include "engine/config/keys.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

constexpr const char* kPluginNamePattern = "^[A-Za-z][A-Za-z0-9_.-]{0,63}$";

Field<std::optional<std::chrono::nanoseconds>> deadline_field() {
  return {[](const Configuration& c) {
            return std::optional<std::chrono::nanoseconds>(c.evaluator.deadline);
          },
          [](Configuration& c, std::optional<std::chrono::nanoseconds> v) {
            c.evaluator.deadline = *v;
          }};
}

/// What holds for each process of a worker or a script.
std::vector<Key> limit_keys() {
  return {
      with_default(size_key("memory", "Address space of a process of workers and scripts.",
                            field(&Configuration::evaluator, &EvaluatorConfig::memory)),
                   "80 % of the machine's memory over the workers (docs/workers.md); of scripts, "
                   "and with a launcher: no limit"),
      with_default(
          duration_key("cpu_time", true,
                       "CPU time that one trial may take in any one process of its worker or "
                       "script.",
                       field(&Configuration::evaluator, &EvaluatorConfig::cpu_time)),
          "no limit"),
      with_default(
          integer_key("open_files", 0, 1'048'576,
                      "Files (descriptors) that a process of workers and scripts may have open at "
                      "once; 0 for what the system allows.",
                      field(&Configuration::evaluator, &EvaluatorConfig::open_files)),
          "256; of programs and scripts: what the system allows")};
}

/// What is not settled yet is not written.
Key isolation_key() {
  const auto isolation = field(&Configuration::evaluator, &EvaluatorConfig::isolation);
  Key key = text_choice_key("isolation", {"thread", "process"}, {"strict"},
                            "Where trials run: on threads of this process, or in workers, "
                            "processes of their own that can crash alone.",
                            isolation);
  key.write = [isolation](const Configuration& c) {
    const std::string value = isolation.get(c);
    return value.empty() ? value : '"' + value + '"';
  };
  return with_default(std::move(key), "process; thread for what is built in");
}

}  // namespace

Section evaluator_keys() {
  Section section;
  section.name = "evaluator";
  section.help = "What gives candidates meaning. The one key that has no default.";
  section.short_form = "id";
  section.keys = {
      with_default(with_pattern(text_key(
                                    "id", "an evaluator's id: [A-Za-z][A-Za-z0-9_.-]{0,63}",
                                    "`equivolve evaluators list` prints them.",
                                    [](const std::string& id) {
                                      return std::string(is_plugin_name(id) ? ""
                                                                            : "cannot be an id");
                                    },
                                    field(&Configuration::evaluator, &EvaluatorConfig::id)),
                                kPluginNamePattern),
                   "must be given"),
      isolation_key(),
      duration_key("deadline", true,
                   "The longest one trial may take. Programs and scripts have none, unless it is "
                   "given.",
                   deadline_field()),
      number_key("max_failed_share", 0, 1,
                 "The run ends when more of its trials failed (after 50).",
                 field(&Configuration::evaluator, &EvaluatorConfig::max_failed_share)),
      command_key("command",
                  "Instead of a module: a program that speaks the worker protocol, and its "
                  "arguments (docs/workers.md); with metrics: any program (docs/scripts.md).",
                  {[](const Configuration& c) { return c.evaluator.command; },
                   [](Configuration& c, std::vector<std::string> v) {
                     c.evaluator.command = std::move(v);
                   }},
                  field(&Configuration::evaluator, &EvaluatorConfig::folder)),
      with_default(path_key("folder", RelativeTo::kFile, "Where the program runs.",
                            field(&Configuration::evaluator, &EvaluatorConfig::folder)),
                   "the configuration's folder"),
      metrics_key("metrics",
                  "Of command: it is a script, started once a trial, and prints these. Short for "
                  "`evaluator: script` with options.command and options.metrics.")};
  std::ranges::move(limit_keys(), std::inserter(section.keys, section.keys.begin() + 4));
  return section;
}

}  // namespace equivolve::engine
