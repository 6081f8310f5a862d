// Running exported Python.
#pragma once

#include <gtest/gtest.h>

#include "tests/evaluators/support/files.hpp"

namespace equivolve::test {

/// Whether there is a Python with numpy.
inline bool have_numpy() {
  std::string output;
  static const bool have =
      run_command(std::string(EQUIVOLVE_PYTHON) + " -c 'import numpy'", output) == 0;
  return have;
}

#define EQUIVOLVE_NEEDS_NUMPY()         \
  if (!::equivolve::test::have_numpy()) \
  GTEST_SKIP() << "no Python with numpy (Debian: python3-numpy)"

/// Writes `script` into the folder and runs it there; what it printed. A failing script fails the
/// test.
inline std::string run_python(const TemporaryFolder& folder, const std::string& script) {
  folder.write("script.py", script);
  std::string output;
  const int code =
      run_command("cd '" + folder.path("") + "' && '" EQUIVOLVE_PYTHON "' -B script.py", output);
  EXPECT_EQ(code, 0) << output;
  return output;
}

}  // namespace equivolve::test
