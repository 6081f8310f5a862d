// The JSON Schemas. Kept as text so that they read as what they are; a test holds them against
// settings.cpp.
#include "evaluators/algorithm_discovery/settings.hpp"
#include "evaluators/common/tables/table_keys.hpp"

namespace equivolve::algorithm_discovery {

namespace {

constexpr std::string_view kBeforeTable = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "algorithm_discovery",
  "type": "object",
  "required": ["data"],
  "properties": {
    "data": {
      "description": "A table to learn from, or synthetic tasks.",
      "oneOf": [
        {
          "title": "a table",
          "type": "object",
          "required": ["file", "target"],
          "additionalProperties": false,
          "properties": {
            "file": {"type": "string", "format": "path", "description": "A CSV file (.gz allowed)."},
            "target": {"type": ["string", "integer"], "description": "The column to predict, by name or number (-1: the last): numbers, or class names."},
            "test_share": {"type": "number", "minimum": 0, "maximum": 0.9, "default": 0.2, "description": "Share of the rows (of each class) kept for the test split, which the search never sees. 0: no test split."},
            "split_seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 0, "description": "Decides, alone, which rows are the test rows."},
)";

constexpr std::string_view kBetween = R"(
          },
          )";

constexpr std::string_view kAfterTable = R"(
        },
        {
          "title": "synthetic regression tasks",
          "type": "object",
          "required": ["synthetic"],
          "additionalProperties": false,
          "properties": {
            "synthetic": {"enum": ["linear", "two_layer_teacher"], "description": "linear: label = w . x. two_layer_teacher: label = u . max(0, W x). All of x, w, u, W are drawn from N(0, 1)."},
            "tasks": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "Tasks in a trial."},
            "dimension": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 4, "description": "Features of a task, and hidden units of the teacher."},
            "train": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 100, "description": "Training examples a task."},
            "validation": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 100, "description": "Validation examples a task."},
            "seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 0, "description": "Decides the tasks, together with the seed of the repeat."}
          }
        }
      ]
    },
    "options": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "task": {"enum": ["classification", "regression"], "description": "Default: classification when the target holds text or at most 20 different whole numbers, else regression."},
        "resamplings": {"type": "integer", "minimum": 1, "maximum": 100, "default": 4, "description": "Train/validation partitions a trial is averaged over (tables only)."},
        "screening_tasks": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "A level of fidelity before the last one, for search.schedule: trials on so many of the partitions or tasks, the first ones. Default: there is no such level."},
        "validation_share": {"type": "number", "minimum": 0.01, "maximum": 0.9, "default": 0.25, "description": "Share of the rows outside the test split that each partition validates on (tables only)."},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1, "description": "Passes over the training rows."},
        "class_weights": {"enum": ["none", "balanced"], "default": "none", "description": "balanced: every class counts alike, so the objective is the balanced accuracy, and logistic regression weighs its rows so."},
        "max_live_instructions": {"type": "integer", "minimum": 1, "maximum": 9007199254740992, "default": 100000000, "description": "Instructions (dead ones removed) a trial may execute over all partitions and classes; more is infeasible."},
        "error_bound": {"type": "number", "minimum": 1e-9, "maximum": 1e300, "default": 100, "description": "A larger absolute error on any example ends the trial with fitness 0."},
        "aggregate": {"enum": ["mean", "median"], "default": "mean", "description": "How the figures of the partitions or tasks become one."},
        "standardize": {"type": "boolean", "default": false, "description": "Formulas only: whether they read features, and give the target, standardised; else in their own units."},
        "constants": {"type": "object", "additionalProperties": false, "default": {"fit": true, "iterations": 10, "inherit": true}, "description": "Formulas only: what becomes of the numbers in them.",
          "properties": {
            "fit": {"type": "boolean", "default": true, "description": "Whether every trial fits them to its training rows."},
            "iterations": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "Steps of a fit at most."},
            "inherit": {"type": "boolean", "default": true, "description": "Whether every formula is fitted when it is bred, and its fitted numbers, with seven digits, are those it is stored with and its children inherit (Lamarckian); without effect where fit is false."}
          }},
        "complexity": {"type": "boolean", "default": true, "description": "Formulas only: whether their number of tokens is a second objective, to be minimised; candidates that behave alike are then equal only at equal size."}
      }
    }
  }
}
)";

}  // namespace

std::string config_schema() {
  return std::string(kBeforeTable)
      .append(tables::table_schema())
      .append(kBetween)
      .append(tables::table_rules())
      .append(kAfterTable);
}

std::string apply_schema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "algorithm_discovery: apply",
  "description": "Trains the candidate on all rows outside the test split and writes predictions.csv, model.py (needs numpy only: fit, predict, and the trained state) and program.txt (not for references known by name). The model.py of a named reference holds its fitted coefficients and has no fit, since scikit-learn has these models.",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "data": {"type": "string", "format": "path", "description": "A CSV file whose rows are to be predicted, read as the run's own is. Its columns are found by name; others are ignored."},
    "predictions_for": {"enum": ["test", "pool", "all"], "description": "Without data: which rows of the run's own table are predicted. Default: test, or all where there is no test split. For synthetic tasks: test (the first test task's validation examples), pool (its training examples), all."}
  }
}
)";
}

}  // namespace equivolve::algorithm_discovery
