// What a candidate does on a few dozen rows, for its digest.
#pragma once

#include "evaluators/novel_class_discovery/method.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::novel_class_discovery {

class MethodProbe {
 public:
  /// Rows evenly spread over those that may be learnt from.
  explicit MethodProbe(const LearningRows& rows);

  /// The form of the method (what its numbers cannot show: how it starts, what clusters its codes,
  /// numbers of neighbours), then, for methods that learn a code, codes after a few steps, and for
  /// those that embed rows by distance, distances in the embedding. So what a weight of 0, a
  /// dropout of 0 or an inactive part makes equal is equal. [any-thread]
  void run(const Method& method, std::uint64_t seed, sdk::OutputSink& sink) const;

 private:
  void put_codes(const Method& method, std::uint64_t seed, sdk::OutputSink& sink) const;
  void put_tabular(const Method& method, std::uint64_t seed, sdk::OutputSink& sink) const;
  void put_embedding(PointsView x, const EmbeddingSettings& how, sdk::OutputSink& sink) const;

  LearningRows rows_;  // constant after construction
};

}  // namespace equivolve::novel_class_discovery
