#pragma once

namespace equivolve::interpreters {

/// 1 / (1 + e^-x) to 2.5 units in the last place, the same bits as the lanes' on every machine; at
/// least e^-708. NaN gives NaN. [any-thread]
double sigmoid(double x);

}  // namespace equivolve::interpreters
