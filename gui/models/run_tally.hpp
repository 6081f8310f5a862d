// What a run has come to so far, counted from its rows: for runs without a summary, and for curves.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::gui {

/// The best of the first told figure among the first `told` candidates.
struct CurvePoint {
  std::uint64_t told = 0;
  double best = 0;
  bool operator==(const CurvePoint&) const = default;
};
using Curve = std::vector<CurvePoint>;

/// Grows with its run: what was read once is not read again. One thread at a time.
class RunTally {
 public:
  /// A curve has at most this many points, and half as many at least once there are as many
  /// strides.
  static constexpr std::size_t kMostPoints = 128;

  /// Whether nothing was told since the last update.
  bool is_current(const engine::RunInfo& run) const { return told_ == run.state.told; }
  /// Reads the outcomes told since, in short read transactions; counts them only where the run has
  /// no summary. An error is one line for people.
  tl::expected<void, std::string> update(const engine::StoreReader& reader,
                                         const engine::RunInfo& run);

  /// Null before the first update, and where the summary says it.
  const engine::RunCounts* counts() const { return counts_ ? &*counts_ : nullptr; }
  /// At the ends of strides of equal length and at the last candidate; from the first one on that
  /// was ok.
  const std::shared_ptr<const Curve>& curve() const { return curve_; }

 private:
  tl::expected<void, std::string> extend(const engine::StoreReader& reader,
                                         const engine::RunInfo& run);
  void add_stride(std::optional<double> best, bool minimize);

  std::optional<std::uint64_t> told_;
  std::optional<engine::RunCounts> counts_;
  std::uint64_t stride_ = 64;                // candidates
  std::vector<std::optional<double>> ends_;  // the best so far at the end of each whole stride
  std::shared_ptr<const Curve> curve_ = std::make_shared<const Curve>();
};

}  // namespace equivolve::gui
