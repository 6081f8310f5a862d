// Random search: every candidate from nothing. The baseline of every study. Source: Bergstra,
// Bengio 2012, "Random search for hyper-parameter optimization" (JMLR 13).
#pragma once

#include <memory>
#include <optional>

#include "search/algorithms/request.hpp"

namespace equivolve::search {

class RandomSearch {
 public:
  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

 private:
  Birth births_ = 0;
};

}  // namespace equivolve::search
