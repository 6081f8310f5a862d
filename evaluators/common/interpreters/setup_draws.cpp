#include "evaluators/common/interpreters/setup_draws.hpp"

#include <algorithm>

namespace equivolve::interpreters {

std::span<const double> SetupDraws::normals(std::span<const std::uint64_t> seeds,
                                            hashing::Purpose purpose, std::uint32_t ordinal,
                                            std::size_t count) {
  const std::size_t lanes = seeds.size(), wanted = count * lanes;
  const bool keeps = wanted <= kMostKept;
  Entry& entry =
      keeps ? entries_[(seeds.front() + ordinal * 31u + count * 7u) % entries_.size()] : large_;
  const bool known = keeps && entry.ordinal == ordinal && entry.purpose == purpose &&
                     entry.numbers.size() == wanted && std::ranges::equal(entry.seeds, seeds);
  if (known) return entry.numbers;
  entry.seeds.assign(seeds.begin(), seeds.end());
  entry.purpose = purpose;
  entry.ordinal = ordinal;
  entry.numbers.resize(wanted);
  for (std::size_t l = 0; l < lanes; ++l) {
    hashing::Stream stream(seeds[l], purpose, ordinal);
    for (std::size_t e = 0; e < count; ++e) entry.numbers[e * lanes + l] = stream.gaussian();
  }
  return entry.numbers;
}

}  // namespace equivolve::interpreters
