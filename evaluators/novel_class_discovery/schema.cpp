// The JSON Schemas. Kept as text so that they read as what they are; a test holds them against
// settings.cpp.
#include "evaluators/common/tables/table_keys.hpp"
#include "evaluators/novel_class_discovery/settings.hpp"

namespace equivolve::novel_class_discovery {

namespace {

constexpr std::string_view kBeforeTable = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "novel_class_discovery",
  "type": "object",
  "required": ["data"],
  "properties": {
    "data": {
      "description": "A table in which some rows have a class label.",
      "type": "object",
      "required": ["file", "target"],
      "additionalProperties": false,
      "properties": {
        "file": {"type": "string", "format": "path", "description": "A CSV file (.gz allowed)."},
        "target": {"type": ["string", "integer"], "description": "The column of class labels, by name or number (-1: the last). A row whose cell is empty is unlabelled."},
        "split": {"type": ["string", "integer"], "description": "A column of the words train and test. Left out: test_share of the rows is drawn."},
        "novel": {"anyOf": [{"title": "classes", "type": "array", "items": {"type": ["string", "integer"]}}, {"title": "how many", "type": "integer", "minimum": 2, "maximum": 1000}], "description": "Classes whose labels are hidden from everything but the test figures; or how many, drawn by split_seed. Left out: unlabelled rows are those with an empty cell."},
        "hide_known": {"type": "number", "minimum": 0, "maximum": 0.9, "default": 0, "description": "Share of the rows of each known class whose labels are hidden as well (for options.unlabelled: mixed)."},
        "test_share": {"type": "number", "minimum": 0, "maximum": 0.9, "default": 0.3, "description": "Without a split column: share of the rows (of each known class, and of the unlabelled) kept for the test split. 0: no test split."},
        "split_seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 0, "description": "Decides, alone, which rows are the test rows and which classes or labels are hidden where they are drawn."},
        "standardize": {"type": "boolean", "default": true, "description": "Whether columns are brought to mean 0 and standard deviation 1 (of the training rows)."},
)";

constexpr std::string_view kBetween = R"(
      },
      )";

constexpr std::string_view kAfterTable = R"(
    },
    "options": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "unlabelled": {"enum": ["novel_only", "mixed"], "default": "novel_only", "description": "mixed: unlabelled rows may be of known classes too; known classes attract rows then."},
        "k": {"type": "object", "additionalProperties": false, "description": "How many novel classes there are.",
          "properties": {
            "mode": {"enum": ["known", "estimate"], "description": "Default: known where data.novel or classes tells it, else estimate."},
            "classes": {"type": "integer", "minimum": 2, "maximum": 1000, "description": "With mode known. Default: as many as data.novel names."},
            "max": {"type": "integer", "minimum": 2, "maximum": 1000, "default": 30, "description": "The most that an estimate looks at."},
            "index": {"enum": ["silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "elbow", "known_accuracy"], "default": "silhouette", "description": "What decides."},
            "repeats": {"type": "integer", "minimum": 1, "maximum": 100, "default": 3, "description": "Clusterings for each number."},
            "starts": {"type": "integer", "minimum": 1, "maximum": 100, "default": 2, "description": "Starts of k-means in each of them."},
            "sample": {"type": "integer", "minimum": 10, "maximum": 20000, "default": 1500, "description": "The most rows an estimate looks at; memory and time grow with its square."}
          }},
        "folds": {"type": "object", "additionalProperties": false, "description": "Fitness: known classes play novel, fold by fold.",
          "properties": {
            "hidden_fraction": {"type": "number", "minimum": 0.01, "maximum": 0.9, "default": 0.4, "description": "Share of the known classes hidden in each fold (at least one, leaving at least one)."},
            "score_rows": {"enum": ["union", "hidden_only"], "default": "union", "description": "What is clustered in a fold: unlabelled and hidden rows together, or the hidden rows alone. Hidden rows alone are scored."},
            "measure": {"enum": ["overlap", "accuracy"], "default": "overlap", "description": "What of a hidden class is found: rows that it shares with its cluster, by all rows of either (Jaccard coefficient), or the shared rows by its own, whatever else is in the cluster. With one hidden class, or hidden_only, there is no choice."}
          }},
        "train": {"type": "object", "additionalProperties": false, "description": "Networks.",
          "properties": {
            "epochs": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 200, "description": "Passes over the training rows."},
            "batch": {"type": "integer", "minimum": 2, "maximum": 65536, "default": 512, "description": "Rows of a step."}
          }},
        "cell": {"type": "object", "additionalProperties": false, "description": "With representation: graph, where a candidate is the encoder of PBN: what a graph does not say.",
          "properties": {
            "lr": {"type": "number", "minimum": 1e-6, "maximum": 1, "default": 0.001, "description": "Learning rate."},
            "dropout": {"type": "number", "minimum": 0, "maximum": 0.9, "default": 0.1, "description": "Share of a vertex's numbers zeroed in training."},
            "label_weight": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5, "description": "Weight of telling known classes apart; the rest weighs rebuilding the row."},
            "latent": {"type": "integer", "minimum": 2, "maximum": 1024, "description": "Length of a code. Default: half of the columns, at least 8."},
            "width": {"type": "integer", "minimum": 2, "maximum": 1024, "description": "Numbers that each vertex has. Default: three quarters of the columns, at least 2."}
          }},
        "restarts": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "Starts of k-means; the one with the least inertia is kept."},
        "max_rows": {"type": "integer", "minimum": 100, "maximum": 20000, "default": 6000, "description": "The most rows of a spectral embedding (4 bytes times its square); other rows follow the nearest of them."}
      }
    }
  }
}
)";

}  // namespace

std::string config_schema() {
  return std::string(kBeforeTable)
      .append(tables::table_schema(false))
      .append(kBetween)
      .append(tables::table_rules())
      .append(kAfterTable);
}

std::string apply_schema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "novel_class_discovery: apply",
  "description": "Runs the candidate on all training rows and writes predictions.csv (where each unlabelled row belongs), report.md (how many classes, how stable, what tells them apart, typical rows), profiles.csv, count.csv and count.svg (the indices for each number of classes), latent.svg (the rows in two dimensions).",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "data": {"type": "string", "format": "path", "description": "A CSV file whose rows are to be told apart as well, in predictions.csv in the place of the run's own. Its columns are found by name; others are ignored."},
    "resamples": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 50, "description": "Bootstrap samples for the stability of each class."}
  }
}
)";
}

}  // namespace equivolve::novel_class_discovery
