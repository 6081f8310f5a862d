// Where a search looks: the space of one representation. Each representation offers the functions
// below for its own space (program_space.hpp, ...); these ask the one that a space holds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "search/genome/genome.hpp"
#include "search/space/configuration_space.hpp"
#include "search/space/expression_space.hpp"
#include "search/space/graph_space.hpp"
#include "search/space/program_space.hpp"
#include "search/space/sequence_space.hpp"

namespace equivolve::search {

using Space =
    std::variant<ProgramSpace, ConfigurationSpace, GraphSpace, SequenceSpace, ExpressionSpace>;

Representation representation_of(const Space& space);

/// Whether a genome lies in the space: its form, what its parts may be, and what the space rules
/// out. The error says what is wrong and where in the genome. [any-thread, as all of these]
tl::expected<void, Error> check_genome(GenomeView flat, const Space& space);

/// Whether a search could breed it and breed from it: check_genome, and the limits that only
/// breeding keeps to (lengths and operations of programs).
tl::expected<void, Error> check_limits(GenomeView flat, const Space& space);

/// The readable form; parse_genome gives the same genome back, bytes and all. "" for bytes that are
/// no genome.
std::string genome_text(GenomeView flat, const Space& space);
/// What a person or an evaluator wrote. The error has line and column.
tl::expected<Genome, Error> parse_genome(std::string_view text, const Space& space);

/// Bytes that are equal where the written forms are the same up to what cannot matter by form alone
/// (dead parts, the order of operands that commute, the numbering of vertices): the structural hash
/// that functional hashing is compared with. Equal bytes mean equal behaviour.
std::vector<std::byte> structural_bytes(GenomeView flat, const Space& space);

}  // namespace equivolve::search
