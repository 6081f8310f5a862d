// The JSON Schemas. Kept as text so that they read as what they are; a test holds them against
// settings.cpp.
#include "evaluators/sequence_design/settings.hpp"

namespace equivolve::sequence_design {

std::string config_schema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "sequence_design",
  "type": "object",
  "required": ["data"],
  "properties": {
    "data": {
      "type": "object",
      "additionalProperties": false,
      "description": "Measured sequences: a file, or a landscape whose oracle judges the designs in the final stage.",
      "properties": {
        "file": {"type": "string", "format": "path", "description": "A CSV file (.gz allowed) with a header line; for the landscapes tfbind8 and gb1 their table."},
        "landscape": {"enum": ["ehrlich-20x32", "ehrlich-20x64", "ehrlich-32x128", "ehrlich-dna-16", "nk-4x20-2", "nk-20x6-1", "nussinov-30", "tfbind8", "gb1"], "description": "A known function in place of measurements of your own."},
        "seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615, "default": 0, "description": "Of a landscape's function, and of the draw of its offline rows."},
        "rows": {"type": "integer", "minimum": 16, "maximum": 10000000, "description": "Offline rows, drawn by the seed. Default: all of a file, and a landscape's own number."},
        "offline": {"enum": ["half", "r5000"], "default": "half", "description": "tfbind8 only: the lower half, or the 5,000 lowest rows."},
        "sequence": {"type": "string", "default": "sequence", "description": "The column of sequences."},
        "target": {"type": "string", "default": "score", "description": "The column of scores."},
        "direction": {"enum": ["maximize", "minimize"], "default": "maximize", "description": "Whether high or low scores are wanted."},
        "alphabet": {"type": "string", "description": "Letters that sequences may have: ASCII, no blanks, - , or quotes. Default: the letters, digits and * that occur in the file."},
        "constraints": {
          "type": "object",
          "additionalProperties": false,
          "description": "What every design keeps to.",
          "properties": {
            "fixed": {"type": "string", "description": "As long as a sequence: a letter that must stand there, or ? for any."},
            "allowed": {"type": "object", "description": "Letters that may stand at a position, which count from 1: {3: ACG, 7: KR}."},
            "wild_type": {"type": "string", "description": "A sequence that designs may not be far from."},
            "most_mutations": {"type": "integer", "minimum": 0, "maximum": 4096, "description": "How far: letters that may differ from the wild type."},
            "forbidden_motifs": {"type": "array", "items": {"type": "string"}, "description": "Words that may stand nowhere, such as the sites of restriction enzymes."},
            "gc": {"type": "array", "items": {"type": "number"}, "description": "DNA and RNA: least and greatest share of G and C."},
            "longest_run": {"type": "integer", "minimum": 1, "maximum": 4096, "description": "Times that a letter may be repeated without another between."},
            "min_length": {"type": "integer", "minimum": 1, "maximum": 4096, "description": "Least number of letters. Default: 1 where lengths vary."},
            "max_length": {"type": "integer", "minimum": 1, "maximum": 4096, "description": "Greatest number of letters. Default: that of the longest measured sequence."}
          }
        }
      }
    },
    "options": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "designs": {"type": "integer", "minimum": 2, "maximum": 100000, "default": 128, "description": "Sequences that a designer hands over; no more than there are rows."},
        "designer": {
          "type": "object",
          "additionalProperties": false,
          "description": "What the space leaves open, and how the references run.",
          "properties": {
            "method": {"enum": ["offline_best", "random", "random_search", "gradient_ascent", "ensemble_mean", "ensemble_min", "evolution", "exhaustive", "cbas", "coms", "cma_es", "bdi", "bib"], "default": "evolution", "description": "How designs are found."},
            "features": {"enum": ["onehot", "pairwise", "kmer3", "learned", "ntk", "mlp"], "default": "pairwise", "description": "What the proxy is made of: ridge regression on features, the kernel of an infinitely wide network, or a network; learned needs options.unlabelled. Maps with more than 4,096 features become onehot."},
            "directions": {"enum": ["both", "forward", "backward"], "default": "both", "description": "Losses of bdi."},
            "lambda": {"type": "number", "minimum": 1e-12, "maximum": 1e6, "default": 0.001, "description": "Ridge penalty, times the mean square of the features."},
            "beta": {"type": "number", "minimum": 1e-12, "maximum": 1e6, "default": 0.000001, "description": "Ridge of bdi, bib and ntk, times the kernel's mean diagonal."},
            "depth": {"type": "integer", "minimum": 1, "maximum": 16, "default": 5, "description": "Hidden layers of ntk."},
            "landmarks": {"type": "integer", "minimum": 16, "maximum": 100000, "default": 2048, "description": "Rows that ntk and bdi keep."},
            "max_memory_mb": {"type": "integer", "minimum": 16, "maximum": 1000000, "default": 2048, "description": "Of the kernel matrix and its factor."},
            "ensemble": {"type": "integer", "minimum": 2, "maximum": 32, "default": 3, "description": "Networks of ensemble_mean and ensemble_min, and of cma_es and cbas with features: mlp."},
            "width": {"type": "integer", "minimum": 4, "maximum": 2048, "default": 256, "description": "Of networks' hidden layers."},
            "epochs": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 12, "description": "Passes over the rows when networks are trained, and the autoencoder of cbas."},
            "steps": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100, "description": "Steps of gradient methods, generations of cma_es."},
            "lr": {"type": "number", "minimum": 0.000001, "maximum": 10, "default": 0.1, "description": "Step size of gradient methods (Adam)."},
            "target": {"type": "number", "minimum": -100, "maximum": 1000, "default": 10, "description": "The score that bdi and bib aim at, in standard deviations."},
            "gamma": {"type": ["string", "number"], "default": "learned", "description": "bib's share of the forward loss: learned, or 0 to 1."},
            "learned_lr": {"type": "boolean", "default": false, "description": "Whether bib adapts its step size."},
            "population": {"type": "integer", "minimum": 4, "maximum": 1000000, "default": 512, "description": "Of evolution and cbas."},
            "generations": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 50, "description": "Of evolution and cbas."},
            "mutation": {"type": "number", "minimum": 0, "maximum": 64, "default": 1, "description": "Mutations of a child, on average."},
            "quantile": {"type": "number", "minimum": 0, "maximum": 0.999, "default": 0.9, "description": "Of cbas: which scores its next round is conditioned on."}
          }
        },
        "select": {"enum": ["distinct_top", "raw", "diverse"], "default": "distinct_top", "description": "How the designs are chosen from what was found: the best different ones, the method's own output, or the best that are min_distance apart."},
        "min_distance": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 2, "description": "Of select: diverse."},
        "fitness": {"enum": ["holdout_extrapolation", "pseudo_oracle", "oracle"], "default": "pseudo_oracle", "description": "What the search goes by: how well the proxy, fitted to the lower rows, ranks the upper ones; what referees that never saw the candidate say of its designs (measured to rank designers as the oracle does); or, to measure a leak, the oracle itself."},
        "benchmark_leak": {"type": "boolean", "default": false, "description": "Must be true for fitness: oracle."},
        "resamplings": {"type": "integer", "minimum": 1, "maximum": 100, "default": 3, "description": "Hold-outs that a trial is averaged over, each with rows and a threshold of its own; 1: all rows, the upper fifth."},
        "screening_rows": {"type": "integer", "minimum": 0, "maximum": 10000000, "default": 2048, "description": "Rows of the cheap level, for search.schedule; 0, or at least the rows there are: no such level."},
        "referees": {"type": "integer", "minimum": 2, "maximum": 32, "default": 5, "description": "Networks that judge designs."},
        "caution": {"type": "number", "minimum": 0, "maximum": 100, "default": 1, "description": "Standard deviations between the referees that are taken off their mean."},
        "unlabelled": {"type": "string", "format": "path", "description": "Sequences without scores (CSV, FASTA or one a line), for features: learned."},
        "references": {"type": "array", "items": {"type": "string"}, "default": ["offline_best", "random", "evolution", "gradient_ascent"], "description": "Methods that the winner is set against."}
      }
    }
  }
}
)";
}

std::string apply_schema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "sequence_design: apply",
  "description": "Runs the designer on all measured rows and writes designs.csv, designs.fasta, logo.svg, histograms.svg, report.txt and, by hiding the best measured fifth from the same pipeline, backtest.csv.",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "backtest": {"type": "boolean", "default": true, "description": "Whether the pipeline's picks among rows whose score is known are written; intervals are calibrated by them in any case."},
    "designs": {"type": "integer", "minimum": 2, "maximum": 100000, "description": "How many; default: options.designs."}
  }
}
)";
}

}  // namespace equivolve::sequence_design
