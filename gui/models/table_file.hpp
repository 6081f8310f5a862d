// Rows of the table of candidates as a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <QString>
#include <QStringList>

#include "gui/models/candidate_data.hpp"

namespace equivolve::gui {

/// What the table shows, as it was at one moment.
struct TableRows {
  CandidateData data;
  std::shared_ptr<const std::vector<std::uint32_t>> tickets;  ///< the rows in order
  std::vector<int> columns;                                   ///< of candidate_order.hpp
  QStringList names;                                          ///< of those
};

/// Writes them to a .csv or .jsonl file, by its name, numbers in full; the file is there whole or
/// not at all. "" when all is well, else one line for people. [any-thread]
QString save_table(const QString& file, const TableRows& rows, const std::atomic<bool>& cancelled);

}  // namespace equivolve::gui
