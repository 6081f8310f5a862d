#include "search/genome/sequence.hpp"

#include <bit>
#include <cstring>

namespace equivolve::search {
namespace {

static_assert(sizeof(eqv_sequence_header) == 8);
static_assert(std::endian::native == std::endian::little, "genomes are stored little-endian");

tl::unexpected<Error> sequence_error(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace

tl::expected<Tokens, Error> view_sequence(GenomeView flat) {
  eqv_sequence_header header{};
  if (flat.size() < sizeof header) return sequence_error("too short for a sequence");
  std::memcpy(&header, flat.data(), sizeof header);
  if (header.reserved != 0) return sequence_error("reserved field is not zero");
  if (flat.size() != sizeof header + header.length)
    return sequence_error("sequence's size does not fit its header");
  return Tokens(reinterpret_cast<const std::uint8_t*>(flat.data()) + sizeof header, header.length);
}

Genome blank_sequence(std::size_t length) {
  const eqv_sequence_header header{static_cast<std::uint32_t>(length), 0};
  Genome genome;
  genome.representation = Representation::kSequence;
  genome.flat.resize(sizeof header + length);
  std::memcpy(genome.flat.data(), &header, sizeof header);
  return genome;
}

std::span<std::uint8_t> tokens_of(Genome& sequence) {
  const std::span<std::byte> bytes(sequence.flat);
  const auto tokens = bytes.subspan(sizeof(eqv_sequence_header));
  return {reinterpret_cast<std::uint8_t*>(tokens.data()), tokens.size()};
}

}  // namespace equivolve::search
