// Opens a module's file and checks what it says of itself, before any handle is made.
#pragma once

#include <filesystem>
#include <string>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::engine {

/// A module that is open for good (it is never closed: its code may be in use until the process
/// ends).
struct ModuleTable {
  std::filesystem::path file;
  eqv_evaluator functions;  ///< in this host's layout; null: not offered
  EvaluatorDescriptor descriptor;
};

/// Opens `file`. The error is one line that says what is wrong with it, without its name.
/// [main-thread]
tl::expected<ModuleTable, std::string> open_module(const std::filesystem::path& file);

/// "program" for EQV_PROGRAM; "" for a number this version does not know.
std::string representation_name(std::uint32_t number);

}  // namespace equivolve::engine
