// The JSON Schemas. Kept as text so that they read as what they are; a test holds them against
// settings.cpp.
#include "evaluators/common/tables/table_keys.hpp"
#include "evaluators/sensitivity_sampling/settings.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

constexpr std::string_view kBeforeTable = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "sensitivity_sampling",
  "type": "object",
  "required": ["data"],
  "properties": {
    "data": {
      "description": "Families of matrices to search on, or a table.",
      "oneOf": [
        {
          "title": "drawn matrices",
          "type": "object",
          "required": ["families"],
          "additionalProperties": false,
          "properties": {
            "families": {"type": "array", "minItems": 1, "items": {"enum": ["gauss", "t2", "cheb", "spike", "mix", "lrs"]}, "default": ["gauss", "t2", "cheb", "spike"], "description": "What the search sees: normal rows, heavy rows, polynomials, columns that live on few rows, unit vectors beside normals, low rank plus one entry a row."},
            "test_families": {"type": "array", "items": {"enum": ["gauss", "t2", "cheb", "spike", "mix", "lrs"]}, "description": "What it never sees: the test split. Default: mix and lrs, where they are none of families. []: no test split."},
            "rows": {"type": "integer", "minimum": 10, "maximum": 10000000, "default": 10000, "description": "Rows of each matrix."},
            "columns": {"type": "integer", "minimum": 1, "maximum": 200, "default": 10, "description": "Columns of each matrix."},
            "seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 1, "description": "Decides the matrices."}
          }
        },
        {
          "title": "a table",
          "type": "object",
          "required": ["file"],
          "additionalProperties": false,
          "properties": {
            "file": {"type": "string", "format": "path", "description": "A CSV file (.gz allowed). Its features are standardised and get an intercept; columns that depend on others are dropped."},
            "target": {"type": ["string", "integer"], "description": "A column of numbers that is regressed on the others, by name or number (-1: the last). Default: none, there is no regression."},
)";

constexpr std::string_view kBetween = R"(
          },
          )";

constexpr std::string_view kAfterTable = R"(
        }
      ]
    },
    "options": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "powers": {"type": "array", "minItems": 1, "items": {"type": "number", "minimum": 1, "maximum": 50}, "default": [1, 4], "description": "The p of the norms that a sample is to keep."},
        "rows_per_column": {"type": "array", "minItems": 1, "items": {"type": "number", "minimum": 1, "maximum": 1000000}, "description": "Sizes of samples, in rows for each column of the matrix. Default: those of 20, 50, 150 that are at most half of its rows."},
        "seeds": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "Samples drawn for each matrix, power and size; their median distortion counts."},
        "screening": {"type": "boolean", "default": false, "description": "Two cheaper levels of fidelity before the last, for search.schedule: fewer rows, sizes and seeds."}
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
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "data": {"type": "string", "format": "path", "description": "A CSV file whose rows are to be sampled. Default: the run's own table."},
    "target": {"type": "string", "description": "With data: the column that is regressed on the others, by name or number. Default: none."},
    "p": {"type": "number", "minimum": 1, "maximum": 50, "default": 2, "description": "The norm that the sample is to keep."},
    "rows": {"type": "integer", "minimum": 1, "maximum": 10000000, "description": "How many rows to keep, on average. Default: 50 for each column."},
    "error": {"type": "number", "minimum": 0.001, "maximum": 0.9, "description": "In the place of rows: the distortion that at least half of the samples are to keep; the number of rows is found by bisection."},
    "exact": {"type": "boolean", "default": false, "description": "Exactly as many rows, not on average."},
    "seeds": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "Samples that are measured for each size."},
    "exact_sensitivities": {"type": "boolean", "default": false, "description": "Exact sensitivities of all rows for the rules that use them, in the place of approximate ones: slower, linear programs at p = 1 with up to 50 columns."},
    "threads": {"type": "integer", "minimum": 1, "maximum": 1024, "description": "How many threads work. Default: as many as the machine has. The files do not depend on it."}
  }
}
)";
}

}  // namespace equivolve::sensitivity_sampling
