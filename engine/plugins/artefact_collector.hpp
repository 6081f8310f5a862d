// Takes the artefacts that an evaluator's apply writes.
#pragma once

#include <string>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::engine {

/// Lives where it was made: the sink points to it. Names that break the rule or come twice are
/// refused (begin gives 0); all artefacts together hold at most 1 GiB.
class ArtefactCollector {
 public:
  ArtefactCollector() = default;
  ArtefactCollector(const ArtefactCollector&) = delete;
  ArtefactCollector& operator=(const ArtefactCollector&) = delete;

  const eqv_artefact_sink* sink() const { return &sink_; }
  /// What the evaluator did wrong, "" for nothing. Call when apply has returned.
  std::string fault() const;
  std::vector<Artefact> take() { return std::move(artefacts_); }

 private:
  static int begin(void* context, const char* name, const char* media_type);
  static void write(void* context, const void* data, std::size_t size);
  static void end(void* context);
  bool known(const char* name) const;

  std::vector<Artefact> artefacts_;
  bool open_ = false;
  std::size_t total_ = 0;
  const char* fault_ = nullptr;
  eqv_artefact_sink sink_{sizeof(eqv_artefact_sink), this, &begin, &write, &end};
};

}  // namespace equivolve::engine
