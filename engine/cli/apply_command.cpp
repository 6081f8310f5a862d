#include <algorithm>
#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/cli/chosen_candidate.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/output_file.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/run/seeds.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Apply {
  CommonOptions common;
  std::string subject;  // a run, or a YAML file (then `candidate` names what to apply)
  std::optional<std::string> candidate;  // a reference's name, a genome's text, or a file with it
  std::filesystem::path out;             // folder; made if need be
  bool force = false;                    // writes over foreign files
  std::vector<std::string> overrides;    // where the run's data file has gone
  std::vector<std::pair<std::string, std::string>> options;  // the evaluator's own: --KEY VALUE
  std::vector<std::string> own_options;                      // names, for suggestions
};

/// What is applied: a genome, or a reference known by name.
struct Subject {
  engine::Preparation preparation;
  Chosen chosen;
  std::string next;  // command
};

bool is_yaml(const std::string& subject) {
  return subject.ends_with(".yaml") || subject.ends_with(".yml");
}

tl::expected<Subject, int> subject_of_file(const Apply& command) {
  if (!command.candidate)
    return tl::unexpected<int>(fail(kBadInput,
                                    "apply with a YAML file needs --candidate: a reference's name, "
                                    "a genome's text or a file with it"));
  auto preparation = prepared_file(command.common, command.subject, command.overrides);
  if (!preparation) return tl::unexpected<int>(preparation.error());
  auto chosen = choose_candidate(*preparation, *command.candidate);
  if (!chosen) return tl::unexpected<int>(chosen.error());
  return Subject{std::move(*preparation), std::move(*chosen),
                 "equivolve run " + shell_word(command.subject)};
}

tl::expected<Subject, int> subject_of_run(const Apply& command) {
  auto found = find_run(command.common, command.subject);
  if (!found) return tl::unexpected<int>(found.error());
  auto read = stored_configuration(found->info, found->store, command.overrides);
  if (!read) return tl::unexpected<int>(read.error());
  auto preparation = prepared_stored(std::move(*read), command.common.quiet);
  if (!preparation) return tl::unexpected<int>(preparation.error());
  if (const int code = check_context(found->info, *preparation); code != 0)
    return tl::unexpected<int>(code);
  const std::string next = next_command("show", std::to_string(found->info.id), found->store);
  if (command.candidate) {
    auto chosen = choose_candidate(*preparation, *command.candidate);
    if (!chosen) return tl::unexpected<int>(chosen.error());
    return Subject{std::move(*preparation), std::move(*chosen), next};
  }
  const Json summary =
      found->info.state.summary_json.empty() ? Json() : Json::parse(found->info.state.summary_json);
  if (!summary.is_object() || !summary["best"].is_object())
    return tl::unexpected<int>(
        fail(kBadInput, "run " + std::to_string(found->info.id) +
                            " has no result yet; next: " + next_for(found->info, found->store)));
  auto genome =
      found->reader->genome(found->info.id, summary["best"]["birth"].get<std::uint64_t>());
  if (!genome) return tl::unexpected<int>(fail(kStoreTrouble, genome.error().message));
  Chosen best;
  best.genome = {search::representation_of(*preparation->space), std::move(genome->flat)};
  return Subject{std::move(*preparation), std::move(best), next};
}

/// Options are typed with hyphens, keys of the schema may have underscores.
std::string key_of(const std::string& option, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), option) != known.end()) return option;
  std::string key = option;
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

/// The message with the option that it is about.
std::string about(const std::string& pointer, const std::string& message) {
  if (pointer.size() < 2) return message;
  const std::string key = pointer.substr(1, pointer.find('/', 1) - 1), name = "options." + key;
  return message.starts_with(name) ? option_word(key) + message.substr(name.size())
                                   : option_word(key) + ": " + message;
}

/// A program that was written is there to be run.
std::string use_of(const std::vector<engine::Artefact>& artefacts,
                   const std::filesystem::path& folder, const std::string& otherwise) {
  for (const engine::Artefact& artefact : artefacts)
    if (artefact.media_type == "text/x-python")
      return "python3 " + shell_word((folder / artefact.name).string()) + " YOUR.csv";
  return otherwise;
}

int unknown_option(const Apply& command, const std::string& given,
                   const std::vector<std::string>& keys) {
  std::vector<std::string> names = command.own_options;
  for (const std::string& key : keys) names.push_back(option_word(key));
  return fail(kBadInput, "unknown option --" + given + engine::suggestion("--" + given, names));
}

