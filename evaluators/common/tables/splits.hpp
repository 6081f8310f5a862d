// Cutting rows in two, and the order in which rows are seen. All draws come from the caller's
// stream, in a fixed order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hashing/stream.hpp"

namespace equivolve::tables {

using Rows = std::vector<std::uint32_t>;

struct Cut {
  Rows rest;  ///< ascending
  Rows part;  ///< ascending, about `share` of all
};

/// Fisher-Yates from the last place down, one below() a place.
void shuffle(std::span<std::uint32_t> rows, hashing::Stream& stream);

/// How many of n rows a share takes: rounded half up, at least 1 and leaving at least `leave`. n >
/// leave >= 1.
std::size_t share_of(std::size_t n, double share, std::size_t leave);

/// Takes a share of `rows` at random. With `classes` (one number 0..count-1 for every row of the
/// table, indexed by row) the share is taken in each class by itself (stratified); each must have
/// more than `leave` rows. Empty `classes`: of all rows.
Cut cut_rows(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> classes,
             double share, std::size_t leave, hashing::Stream& stream);

}  // namespace equivolve::tables
