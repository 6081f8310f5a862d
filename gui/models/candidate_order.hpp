// Which candidates a table shows, and in which order. Columns of the table:
//   0 ticket, 1 birth, 2 class, 3 status, 4 duplicate, 5 level, 6 seconds, then the run's figures.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "gui/models/candidate_data.hpp"
#include "gui/models/filter.hpp"

namespace equivolve::gui {

enum Column : int {
  kTicketColumn,
  kBirthColumn,
  kClassColumn,
  kStatusColumn,
  kDuplicateColumn,
  kLevelColumn,
  kSecondsColumn,
  kFirstFigureColumn
};

struct Sorting {
  int column = kTicketColumn;
  bool descending = false;
  bool operator==(const Sorting&) const = default;
};

/// A number by which a column sorts; NaN where it has none.
double sort_value(const CandidateData& data, int column, std::size_t row);

/// The rows that match, as tickets, in order; equal ones by ticket, those without a value last.
/// Nothing when `cancelled` became true on the way. [any-thread]
std::optional<std::vector<std::uint32_t>> candidate_order(const CandidateData& data,
                                                          const Filter& filter, Sorting sorting,
                                                          const std::atomic<bool>& cancelled);

}  // namespace equivolve::gui