/// The evaluator's own flags as JSON, checked against its schema. Numbers and booleans are read as
/// the schema says.
tl::expected<std::string, int> options_json(const Apply& command,
                                            const engine::Preparation& preparation) {
  const std::string schema_text = preparation.module->apply_schema();
  const Json properties =
      Json::parse(schema_text, nullptr, false).value("properties", Json::object());
  std::vector<std::string> known;
  for (const auto& [name, property] : properties.items()) known.push_back(name);
  Json options = Json::object();
  for (const auto& [given, value] : command.options) {
    const std::string name = key_of(given, known);
    if (std::find(known.begin(), known.end(), name) == known.end())
      return tl::unexpected<int>(unknown_option(command, given, known));
    const Json& property = properties[name];
    const std::string type = property.contains("type") && property["type"].is_string()
                                 ? property["type"].get<std::string>()
                                 : "string";
    const Json parsed = type == "string" ? Json(value) : Json::parse(value, nullptr, false);
    options[name] = parsed.is_discarded() ? Json(value) : parsed;
  }
  const auto problems = engine::check_against_schema(options.dump(), schema_text, "", "options");
  if (!problems.empty())
    return tl::unexpected<int>(
        fail(kBadInput, about(problems.front().pointer, problems.front().message)));
  return engine::with_schema_defaults(options.dump(), schema_text, "",
                                      std::filesystem::current_path());
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

int write_artefacts(const std::vector<engine::Artefact>& artefacts,
                    const std::filesystem::path& folder, bool force, const CommonOptions& common) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(kStoreTrouble, "cannot make " + folder.string() + ": " + error.message());
  // Names are checked by the host: no separators.
  for (const engine::Artefact& a : artefacts)
    if (const std::string why = refusal_to_replace(folder / a.name, first_line(a.content), force);
        !why.empty())
      return fail(kBadInput, why);
  Json files = Json::array();
  for (const engine::Artefact& a : artefacts) {
    const std::filesystem::path file = folder / a.name;
    auto out = OutputFile::create(file, first_line(a.content), force);
    if (!out) return fail(kStoreTrouble, out.error());
    out->write(a.content);
    if (auto written = out->commit(); !written) return fail(kStoreTrouble, written.error());
    files.push_back(file.string());
    if (!common.json) std::printf("%s\n", file.string().c_str());
  }
  if (common.json) std::printf("%s\n", Json{{"files", files}}.dump().c_str());
  return kFinished;
}

int carry_out(const Apply& command) {
  auto subject = is_yaml(command.subject) ? subject_of_file(command) : subject_of_run(command);
  if (!subject) return subject.error();
  engine::Preparation& p = subject->preparation;
  if (!p.evaluator->descriptor().offers_apply)
    return fail(kBadInput, "evaluator '" + p.config.evaluator.id + "' does not offer apply");
  auto options = options_json(command, p);
  if (!options) return options.error();
  const engine::CandidateView view = subject->chosen.view();
  auto artefacts = p.evaluator->apply(view, *options, engine::final_seed(p.config.seed, 0));
  if (!artefacts)
    return fail(artefacts.error().bad_input ? kBadInput : kEvaluatorTrouble,
                about(artefacts.error().json_pointer, artefacts.error().message));
  if (const int code = write_artefacts(*artefacts, command.out, command.force, command.common);
      code != 0)
    return code;
  say_next(command.common, use_of(*artefacts, command.out, subject->next));
  return kFinished;
}

}  // namespace

CommandSpec apply_command() {
  auto c = std::make_shared<Apply>();
  CommandSpec spec = {
      .name = "apply",
      .part = Part::kResults,
      .summary = "Turn a run's result, or a candidate, into files a person can use",
      .description =
          "The evaluator's own options are given as --KEY VALUE; `equivolve evaluators describe "
          "ID` lists them under apply. algorithm_discovery has --data FILE, which predicts the "
          "rows "
          "of another file, and --predictions-for test, pool or all rows of the run's own. With a "
          "YAML file in a run's place nothing need have been "
          "searched: --candidate says what to apply.",
      .options =
          with_common({{.name = "SUBJECT",
                        .value = "",
                        .help = "A run, or a YAML file (with --candidate)",
                        .into = &c->subject,
                        .completes = Completes::kRun,
                        .required = true},
                       {.name = "--candidate",
                        .value = "TEXT",
                        .help = "A reference candidate's name, a genome's text, or a file with it",
                        .into = &c->candidate,
                        .completes = Completes::kFile},
                       {.name = "--set",
                        .value = "KEY=VALUE",
                        .help = "Override a key: --set data.file=PATH where the data file has been "
                                "moved",
                        .into = &c->overrides,
                        .completes = Completes::kSetting},
                       {.name = "--out",
                        .value = "FOLDER",
                        .help = "Folder for the files",
                        .into = &c->out,
                        .completes = Completes::kFolder,
                        .required = true},
                       {.name = "--force",
                        .value = "",
                        .help = "Write over files that are no earlier output",
                        .into = &c->force}},
                      c->common),
      .examples =
          {{"equivolve apply latest --out result", ""},
           {"equivolve apply latest --data new_patients.csv --out result",
            "predictions for new rows"},
           {"equivolve apply latest --predictions-for all --out result",
            "for each row of the run's own data"},
           {"equivolve apply examples/quickstart.yaml --candidate logistic_regression --out rival",
            ""}},
      .action = [c] { return carry_out(*c); },
      .further = &c->options,
  };
  c->own_options = option_names(spec);
  return spec;
}

}  // namespace equivolve::cli
