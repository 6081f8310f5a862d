#include "search/space/space.hpp"

namespace equivolve::search {
namespace {

Representation of(const ProgramSpace&) {
  return Representation::kProgram;
}
Representation of(const ConfigurationSpace&) {
  return Representation::kConfiguration;
}
Representation of(const GraphSpace&) {
  return Representation::kGraph;
}
Representation of(const SequenceSpace&) {
  return Representation::kSequence;
}
Representation of(const ExpressionSpace&) {
  return Representation::kExpression;
}

}  // namespace

Representation representation_of(const Space& space) {
  return std::visit([](const auto& one) { return of(one); }, space);
}

tl::expected<void, Error> check_genome(GenomeView flat, const Space& space) {
  return std::visit([&](const auto& one) { return check_genome(flat, one); }, space);
}

tl::expected<void, Error> check_limits(GenomeView flat, const Space& space) {
  auto checked = check_genome(flat, space);
  const auto* programs = std::get_if<ProgramSpace>(&space);
  return checked && programs ? check_limits(flat, *programs) : checked;
}

std::string genome_text(GenomeView flat, const Space& space) {
  return std::visit([&](const auto& one) { return genome_text(flat, one); }, space);
}

tl::expected<Genome, Error> parse_genome(std::string_view text, const Space& space) {
  return std::visit([&](const auto& one) { return parse_genome(text, one); }, space);
}

std::vector<std::byte> structural_bytes(GenomeView flat, const Space& space) {
  return std::visit([&](const auto& one) { return structural_bytes(flat, one); }, space);
}

}  // namespace equivolve::search
