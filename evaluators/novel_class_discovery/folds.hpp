// Hidden-class cross-validation: part of the known classes plays novel, so that a candidate can be
// judged without a label of a novel class. Source: Troisemaine et al. 2024 (doi
// 10.1007/s10618-024-01025-y); the number of folds and how classes are dealt out are this project's
// choice.
#pragma once

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

/// Classes hidden in each fold, ascending: h = max(1, round(fraction C)), at most C - 1; ceil(C /
/// h) folds; classes shuffled by the seed and cut into windows of h, the last one wrapping round.
/// Every class is hidden at least once. At least 2 classes.
std::vector<Labels> hidden_classes(std::size_t classes, double fraction, std::uint64_t seed);

/// The problem of one fold.
struct Fold {
  LearningRows rows;                  ///< hidden classes' rows stand behind the unlabelled ones
  std::vector<std::uint32_t> scored;  ///< rows of rows.unlabelled whose class is known to us
  Labels truth;  ///< of those: below rows.classes a class that stayed known, then the hidden ones
  std::size_t hidden = 0;  ///< how many classes
};

struct FoldSettings {
  bool hidden_only = false;     ///< rows.grouped: the scored rows alone
  double unlabelled_known = 0;  ///< share of the rows of each class that stays known whose labels
                                ///< are taken too; they are scored (mixed)
  std::uint64_t seed = 0;
};

Fold make_fold(const LearningRows& rows, const Labels& hidden, const FoldSettings& settings);

}  // namespace equivolve::novel_class_discovery
