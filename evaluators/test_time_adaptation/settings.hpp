// What a person may set, as plain values. The defaults stand here; schema.cpp shows them to the
// world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/common/tables/table_settings.hpp"
#include "evaluators/test_time_adaptation/formula_rule.hpp"
#include "evaluators/test_time_adaptation/stream.hpp"
#include "search/genome/genome.hpp"

namespace equivolve::test_time_adaptation {

/// Either a table (file, target) or IDX files (images, labels).
struct DataSettings {
  std::string file, target;
  tables::TableSettings columns;
  std::uint32_t pixel_rows = 0, pixel_columns = 0;  ///< of a table of images; 0: rows of numbers
  double white = 255;                               ///< the number of a white pixel

  std::string images, labels, stream_images, stream_labels;

  double stream_share = 0.4;  ///< without stream files: share of the samples kept for streams
  std::uint64_t split_seed = 0;
  std::uint32_t training_samples = 0;  ///< at most so many; 0: all

  bool is_table() const { return !file.empty(); }
};

enum class ModelKind : std::uint8_t { kAuto, kPerceptron, kConvolutional };
enum class PosteriorKind : std::uint8_t { kFisher, kIsotropic, kFile };

struct ModelSettings {
  ModelKind kind = ModelKind::kAuto;
  std::vector<std::uint32_t> widths{64, 64}, channels{8, 16, 32};
  std::optional<std::uint32_t> epochs, averaged_epochs;
  std::uint64_t seed = 0;
  std::string file;  ///< a trained network; empty: it is trained here
  PosteriorKind posterior = PosteriorKind::kFisher;  ///< of a network from a file
  std::string posterior_file;
  double posterior_variance = 1e-5;
};

struct StreamOptions {
  Protocol protocol = Protocol::kLifelong;
  int severity = 5;
  std::uint32_t rounds = 1, samples = 200;
  std::vector<std::string> corruptions, unseen;  ///< names; empty: all; none
  bool report_on_all = false;                    ///< the test stream has the seen ones too
  std::vector<LabelOrder> label_orders{LabelOrder::kShuffled, LabelOrder::kDirichlet};
  double delta = 0.1;
  std::vector<std::uint32_t> batches{1, 4, 16, 64};
};

/// Of the references, and of what a formula does not replace; empty: by the kind of model.
struct ViewOptions {
  std::optional<std::uint32_t> augmentations;
  std::optional<double> strength, confidence_threshold;
};

struct Options {
  ModelSettings model;
  StreamOptions stream;
  ViewOptions views;
  std::uint32_t screening_samples = 0;  ///< of the first of two levels; 0: one level
  bool cost = false;                    ///< network passes are a second objective
  RulePart rule = RulePart::kRestoration;
};

struct Settings {
  search::Representation representation = search::Representation::kConfiguration;
  DataSettings data;
  Options options;
};

/// Throws sdk::Refused with a pointer to what is wrong.
Settings read_settings(std::string_view config_json);

/// JSON Schemas (draft 2020-12) of {"data", "options"} and of apply's options.
std::string config_schema();
std::string apply_schema();

struct ApplySettings {
  std::optional<std::string> data;
  std::uint32_t batch = 64;
};
ApplySettings read_apply_settings(std::string_view options_json);

}  // namespace equivolve::test_time_adaptation
