// A candidate as a person names it on the command line.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "engine/run/preparation.hpp"

namespace equivolve::cli {

/// A genome, or a reference that is known by its name only.
struct Chosen {
  search::Genome genome;
  std::string reference;

  engine::CandidateView view() const { return {genome.representation, genome.flat, reference}; }
};

/// `candidate` is a reference's name, a genome's text form, or a file that holds one. Prints and
/// returns the exit code on failure.
tl::expected<Chosen, int> choose_candidate(const engine::Preparation& preparation,
                                           const std::string& candidate);

/// From its text form; `place` stands in messages.
tl::expected<Chosen, int> parse_candidate(const engine::Preparation& preparation,
                                          const std::string& text, const std::string& place);

}  // namespace equivolve::cli
