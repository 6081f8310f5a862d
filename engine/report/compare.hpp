// Runs and groups of runs against each other: `compare`, and the tables of a report.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/report/statistics.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::engine {

enum class Stage : std::uint8_t { kSearch, kConfirmed, kTest };
const char* stage_name(Stage stage);  ///< "search", "confirmed", "test"

/// One value of a side. Values of two sides with the same `pair` came about under the same
/// conditions: data and how they are split, seed, and repeats of the final stage.
struct Sample {
  std::string data;  ///< which data set: a digest, or the context where the data are unknown
  std::string pair;
  double value = 0;
};

/// What is compared: one run, or the runs of a group that have the same varied settings.
struct Side {
  std::string label;
  std::vector<RunInfo> runs;       ///< finished, with a result
  std::size_t without_result = 0;  ///< planned, begun or failed
};

/// The sides of a group: one for each combination of varied settings. Which data are used makes no
/// side: they are compared side by side on each data set.
tl::expected<std::vector<Side>, StoreError> sides_of(const StoreReader& reader,
                                                     const GroupInfo& group);
Side side_of(RunInfo run);

/// "A", "B", ... "Z", "AA", "AB", ...: what tables and charts call the side at that position.
std::string side_letter(std::size_t position);

struct SideFigures {
  std::string label;
  std::size_t runs = 0, without_result = 0;
  struct OnData {
    std::string data;
    std::size_t count = 0;
    double mean = 0;
    Quartiles quartiles;
  };
  std::vector<OnData> figures;
};

/// Side `a` against side `b`.
struct PairFigures {
  std::size_t a = 0, b = 0;
  bool paired = false;
  /// a minus b, in the figure's unit; `count` pairs, or the smaller side. Not paired: the mean over
  /// data sets.
  Interval difference;
  Improvement improvement;  ///< of a over b
};

struct SettingDifference {
  std::string key;                  ///< as `--set` takes it
  std::vector<std::string> values;  ///< one a side; several values of a side: "1, 2"
};

struct ComparedFigures {
  std::string figure, unit;
  bool minimize = false;
  Stage stage = Stage::kConfirmed;
  bool of_repeats = false;  ///< samples are the repeats of single runs, not runs
  std::vector<SideFigures> sides;
  std::vector<PairFigures> pairs;  ///< all of them up to four sides; beyond: each with the first
  std::vector<SettingDifference> settings;
  std::vector<std::string> notes;  ///< what may mislead
};

/// `figure` empty: the objective. The error says why they cannot be compared: other data, another
/// objective, no result.
tl::expected<ComparedFigures, std::string> compare(const StoreReader& reader,
                                                   const std::vector<Side>& sides,
                                                   const std::string& figure, Stage stage);

std::string to_text(const ComparedFigures& compared);
/// One line.
std::string to_json(const ComparedFigures& compared);

}  // namespace equivolve::engine
