// Whether a program speaks the worker protocol as docs/workers.md has it: a conversation in the
// order of a run, with what a later engine might say in between, and what was answered wrongly.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/config/reader.hpp"

namespace equivolve::engine {

struct ConformanceStep {
  std::string asked;         ///< "an evaluation"
  std::string fault;         ///< what was wrong with the answer; "": nothing
  bool is_left_out = false;  ///< what the program does not offer; `fault` says so
  bool is_refused = false;   ///< the configuration does not fit the program, which says so rightly
};

struct ConformanceReport {
  std::vector<ConformanceStep> steps;  ///< up to the first after which there is nothing to ask
  std::string log;                     ///< the last 64 KiB that the program printed to stderr
  bool is_conformant() const;
};

/// Starts `read.configuration.evaluator.command`, and asks it with the configuration's data,
/// options and space (by default the program's own). `patience`: for each answer. [main-thread]
ConformanceReport check_conformance(ReadConfiguration read, std::chrono::nanoseconds patience);

}  // namespace equivolve::engine
