// Sums over samples and pixels, channel by channel, of numbers in which channels vary fastest.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace equivolve::nn {

constexpr std::size_t kEnoughOfATile = 64;

/// Numbers that one turn of an inner loop takes: whole sets of channels, and enough of them to fill
/// vector registers even where channels are few.
inline std::size_t tile_length(std::size_t channels) {
  return channels * ((kEnoughOfATile + channels - 1) / channels);
}

/// values[c] for every place of a tile.
template <class Scalar>
void fill_tile(const Scalar* values, std::size_t channels, Scalar* tile) {
  for (std::size_t k = 0; k < tile_length(channels); k += channels)
    std::copy_n(values, channels, tile + k);
}

/// body(first, length) for stretches of numbers first .. first + length - 1, each of which starts
/// with channel 0 and is at most a tile long. The usual length is a constant, which saves its loop
/// every question about its end.
template <class Body>
void for_each_tile(std::size_t channels, std::size_t positions, Body body) {
  const std::size_t tile = tile_length(channels), count = channels * positions;
  std::size_t first = 0;
  if (tile == kEnoughOfATile)
    for (; first + tile <= count; first += tile)
      body(first, std::integral_constant<std::size_t, kEnoughOfATile>{});
  for (; first < count; first += tile) body(first, std::min(tile, count - first));
}

/// body(first position, positions) for stretches that stay in the cache, so that a second look
/// at one costs little.
template <class Body>
void for_each_stretch(std::size_t channels, std::size_t positions, Body body) {
  constexpr std::size_t kTiles = 48;
  const std::size_t stretch = kTiles * tile_length(channels) / channels;
  for (std::size_t first = 0; first < positions; first += stretch)
    body(first, std::min(stretch, positions - first));
}

/// sums[c] = the sum over positions p of term(p * channels + c, place in the tile). Added up in
/// blocks, so that rounding errors grow with the number of blocks rather than that of positions.
/// `scratch`: two tiles.
template <class Scalar, class Term>
void sum_channels(std::size_t channels, std::size_t positions, Scalar* scratch, Scalar* sums,
                  Term term) {
  constexpr std::size_t kTilesOfABlock = 64;
  const std::size_t tile = tile_length(channels);
  Scalar* __restrict block = scratch;
  Scalar* __restrict total = scratch + tile;
  std::fill_n(scratch, 2 * tile, Scalar{0});
  std::size_t tiles = 0;
  for_each_tile(channels, positions, [&](std::size_t first, auto length) {
    for (std::size_t k = 0; k < length; ++k) block[k] += term(first + k, k);
    if (++tiles % kTilesOfABlock != 0) return;
    for (std::size_t k = 0; k < tile; ++k) total[k] += block[k];
    std::fill_n(block, tile, Scalar{0});
  });
  std::fill_n(sums, channels, Scalar{0});
  for (std::size_t k = 0; k < tile; k += channels)
    for (std::size_t c = 0; c < channels; ++c) sums[c] += total[k + c] + block[k + c];
}

}  // namespace equivolve::nn
