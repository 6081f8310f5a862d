#include "engine/cli/chosen_candidate.hpp"

#include <fstream>

#include "engine/cli/support.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "search/genome/program.hpp"

namespace equivolve::cli {
namespace {

tl::expected<std::string, int> read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::unexpected<int>(fail(kBadInput, "cannot read " + file.string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

tl::expected<Chosen, int> parse_candidate(const engine::Preparation& preparation,
                                          const std::string& text, const std::string& place) {
  auto program = search::parse_program(text, preparation.space->memories);
  if (!program)
    return tl::unexpected<int>(fail(kBadInput, place + ":" + std::to_string(program.error().line) +
                                                   ":" + std::to_string(program.error().column) +
                                                   ": " + program.error().message));
  Chosen chosen;
  chosen.genome = search::to_genome(*program);
  return chosen;
}

tl::expected<Chosen, int> choose_candidate(const engine::Preparation& preparation,
                                           const std::string& candidate) {
  std::vector<std::string> names;
  for (const engine::ReferenceCandidate& r : preparation.evaluator->reference_candidates()) {
    names.push_back(r.name);
    if (r.name != candidate) continue;
    if (!r.genome_text.empty()) return parse_candidate(preparation, r.genome_text, r.name);
    Chosen chosen;
    chosen.reference = candidate;
    return chosen;
  }
  std::error_code ignored;
  if (candidate.find('\n') == std::string::npos &&
      std::filesystem::is_regular_file(candidate, ignored)) {
    auto text = read_text(candidate);
    if (!text) return tl::unexpected<int>(text.error());
    return parse_candidate(preparation, *text, candidate);
  }
  if (candidate.find(':') == std::string::npos)
    return tl::unexpected<int>(fail(
        kBadInput, "'" + candidate + "' is neither a reference candidate, a file, nor a program" +
                       engine::suggestion(candidate, names)));
  return parse_candidate(preparation, candidate, "candidate");
}

}  // namespace equivolve::cli
