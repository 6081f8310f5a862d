#include "evaluators/novel_class_discovery/folds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/common/tables/splits.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {

std::vector<Labels> hidden_classes(std::size_t classes, double fraction, std::uint64_t seed) {
  const auto wanted =
      static_cast<std::size_t>(std::lround(fraction * static_cast<double>(classes)));
  const std::size_t h = std::clamp<std::size_t>(wanted, 1, classes - 1);
  Labels order(classes);
  std::iota(order.begin(), order.end(), 0u);
  hashing::Stream stream(seed, hashing::Purpose::kSplit, 0);
  tables::shuffle(order, stream);
  std::vector<Labels> folds((classes + h - 1) / h);
  for (std::size_t f = 0; f < folds.size(); ++f) {
    for (std::size_t i = 0; i < h; ++i) folds[f].push_back(order[(f * h + i) % classes]);
    std::sort(folds[f].begin(), folds[f].end());
  }
  return folds;
}

Fold make_fold(const LearningRows& rows, const Labels& hidden, const FoldSettings& settings) {
  Fold fold;
  fold.hidden = hidden.size();
  fold.rows.classes = rows.classes - hidden.size();
  // New names: those that stay first, then the hidden ones.
  Labels name(rows.classes);
  std::uint32_t kept = 0, taken = static_cast<std::uint32_t>(fold.rows.classes);
  for (std::uint32_t c = 0; c < rows.classes; ++c)
    name[c] = std::binary_search(hidden.begin(), hidden.end(), c) ? taken++ : kept++;

  std::vector<bool> is_taken(rows.known.rows, false);
  for (std::uint32_t c = 0; c < rows.classes; ++c) {
    std::vector<std::uint32_t> of_class;
    for (std::uint32_t r = 0; r < rows.known.rows; ++r)
      if (rows.classes_of_known[r] == c) of_class.push_back(r);
    if (name[c] >= fold.rows.classes) {
      for (std::uint32_t r : of_class) is_taken[r] = true;
    } else if (settings.unlabelled_known > 0 && of_class.size() > 1) {
      hashing::Stream stream(settings.seed, hashing::Purpose::kSplit, 1 + c);
      for (std::uint32_t r :
           tables::cut_rows(of_class, {}, settings.unlabelled_known, 1, stream).part)
        is_taken[r] = true;
    }
  }
  std::vector<std::uint32_t> known, moved;
  for (std::uint32_t r = 0; r < rows.known.rows; ++r) {
    (is_taken[r] ? moved : known).push_back(r);
    if (!is_taken[r]) fold.rows.classes_of_known.push_back(name[rows.classes_of_known[r]]);
  }
  fold.rows.known = rows_of(rows.known.view(), known);
  fold.rows.unlabelled = stacked(rows.unlabelled.view(), rows_of(rows.known.view(), moved).view());
  for (std::size_t i = 0; i < moved.size(); ++i) {
    fold.scored.push_back(static_cast<std::uint32_t>(rows.unlabelled.rows + i));
    fold.truth.push_back(name[rows.classes_of_known[moved[i]]]);
  }
  if (settings.hidden_only) fold.rows.grouped = fold.scored;
  return fold;
}

}  // namespace equivolve::novel_class_discovery
