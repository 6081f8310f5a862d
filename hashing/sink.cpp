#include "hashing/sink.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "hashing/canonical.hpp"
#include "hashing/readings.hpp"
#include "hashing/set_folding.hpp"

namespace equivolve::hashing {
namespace {

using detail::Choice;
using detail::GroupKind;

// An eighth of a cell at most, or most values would have two readings.
SinkSettings usable(SinkSettings settings) {
  settings.mantissa_bits = std::clamp(settings.mantissa_bits, 1, 52);
  settings.edge_bits = std::max(settings.edge_bits, settings.mantissa_bits + 3);
  return settings;
}

// Puts the cells of `group` / `divisor` at the end of `out` and reports each value near an edge as
// (position, neighbouring word, distance relative to the scale).
template <typename NearEdge>
void place_all(std::span<const double> group, double divisor, const Grid& grid,
               const SinkSettings& settings, std::uint64_t* out, NearEdge near_edge) {
  const double margin = power_of_two(settings.mantissa_bits - settings.edge_bits);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!std::isfinite(group[i])) {
      out[i] = non_finite_word(group[i]);
      continue;
    }
    const Grid::Place place = grid.place(divisor == 1 ? group[i] : group[i] / divisor);
    out[i] = static_cast<std::uint64_t>(place.cell);
    if (place.edge <= margin) [[unlikely]] {
      near_edge(i, static_cast<std::uint64_t>(place.cell + place.side),
                place.edge * power_of_two(-settings.mantissa_bits));
    }
  }
}

void append_distinct(std::vector<Digest>& digests, const Digest& key, const Digest& digest) {
  if (digest == key || std::find(digests.begin(), digests.end(), digest) != digests.end()) return;
  digests.push_back(digest);
}

}  // namespace

OutputSink::OutputSink(SinkSettings settings) : settings_(usable(settings)) {}
OutputSink::~OutputSink() = default;
OutputSink::OutputSink(const OutputSink&) = default;
OutputSink& OutputSink::operator=(const OutputSink&) = default;
OutputSink::OutputSink(OutputSink&&) noexcept = default;
OutputSink& OutputSink::operator=(OutputSink&&) noexcept = default;

void OutputSink::values(std::span<const double> group) {
  if (settings_.exact) {
    put_exact(group);
  } else if (settings_.grid != GridKind::kScaled) {
    put_own_scale(GroupKind::kValues, group, 1);
  } else {
    put_grid(GroupKind::kValues, group, 1);
  }
}

void OutputSink::direction(std::span<const double> group) {
  const double largest = largest_finite(group);
  const double divisor = largest > 0 ? largest : 1;
  if (settings_.grid != GridKind::kScaled && !settings_.exact) {
    put_own_scale(GroupKind::kDirection, group, divisor);
  } else {
    put_grid(GroupKind::kDirection, group, divisor);
  }
}

// Each value's own cell; the cells of the second grid wait in `spare_`.
void OutputSink::put_own_scale(GroupKind kind, std::span<const double> group, double divisor) {
  words_.push_back(header_word(kind, group.size()));
  const auto place = [&](std::vector<std::uint64_t>& out, bool shifted) {
    for (const double value : group)
      out.push_back(own_scale_word(value / divisor, settings_.mantissa_bits, shifted));
  };
  if (settings_.grid == GridKind::kShifted) {
    choices_.push_back(
        {Choice::Kind::kScale, words_.size() - 1, words_.size(), group.size(), spare_.size(), 0});
    place(spare_, true);
  }
  place(words_, false);
}

void OutputSink::put_exact(std::span<const double> group) {
  const std::size_t header = words_.size();
  words_.resize(header + 1 + group.size());
  std::uint64_t* word = words_.data() + header;
  *word = header_word(GroupKind::kExact, group.size());
  for (const double value : group) *++word = exact_word(value);
}

// A group on the grid is its header, its scale's code and its cells.
void OutputSink::put_grid(GroupKind kind, std::span<const double> group, double divisor) {
  const double largest = largest_finite(group);
  if (largest == 0) {
    words_.push_back(header_word(kind, group.size()));
    words_.push_back(kZeroScale);
    for (const double value : group) {
      words_.push_back(std::isfinite(value) ? 0 : non_finite_word(value));
    }
    return;
  }
  if (kind == GroupKind::kDirection) {
    // The largest magnitude is exactly 1 after the division: its scale cannot be mistaken.
    put_scaled(kind, group, divisor, 0);
    return;
  }
  const std::size_t header = words_.size();
  const int exponent = exponent_of(largest);
  const ScaleNeighbour neighbour =
      scale_neighbour(largest, exponent, power_of_two(-settings_.edge_bits));
  if (neighbour.exists) {
    choices_.push_back({Choice::Kind::kScale, header, header + 1, group.size() + 1, spare_.size(),
                        neighbour.distance});
  }
  put_scaled(kind, group, divisor, exponent);
  if (neighbour.exists) put_rescaled(header, group, neighbour.exponent);
}

