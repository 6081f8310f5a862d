// YAML text to a tree of own nodes, whatever the text: the only file that sees yaml-cpp.
#pragma once

#include <cstddef>
#include <string>

#include <tl/expected.hpp>

#include "engine/config/node.hpp"

namespace equivolve::engine {

/// Fixed limits (docs/configuration.md). Nodes and text are counted along aliases, so that a few
/// lines of anchors cannot unfold into memory.
struct YamlLimits {
  static constexpr std::size_t kText = std::size_t{1} << 20;     ///< bytes of the text
  static constexpr std::size_t kScalar = std::size_t{64} << 10;  ///< bytes of one scalar
  static constexpr std::size_t kScalars = std::size_t{4} << 20;  ///< bytes of all scalars
  static constexpr std::size_t kNodes = 100'000;
  static constexpr std::size_t kDepth = 64;
};

struct YamlProblem {
  Mark mark;
  std::string message;
};

/// Refuses what YAML has and a configuration needs not: a second document, tags, merge keys, keys
/// that are no plain scalars, duplicate keys (both lines are named), anchors that contain
/// themselves. Valid UTF-8 without NUL only. Never throws but std::bad_alloc. [any-thread]
tl::expected<Node, YamlProblem> parse_yaml(const std::string& text);

}  // namespace equivolve::engine
