// A search over configurations as the engine runs it: candidates in flight, told in order.
#pragma once

#include <deque>
#include <functional>

#include "search/algorithms/searcher.hpp"
#include "tests/search/support/configurations.hpp"

namespace equivolve::search::test {

/// The outcome of a ranked candidate of this fitness.
Outcome worth(double fitness);
Outcome failed();

/// The numbers of a configuration, 0 where inactive.
std::vector<double> numbers(const Genome& genome, const ConfigurationSpace& space);

using Judge = std::function<Outcome(const Genome& genome)>;

class ModelSearch {
 public:
  /// At most `lookahead` in flight.
  ModelSearch(Algorithm algorithm, const ConfigurationSpace& space, Judge judge,
              std::uint64_t seed = 1, std::size_t lookahead = 1);

  /// Asks and breeds until `lookahead` are out or nothing more comes.
  void fill();
  /// fill(), then tells the oldest. False where nothing was in flight: the search has ended.
  bool step();
  /// How many were told until one was at least that good; `most` where none was.
  std::size_t steps_to(double fitness, std::size_t most);

  std::vector<Genome> told;     ///< in order
  std::vector<Operator> ops;    ///< of them
  std::vector<double> fitness;  ///< of them; -infinity without a rank
  const Genome& flying(std::size_t at) const { return *flight_[at].second.genome; }
  std::size_t in_flight() const { return flight_.size(); }
  Searcher searcher;

 private:
  Judge judge_;
  std::size_t lookahead_;
  Ticket ticket_ = 0;
  std::deque<std::pair<Request, Candidate>> flight_;
};

/// An aliasing pointer, as the engine hands a space to an algorithm.
std::shared_ptr<const ConfigurationSpace> shared(const ConfigurationSpace& space);

}  // namespace equivolve::search::test
