#include "engine/cli/changes.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/units.hpp"

namespace equivolve::cli {
namespace {

using Sum = tl::expected<std::string, std::string>;
using No = tl::unexpected<std::string>;

Sum add_count(const std::string& key, const std::optional<std::uint64_t>& present,
              const std::string& more) {
  const auto number = engine::parse_integer(more);
  if (!number) return No("'+" + more + "' is no '+' and an integer, as in " + key + "=+5000");
  if (!present) return No("the run has no " + key + " to add to; give a value without '+'");
  if (*number > std::numeric_limits<std::uint64_t>::max() - *present)
    return No("the sum is too large");
  return std::to_string(*present + *number);
}

Sum add_time(const std::optional<std::chrono::nanoseconds>& present, const std::string& more) {
  const auto duration = engine::parse_duration(more);
  if (!duration) return No("'+" + more + "' is no '+' and a duration, as in budget.time=+10m");
  if (!present) return No("the run has no budget.time to add to; give a value without '+'");
  return engine::format_duration(*present + *duration);
}

/// Leaves of a JSON tree with their dotted names. Lists are leaves.
void leaves(const nlohmann::json& node, const std::string& name,
            std::map<std::string, nlohmann::json>& out) {
  if (!node.is_object()) {
    out[name] = node;
    return;
  }
  for (const auto& [key, value] : node.items())
    leaves(value, name.empty() ? key : name + "." + key, out);
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> add_to_present(
    const std::vector<std::string>& assignments, const engine::BudgetConfig& present) {
  std::vector<std::string> out;
  for (const std::string& assignment : assignments) {
    const std::size_t sign = assignment.find("=+");
    const std::string key = assignment.substr(0, assignment.find('='));
    if (sign == std::string::npos || sign != key.size() || !key.starts_with("budget.")) {
      out.push_back(assignment);
      continue;
    }
    const std::string more = assignment.substr(sign + 2);
    Sum sum = tl::unexpected(
        std::string("'+' can be used with budget.candidates, budget.evaluations and budget.time"));
    if (key == "budget.candidates") sum = add_count(key, present.candidates, more);
    if (key == "budget.evaluations") sum = add_count(key, present.evaluations, more);
    if (key == "budget.time") sum = add_time(present.time, more);
    if (!sum) return No("--set " + assignment + ": " + sum.error());
    out.push_back(key + "=" + *sum);
  }
  return out;
}

std::string overspent(const engine::BudgetConfig& present, const engine::BudgetConfig& changed,
                      const Spent& spent) {
  if (changed.candidates != present.candidates && changed.candidates &&
      *changed.candidates < spent.candidates)
    return fmt::format("budget.candidates is {}, but it has had {} candidates", *changed.candidates,
                       spent.candidates);
  if (changed.evaluations != present.evaluations && changed.evaluations &&
      *changed.evaluations < spent.evaluations)
    return fmt::format("budget.evaluations is {}, but it has made {}", *changed.evaluations,
                       spent.evaluations);
  if (changed.time != present.time && changed.time && *changed.time < spent.time)
    return fmt::format("budget.time is {}, but it has searched for {}",
                       engine::format_duration(*changed.time), engine::format_duration(spent.time));
  if (changed.target != present.target && spent.reaches_target)
    return "its best reaches budget.target already";
  return "";
}

std::vector<std::string> changed_keys(const std::string& before, const std::string& after) {
  std::map<std::string, nlohmann::json> a, b;
  leaves(nlohmann::json::parse(before, nullptr, false), "", a);
  leaves(nlohmann::json::parse(after, nullptr, false), "", b);
  std::vector<std::string> changed;
  for (const auto& [key, value] : a)
    if (const auto found = b.find(key); found == b.end() || found->second != value)
      changed.push_back(key);
  for (const auto& [key, value] : b)
    if (!a.contains(key)) changed.push_back(key);
  std::sort(changed.begin(), changed.end());
  return changed;
}

bool may_change(const std::string& key) {
  static constexpr std::array<std::string_view, 10> kFree = {
      "budget.",          "workers.",           "store.",
      "plugins.",         "evaluator.deadline", "evaluator.isolation",
      "evaluator.memory", "evaluator.cpu_time", "evaluator.open_files",
      "data.file"};
  return std::any_of(kFree.begin(), kFree.end(), [&](std::string_view free) {
    return free.back() == '.' ? key.starts_with(free) : key == free;
  });
}

}  // namespace equivolve::cli
