// Shallow decision trees that say in the table's own columns what sets some rows apart. Source:
// Breiman, Friedman, Olshen, Stone 1984, "Classification and regression trees" (Gini's index,
// without pruning).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

struct TreeNode {
  std::size_t feature = 0;
  float threshold = 0;               ///< rows at most this go to `below`
  std::size_t below = 0, above = 0;  ///< nodes; 0: this is a leaf
  double share = 0;  ///< of the training rows here, those that are wanted, each kind weighing
                     ///< half of all
  std::size_t rows = 0;
  bool is_leaf() const { return below == 0; }
};

/// nodes[0] is the root.
struct DecisionTree {
  std::vector<TreeNode> nodes;
  bool holds(const float* row) const;
};

struct TreeSettings {
  std::size_t depth = 3;
  std::size_t fewest = 5;  ///< rows of a leaf
};

/// Both kinds occur; they weigh alike. [any-thread]
DecisionTree grow_tree(PointsView x, const std::vector<bool>& wanted, const TreeSettings& settings);

/// Mean of the shares told right of both kinds, over 5 folds: what the tree is worth on rows that
/// it has not seen. 0.5 is chance. The rows of each kind are dealt out to the folds in an order
/// that is drawn, the same for the same number of rows.
double cross_validated_accuracy(PointsView x, const std::vector<bool>& wanted,
                                const TreeSettings& settings);

/// The paths to the leaves that are wanted, as a list: "- a <= 3 and b > 0.5: 130 rows, 97 %". The
/// share is TreeNode::share. `condition` says of a feature that it is above a threshold, or not.
std::string tree_text(
    const DecisionTree& tree,
    const std::function<std::string(std::size_t feature, bool above, float threshold)>& condition);

}  // namespace equivolve::novel_class_discovery
