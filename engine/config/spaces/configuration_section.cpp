#include "engine/config/spaces/configuration_section.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/config/spaces/configuration_parameter.hpp"
#include "engine/config/spaces/configuration_schema.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;
using search::Clause;
using search::Combination;
using search::ConfigurationSpace;
using search::Parameter;

using Problems = std::vector<PointerProblem>;
using ReadConfigurations = tl::expected<ConfigurationSpace, Problems>;

constexpr std::size_t kMostParameters = 1000;

const json& member_or_empty(const json& document, const char* key) {
  static const json kEmpty;
  const auto found = document.find(key);
  return found == document.end() ? kEmpty : *found;
}

// Reads a document over what an evaluator offers, if one does.
class ConfigurationSectionReading {
 public:
  ConfigurationSectionReading(const ConfigurationSpace* offered, bool is_alone)
      : offered_(offered), is_alone_(is_alone) {}

  void read(const json& document, Problems form) {
    problems_ = std::move(form);
    const json& given = member_or_empty(document, "parameters");
    read_parameters(given.is_object() ? given : json::object());
    // With parameters missing, more could be said of conditions than is true.
    if (offered_) take_offered_conditions();
    read_conditions(given.is_object() ? given : json::object());
    const json& forbidden = member_or_empty(document, "forbidden");
    if (forbidden.is_array()) read_forbidden(forbidden);
  }

  ReadConfigurations finish() {
    if (!problems_.empty()) return tl::unexpected(std::move(problems_));
    // Alone, what is not here may be the evaluator's.
    if (is_alone_ && (names_others_ || !unread_.empty())) return ConfigurationSpace{};
    if (parameters_.empty() && !is_alone_)
      return tl::unexpected(
          Problems{{"", true, "space has no parameters; expected a map of them"}});
    // They are kept for the message: making the space takes them.
    const std::vector<Parameter> kept = parameters_;
    auto space = search::make_configuration_space(std::move(parameters_), std::move(forbidden_));
    if (!space) return tl::unexpected(Problems{fault_problem(space.error(), kept)});
    return std::move(*space);
  }

 private:
  void add(std::string pointer, std::string message, bool at_key = false) {
    if (problems_.size() < kMostProblems)
      problems_.push_back({std::move(pointer), at_key, std::move(message)});
  }

  bool has_faulty_form(const std::string& pointer) const {
    return std::any_of(problems_.begin(), problems_.end(), [&](const PointerProblem& problem) {
      return problem.pointer == pointer || problem.pointer.starts_with(pointer + "/");
    });
  }

  // ---- parameters, in the order of their names: maps have none of their own

  void read_parameters(const json& given) {
    if (given.size() > kMostParameters)
      return add("/parameters",
                 fmt::format("space.parameters has {} parameters; expected at most {}",
                             given.size(), kMostParameters));
    std::map<std::string, std::optional<Parameter>> all;
    if (offered_)
      for (const Parameter& p : offered_->parameters) all[p.name] = unconditional(p);
    for (const auto& [name, one] : given.items()) {
      if (offered_ && !all.contains(name)) {
        refuse_unknown(name, "/parameters/" + escape_pointer_part(name), "space.parameters");
        continue;
      }
      all[name] = read_one(name, one);
    }
    for (auto& [name, parameter] : all) {
      if (!parameter) {
        unread_.insert(name);
        continue;
      }
      parameter->name = name;
      parameters_.push_back(std::move(*parameter));
    }
  }

  static Parameter unconditional(Parameter p) {
    p.when.clear();
    return p;
  }

