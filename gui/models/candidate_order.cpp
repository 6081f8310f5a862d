#include "gui/models/candidate_order.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace equivolve::gui {
namespace {

struct Keyed {
  double key;
  std::uint32_t row;
};

void sort_by_column(std::vector<std::uint32_t>& rows, const CandidateData& data, Sorting sorting) {
  std::vector<Keyed> keyed;
  keyed.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    const double value = sort_value(data, sorting.column, row);
    keyed.push_back({sorting.descending ? -value : value, row});
  }
  const auto missing = std::stable_partition(keyed.begin(), keyed.end(),
                                             [](const Keyed& k) { return !std::isnan(k.key); });
  std::sort(keyed.begin(), missing, [](const Keyed& a, const Keyed& b) {
    return a.key != b.key ? a.key < b.key : a.row < b.row;
  });
  std::ranges::transform(keyed, rows.begin(), &Keyed::row);
}

}  // namespace

double sort_value(const CandidateData& data, int column, std::size_t row) {
  switch (column) {
    case kTicketColumn:
      return static_cast<double>(row);
    case kBirthColumn:
      return static_cast<double>(data.birth(row));
    case kClassColumn:
      return data.cls(row) == engine::kNone64 ? kNothing : static_cast<double>(data.cls(row));
    case kStatusColumn:
      return static_cast<double>(data.status(row));
    case kDuplicateColumn:
      return data.has(kDuplicate, row) ? 1 : 0;
    case kLevelColumn:
      return data.level(row);
    case kSecondsColumn:
      return data.seconds(row);
    default:
      return data.figure(static_cast<std::size_t>(column - kFirstFigureColumn), row);
  }
}

std::optional<std::vector<std::uint32_t>> candidate_order(const CandidateData& data,
                                                          const Filter& filter, Sorting sorting,
                                                          const std::atomic<bool>& cancelled) {
  std::vector<std::uint32_t> rows;
  if (filter.is_empty()) rows.reserve(data.rows());
  for (std::size_t row = 0; row < data.rows(); ++row) {
    if (row % kChunkRows == 0 && cancelled) return std::nullopt;
    if (filter.matches(data, row)) rows.push_back(static_cast<std::uint32_t>(row));
  }
  const bool by_ticket = sorting.column == kTicketColumn;
  if (by_ticket && sorting.descending) std::reverse(rows.begin(), rows.end());
  if (!by_ticket) sort_by_column(rows, data, sorting);
  if (cancelled) return std::nullopt;
  return rows;
}

}  // namespace equivolve::gui
