// The parts of model.py that are the same in every one.
#pragma once

#include <string_view>

namespace equivolve::algorithm_discovery {

extern const std::string_view
    kPythonArithmetic;  ///< operations with the interpreter's meaning, random draws
extern const std::string_view kPythonProgram;  ///< running a program over examples; class Model
extern const std::string_view kPythonFormula;  ///< class Model of a formula
extern const std::string_view kPythonLinear;   ///< class Model of the references known by name

}  // namespace equivolve::algorithm_discovery
