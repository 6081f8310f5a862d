#include "search/variation/variation.hpp"

#include "search/variation/configuration_variation.hpp"
#include "search/variation/expression_variation.hpp"
#include "search/variation/graph_variation.hpp"
#include "search/variation/program_variation.hpp"
#include "search/variation/sequence_variation.hpp"

namespace equivolve::search {

Genome random_genome(const Space& space, hashing::Stream& stream) {
  return std::visit([&](const auto& one) { return random_genome(one, stream); }, space);
}

Bred mutate_genome(GenomeView parent, const Space& space, hashing::Stream& stream) {
  return std::visit([&](const auto& one) { return mutate_genome(parent, one, stream); }, space);
}

Bred cross_genomes(GenomeView first, GenomeView second, const Space& space,
                   hashing::Stream& stream) {
  return std::visit([&](const auto& one) { return cross_genomes(first, second, one, stream); },
                    space);
}

}  // namespace equivolve::search
