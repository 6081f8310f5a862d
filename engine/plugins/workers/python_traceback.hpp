// Where a Python program failed, from what it printed.
#pragma once

#include <string>
#include <string_view>

namespace equivolve::engine {

/// "tune.py, line 3": the last place that the last traceback of the log names, of the folders
/// only the last part; "" where there is none. [any-thread]
std::string place_of_exception(std::string_view log);

}  // namespace equivolve::engine
