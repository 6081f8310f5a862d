// Runs a searcher as the engine does, on one thread: request n is asked after exactly the tells up
// to n - lookahead; an algorithm that answers "nothing yet" is asked again after each further tell.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "search/algorithms/searcher.hpp"

namespace equivolve::search::test {

struct Told {
  Request request;
  Candidate candidate;
  Outcome outcome;
};

/// A value: a copy goes on from where the original stood.
class SearchLoop {
 public:
  using Judge = std::function<Outcome(const Genome&)>;

  SearchLoop(Searcher searcher, std::size_t lookahead, Judge judge)
      : searcher_(std::move(searcher)), lookahead_(lookahead), judge_(std::move(judge)) {}

  /// Until so many were told in all, or the search had nothing more to ask.
  const std::vector<Told>& run(std::size_t tells) {
    while (told_.size() < tells) {
      while (in_flight_.size() < lookahead_) {
        auto request = searcher_.ask(next_ticket_);
        if (!request) break;
        ++next_ticket_;
        in_flight_.push_back(std::move(*request));
      }
      if (in_flight_.empty()) break;
      tell_next();
    }
    return told_;
  }
  const std::vector<Told>& told() const { return told_; }

 private:
  void tell_next() {
    Told one;
    one.request = std::move(in_flight_.front());
    in_flight_.pop_front();
    Bred bred = searcher_.vary(one.request, 0);
    one.candidate.birth = one.request.birth;
    one.candidate.first_parent = one.request.recipe.first_parent;
    one.candidate.second_parent = one.request.recipe.second_parent;
    one.candidate.op = bred.op;
    one.candidate.genome = std::make_shared<const Genome>(std::move(bred.genome));
    one.outcome = judge_(*one.candidate.genome);
    searcher_.tell(one.request, one.candidate, one.outcome);
    told_.push_back(std::move(one));
  }

  Searcher searcher_;
  std::size_t lookahead_;
  Judge judge_;
  Ticket next_ticket_ = 0;
  std::deque<Request> in_flight_;
  std::vector<Told> told_;
};

/// Drives one algorithm without any genome: an outcome is whatever the test says of a request.
template <class A>
class Drive {
 public:
  explicit Drive(A algorithm) : algorithm_(std::move(algorithm)) {}

  std::optional<Request> ask() {
    auto request = algorithm_.ask(ticket_, hashing::Stream(1, hashing::Purpose::kAsk, ticket_));
    if (request) ++ticket_;
    return request;
  }
  void tell(const Request& request, Outcome outcome) {
    Candidate candidate;
    candidate.birth = request.birth;
    candidate.first_parent = request.recipe.first_parent;
    candidate.genome = std::make_shared<const Genome>();
    algorithm_.tell(request, candidate, outcome);
  }
  void tell(const Request& request, double fitness, bool ranked = true, double violation = 0) {
    Outcome outcome;
    outcome.ranked = ranked;
    if (ranked) outcome.objectives = {fitness};
    outcome.violation = violation;
    tell(request, std::move(outcome));
  }
  const A& algorithm() const { return algorithm_; }

 private:
  A algorithm_;
  Ticket ticket_ = 0;
};

}  // namespace equivolve::search::test
