// Short verbs for tests of the toy evaluators, one a representation, through the plugin interface.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "engine/config/space.hpp"
#include "search/variation/variation.hpp"
#include "tests/engine/plugins/modules_support.hpp"

namespace equivolve::engine::test {

/// A toy evaluator bound to its default space with a user's section over it.
struct BoundToy {
  Made made;
  std::shared_ptr<const search::Space> space;

  BoundToy(const std::string& id, search::Representation representation,
           const std::string& user = "{}")
      : made(make(id)) {
    const std::string name(search::representation_name(representation));
    auto read = space_section(representation).read(made.evaluator->default_space(name), user);
    if (!read) {
      ADD_FAILURE() << read.error()[0].message;
      return;
    }
    space = std::make_shared<const search::Space>(std::move(*read));
    const auto bound = made.evaluator->bind_space(space, to_json(*space));
    EXPECT_TRUE(bound.has_value());
  }

  search::Genome genome(const std::string& text) const {
    const auto parsed = search::parse_genome(text, *space);
    if (!parsed) ADD_FAILURE() << parsed.error().message;
    return parsed.value_or(search::Genome{});
  }
  hashing::ProbeDigest digest(const search::Genome& genome) const {
    const ProbeResult probed = made.evaluator->probe(view(genome), 1);
    EXPECT_EQ(probed.status, Status::kOk) << probed.message;
    return probed.digest;
  }
  std::vector<double> figures(const search::Genome& genome) const {
    const std::atomic<bool> stop{false};
    const TrialResult result = made.evaluator->evaluate(view(genome), {}, stop);
    EXPECT_TRUE(result.status == Status::kOk || result.status == Status::kNonFinite)
        << result.message;
    return result.figures;
  }
};

/// Two rivals with genomes that lie in the bound space, and neither of them perfect.
inline void expect_references_fit(const BoundToy& toy) {
  const auto references = toy.made.evaluator->reference_candidates();
  ASSERT_EQ(references.size(), 2u);
  for (const auto& reference : references) {
    const search::Genome genome = toy.genome(reference.genome_text);
    EXPECT_TRUE(search::check_genome(genome.flat, *toy.space));
    EXPECT_LT(toy.figures(genome)[0], 1) << reference.name;
  }
}

}  // namespace equivolve::engine::test
