#include <algorithm>
#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/output_file.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/run/seeds.hpp"
#include "search/genome/program.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

/// What is applied: a genome, or a reference known by name.
struct Subject {
  engine::Preparation preparation;
  search::Genome genome;
  std::string reference;
};

bool is_yaml(const std::string& subject) {
  return subject.ends_with(".yaml") || subject.ends_with(".yml");
}

tl::expected<std::string, int> read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::unexpected<int>(fail(kBadInput, "cannot read " + file.string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// A reference's name, a program's text, or a file that holds one.
tl::expected<void, int> choose(Subject& subject, const std::string& candidate) {
  std::vector<std::string> names;
  for (const engine::ReferenceCandidate& r :
       subject.preparation.evaluator->reference_candidates()) {
    names.push_back(r.name);
    if (r.name != candidate) continue;
    if (r.genome_text.empty()) {
      subject.reference = candidate;
      return {};
    }
    subject.genome = search::to_genome(
        search::parse_program(r.genome_text, subject.preparation.space->memories).value());
    return {};
  }
  std::string text = candidate;
  std::error_code ignored;
  if (candidate.find('\n') == std::string::npos &&
      std::filesystem::is_regular_file(candidate, ignored)) {
    auto content = read_text(candidate);
    if (!content) return tl::unexpected<int>(content.error());
    text = std::move(*content);
  } else if (candidate.find(':') == std::string::npos) {
    return tl::unexpected<int>(fail(
        kBadInput, "'" + candidate + "' is neither a reference candidate, a file, nor a program" +
                       engine::suggestion(candidate, names)));
  }
  auto program = search::parse_program(text, subject.preparation.space->memories);
  if (!program)
    return tl::unexpected<int>(fail(kBadInput, "candidate:" + std::to_string(program.error().line) +
                                                   ":" + std::to_string(program.error().column) +
                                                   ": " + program.error().message));
  subject.genome = search::to_genome(*program);
  return {};
}

tl::expected<Subject, int> subject_of_file(const ApplyCommand& command) {
  if (!command.candidate)
    return tl::unexpected<int>(fail(kBadInput,
                                    "apply with a YAML file needs --candidate: a reference's name, "
                                    "a program's text or a file with it"));
  auto read = engine::read_configuration_file(command.subject);
  if (!read) {
    std::fprintf(stderr, "%s", engine::text_of(read.error()).c_str());
    return tl::unexpected<int>(kBadInput);
  }
  auto preparation = prepared(std::move(*read), command.common.quiet);
  if (!preparation) return tl::unexpected<int>(preparation.error());
  Subject subject{std::move(*preparation), {}, {}};
  if (auto chosen = choose(subject, *command.candidate); !chosen)
    return tl::unexpected<int>(chosen.error());
  return subject;
}

tl::expected<Subject, int> subject_of_run(const ApplyCommand& command) {
  auto found = find_run(command.common, command.subject);
  if (!found) return tl::unexpected<int>(found.error());
  auto read = stored_configuration(found->info, found->store);
  if (!read) return tl::unexpected<int>(read.error());
  auto preparation = prepared(std::move(*read), command.common.quiet);
  if (!preparation) return tl::unexpected<int>(preparation.error());
  if (preparation->context != found->info.head.context)
    return tl::unexpected<int>(
        fail(kBadInput, "the run's data file or evaluator has changed since it ran"));
  Subject subject{std::move(*preparation), {}, {}};
  if (command.candidate) {
    if (auto chosen = choose(subject, *command.candidate); !chosen)
      return tl::unexpected<int>(chosen.error());
    return subject;
  }
  const Json summary =
      found->info.state.summary_json.empty() ? Json() : Json::parse(found->info.state.summary_json);
  if (!summary.is_object() || !summary["best"].is_object())
    return tl::unexpected<int>(
        fail(kBadInput, "run " + std::to_string(found->info.id) + " has no result yet; to go on: " +
                            next_command("resume", std::to_string(found->info.id), found->store)));
  auto genome =
      found->reader->genome(found->info.id, summary["best"]["birth"].get<std::uint64_t>());
  if (!genome) return tl::unexpected<int>(fail(kStoreTrouble, genome.error().message));
  subject.genome.flat = std::move(genome->flat);
  return subject;
}

/// The evaluator's own flags as JSON, checked against its schema. Numbers and booleans are read as
/// the schema says.
tl::expected<std::string, int> options_json(const ApplyCommand& command,
                                            const engine::Preparation& preparation) {
  const std::string schema_text = preparation.module->apply_schema();
  const Json properties =
      Json::parse(schema_text, nullptr, false).value("properties", Json::object());
  std::vector<std::string> known;
  for (const auto& [name, property] : properties.items()) known.push_back(name);
  Json options = Json::object();
  for (const auto& [name, value] : command.options) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return tl::unexpected<int>(
          fail(kBadInput, "unknown option --" + name + engine::suggestion(name, known)));
    const Json& property = properties[name];
    const std::string type = property.contains("type") && property["type"].is_string()
                                 ? property["type"].get<std::string>()
                                 : "string";
    const Json parsed = type == "string" ? Json(value) : Json::parse(value, nullptr, false);
    options[name] = parsed.is_discarded() ? Json(value) : parsed;
  }
  const auto problems = engine::check_against_schema(options.dump(), schema_text, "", "options");
  if (!problems.empty()) return tl::unexpected<int>(fail(kBadInput, problems.front().message));
  return engine::with_schema_defaults(options.dump(), schema_text, "",
                                      std::filesystem::current_path());
}

int write_artefacts(const std::vector<engine::Artefact>& artefacts,
                    const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(kStoreTrouble, "cannot make " + folder.string() + ": " + error.message());
  for (const engine::Artefact& a : artefacts) {
    const std::filesystem::path file =
        folder / a.name;  // names are checked by the host: no separators
    auto out = OutputFile::create(file);
    if (!out) return fail(kStoreTrouble, out.error());
    out->write(a.content);
    if (auto written = out->commit(); !written) return fail(kStoreTrouble, written.error());
    std::printf("%s\n", file.string().c_str());
  }
  return kFinished;
}

}  // namespace

int apply(const ApplyCommand& command) {
  auto subject = is_yaml(command.subject) ? subject_of_file(command) : subject_of_run(command);
  if (!subject) return subject.error();
  engine::Preparation& p = subject->preparation;
  if (!p.evaluator->descriptor().offers_apply)
    return fail(kBadInput, "evaluator '" + p.config.evaluator.id + "' does not offer apply");
  auto options = options_json(command, p);
  if (!options) return options.error();
  const engine::CandidateView view{subject->genome.representation, subject->genome.flat,
                                   subject->reference};
  auto artefacts = p.evaluator->apply(view, *options, engine::final_seed(p.config.seed, 0));
  if (!artefacts)
    return fail(artefacts.error().bad_input ? kBadInput : kEvaluatorTrouble,
                artefacts.error().message);
  return write_artefacts(*artefacts, command.out);
}

}  // namespace equivolve::cli
