// A formula in numpy's words.
#pragma once

#include <string>
#include <vector>

#include "search/genome/expression.hpp"

namespace equivolve::algorithm_discovery {

struct PythonExpression {
  std::string text;               ///< over x[:, 0], x[:, 1], ... and c[0], c[1], ...
  std::vector<double> constants;  ///< c
};

/// Numbers become c[k], numpy's own, since Python's raise where IEEE arithmetic goes on (1.0 /
/// 0.0).
PythonExpression python_expression(search::ExpressionView expression);

}  // namespace equivolve::algorithm_discovery
