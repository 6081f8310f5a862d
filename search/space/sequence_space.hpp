// Which sequences a search may look at.
//
// Text form: where every symbol is one character, the symbols joined ("ACGTTA"); otherwise the
// symbols with blanks between them ("rot_x wait rot_y"). Blanks and line breaks do not matter to
// the reader where the symbols need none between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/genome/sequence.hpp"

namespace equivolve::search {

struct SequenceSpace {
  std::vector<std::string> alphabet;  ///< 1..255 symbols (is_symbol), distinct
  std::uint32_t min_length = 8;       ///< tokens, >= 1
  std::uint32_t max_length = 8;       ///< <= 65,536; equal to min_length: lengths never vary
  std::uint32_t initial_length = 8;   ///< of random sequences; min_length..max_length
  bool operator==(const SequenceSpace&) const = default;
};

/// What may be a symbol: 1 to 63 bytes of UTF-8 without blanks and control characters.
bool is_symbol(std::string_view text);

/// The characters of a text, as an alphabet of single characters is written ("ACGT"). Bytes that
/// are no UTF-8 come out one by one (is_symbol refuses them).
std::vector<std::string> characters_of(std::string_view text);

// What every representation offers; space.hpp says what each is for.
tl::expected<void, Error> check_genome(GenomeView flat, const SequenceSpace& space);
std::string genome_text(GenomeView flat, const SequenceSpace& space);
tl::expected<Genome, Error> parse_genome(std::string_view text, const SequenceSpace& space);
/// The genome's own bytes: no two sequences are the same by form alone.
std::vector<std::byte> structural_bytes(GenomeView flat, const SequenceSpace& space);

}  // namespace equivolve::search
