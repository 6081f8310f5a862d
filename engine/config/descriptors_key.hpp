// The key `search.descriptors`: for each descriptor the cells of a grid over it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/config/key_table.hpp"

namespace equivolve::engine {

inline constexpr std::uint64_t kMostCells = 10'000'000;  ///< of a grid, and so of one descriptor

Key descriptors_key(std::string name, std::string help,
                    Field<std::map<std::string, DescriptorConfig>> value);

}  // namespace equivolve::engine
