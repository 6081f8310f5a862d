// A run of the program that is looked at from outside while it goes on: its memory, its
// descriptors, and what is left of it.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace equivolve::tests {

struct Watched {
  Finished finished;
  double seconds = 0;
  std::size_t most_descriptors = 0;    ///< that the program had open at once
  double most_mib = 0;                 ///< that it had resident
  double early_mib = 0, late_mib = 0;  ///< medians of the second and the last quarter of the time
  std::set<int> left;                  ///< processes that it, or what it started, left behind
};

/// `arguments` of equivolve. Everything that descends from it is known by its environment, whatever
/// process group it has fled to.
Watched watch_run(const std::vector<std::string>& arguments);

/// Processes whose environment has this line; [any-thread]
std::set<int> processes_with(const std::string& name_and_value);

}  // namespace equivolve::tests
