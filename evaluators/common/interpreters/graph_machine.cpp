#include "evaluators/common/interpreters/graph_machine.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace equivolve::interpreters {
namespace {

/// IEEE 754's total order as the order of integers.
std::int64_t order_of(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits ^ ((bits >> 63) & std::numeric_limits<std::int64_t>::max());
}

bool before(double a, double b) {
  return order_of(a) < order_of(b);
}

}  // namespace

GraphMachine::GraphMachine(CellRules rules) : rules_(std::move(rules)) {}

bool GraphMachine::load(const search::Graph& graph) {
  graph_ = search::pruned(graph);
  sources_.resize(std::max<std::size_t>(sources_.size(), graph_.vertices));
  values_.resize(std::max(values_.size(), graph_.vertices * rules_.width));
  for (std::uint32_t v = 0; v < graph_.vertices; ++v) {
    sources_[v].clear();
    for (std::uint32_t from = 0; from < v; ++from)
      if (graph_.has_edge(from, v)) sources_[v].push_back(from);
  }
  return graph_.vertices != 0;
}

std::span<const double> GraphMachine::run(std::span<const double> input) {
  std::copy(input.begin(), input.end(), values_.begin());
  for (std::uint32_t v = 1; v < graph_.output(); ++v) {
    const std::span<double> out(values_.data() + v * rules_.width, rules_.width);
    rules_.operations[graph_.operations[v]](joined(v, rules_.join), out);
  }
  return joined(graph_.output(), rules_.output_join);
}

std::span<const double> GraphMachine::joined(std::uint32_t vertex, Join how) {
  const std::span<const std::uint32_t> sources(sources_[vertex]);
  if (sources.size() == 1) return value(sources[0]);
  return how == Join::kSum ? sum(sources) : concatenation(sources);
}

std::span<const double> GraphMachine::sum(std::span<const std::uint32_t> sources) {
  joined_.resize(rules_.width);
  std::array<double, search::kMaxGraphVertices> terms;
  const auto end = terms.begin() + static_cast<std::ptrdiff_t>(sources.size());
  for (std::size_t i = 0; i < rules_.width; ++i) {
    for (std::size_t s = 0; s < sources.size(); ++s) terms[s] = value(sources[s])[i];
    std::sort(terms.begin(), end, before);
    double total = terms[0];
    for (std::size_t s = 1; s < sources.size(); ++s) total += terms[s];
    joined_[i] = std::isnan(total) ? std::numeric_limits<double>::quiet_NaN() : total;
  }
  return joined_;
}

std::span<const double> GraphMachine::concatenation(std::span<const std::uint32_t> sources) {
  std::array<std::uint32_t, search::kMaxGraphVertices> ordered;
  const auto end = std::copy(sources.begin(), sources.end(), ordered.begin());
  std::sort(ordered.begin(), end, [this](std::uint32_t a, std::uint32_t b) {
    const auto x = value(a), y = value(b);
    return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), before);
  });
  joined_.clear();
  std::for_each(ordered.begin(), end, [this](std::uint32_t vertex) {
    const auto part = value(vertex);
    joined_.insert(joined_.end(), part.begin(), part.end());
  });
  return joined_;
}

}  // namespace equivolve::interpreters
