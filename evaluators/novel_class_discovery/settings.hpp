// What a person may set, as plain values. The defaults stand here; schema.cpp shows them to the
// world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/common/tables/table_settings.hpp"
#include "evaluators/novel_class_discovery/class_count.hpp"

namespace equivolve::novel_class_discovery {

struct DataSettings {
  std::string file;
  std::string target;  ///< the column of class labels; empty cells are unlabelled rows
  std::optional<std::string> split;       ///< a column of "train" and "test"; else rows are drawn
  std::vector<std::string> novel;         ///< classes whose labels are hidden
  std::optional<std::size_t> draw_novel;  ///< so many classes, drawn by split_seed, in their place
  double hide_known = 0;  ///< share of each known class's rows whose labels are hidden too (mixed)
  double test_share = 0.3;  ///< without a split column; 0: no test split; else below 0.9
  std::uint64_t split_seed = 0;
  bool standardize = true;
  tables::TableSettings columns = {};
};

/// What a cell (representation graph) does not say of PBN; with these defaults.
struct CellOptions {
  double learning_rate = 1e-3;
  double dropout = 0.1;
  double label_weight = 0.5;
  std::optional<std::size_t> code;   ///< latent; else half of the columns, at least 8
  std::optional<std::size_t> width;  ///< of each vertex; else three quarters of the columns
};

/// What of a hidden class counts as found.
enum class FoldMeasure {
  kOverlap,   ///< rows it shares with its cluster, by all rows of either (Jaccard)
  kAccuracy,  ///< rows it shares with its cluster, whatever else is in there
};

struct Options {
  bool mixed = false;                  ///< unlabelled: mixed
  bool estimate = false;               ///< k.mode: estimate
  std::optional<std::size_t> classes;  ///< k.classes; else the number of data.novel
  CountSettings count;
  double hidden_fraction = 0.4;                 ///< of the known classes, in each fold
  bool hidden_only = false;                     ///< score_rows: hidden rows alone are clustered
  FoldMeasure measure = FoldMeasure::kOverlap;  ///< where unlabelled rows are clustered too
  std::size_t epochs = 200;
  std::size_t batch = 512;
  std::size_t restarts = 10;
  std::size_t most_rows = 6000;
  CellOptions cell;
};

struct Settings {
  DataSettings data;
  Options options;
};

/// Throws sdk::Refused with a pointer to what is wrong. Types and ranges are those of the schema.
Settings read_settings(std::string_view config_json);

/// JSON Schemas (draft 2020-12) of {"data", "options"} and of apply's options.
std::string config_schema();
std::string apply_schema();

}  // namespace equivolve::novel_class_discovery
