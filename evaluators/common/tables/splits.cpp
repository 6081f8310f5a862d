#include "evaluators/common/tables/splits.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::tables {

void shuffle(std::span<std::uint32_t> rows, hashing::Stream& stream) {
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[stream.below(i)]);
}

std::size_t share_of(std::size_t n, double share, std::size_t leave) {
  const auto wanted = static_cast<std::size_t>(std::floor(static_cast<double>(n) * share + 0.5));
  return std::clamp<std::size_t>(wanted, 1, n - leave);
}

Cut cut_rows(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> classes,
             double share, std::size_t leave, hashing::Stream& stream) {
  std::vector<Rows> groups(1);
  for (std::uint32_t row : rows) {
    const std::size_t group = classes.empty() ? 0 : classes[row];
    if (group >= groups.size()) groups.resize(group + 1);
    groups[group].push_back(row);
  }
  Cut cut;
  for (Rows& group : groups) {
    if (group.empty()) continue;
    shuffle(group, stream);
    const auto taken = static_cast<std::ptrdiff_t>(share_of(group.size(), share, leave));
    cut.part.insert(cut.part.end(), group.begin(), group.begin() + taken);
    cut.rest.insert(cut.rest.end(), group.begin() + taken, group.end());
  }
  std::sort(cut.rest.begin(), cut.rest.end());
  std::sort(cut.part.begin(), cut.part.end());
  return cut;
}

}  // namespace equivolve::tables
