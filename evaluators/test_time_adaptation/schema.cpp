// The JSON Schemas, as text so that they read as what they are.
#include "evaluators/common/tables/table_keys.hpp"
#include "evaluators/test_time_adaptation/settings.hpp"

namespace equivolve::test_time_adaptation {
namespace {

constexpr std::string_view kSplits = R"(
            "stream_share": {"type": "number", "minimum": 0.1, "maximum": 0.9, "default": 0.4, "description": "Share of the samples (of each class) that streams are made of, half of them for the validation streams and half for the test streams; the model is trained on the others."},
            "split_seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 0, "description": "Decides, alone, which samples are which."},
            "training_samples": {"type": "integer", "minimum": 0, "maximum": 10000000, "default": 0, "description": "At most so many samples are trained on; 0: all."})";

constexpr std::string_view kBeforeTable = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "test_time_adaptation",
  "type": "object",
  "required": ["data"],
  "properties": {
    "data": {
      "description": "Clean samples with labels.",
      "oneOf": [
        {
          "title": "a table",
          "type": "object",
          "required": ["file", "target"],
          "additionalProperties": false,
          "properties": {
            "file": {"type": "string", "format": "path", "description": "A CSV file (.gz allowed)."},
            "target": {"type": ["string", "integer"], "description": "The column of class labels, by name or number (-1: the last)."},
            "pixels": {"type": "object", "additionalProperties": false, "required": ["rows", "columns"], "description": "Where the features are the pixels of grey images, row by row: what they are. Without it they are numbers, and streams are drifts of tables.",
              "properties": {
                "rows": {"type": "integer", "minimum": 2, "maximum": 256, "description": "Of an image."},
                "columns": {"type": "integer", "minimum": 2, "maximum": 256, "description": "Of an image."},
                "white": {"type": "number", "minimum": 1e-6, "maximum": 1e9, "default": 255, "description": "The number of a white pixel; black is 0."}
              }},)";

constexpr std::string_view kBetween = R"(,
)";

constexpr std::string_view kAfterTable = R"(
          },
          )";

constexpr std::string_view kImages = R"(
        },
        {
          "title": "images",
          "type": "object",
          "required": ["images", "labels"],
          "additionalProperties": false,
          "properties": {
            "images": {"type": "string", "format": "path", "description": "An IDX file (.gz allowed) of unsigned bytes: grey images, count x rows x columns; colour images, count x rows x columns x 3 or count x 3 x rows x columns."},
            "labels": {"type": "string", "format": "path", "description": "An IDX file of their labels: 0, 1, ..."},
            "stream_images": {"type": "string", "format": "path", "description": "Other images, of which streams are made; without them, a share of the images."},
            "stream_labels": {"type": "string", "format": "path", "description": "The labels of the other images."},)";

constexpr std::string_view kOptions = R"(
          }
        }
      ]
    },
    "options": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "model": {"type": "object", "additionalProperties": false, "description": "The classifier: trained here once, or read from a file.",
          "properties": {
            "kind": {"enum": ["auto", "perceptron", "convolutional"], "default": "auto", "description": "auto: convolutional for images of 12 x 12 and more, else perceptron."},
            "widths": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 4096}, "minItems": 1, "maxItems": 8, "default": [64, 64], "description": "Units of the perceptron's hidden layers."},
            "channels": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 1024}, "minItems": 1, "maxItems": 6, "default": [8, 16, 32], "description": "Channels of the convolutions."},
            "epochs": {"type": "integer", "minimum": 1, "maximum": 10000, "description": "Of training. Default: 40, of a convolutional model 12."},
            "averaged_epochs": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "After those, at a constant rate, for the posterior. Default: 10, of a convolutional model 5."},
            "seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 0, "description": "Of first weights and of the order of training."},
            "file": {"type": "string", "format": "path", "description": "A trained network: ONNX, or the project's format, such as the source_model.nn that apply writes."},
            "posterior": {"enum": ["fisher", "isotropic", "file"], "default": "fisher", "description": "The variances of the weights of a network from a file. fisher: diagonal Laplace approximation on the training samples."},
            "posterior_file": {"type": "string", "format": "path", "description": "posterior: file: a network of the same layers whose parameters are the variances, such as source_variance.nn."},
            "posterior_variance": {"type": "number", "minimum": 1e-12, "maximum": 1e6, "default": 1e-05, "description": "posterior: isotropic: of every weight."}
          }},
        "stream": {"type": "object", "additionalProperties": false, "description": "The streams of a trial: one for each label order and batch size.",
          "properties": {
            "protocol": {"enum": ["lifelong", "gradual", "mixed", "episodic"], "default": "lifelong", "description": "lifelong: one corruption after the other, no reset. gradual: severities rise and fall. mixed: batches of all corruptions shuffled. episodic: reset at each new corruption."},
            "severity": {"type": "integer", "minimum": 1, "maximum": 5, "default": 5, "description": "Of the corruptions; not of gradual streams."},
            "rounds": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1, "description": "How often the stream is met again, without a reset."},
            "samples": {"type": "integer", "minimum": 2, "maximum": 1000000, "default": 200, "description": "Of each corruption, at most."},
            "corruptions": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Their names, in order; empty: all."},
            "unseen_corruptions": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Left out of what the search sees; the test streams have them."},
            "report_on": {"enum": ["unseen", "all"], "default": "unseen", "description": "Where there are unseen corruptions: whether the test streams have the seen ones as well."},
            "label_orders": {"type": "array", "items": {"enum": ["shuffled", "dirichlet"]}, "minItems": 1, "default": ["shuffled", "dirichlet"], "description": "shuffled: in random order; dirichlet: labels that follow each other are alike."},
            "dirichlet_delta": {"type": "number", "minimum": 0.0001, "maximum": 10000, "default": 0.1, "description": "The smaller, the more alike."},
            "batches": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 4096}, "minItems": 1, "default": [1, 4, 16, 64], "description": "Sizes of batches."}
          }},
        "views": {"type": "object", "additionalProperties": false, "description": "Augmented views of the references, and of rules that are formulas.",
          "properties": {
            "augmentations": {"type": "integer", "minimum": 0, "maximum": 64, "description": "How many. Default: 8, of a convolutional model 2."},
            "strength": {"type": "number", "minimum": 0, "maximum": 1, "description": "1: the published ranges. Default: 1, of a convolutional model 0.4."},
            "confidence_threshold": {"type": "number", "minimum": 0, "maximum": 1, "description": "Views are used where the source model is less sure. Default: 0.92, of a convolutional model 1."}
          }},
        "screening_samples": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 0, "description": "A level of fidelity before the last one, for search.schedule: so many samples of each corruption, one round. 0: there is no such level."},
        "cost": {"type": "boolean", "default": false, "description": "Whether the network passes a sample takes are a second objective."},
        "rule": {"enum": ["restoration", "momentum"], "default": "restoration", "description": "Of space: {representation: expression}: which part of PETAL's step the formula stands for."}
      }
    }
  }
}
)";

}  // namespace

std::string config_schema() {
  return std::string(kBeforeTable)
      .append(kSplits)
      .append(kBetween)
      .append(tables::table_schema())
      .append(kAfterTable)
      .append(tables::table_rules())
      .append(kImages)
      .append(kSplits)
      .append(kOptions);
}

std::string apply_schema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "test_time_adaptation: apply",
  "description": "Adapts the source model along a stream with the candidate's recipe and writes predictions.csv, recipe.yaml, recipe.py (PyTorch), the source model (source_model.nn, source_variance.nn, source_model.json), and, where labels are known, error_over_stream.svg and stream.csv.",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "data": {"type": "string", "format": "path", "description": "Your own stream, in its order: a CSV file with the run's feature columns (others are ignored) or, for image runs, an IDX file of images. Without it: the run's test stream."},
    "batch": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 64, "description": "Samples that are predicted, and adapted to, together."}
  }
}
)";
}

}  // namespace equivolve::test_time_adaptation
