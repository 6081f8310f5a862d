// How a search went: best value and share of known behaviours, thinned while it is read.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "engine/report/statistics.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// After so many candidates. `seconds` is what their evaluations took, added up over workers: the
/// store keeps no clock time of a candidate.
struct CurvePoint {
  double candidates = 0, seconds = 0;
  double best = 0;   ///< of the first told figure; NaN before the first finite one
  double known = 0;  ///< share of the candidates whose behaviour was known
};

/// Which axis a curve is drawn against, and what of it.
enum class Against : std::uint8_t { kCandidates, kSeconds };
enum class Shown : std::uint8_t { kBest, kKnown };
double x_of(const CurvePoint& point, Against against);
double y_of(const CurvePoint& point, Shown shown);

using Curve = std::vector<CurvePoint>;

/// At most about 400 points, the last one after the last candidate. Memory does not grow with the
/// run.
tl::expected<Curve, StoreError> read_curve(const StoreReader& reader, const RunInfo& run);

/// Median and quartiles of several curves at up to `count` places of the axis: from where all of
/// them have a value, as a curve that joins later would make the median jump. A curve keeps its
/// last value beyond its end; one without any value does not count.
struct BandPoint {
  double x = 0;
  Quartiles y;
};
std::vector<BandPoint> band_of(std::span<const Curve> curves, Against against, Shown shown,
                               std::size_t count = 200);

}  // namespace equivolve::engine
