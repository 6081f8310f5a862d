#include "engine/config/space.hpp"

#include <nlohmann/json.hpp>

namespace equivolve::engine {
namespace {

ConfigProblems placed(const ReadConfiguration& read, const std::vector<PointerProblem>& found) {
  ConfigProblems problems;
  for (const PointerProblem& problem : found)
    problems.push_back(read.document.problem_at_pointer("/space" + problem.pointer, problem.at_key,
                                                        problem.message));
  return problems;
}

// Where nobody has said which it is, the keys are those of a program space.
const SpaceSection& section_named(const std::string& representation) {
  return space_section(
      search::representation_named(representation).value_or(search::Representation::kProgram));
}

}  // namespace

std::string to_json(const search::Space& space) {
  return space_section(search::representation_of(space)).to_json(space);
}

tl::expected<ResolvedSpace, ConfigProblems> resolve_space(const ReadConfiguration& read,
                                                          const std::string& default_json) {
  const Configuration& c = read.configuration;
  auto space = section_named(c.representation).read(default_json, c.space_json);
  if (!space) return tl::unexpected(placed(read, space.error()));
  std::string text = to_json(*space);
  return ResolvedSpace{std::make_shared<const search::Space>(std::move(*space)), std::move(text)};
}

ConfigProblems check_space_alone(const ReadConfiguration& read) {
  const Configuration& c = read.configuration;
  return placed(read, section_named(c.representation).check_alone(c.space_json));
}

std::shared_ptr<const search::Space> space_of_resolved(const std::string& resolved_json) {
  using nlohmann::json;
  const json resolved = json::parse(resolved_json, nullptr, false);
  json section = json::object();
  if (resolved.is_object() && resolved.contains("space") && resolved["space"].is_object())
    section = resolved["space"];
  const json name = section.value("representation", json("program"));
  const SpaceSection& reader = section_named(name.is_string() ? name.get<std::string>() : "");
  if (auto space = reader.read("{}", section.dump()))
    return std::make_shared<const search::Space>(std::move(*space));
  if (reader.representation != search::Representation::kProgram) return nullptr;
  return std::make_shared<const search::Space>(search::ProgramSpace());
}

std::string genome_text(search::GenomeView flat, const search::Space* space) {
  return space ? search::genome_text(flat, *space) : "";
}

}  // namespace equivolve::engine
