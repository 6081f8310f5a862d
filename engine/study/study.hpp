// Measurements of Equivolve itself that anybody can repeat. A study is a file pair with one
// function, and a row in hashing_studies(); the command `equivolve study` prints what it returns.
// [any-thread]
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace equivolve::study {

struct StudySettings {
  std::uint64_t seed = 1;  ///< of everything that is drawn: equal seeds give equal figures
  bool quick = false;      ///< fewer samples: seconds instead of minutes
  std::function<void(double)> progress = [](double) {};  ///< told the share done, now and then
};

/// A count, a measured number, or a word.
using Cell = std::variant<std::uint64_t, double, std::string>;

struct StudyTable {
  std::string name;   ///< in JSON
  std::string title;  ///< one line, for people
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  ///< each as long as `columns`
};

struct StudyResult {
  std::vector<std::pair<std::string, Cell>> figures;  ///< names are unique
  std::vector<StudyTable> tables;
};

struct Study {
  std::string_view name;     ///< what --only takes
  std::string_view summary;  ///< what it counts, one line
  StudyResult (*run)(const StudySettings& settings);
};

/// Of the functional hash against exact truths.
std::span<const Study> hashing_studies();

}  // namespace equivolve::study
