// Between the tree and JSON.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/config/node.hpp"

namespace equivolve::engine {

/// Plain scalars as YAML 1.2's core schema reads them: null, true and false, decimal integers and
/// finite numbers; all else is text, as is everything in quotes. `problem` is told of numbers that
/// are none of these safely (010, .inf, 2^64); they become null.
nlohmann::json json_of(const Node& node,
                       const std::function<void(const Mark&, std::string)>& problem);

/// The way back; no node has a mark. Nesting is cut at 64 levels.
Node node_of(const nlohmann::json& value);

}  // namespace equivolve::engine
