// Artefacts of an apply, put together from the pieces in which a worker sends them.
#pragma once

#include <string>
#include <vector>

#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::engine {

class ArtefactParts {
 public:
  void take(protocol::ArtefactPart part);
  /// What was wrong with one of them, behind the evaluator's name; "": nothing.
  const std::string& fault() const { return fault_; }
  std::vector<Artefact> all() && { return std::move(all_); }

 private:
  std::string fault_of_next(const protocol::ArtefactPart& part) const;
  bool goes_on(const protocol::ArtefactPart& part) const {
    return !all_.empty() && all_.back().name == part.name;
  }

  std::vector<Artefact> all_;
  std::string fault_;
  std::size_t bytes_ = 0;
};

}  // namespace equivolve::engine
