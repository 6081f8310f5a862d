// Where a probe puts everything a candidate does, in order. The sink canonicalises, so that
// behaviour that cannot matter to a fitness does not reach the hash, and yields the digest. It
// knows no genome: one sink serves programs, graphs, formulas, configurations and sequences.
// Source: Gillard et al. 2023, "Unified Functional Hashing in Automatic Machine Learning" (arXiv
// 2302.05433); the grid (cells relative to a group's scale, rounding, several look-ups near an
// edge) is ours: see docs/hashing.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hashing/digest.hpp"

namespace equivolve::hashing {

namespace detail {
enum class GroupKind : std::uint8_t;
struct SetMark;
struct Choice;
}  // namespace detail

/// What a number's cell is relative to.
enum class GridKind : std::uint8_t {
  kScaled,     ///< its group's scale, rounded, with neighbours tried near an edge: the default
  kPublished,  ///< its own exponent, cut off: Gillard et al. 2023 (whose code also leaves out the
               ///< sign; this keeps it)
  kShifted,    ///< its own exponent, on two grids half a cell apart: equal on either is equal. The
               ///< digest's one alternative is that on the second grid (CacheSettings::two_keys)
};

/// How finely numbers are told apart.
struct SinkSettings {
  /// Cells are 2^-mantissa_bits of the group's scale. 1..52; default 24 for double outputs, 12 for
  /// float.
  int mantissa_bits = 24;
  /// Distance from a cell's edge, relative to the scale, below which both sides are tried:
  /// 2^-edge_bits (40 double, 20 float). Never more than an eighth of a cell: values below
  /// mantissa_bits + 3 count as mantissa_bits + 3.
  int edge_bits = 40;
  /// All bits of each value, no grid and no neighbours: for arithmetic that is the same bit for bit
  /// in every spelling.
  bool exact = false;
  GridKind grid = GridKind::kScaled;  ///< without effect under `exact`
  bool operator==(const SinkSettings&) const = default;
};

/// Whether a digest's first alternative is that on a second grid (CacheSettings::two_keys).
inline bool has_two_keys(const SinkSettings& settings) {
  return settings.grid == GridKind::kShifted && !settings.exact;
}

/// One probe's outputs. Not synchronised; reusable after clear().
///
/// Every call adds one *group*; order and grouping are part of the behaviour (two values in one
/// group differ from the same two in two groups). -0 is +0; all NaN are one NaN; +Inf and -Inf keep
/// their sign. A group's scale is the power of two at or below its largest finite magnitude; a
/// group of zeros has a scale of its own.
class OutputSink {
 public:
  explicit OutputSink(SinkSettings settings = {});

  void values(std::span<const double> group);     ///< numbers as they are
  void direction(std::span<const double> group);  ///< up to a positive factor (scores, weights)
  void ranking(std::span<const double> group);    ///< only the order matters; values closer than
                                                  ///< 2^-edge_bits of the scale tie
  void labels(
      std::span<const std::int64_t> group);  ///< names are arbitrary: renamed by first appearance
  void bytes(std::span<const std::byte> group);
  void text(std::string_view group);
  void integer(std::int64_t value);  ///< exact, whatever the settings

  /// Items between open_set and close_set form a set: their order does not matter, their number of
  /// copies does. Each item ends with end_item(). Sets may be nested. An item is whatever was put
  /// in since the last end_item.
  void open_set();
  void end_item();
  void close_set();

  /// The digest of all that was put in. All sets must be closed. Does not change the sink.
  /// (The calls may come from a plugin, so misuse is defined, not fatal: finish reads an open set
  /// as closed at the end, content before close_set without end_item is the last item, an end_item
  /// or close_set outside any set is hashed as a mark.)
  ProbeDigest finish() const;
  void clear();

 private:
  void put_packed(detail::GroupKind kind, const void* data, std::size_t size);
  void put_grid(detail::GroupKind kind, std::span<const double> group, double divisor);
  void put_exact(std::span<const double> group);
  void put_own_scale(detail::GroupKind kind, std::span<const double> group, double divisor);
  void put_scaled(detail::GroupKind kind, std::span<const double> group, double divisor,
                  int exponent);
  void put_rescaled(std::size_t header, std::span<const double> group, int exponent);

  SinkSettings settings_;
  std::vector<std::uint64_t> words_;  // the plain reading
  std::vector<std::uint64_t>
      spare_;  // words of the groups whose scale could have been the neighbouring one
  std::vector<detail::SetMark> marks_;   // where sets open, items end, sets close
  std::vector<detail::Choice> choices_;  // where rounding could have gone the other way

 public:
  ~OutputSink();
  OutputSink(const OutputSink&);
  OutputSink& operator=(const OutputSink&);
  OutputSink(OutputSink&&) noexcept;
  OutputSink& operator=(OutputSink&&) noexcept;
};

}  // namespace equivolve::hashing
