// The sections `data` and `options`, read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evaluators/sequence_design/designer.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/tasks.hpp"

namespace equivolve::sequence_design {

enum class FitnessKind { kHoldout, kPseudoOracle, kOracle };

struct Options {
  DesignerSettings designer;  ///< what a candidate does not say; also of the references
  Selection select = Selection::kDistinctTop;
  std::size_t min_distance = 2;
  FitnessKind fitness = FitnessKind::kPseudoOracle;
  std::size_t resamplings = 3;        ///< of the hold-out
  std::size_t screening_rows = 2048;  ///< of the first level; 0: there is none
  std::size_t referees = 5;
  double caution = 1;      ///< sequences as candidates: deviations of the referees taken off
  std::string unlabelled;  ///< a file, or empty
  std::vector<std::string> references{"offline_best", "random", "evolution", "gradient_ascent"};
};

struct Settings {
  TaskSettings task;
  Options options;
  bool sequences = false;  ///< candidates are sequences, not designers
};

/// Why `features: learned` is refused where there are no such sequences.
inline constexpr const char* kNeedsUnlabelled =
    "learned needs options.unlabelled, a file of sequences";

/// Throws sdk::Refused.
Settings read_settings(std::string_view json);
/// JSON Schemas. [any-thread]
std::string config_schema();
std::string apply_schema();

struct ApplySettings {
  bool backtest = true;
  std::size_t designs = 0;  ///< 0: as the options have it
};
ApplySettings read_apply_settings(std::string_view json);

/// The default space of designers, or of sequences, in the configuration's words.
std::string designer_space(const OfflineView& view, const Options& options);
std::string sequence_space(const OfflineView& view);

/// A designer's text form ("method: bib\n..."), over the options' own designer. Lines with names
/// that no parameter has are refused by the host before. Throws std::invalid_argument.
DesignerSettings read_designer(std::string_view text, const DesignerSettings& base);

}  // namespace equivolve::sequence_design
