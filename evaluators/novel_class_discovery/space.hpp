// Which candidates a search looks at, and what one of them says.
#pragma once

#include <string>
#include <string_view>

#include "evaluators/novel_class_discovery/method.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::novel_class_discovery {

/// What the default ranges depend on.
struct SpaceFacts {
  std::size_t dimension = 1;
  std::size_t known_classes = 2;
  std::size_t novel_classes = 2;  ///< or a guess
  std::size_t rows = 3;           ///< labelled and unlabelled training rows
};

std::string default_space(const SpaceFacts& facts);

/// What the engine resolved. Throws sdk::Refused.
search::ConfigurationSpace read_space(std::string_view json);

/// `genome` is one of the space. `facts`: as default_space got them.
Method method_of(search::GenomeView genome, const search::ConfigurationSpace& space,
                 const SpaceFacts& facts);

/// Each method of the space with its defaults, as a JSON list of references.
std::string list_references(const search::ConfigurationSpace& space);

}  // namespace equivolve::novel_class_discovery