  std::optional<Parameter> read_one(const std::string& name, const json& given) {
    const std::string pointer = "/parameters/" + escape_pointer_part(name);
    if (!search::is_parameter_name(name)) {
      add(pointer,
          fmt::format("'{}' is no parameter's name; expected letters, digits, '_', '-' and '.', a "
                      "letter or '_' first, at most 64",
                      one_line(name, 60)),
          true);
      return std::nullopt;
    }
    if (has_faulty_form(pointer)) return std::nullopt;
    const Parameter* base = offered_parameter(name);
    const Parameter open = base ? unconditional(*base) : Parameter();
    const ParameterReading reading{"space.parameters." + name, base ? &open : nullptr, is_alone_};
    return read_parameter(given, reading,
                          [&](const std::string& below, std::string message, bool at_key) {
                            add(pointer + below, std::move(message), at_key);
                          });
  }

  const Parameter* offered_parameter(const std::string& name) const {
    if (!offered_) return nullptr;
    const auto at = search::position_of(*offered_, name);
    return at ? &offered_->parameters[*at] : nullptr;
  }

  void refuse_unknown(const std::string& name, std::string pointer, const std::string& place) {
    std::vector<std::string> names(unread_.begin(), unread_.end());
    for (const Parameter& p : parameters_) names.push_back(p.name);
    if (offered_ && parameters_.empty())
      for (const Parameter& p : offered_->parameters) names.push_back(p.name);
    std::sort(names.begin(), names.end());
    constexpr std::size_t kMostListed = 12;
    const std::vector<std::string> listed(
        names.begin(),
        names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostListed)));
    const std::string more =
        names.size() > kMostListed ? fmt::format(" and {} more", names.size() - kMostListed) : "";
    add(std::move(pointer),
        fmt::format("unknown parameter '{}' in {}; expected {}{}{}{}", one_line(name, 60), place,
                    names.empty() ? "a parameter of the space" : "one of ", fmt::join(listed, ", "),
                    more, suggestion(name, names)),
        true);
  }

  // ---- conditions and what is forbidden

  std::optional<std::uint32_t> place_of(const std::string& name) const {
    for (std::uint32_t i = 0; i < parameters_.size(); ++i)
      if (parameters_[i].name == name) return i;
    return std::nullopt;
  }

  // What the evaluator asks, of the parameters as they are now: values that have been narrowed away
  // are never met.
  std::vector<Clause> narrowed(const std::vector<Clause>& clauses) const {
    std::vector<Clause> out;
    for (const Clause& clause : clauses) {
      const Parameter& offered = offered_->parameters[clause.parameter];
      const auto place = place_of(offered.name);
      if (!place) continue;
      Clause now = clause;
      now.parameter = *place;
      now.values.clear();
      for (double value : clause.values)
        if (const auto kept =
                parameter_value(parameter_value_json(offered, value), parameters_[*place]))
          now.values.push_back(*kept);
      out.push_back(std::move(now));
    }
    sort_clauses(out);
    return out;
  }

  void sort_clauses(std::vector<Clause>& clauses) const {
    std::sort(clauses.begin(), clauses.end(),
              [](const Clause& a, const Clause& b) { return a.parameter < b.parameter; });
  }

  static bool can_be_met(const Combination& combination) {
    return std::all_of(combination.begin(), combination.end(), [](const Clause& clause) {
      return clause.is_range || !clause.values.empty();
    });
  }

  void forbid(Combination combination) {
    if (can_be_met(combination) &&
        std::find(forbidden_.begin(), forbidden_.end(), combination) == forbidden_.end())
      forbidden_.push_back(std::move(combination));
  }

  void take_offered_conditions() {
    for (Parameter& p : parameters_) p.when = narrowed(offered_parameter(p.name)->when);
    for (const Combination& combination : offered_->forbidden) {
      Combination now = narrowed(combination);
      if (now.size() == combination.size()) forbid(std::move(now));
    }
  }

  void read_conditions(const json& given) {
    for (const auto& [name, one] : given.items()) {
      const auto at = place_of(name);
      if (!at || !one.is_object() || !one.contains("when") || !one["when"].is_object()) continue;
      const std::string pointer = "/parameters/" + escape_pointer_part(name) + "/when";
      if (has_faulty_form(pointer)) continue;
      const std::string place = "space.parameters." + name + ".when";
      const std::size_t before = problems_.size();
      std::vector<Clause> when = read_clauses(one["when"], pointer, place);
      if (problems_.size() > before) continue;
      Parameter& p = parameters_[*at];
      if (!offered_)
        p.when = std::move(when);
      else if (p.when != when)
        add(pointer,
            fmt::format("{} differs from what the evaluator asks; expected the key left out, or {}",
                        place, p.when.empty() ? "no condition" : conditions_json(p.when).dump()),
            true);
    }
  }

  void read_forbidden(const json& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string pointer = fmt::format("/forbidden/{}", i);
      if (!list[i].is_object() || has_faulty_form(pointer)) continue;
      const std::string place = fmt::format("space.forbidden[{}]", i);
      if (list[i].empty())
        add(pointer, place + " is empty; expected at least one parameter and its values");
      else
        forbid(read_clauses(list[i], pointer, place));
    }
  }

  std::vector<Clause> read_clauses(const json& given, const std::string& pointer,
                                   const std::string& place) {
    std::vector<Clause> clauses;
    for (const auto& [name, condition] : given.items()) {
      const std::string at = pointer + "/" + escape_pointer_part(name);
      const auto parameter = place_of(name);
      if (!parameter) {
        // One that could not be read has been complained of.
        names_others_ = true;
        if (!is_alone_ && !unread_.contains(name)) refuse_unknown(name, at, place);
        continue;
      }
      clauses.push_back(condition.is_object()
                            ? read_range(condition, *parameter, at, place + "." + name)
                            : read_values(condition, *parameter, at, place + "." + name));
    }
    sort_clauses(clauses);
    return clauses;
  }

  Clause read_range(const json& given, std::uint32_t parameter, const std::string& pointer,
                    const std::string& place) {
    const Parameter& p = parameters_[parameter];
    Clause clause;
    clause.parameter = parameter;
    clause.is_range = true;
    if (!is_numeric(p)) {
      add(pointer, fmt::format("{} is a range, {} is of type {}; expected {}", place, p.name,
                               search::kind_name(p.kind), search::expected_values(p)));
      return clause;
    }
    clause.low = given.contains("low") ? given["low"].get<double>() + 0.0 : p.low;
    clause.high = given.contains("high") ? given["high"].get<double>() + 0.0 : p.high;
    if (clause.low > clause.high)
      add(pointer, fmt::format("{} is a range from {} to {}; expected its low end first", place,
                               search::number_text(clause.low), search::number_text(clause.high)));
    return clause;
  }

  Clause read_values(const json& given, std::uint32_t parameter, const std::string& pointer,
                     const std::string& place) {
    const Parameter& p = parameters_[parameter];
    Clause clause;
    clause.parameter = parameter;
    const auto take = [&](const json& one, const std::string& at, const std::string& name) {
      if (const auto value = parameter_value(one, p))
        clause.values.push_back(*value);
      else
        add(at, fmt::format("{} is {}; expected {}{}", name, shown_value(one),
                            search::expected_values(p), choice_suggestion(one, p)));
    };
    if (!given.is_array()) {
      take(given, pointer, place);
    } else {
      for (std::size_t i = 0; i < given.size(); ++i)
        take(given[i], fmt::format("{}/{}", pointer, i), fmt::format("{}[{}]", place, i));
    }
    std::sort(clause.values.begin(), clause.values.end());
    clause.values.erase(std::unique(clause.values.begin(), clause.values.end()),
                        clause.values.end());
    return clause;
  }

  // ---- the whole

  PointerProblem fault_problem(const search::SpaceFault& fault,
                               const std::vector<Parameter>& parameters) const {
    if (fault.kind == search::SpaceFault::Kind::kCircle) {
      std::string circle;
      for (std::uint32_t at : fault.circle) circle += parameters[at].name + " needs ";
      circle += parameters[fault.circle.front()].name;
      return {fmt::format("/parameters/{}/when", parameters[fault.circle.front()].name), true,
              fmt::format("conditions go round in a circle: {}; expected an order", circle)};
    }
    if (fault.kind == search::SpaceFault::Kind::kNothingAllowed)
      return {"/forbidden", true,
              "space.forbidden leaves nothing; expected at least one configuration to be allowed"};
    return {"/forbidden", true,
            fmt::format("space.forbidden leaves nothing that was found in {} steps; expected "
                        "allowed configurations to be less rare",
                        search::SpaceFault::kSearchEffort)};
  }

  json conditions_json(const std::vector<Clause>& clauses) const;

  const ConfigurationSpace* offered_;
  const bool is_alone_;
  std::vector<Parameter> parameters_;
  std::set<std::string> unread_;  // are there, but wrong
  bool names_others_ = false;     // that are not there
  std::vector<Combination> forbidden_;
  Problems problems_;
};

