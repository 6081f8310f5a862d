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

// Isolation has one value in this version: nothing is stored.
Field<std::string> only_thread() {
  return {[](const Configuration&) { return std::string("thread"); },
          [](Configuration&, const std::string&) {}};
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
      text_choice_key("isolation", {"thread"}, {"process", "strict"}, "Where trials run.",
                      only_thread()),
      duration_key("deadline", true, "The longest one trial may take.", deadline_field()),
      number_key("max_failed_share", 0, 1,
                 "The run ends when more of its trials failed (after 50).",
                 field(&Configuration::evaluator, &EvaluatorConfig::max_failed_share)),
      not_yet_key("memory", "no memory limit: it needs isolation: process"),
      not_yet_key("command", "an evaluator's id; `equivolve evaluators list` prints them"),
      not_yet_key("metrics", "no metrics: they belong to evaluator: {command: ...}")};
  return section;
}

}  // namespace equivolve::engine
