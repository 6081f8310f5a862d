// The `sequence` representation: tokens of a finite alphabet, each the position of a symbol in it.
// Flat layout in equivolve_genome.h; the alphabet is the space's (search/space/sequence_space.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <tl/expected.hpp>

#include "search/genome/equivolve_genome.h"
#include "search/genome/genome.hpp"

namespace equivolve::search {

inline constexpr std::uint32_t kMaxSequenceLength = 65536;
inline constexpr std::size_t kMaxAlphabet = 255;

using Tokens = std::span<const std::uint8_t>;

/// The tokens, seen in place; the error says what of the layout is wrong. Any length and any tokens
/// are taken. [any-thread, as all of these]
tl::expected<Tokens, Error> view_sequence(GenomeView flat);

/// A genome of `length` tokens, all 0, to be filled in: see tokens_of.
Genome blank_sequence(std::size_t length);
/// Of a genome made by blank_sequence.
std::span<std::uint8_t> tokens_of(Genome& sequence);

}  // namespace equivolve::search
