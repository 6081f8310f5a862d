// Recovers from a damaged results file what can still be read, into a new file: `store salvage`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/records.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine {

struct SalvagedRun {
  RunId run = 0;
  std::string name;
  std::uint64_t told_before = 0;  ///< as its row says; 0 when that row is lost
  std::uint64_t told = 0;         ///< tickets 0 .. told-1 are whole: `resume` goes on from there
};

struct Salvaged {
  std::uint64_t rows = 0;             ///< in the new file
  std::uint64_t broken_rows = 0;      ///< read, but not what was written: left out
  std::vector<std::string> problems;  ///< one line each: what could not be read
  std::vector<SalvagedRun> runs;
};

/// Never touches `file`. `out` must not be there; it appears whole or not at all. Rows count when
/// their checksum is right. Of each run a prefix of tickets remains for which everything is there;
/// where that is less than there was, the run is marked as stopped by "salvage", so that it can be
/// resumed. A run whose own row is lost is lost: its configuration is in it. Between two damaged
/// places in one run's rows of a table nothing is looked for. The file must be of our schema
/// number.
tl::expected<Salvaged, StoreError> salvage_store(const std::filesystem::path& file,
                                                 const std::filesystem::path& out);

}  // namespace equivolve::engine
