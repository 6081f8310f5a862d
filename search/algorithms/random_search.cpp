#include "search/algorithms/random_search.hpp"

namespace equivolve::search {

std::optional<Request> RandomSearch::ask(Ticket ticket, hashing::Stream /*stream*/) {
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  return request;
}

void RandomSearch::tell(const Request& /*request*/, const Candidate& /*candidate*/,
                        const Outcome& /*outcome*/) {}

}  // namespace equivolve::search
