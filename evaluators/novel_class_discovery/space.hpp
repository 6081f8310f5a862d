// Which candidates a search looks at, and what one of them says.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "evaluators/novel_class_discovery/method.hpp"
#include "evaluators/novel_class_discovery/settings.hpp"
#include "search/space/configuration_space.hpp"
#include "search/space/graph_space.hpp"

namespace equivolve::novel_class_discovery {

/// What the default ranges depend on.
struct SpaceFacts {
  std::size_t dimension = 1;
  std::size_t known_classes = 2;
  std::size_t novel_classes = 2;  ///< or a guess
  std::size_t rows = 3;           ///< labelled and unlabelled training rows
};

std::string default_space(const SpaceFacts& facts);
/// Cells that encode for PBN (code_network.hpp).
std::string default_cell_space();

/// Methods with their hyperparameters, or cells.
using Space = std::variant<search::ConfigurationSpace, search::GraphSpace>;
/// What the engine resolved. Throws sdk::Refused.
Space read_space(std::string_view json);

/// `genome` is one of the space. `facts`: as default_space got them.
Method method_of(search::GenomeView genome, const search::ConfigurationSpace& space,
                 const SpaceFacts& facts);

/// PBN with the cell as its encoder. `genome` is one of the space.
Method method_of(search::GenomeView genome, const search::GraphSpace& space,
                 const SpaceFacts& facts, const CellOptions& options);

/// Each method of the space with its defaults; of cells, the chain that is PBN's own and no hidden
/// layer at all. A JSON list of references.
std::string list_references(const Space& space);

}  // namespace equivolve::novel_class_discovery
