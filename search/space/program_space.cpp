#include "search/space/program_space.hpp"

#include <algorithm>

#include "search/genome/program_analysis.hpp"

namespace equivolve::search {
namespace {

std::string expected_length(const FunctionSpace& space) {
  const std::string least = std::to_string(space.min_length);
  return space.min_length == space.max_length ? least
                                              : least + " to " + std::to_string(space.max_length);
}

/// "" where a search could have bred it.
std::string function_fault(Function function, std::span<const eqv_instruction> code,
                           const FunctionSpace& space) {
  const std::string name(function_name(function));
  if (code.size() < space.min_length || code.size() > space.max_length)
    return name + " has " + std::to_string(code.size()) + " instructions; expected " +
           expected_length(space);
  for (std::size_t i = 0; i < code.size(); ++i) {
    const auto op = static_cast<Op>(code[i].op);
    if (!std::binary_search(space.operations.begin(), space.operations.end(), op))
      return "instruction " + std::to_string(i + 1) + " of " + name + " is '" +
             std::string(op_info(op).name) + "', which is not one of the operations of space." +
             name;
  }
  return "";
}

}  // namespace

tl::expected<void, Error> check_genome(GenomeView flat, const ProgramSpace& space) {
  if (const auto checked = check_program(flat, space.memories); !checked)
    return tl::unexpected<Error>(checked.error());
  return {};
}

tl::expected<void, Error> check_limits(GenomeView flat, const ProgramSpace& space) {
  const auto program = view_program(flat);
  if (!program) return tl::unexpected<Error>(program.error());
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    if (std::string fault =
            function_fault(static_cast<Function>(f), program->functions[f], space.functions[f]);
        !fault.empty())
      return tl::unexpected<Error>(Error{std::move(fault)});
  return {};
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