json clauses_json(const std::vector<Clause>& clauses, const std::vector<Parameter>& parameters) {
  json out = json::object();
  for (const Clause& clause : clauses) {
    const Parameter& p = parameters[clause.parameter];
    json& condition = out[p.name];
    if (clause.is_range) {
      condition = {{"low", clause.low}, {"high", clause.high}};
      continue;
    }
    condition = json::array();
    for (double value : clause.values) condition.push_back(parameter_value_json(p, value));
  }
  return out;
}

json ConfigurationSectionReading::conditions_json(const std::vector<Clause>& clauses) const {
  return clauses_json(clauses, parameters_);
}

ReadConfigurations read_document(const std::string& text, const ConfigurationSpace* offered,
                                 bool is_alone) {
  Problems form = check_against_schema(text, configuration_schema(), "", "space");
  const json document = json::parse(text, nullptr, false);
  // Beyond that many, what has the wrong form is not known any more.
  if (!document.is_object() || form.size() >= kMostProblems) return tl::unexpected(std::move(form));
  ConfigurationSectionReading reading(offered, is_alone);
  reading.read(document, std::move(form));
  return reading.finish();
}

bool offers_parameters(const std::string& default_json) {
  const json document = json::parse(default_json, nullptr, false);
  return document.is_object() && document.contains("parameters") && !document["parameters"].empty();
}

