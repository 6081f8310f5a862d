#include "search/space/program_space.hpp"

#include "search/genome/program_analysis.hpp"

namespace equivolve::search {

tl::expected<void, Error> check_genome(GenomeView flat, const ProgramSpace& space) {
  return check_program(flat, space.memories);
}

std::string genome_text(GenomeView flat, const ProgramSpace& /*space*/) {
  const auto view = view_program(flat);
  return view ? to_text(*view) : "";
}

tl::expected<Genome, Error> parse_genome(std::string_view text, const ProgramSpace& space) {
  auto program = parse_program(text, space.memories);
  if (!program) return tl::unexpected(program.error());
  return to_genome(*program);
}

std::vector<std::byte> structural_bytes(GenomeView flat, const ProgramSpace& /*space*/) {
  const auto view = view_program(flat);
  if (!view) return {flat.begin(), flat.end()};
  return canonical_bytes(prepare_pruned(*view, {}));
}

}  // namespace equivolve::search
