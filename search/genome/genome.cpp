#include "search/genome/genome.hpp"

#include <array>
#include <utility>

namespace equivolve::search {
namespace {

constexpr std::array<std::pair<Representation, std::string_view>, 5> kNames{
    {{Representation::kProgram, "program"},
     {Representation::kExpression, "expression"},
     {Representation::kGraph, "graph"},
     {Representation::kConfiguration, "configuration"},
     {Representation::kSequence, "sequence"}}};

}  // namespace

std::string_view representation_name(Representation representation) {
  for (const auto& [value, name] : kNames)
    if (value == representation) return name;
  return "";
}

std::optional<Representation> representation_named(std::string_view name) {
  for (const auto& [value, known] : kNames)
    if (known == name) return value;
  return std::nullopt;
}

}  // namespace equivolve::search
