// A candidate as it crosses the C interface.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"
#include "search/space/space.hpp"

namespace equivolve::engine {

/// Lives where it was made, as long as the CandidateView and what it points to. The genome is not
/// copied, unless it breaks the promise of 8-byte alignment.
class RawCandidate {
 public:
  /// `space` gives the readable form; without one there is none.
  RawCandidate(const CandidateView& view, const search::Space* space);
  RawCandidate(const RawCandidate&) = delete;
  RawCandidate& operator=(const RawCandidate&) = delete;
  const eqv_candidate* get() const { return &raw_; }

 private:
  static void write_text(void* context, const eqv_text_sink* sink);

  const search::Space* const space_;
  std::vector<std::byte> aligned_;
  eqv_candidate raw_;
};

}  // namespace equivolve::engine
