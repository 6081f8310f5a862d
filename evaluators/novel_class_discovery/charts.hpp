// Two pictures of a discovery, as SVG.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evaluators/novel_class_discovery/class_count.hpp"

namespace equivolve::novel_class_discovery {

/// The wanted index by number of classes, a bar of one standard error at each point, the estimate
/// and the range that lies within its error marked. `where`: "in the codes"; `used`: how many
/// classes were looked for, which may have been given.
std::string count_chart(const CountEstimate& estimate, CountIndex index, std::size_t repeats,
                        std::string_view where, std::size_t used);

/// Rows in the plane of the two directions in which they differ most (principal components), one
/// colour a name. `labels`: positions among `names`. At least one row.
std::string scatter_chart(PointsView x, const Labels& labels,
                          const std::vector<std::string>& names);

}  // namespace equivolve::novel_class_discovery
