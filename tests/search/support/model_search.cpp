#include "tests/search/support/model_search.hpp"

#include <limits>

namespace equivolve::search::test {

Outcome worth(double fitness) {
  Outcome outcome;
  outcome.ranked = true;
  outcome.objectives = {fitness};
  return outcome;
}

Outcome failed() {
  return {};
}

std::vector<double> numbers(const Genome& genome, const ConfigurationSpace& space) {
  std::vector<double> out;
  for (const eqv_parameter_value& value : view_configuration(genome.flat, space))
    out.push_back(value.number);
  return out;
}

std::shared_ptr<const ConfigurationSpace> shared(const ConfigurationSpace& space) {
  return std::make_shared<const ConfigurationSpace>(space);
}

ModelSearch::ModelSearch(Algorithm algorithm, const ConfigurationSpace& space, Judge judge,
                         std::uint64_t seed, std::size_t lookahead)
    : searcher(std::move(algorithm), std::make_shared<const Space>(space), seed),
      judge_(std::move(judge)),
      lookahead_(lookahead) {}

void ModelSearch::fill() {
  while (flight_.size() < lookahead_) {
    auto request = searcher.ask(ticket_);
    if (!request) return;
    ++ticket_;
    Bred bred = searcher.vary(*request, 0);
    Candidate candidate;
    candidate.birth = request->birth;
    candidate.genome = std::make_shared<const Genome>(std::move(bred.genome));
    candidate.op = bred.op;
    flight_.emplace_back(std::move(*request), std::move(candidate));
  }
}

bool ModelSearch::step() {
  fill();
  if (flight_.empty()) return false;
  auto [request, candidate] = std::move(flight_.front());
  flight_.pop_front();
  const Outcome outcome = judge_(*candidate.genome);
  searcher.tell(request, candidate, outcome);
  told.push_back(*candidate.genome);
  ops.push_back(candidate.op);
  fitness.push_back(outcome.ranked ? outcome.objectives.front()
                                   : -std::numeric_limits<double>::infinity());
  return true;
}

std::size_t ModelSearch::steps_to(double wanted, std::size_t most) {
  for (std::size_t n = 1; n <= most; ++n) {
    if (!step()) return most;
    if (fitness.back() >= wanted) return n;
  }
  return most;
}

}  // namespace equivolve::search::test
