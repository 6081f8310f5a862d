#include "engine/config/operators_key.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/config/search_keys_in_use.hpp"
#include "engine/config/units.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::engine {
namespace {

using MaybeComplaint = std::optional<Complaint>;
using search::OperatorKind;
using search::WeightedOperator;

MaybeComplaint read_weight(const Entry& entry, double& out) {
  const std::vector<std::string> known = weighted_names();
  if (std::find(known.begin(), known.end(), entry.key) == known.end())
    return Complaint{fmt::format("names '{}', which is no operator", one_line(entry.key, 60)),
                     fmt::format("one of {}", fmt::join(known, ", ")), suggestion(entry.key, known),
                     entry.key_mark};
  const bool is_plain = entry.value.is_scalar() && !entry.value.quoted;
  const auto weight = parse_number(is_plain ? entry.value.text : "");
  const bool fits = weight && (*weight == 0 || (*weight >= search::OperatorWeights::kLeast &&
                                                *weight <= search::OperatorWeights::kMost));
  if (!fits)
    return Complaint{fmt::format("has '{}', whose weight {}", entry.key, describe(entry.value)),
                     "0, or a number from 1e-06 to 1000000", "", entry.value.mark};
  out = *weight + 0.0;  // no -0
  return std::nullopt;
}

/// What is said where every operator of a kind is off; "" where one is left.
std::string all_off(const Configuration& c, OperatorKind kind) {
  const bool real_coded = breeding_algorithm(c.search) == "nsga2";
  std::vector<std::string> names;
  for (const WeightedOperator& one : search::weighted_operators()) {
    if (search::representation_name(one.representation) != c.representation || one.kind != kind)
      continue;
    const std::string name(search::operator_name(one.op));
    const auto given = c.search.operators.find(name);
    const double own = real_coded ? one.real_coded : one.usual;
    if ((given != c.search.operators.end() ? given->second : own) > 0) return "";
    names.push_back(name);
  }
  const char* what = kind == OperatorKind::kMutation ? "mutation" : "crossover";
  return fmt::format(
      "search.operators leaves no {0} of representation '{1}'; expected a weight above 0 for one "
      "of {2} "
      "(search.{0}_probability: 0 does without any)",
      what, c.representation, fmt::join(names, ", "));
}

}  // namespace

std::vector<std::string> weighted_names(const std::string& representation) {
  std::vector<std::string> names;
  for (const WeightedOperator& one : search::weighted_operators()) {
    std::string name(search::operator_name(one.op));
    const bool is_asked =
        representation.empty() || search::representation_name(one.representation) == representation;
    if (is_asked && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

Key operators_key(std::string name, std::string help, Field<std::map<std::string, double>> value) {
  Key key;
  key.name = std::move(name);
  key.kind = KeyKind::kWeights;
  key.expected = "a map of operators and weights, as in {insert_token: 0, delete_token: 2.5}";
  key.help = std::move(help);
  key.read = [value](const Node& node, const PathBase&, Configuration& out) -> MaybeComplaint {
    if (!node.is_map()) return Complaint{describe(node), "", "", node.mark};
    std::map<std::string, double> all;
    for (const Entry& entry : node.entries)
      if (auto complaint = read_weight(entry, all[entry.key])) return complaint;
    value.set(out, std::move(all));
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    nlohmann::json out = nlohmann::json::object();
    const std::map<std::string, double> all = value.get(in);
    for (const auto& one : all) out[one.first] = one.second;
    return out.dump();
  };
  return key;
}

ConfigProblems check_operators(const ReadConfiguration& read) {
  const Configuration& c = read.configuration;
  const std::string pointer = "/search/operators";
  const std::vector<std::string> known = weighted_names(c.representation);
  ConfigProblems problems;
  for (const auto& one : c.search.operators)
    if (std::find(known.begin(), known.end(), one.first) == known.end())
      problems.push_back(read.document.problem_at_pointer(
          pointer + "/" + one.first, true,
          fmt::format("search.operators names '{}', which is no operator of the representation "
                      "'{}'; expected one of {}{}",
                      one.first, c.representation, fmt::join(known, ", "),
                      suggestion(one.first, known))));
  if (!problems.empty() || c.search.operators.empty()) return problems;
  for (const OperatorKind kind : {OperatorKind::kMutation, OperatorKind::kCrossover})
    if (std::string why = all_off(c, kind); !why.empty())
      problems.push_back(read.document.problem_at_pointer(pointer, false, std::move(why)));
  return problems;
}

std::map<search::Operator, double> operator_weights(const SearchConfig& search) {
  std::map<search::Operator, double> weights;
  for (const WeightedOperator& one : search::weighted_operators())
    if (const auto given = search.operators.find(std::string(search::operator_name(one.op)));
        given != search.operators.end())
      weights[one.op] = given->second;
  return weights;
}

}  // namespace equivolve::engine
