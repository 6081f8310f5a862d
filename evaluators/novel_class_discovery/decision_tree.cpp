#include "evaluators/novel_class_discovery/decision_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "evaluators/common/tables/splits.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using Rows = std::vector<std::uint32_t>;

constexpr std::uint32_t kFolds = 5;

/// Drawn, as rows may come in an order that repeats; each fold has its part of both kinds.
std::vector<std::uint32_t> folds_of(const std::vector<bool>& wanted) {
  Rows rows(wanted.size());
  std::iota(rows.begin(), rows.end(), 0u);
  hashing::Stream stream(0, hashing::Purpose::kSplit, wanted.size());
  tables::shuffle(rows, stream);
  std::vector<std::uint32_t> folds(wanted.size());
  std::uint32_t dealt[2] = {0, 0};
  for (const std::uint32_t r : rows) folds[r] = dealt[wanted[r]]++ % kFolds;
  return folds;
}

struct Split {
  std::size_t feature;
  float threshold;
  double impurity;
};

/// Weight of both kinds times Gini's index, 2 p (1 - p).
double impurity(double wanted, double others) {
  const double all = wanted + others;
  return all > 0 ? 2 * wanted * others / all : 0;
}

class Growing {
 public:
  Growing(PointsView x, const std::vector<bool>& wanted, const TreeSettings& s)
      : x_(x), wanted_(wanted), s_(s) {}

  DecisionTree run(const Rows& rows) {
    double count = 0;
    for (std::uint32_t r : rows) count += wanted_[r];
    weight_wanted_ = 0.5 / std::max(count, 1.0);
    weight_other_ = 0.5 / std::max(static_cast<double>(rows.size()) - count, 1.0);
    grow(rows, 0);
    return std::move(tree_);
  }

 private:
  double weight(std::uint32_t r) const { return wanted_[r] ? weight_wanted_ : weight_other_; }

  std::size_t grow(const Rows& rows, std::size_t depth) {
    const std::size_t at = tree_.nodes.size();
    tree_.nodes.emplace_back();
    double wanted = 0, all = 0;
    for (std::uint32_t r : rows) {
      all += weight(r);
      wanted += wanted_[r] ? weight(r) : 0;
    }
    tree_.nodes[at].share = all > 0 ? wanted / all : 0;
    tree_.nodes[at].rows = rows.size();
    if (depth == s_.depth) return at;
    const auto split = best_split(rows, wanted, all - wanted);
    if (!split) return at;
    Rows below, above;
    for (std::uint32_t r : rows)
      (x_(r, split->feature) <= split->threshold ? below : above).push_back(r);
    tree_.nodes[at].feature = split->feature;
    tree_.nodes[at].threshold = split->threshold;
    const std::size_t first = grow(below, depth + 1), second = grow(above, depth + 1);
    tree_.nodes[at].below = first;
    tree_.nodes[at].above = second;
    return at;
  }

  std::optional<Split> best_split(const Rows& rows, double wanted, double others) const {
    std::optional<Split> best;
    double least = impurity(wanted, others) * (1 - 1e-9);
    Rows order = rows;
    for (std::size_t f = 0; f < x_.columns; ++f) {
      std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return x_(a, f) != x_(b, f) ? x_(a, f) < x_(b, f) : a < b;
      });
      double wanted_below = 0, others_below = 0;
      for (std::size_t i = 0; i + 1 < order.size(); ++i) {
        (wanted_[order[i]] ? wanted_below : others_below) += weight(order[i]);
        const float here = x_(order[i], f), next = x_(order[i + 1], f);
        if (here == next || i + 1 < s_.fewest || order.size() - i - 1 < s_.fewest) continue;
        const double sum = impurity(wanted_below, others_below) +
                           impurity(wanted - wanted_below, others - others_below);
        if (sum >= least) continue;
        least = sum;
        best = Split{f, here + (next - here) / 2, sum};
      }
    }
    return best;
  }

  PointsView x_;
  const std::vector<bool>& wanted_;
  TreeSettings s_;
  double weight_wanted_ = 1, weight_other_ = 1;
  DecisionTree tree_;
};

}  // namespace

bool DecisionTree::holds(const float* row) const {
  std::size_t at = 0;
  while (!nodes[at].is_leaf())
    at = row[nodes[at].feature] <= nodes[at].threshold ? nodes[at].below : nodes[at].above;
  return nodes[at].share > 0.5;
}

DecisionTree grow_tree(PointsView x, const std::vector<bool>& wanted, const TreeSettings& s) {
  Rows rows(x.rows);
  std::iota(rows.begin(), rows.end(), 0u);
  return Growing(x, wanted, s).run(rows);
}

double cross_validated_accuracy(PointsView x, const std::vector<bool>& wanted,
                                const TreeSettings& s) {
  const std::vector<std::uint32_t> fold_of = folds_of(wanted);
  double right[2] = {0, 0}, all[2] = {0, 0};
  for (std::uint32_t fold = 0; fold < kFolds; ++fold) {
    Rows rows;
    for (std::uint32_t r = 0; r < x.rows; ++r)
      if (fold_of[r] != fold) rows.push_back(r);
    const DecisionTree tree = Growing(x, wanted, s).run(rows);
    for (std::uint32_t r = 0; r < x.rows; ++r) {
      if (fold_of[r] != fold) continue;
      all[wanted[r]] += 1;
      right[wanted[r]] += tree.holds(x.data + r * x.stride) == wanted[r];
    }
  }
  return (right[0] / std::max(all[0], 1.0) + right[1] / std::max(all[1], 1.0)) / 2;
}

std::string tree_text(const DecisionTree& tree,
                      const std::function<std::string(std::size_t, bool, float)>& condition) {
  std::string out;
  const std::function<void(std::size_t, const std::string&)> walk = [&](std::size_t at,
                                                                        const std::string& path) {
    const TreeNode& node = tree.nodes[at];
    if (node.is_leaf()) {
      if (node.share > 0.5)
        out += fmt::format("- {}: {} rows, {:.0f} %\n", path.empty() ? "always" : path, node.rows,
                           100 * node.share);
      return;
    }
    const std::string start = path.empty() ? "" : path + " and ";
    walk(node.below, start + condition(node.feature, false, node.threshold));
    walk(node.above, start + condition(node.feature, true, node.threshold));
  };
  walk(0, "");
  return out;
}

}  // namespace equivolve::novel_class_discovery
