// What earlier runs of one evaluation context found out about behaviours, taken over by a new run.
// The snapshot is fixed when the run begins and kept with it, so that resuming and reproducing see
// the same, whatever became of the earlier runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"
#include "hashing/equivalence_cache.hpp"

namespace equivolve::engine {

/// One behaviour at one level.
struct WarmClass {
  hashing::WarmOutcome outcome;
  std::uint64_t common_seed = 0, own_seed = 0;  ///< of the (first) trial behind it
};

/// Ordered by digest, then level; no pair twice.
using WarmStart = std::vector<WarmClass>;

/// Of all runs in the store with this context that merged by behaviour; `figures`: named figures of
/// the evaluator. Of a behaviour that several runs evaluated, the earliest counts.
tl::expected<WarmStart, StoreError> gather_warm_start(const StoreReader& reader,
                                                      const hashing::Digest& context,
                                                      std::size_t figures);

std::vector<hashing::WarmOutcome> outcomes_of(const WarmStart& warm);
/// The entry of this digest and level; null when there is none.
const WarmClass* find(const WarmStart& warm, const hashing::Digest& digest, std::uint32_t level);

/// As it is kept with the run, under this name among its artefacts.
inline constexpr const char* kWarmStartName = "warm_start";
std::string encode(const WarmStart& warm);
/// Nothing when the bytes are none that encode gave.
tl::expected<WarmStart, std::string> decode_warm_start(std::string_view bytes);

}  // namespace equivolve::engine