void OutputSink::put_scaled(GroupKind kind, std::span<const double> group, double divisor,
                            int exponent) {
  const std::size_t header = words_.size();
  const std::size_t start = header + 2;
  words_.resize(start + group.size());
  words_[header] = header_word(kind, group.size());
  words_[header + 1] = scale_code(exponent);
  place_all(group, divisor, Grid(exponent, settings_.mantissa_bits), settings_,
            words_.data() + start, [&](std::size_t i, std::uint64_t other, double distance) {
              choices_.push_back({Choice::Kind::kValue, header, start + i, 1, other, distance});
            });
}

void OutputSink::put_rescaled(std::size_t header, std::span<const double> group, int exponent) {
  const std::size_t start = spare_.size();
  spare_.resize(start + 1 + group.size());
  spare_[start] = scale_code(exponent);
  place_all(group, 1, Grid(exponent, settings_.mantissa_bits), settings_, spare_.data() + start + 1,
            [&](std::size_t i, std::uint64_t other, double distance) {
              choices_.push_back(
                  {Choice::Kind::kRescaledValue, header, header + 2 + i, 1, other, distance});
            });
}

void OutputSink::ranking(std::span<const double> group) {
  const double largest = settings_.exact ? 0 : largest_finite(group);
  const double tie = largest == 0 ? 0 : power_of_two(exponent_of(largest) - settings_.edge_bits);
  words_.push_back(header_word(GroupKind::kRanking, group.size()));
  const std::size_t start = words_.size();
  words_.resize(start + 2 * group.size());
  const auto room = std::span(words_).subspan(start);
  dense_ranks(group, tie, room.first(group.size()), room.last(group.size()));
  words_.resize(start + group.size());
}

void OutputSink::labels(std::span<const std::int64_t> group) {
  words_.push_back(header_word(GroupKind::kLabels, group.size()));
  const std::size_t start = words_.size();
  words_.resize(start + 2 * group.size());
  const auto room = std::span(words_).subspan(start);
  rename_by_first_appearance(group, room.first(group.size()), room.last(group.size()));
  words_.resize(start + group.size());
}

void OutputSink::put_packed(GroupKind kind, const void* data, std::size_t size) {
  words_.push_back(header_word(kind, size));
  const std::size_t start = words_.size();
  words_.resize(start + (size + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
  if (size > 0) std::memcpy(words_.data() + start, data, size);
}

void OutputSink::bytes(std::span<const std::byte> group) {
  put_packed(GroupKind::kBytes, group.data(), group.size());
}

void OutputSink::text(std::string_view group) {
  put_packed(GroupKind::kText, group.data(), group.size());
}

void OutputSink::integer(std::int64_t value) {
  words_.push_back(header_word(GroupKind::kInteger, 1));
  words_.push_back(static_cast<std::uint64_t>(value));
}

void OutputSink::open_set() {
  marks_.push_back({detail::SetMark::Kind::kOpen, words_.size()});
}
void OutputSink::end_item() {
  marks_.push_back({detail::SetMark::Kind::kItem, words_.size()});
}
void OutputSink::close_set() {
  marks_.push_back({detail::SetMark::Kind::kClose, words_.size()});
}

ProbeDigest OutputSink::finish() const {
  const auto digest_of = [&](std::span<const std::uint64_t> words) {
    return marks_.empty() ? detail::digest_words(words) : detail::digest_with_sets(words, marks_);
  };
  ProbeDigest result{digest_of(words_), {}};
  if (choices_.empty()) return result;
  std::vector<std::uint64_t> words;
  if (settings_.grid == GridKind::kShifted && !settings_.exact) {
    words = words_;
    for (const Choice& choice : choices_)
      std::copy_n(spare_.begin() + static_cast<std::ptrdiff_t>(choice.other), choice.count,
                  words.begin() + static_cast<std::ptrdiff_t>(choice.word));
    result.alternatives.push_back(digest_of(words));
    return result;
  }
  const std::vector<detail::Reading> readings = detail::most_ambiguous(choices_);
  for (std::size_t k = 1; k < readings.size(); ++k) {
    words = words_;
    detail::apply_reading(readings[k], choices_, spare_, words);
    append_distinct(result.alternatives, result.key, digest_of(words));
  }
  return result;
}

void OutputSink::clear() {
  words_.clear();
  spare_.clear();
  marks_.clear();
  choices_.clear();
}

}  // namespace equivolve::hashing
