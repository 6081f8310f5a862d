#include "engine/cli/chosen_candidate.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string_view>

#include "engine/cli/support.hpp"
#include "engine/plugins/nearest_name.hpp"

namespace equivolve::cli {
namespace {

tl::expected<std::string, int> read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::unexpected<int>(fail(kBadInput, "cannot read " + file.string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// A text without a mark that genomes have is more likely a misspelt name. A sequence has none, so
/// it is read first.
bool looks_like_a_name(const engine::Preparation& preparation, const std::string& text) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  };
  return std::all_of(text.begin(), text.end(), is_word) &&
         !search::parse_genome(text, *preparation.space);
}

/// "a program", "an expression".
std::string with_article(const std::string& noun) {
  const bool vowel = std::string_view("aeiou").find(noun.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + noun;
}

}  // namespace

tl::expected<Chosen, int> parse_candidate(const engine::Preparation& preparation,
                                          const std::string& text, const std::string& place) {
  auto genome = search::parse_genome(text, *preparation.space);
  if (!genome)
    return tl::unexpected<int>(fail(kBadInput, place + ":" + std::to_string(genome.error().line) +
                                                   ":" + std::to_string(genome.error().column) +
                                                   ": " + genome.error().message));
  Chosen chosen;
  chosen.genome = std::move(*genome);
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
  if (looks_like_a_name(preparation, candidate))
    return tl::unexpected<int>(
        fail(kBadInput, "'" + candidate + "' is neither a reference candidate, a file, nor " +
                            with_article(preparation.config.representation) +
                            engine::suggestion(candidate, names)));
  return parse_candidate(preparation, candidate, "candidate");
}

}  // namespace equivolve::cli
