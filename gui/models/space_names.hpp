// The names that a run's space gives to what genomes hold as numbers.
#pragma once

#include <string>
#include <vector>

#include <QJsonObject>
#include <QJsonValue>

#include "search/genome/graph.hpp"

namespace equivolve::gui {

/// The space of a resolved configuration; empty where there is none.
QJsonObject space_of(const std::string& config_resolved);

/// A list of strings, or the characters of one string.
std::vector<std::string> names_in(const QJsonValue& value);

/// Adds prefix0, prefix1, ... until there are `count`.
void name_up_to(std::vector<std::string>& names, std::size_t count, const std::string& prefix);

/// A name for every operation that the graph has.
std::vector<std::string> operation_names(const search::Graph& graph, const QJsonObject& space);

}  // namespace equivolve::gui