ReadSpace read_configuration_space(const std::string& default_json, const std::string& user_json) {
  const std::string user = user_json.empty() ? "{}" : user_json;
  std::optional<ConfigurationSpace> offered;
  if (!default_json.empty() && default_json != "{}") {
    // The form of a default without parameters is looked at as well.
    auto read = read_document(default_json, nullptr, !offers_parameters(default_json));
    if (!read) return tl::unexpected(bad_default_space(read.error()));
    if (offers_parameters(default_json)) offered = std::move(*read);
  }
  auto space = read_document(user, offered ? &*offered : nullptr, false);
  if (!space) return tl::unexpected(std::move(space.error()));
  return search::Space(std::move(*space));
}

Problems check_configuration_space(const std::string& user_json) {
  auto read = read_document(user_json.empty() ? "{}" : user_json, nullptr, true);
  return read ? Problems() : std::move(read.error());
}

std::string configuration_space_json(const search::Space& held) {
  const auto& space = std::get<ConfigurationSpace>(held);
  json out = {{"representation", "configuration"},
              {"parameters", json::object()},
              {"forbidden", json::array()}};
  for (const Parameter& p : space.parameters) {
    json& one = out["parameters"][p.name] = parameter_json(p);
    if (!p.when.empty()) one["when"] = clauses_json(p.when, space.parameters);
  }
  for (const Combination& combination : space.forbidden)
    out["forbidden"].push_back(clauses_json(combination, space.parameters));
  return out.dump();
}

std::string configuration_editor_schema() {
  return configuration_schema();
}

}  // namespace

SpaceSection configuration_section() {
  return {search::Representation::kConfiguration,
          configuration_schema,
          configuration_editor_schema,
          read_configuration_space,
          check_configuration_space,
          configuration_space_json};
}

}  // namespace equivolve::engine
