#include "engine/report/compare.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/plugins/nearest_name.hpp"
#include "engine/report/stored_summary.hpp"

namespace equivolve::engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostSidesForAllPairs = 4;

bool starts_section(const std::string& key, std::string_view section) {
  return key == section ||
         (key.starts_with(section) && key.size() > section.size() && key[section.size()] == '.');
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// What tells a member of a group from others but the data: "search.algorithm=random".
std::string setting_label(const std::string& settings_json) {
  std::string label;
  const Json settings = Json::parse(settings_json, nullptr, false);
  for (const auto& [key, value] : settings.items())
    if (!starts_section(key, "data"))
      label += fmt::format("{}{}={}", label.empty() ? "" : ", ", key, text_of(value));
  return label;
}

bool has_result(const RunInfo& run) {
  if (run.state.status != RunStatus::kFinished) return false;
  const Json summary = summary_of(run);
  return summary.is_object() && summary.contains("best") && summary["best"].is_object();
}

std::string data_of(const RunInfo& run) {
  return hashing::to_hex(run.head.data == hashing::Digest{} ? run.head.context : run.head.data);
}

Json configuration_of(const RunInfo& run) {
  return Json::parse(run.head.config_resolved, nullptr, false);
}

Json part_of(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object.at(key) : Json();
}

/// What makes two runs a pair: the same rows, split in the same way, the same seed, and as many
/// repeats. Where the data file lies is no part of it: its bytes are in the digest.
std::string pair_of(const RunInfo& run) {
  const Json config = configuration_of(run);
  Json data = part_of(config, "data");
  if (data.is_object()) data.erase("file");
  const Json repeats = part_of(part_of(config, "final"), "repeats");
  return fmt::format("{} {} {} {}", data_of(run), run.head.seed, data.dump(), repeats.dump());
}

std::optional<std::size_t> position_of(const RunInfo& run, const std::string& figure) {
  for (std::size_t i = 0; i < run.head.figures.size(); ++i)
    if (run.head.figures[i].name == figure) return i;
  return std::nullopt;
}

std::optional<double> value_of(const RunInfo& run, const std::string& figure, Stage stage) {
  static constexpr const char* kKeys[] = {"validation", "confirmed", "test"};
  const Json figures =
      summary_of(run)["best"].value(kKeys[static_cast<std::size_t>(stage)], Json());
  if (!figures.is_object() || !figures.contains(figure)) return std::nullopt;
  return figures[figure].get<double>();
}

/// The repeats of one run's winner, each a sample.
tl::expected<std::vector<Sample>, std::string> repeats_as_samples(const StoreReader& reader,
                                                                  const RunInfo& run,
                                                                  const std::string& figure) {
  auto trials = reader.final_trials(run.id);
  if (!trials) return tl::unexpected<std::string>(trials.error().message);
  const auto best = summary_of(run)["best"]["birth"].get<std::uint64_t>();
  const std::size_t position = *position_of(run, figure);
  std::vector<Sample> samples;
  for (const TrialRow& trial : *trials) {
    if (trial.kind != TrialKind::kFinal || trial.split != 0 || trial.subject != best) continue;
    if (trial.status != Status::kOk || position >= trial.figures.size()) continue;
    samples.push_back(
        {data_of(run), fmt::format("{} {}", pair_of(run), trial.repeat), trial.figures[position]});
  }
  return samples;
}

/// Keys and values of a configuration as `--set` would give them; what never changes a result is
/// left out.
void flatten(const Json& value, const std::string& key, std::map<std::string, std::string>& out) {
  for (const char* ignored : {"name", "seed", "store", "workers", "plugins"})
    if (key == ignored) return;
  if (!value.is_object() || value.empty()) {
    out[key] = text_of(value);
    return;
  }
  for (const auto& [name, item] : value.items())
    flatten(item, key.empty() ? name : key + "." + name, out);
}

/// Ends of an interval; null where there is none.
void add_ends(Json& out, bool there, double low, double high) {
  out["low"] = there ? Json(low) : Json(nullptr);
  out["high"] = there ? Json(high) : Json(nullptr);
}

/// "run 1: dimension 4; run 2: dimension 5".
std::string data_difference(const RunInfo& a, const RunInfo& b) {
  std::map<std::string, std::string> of_a, of_b;
  flatten(configuration_of(a).value("data", Json()), "", of_a);
  flatten(configuration_of(b).value("data", Json()), "", of_b);
  std::set<std::string> keys;
  for (const auto* flat : {&of_a, &of_b})
    for (const auto& entry : *flat) keys.insert(entry.first);
  std::vector<std::string> in_a, in_b;
  for (const std::string& key : keys) {
    const auto shown = [&](const std::map<std::string, std::string>& flat) {
      const auto found = flat.find(key);
      return key + " " + (found == flat.end() ? "not given" : found->second);
    };
    if (shown(of_a) == shown(of_b)) continue;
    in_a.push_back(shown(of_a));
    in_b.push_back(shown(of_b));
  }
  if (in_a.empty())
    return fmt::format("run {} and run {} name the same, which has changed between them", a.id,
                       b.id);
  return fmt::format("run {}: {}; run {}: {}", a.id, fmt::join(in_a, ", "), b.id,
                     fmt::join(in_b, ", "));
}

class Comparer {
 public:
  Comparer(const StoreReader& reader, const std::vector<Side>& sides, Stage stage)
      : reader_(reader), sides_(sides) {
    out_.stage = stage;
  }

  tl::expected<ComparedFigures, std::string> compare(const std::string& figure) {
    // One side of several runs, --seeds of one setting, is summed up.
    if (sides_.empty() ||
        (sides_.size() == 1 && sides_.front().runs.size() + sides_.front().without_result < 2))
      return tl::unexpected<std::string>(
          "there is nothing to compare with; expected two runs or groups, or a group");
    for (const Side& side : sides_)
      if (side.runs.empty())
        return tl::unexpected<std::string>(side.label + " has no finished run with a result yet");
    if (auto chosen = choose_figure(figure); !chosen) return tl::unexpected(chosen.error());
    if (auto same = check_data(); !same) return tl::unexpected(same.error());
    if (auto read = read_samples(); !read) return tl::unexpected(read.error());
    for (std::size_t i = 0; i < sides_.size(); ++i) add_side(i);
    for (std::size_t a = 0; a < sides_.size(); ++a)
      for (std::size_t b = a + 1; b < sides_.size(); ++b)
        if (a == 0 || sides_.size() <= kMostSidesForAllPairs) add_pair(a, b);
    add_settings();
    add_notes();
    return std::move(out_);
  }

 private:
  tl::expected<void, std::string> choose_figure(const std::string& asked) {
    const RunInfo& first = sides_.front().runs.front();
    out_.figure = asked.empty() ? objective_of(first.head) : asked;
    const auto position = position_of(first, out_.figure);
    if (!position) {
      std::vector<std::string> names;
      for (const FigureRow& figure : first.head.figures) names.push_back(figure.name);
      return tl::unexpected<std::string>(fmt::format("run {} has no figure '{}'; it has {}{}",
                                                     first.id, out_.figure, fmt::join(names, ", "),
                                                     suggestion(out_.figure, names)));
    }
    out_.unit = first.head.figures[*position].unit;
    out_.minimize = first.head.figures[*position].minimize;
    for (const Side& side : sides_) {
      for (const RunInfo& run : side.runs) {
        const auto place = position_of(run, out_.figure);
        const bool same = place && run.head.figures[*place].minimize == out_.minimize &&
                          run.head.figures[*place].unit == out_.unit &&
                          run.head.evaluator == first.head.evaluator;
        if (same) continue;
        return tl::unexpected<std::string>(fmt::format(
            "run {} ({}, objective {}) and run {} ({}, objective {}) do not measure the same: '{}' "
            "of one cannot be compared with the other's",
            first.id, first.head.evaluator, objective_of(first.head), run.id, run.head.evaluator,
            objective_of(run.head), out_.figure));
      }
    }
    return {};
  }

  // Each side has been measured on the same data sets.
  tl::expected<void, std::string> check_data() {
    std::map<std::string, const RunInfo*> first;
    for (const RunInfo& run : sides_.front().runs) first.emplace(data_of(run), &run);
    for (const Side& side : sides_) {
      std::map<std::string, const RunInfo*> theirs;
      for (const RunInfo& run : side.runs) theirs.emplace(data_of(run), &run);
      const auto other = std::ranges::find_if(
          theirs, [&](const auto& entry) { return !first.contains(entry.first); });
      if (other == theirs.end() && theirs.size() == first.size()) continue;
      const RunInfo* odd = other != theirs.end() ? other->second : theirs.begin()->second;
      return tl::unexpected<std::string>(fmt::format(
          "{} and {} were measured on different data ({}): their figures cannot be compared",
          sides_.front().label, side.label, data_difference(sides_.front().runs.front(), *odd)));
    }
    return {};
  }

  tl::expected<void, std::string> read_samples() {
    out_.of_repeats = out_.stage == Stage::kConfirmed &&
                      std::ranges::all_of(sides_, [](const Side& s) { return s.runs.size() == 1; });
    for (const Side& side : sides_) {
      std::vector<Sample> samples;
      if (out_.of_repeats) {
        auto repeats = repeats_as_samples(reader_, side.runs.front(), out_.figure);
        if (!repeats) return tl::unexpected(repeats.error());
        samples = std::move(*repeats);
      } else {
        for (const RunInfo& run : side.runs)
          if (const auto value = value_of(run, out_.figure, out_.stage))
            samples.push_back({data_of(run), pair_of(run), *value});
      }
      if (samples.empty())
        return tl::unexpected<std::string>(fmt::format("{} has no value of '{}' at stage {}",
                                                       side.label, out_.figure,
                                                       stage_name(out_.stage)));
      samples_.push_back(std::move(samples));
    }
    return {};
  }

  void add_side(std::size_t i) {
    SideFigures side{sides_[i].label, sides_[i].runs.size(), sides_[i].without_result, {}};
    std::map<std::string, std::vector<double>> by_data;
    for (const Sample& sample : samples_[i]) by_data[sample.data].push_back(sample.value);
    for (const auto& [data, values] : by_data)
      side.figures.push_back({data, values.size(), t_interval(values).mean, quartiles(values)});
    out_.sides.push_back(std::move(side));
  }

  void add_pair(std::size_t a, std::size_t b) {
    PairFigures pair{a, b, false, {}, {}};
    std::map<std::string, double> of_a, of_b;
    std::map<std::string, Stratum> strata;
    for (const Sample& sample : samples_[a]) {
      of_a[sample.pair] = sample.value;
      strata[sample.data].x.push_back(sample.value);
    }
    for (const Sample& sample : samples_[b]) {
      of_b[sample.pair] = sample.value;
      strata[sample.data].y.push_back(sample.value);
    }
    // All of one side have their counterpart, or none counts: a part would be a choice.
    pair.paired = of_a.size() == samples_[a].size() && of_b.size() == samples_[b].size() &&
                  std::ranges::equal(
                      of_a, of_b, {}, [](const auto& e) { return e.first; },
                      [](const auto& e) { return e.first; });
    if (pair.paired) {
      std::vector<double> differences;
      for (const auto& [key, value] : of_a) differences.push_back(value - of_b[key]);
      pair.difference = t_interval(differences);
    }
    std::vector<Stratum> usable;
    for (auto& [data, stratum] : strata)
      if (!stratum.x.empty() && !stratum.y.empty()) usable.push_back(std::move(stratum));
    if (usable.empty()) return;  // no data set has a value of both
    if (!pair.paired) pair.difference = welch_interval(usable);
    pair.improvement = probability_of_improvement(usable, out_.minimize);
    out_.pairs.push_back(pair);
  }

  void add_settings() {
    std::map<std::string, std::vector<std::set<std::string>>> values;
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      for (const RunInfo& run : sides_[i].runs) {
        std::map<std::string, std::string> flat;
        flatten(configuration_of(run), "", flat);
        for (const auto& [key, value] : flat) {
          auto& of_sides = values[key];
          of_sides.resize(sides_.size());
          of_sides[i].insert(value);
        }
      }
    }
    for (const auto& [key, of_sides] : values) {
      if (std::ranges::all_of(of_sides,
                              [first = of_sides.front()](const auto& set) { return set == first; }))
        continue;
      SettingDifference difference{key, {}};
      for (const auto& set : of_sides)
        difference.values.push_back(set.empty() ? "-" : fmt::format("{}", fmt::join(set, ", ")));
      out_.settings.push_back(std::move(difference));
    }
  }

  void add_notes() {
    for (const SettingDifference& difference : out_.settings)
      if (starts_section(difference.key, "data") || starts_section(difference.key, "options"))
        out_.notes.push_back(
            fmt::format("{} differs: what is measured may not be the same", difference.key));
    std::set<std::string> versions, kernels, evaluators;
    for (const Side& side : sides_) {
      for (const RunInfo& run : side.runs) {
        versions.insert(run.head.engine_version);
        kernels.insert(run.head.kernel);
        evaluators.insert(run.head.evaluator_version);
      }
    }
    for (const auto& [what, found] :
         {std::pair("Equivolve", &versions), std::pair("kernels", &kernels),
          std::pair("the evaluator", &evaluators)})
      if (found->size() > 1)
        out_.notes.push_back(
            fmt::format("different versions of {}: {}", what, fmt::join(*found, ", ")));
    if (out_.stage == Stage::kSearch)
      out_.notes.push_back("figures of the search are those it chose by, and too good");
    add_missed_constraints();
    add_failures();
    const auto few = std::ranges::min(samples_, {}, [](const auto& s) { return s.size(); }).size();
    if (out_.of_repeats)
      out_.notes.push_back(
          "over the repeats of single runs: this says something of what these runs found, nothing "
          "of their settings; groups of runs (--seeds) do");
    if (few < 2)
      out_.notes.push_back(
          fmt::format("one value on a side: no interval{}; groups of runs (--seeds) have one",
                      out_.stage == Stage::kTest ? ", as a run opens the test split once" : ""));
  }

  void add_missed_constraints() {
    std::vector<RunId> missing;
    for (const Side& side : sides_)
      for (const RunInfo& run : side.runs)
        if (!stored_missed(summary_of(run)["best"]).empty()) missing.push_back(run.id);
    if (!missing.empty())
      out_.notes.push_back(
          fmt::format("the winners of these runs miss a constraint, whatever their figures: {}",
                      fmt::join(missing, ", ")));
  }

  // Failed repeats are in none of the figures.
  void add_failures() {
    if (out_.stage != Stage::kConfirmed) return;
    std::vector<RunId> failing;
    for (const Side& side : sides_)
      for (const RunInfo& run : side.runs)
        if (summary_of(run)["best"].value("failed_repeats", std::uint64_t{0}) > 0)
          failing.push_back(run.id);
    if (!failing.empty())
      out_.notes.push_back(
          fmt::format("failed repeats are in no figure, and the winners of these runs had some: {}",
                      fmt::join(failing, ", ")));
  }

  const StoreReader& reader_;
  const std::vector<Side>& sides_;
  std::vector<std::vector<Sample>> samples_;
  ComparedFigures out_;
};

}  // namespace

const char* stage_name(Stage stage) {
  static constexpr const char* kNames[] = {"search", "confirmed", "test"};
  return kNames[static_cast<std::size_t>(stage)];
}

std::string side_letter(std::size_t position) {
  std::string out;
  for (std::size_t left = position + 1; left > 0; left = (left - 1) / 26)
    out.insert(out.begin(), static_cast<char>('A' + (left - 1) % 26));
  return out;
}

Side side_of(RunInfo run) {
  Side side;
  side.label = fmt::format("run {} ({})", run.id, run.head.name);
  if (has_result(run))
    side.runs.push_back(std::move(run));
  else
    side.without_result = 1;
  return side;
}

tl::expected<std::vector<Side>, StoreError> sides_of(const StoreReader& reader,
                                                     const GroupInfo& group) {
  auto plan = reader.plan(group.id);
  if (!plan) return tl::unexpected(plan.error());
  std::map<std::uint64_t, RunId> begun(group.begun.begin(), group.begun.end());
  std::vector<Side> sides;
  for (std::size_t position = 0; position < plan->size(); ++position) {
    const std::string setting = setting_label((*plan)[position].settings);
    const std::string label = setting.empty() ? fmt::format("g{} ({})", group.id, group.name)
                                              : fmt::format("g{} {}", group.id, setting);
    auto side = std::ranges::find(sides, label, &Side::label);
    if (side == sides.end()) side = sides.insert(sides.end(), Side{label, {}, 0});
    std::optional<RunInfo> run;
    if (const auto found = begun.find(position); found != begun.end()) {
      auto info = reader.find_run(std::to_string(found->second));
      if (!info) return tl::unexpected(info.error());
      run = std::move(*info);
    }
    if (run && has_result(*run))
      side->runs.push_back(std::move(*run));
    else
      ++side->without_result;
  }
  return sides;
}

tl::expected<ComparedFigures, std::string> compare(const StoreReader& reader,
                                                   const std::vector<Side>& sides,
                                                   const std::string& figure, Stage stage) {
  return Comparer(reader, sides, stage).compare(figure);
}

std::string to_text(const ComparedFigures& c) {
  std::string out = fmt::format(
      "{}{}, {}, {} is better; {}\n\n", c.figure, c.unit.empty() ? "" : " (" + c.unit + ")",
      stage_name(c.stage), c.minimize ? "less" : "more",
      c.of_repeats ? "over the repeats of each run's winner" : "over runs");
  std::size_t width = 4;
  for (std::size_t i = 0; i < c.sides.size(); ++i)
    width = std::max(width, c.sides[i].label.size() + side_letter(i).size() + 3);
  const bool several = c.sides.front().figures.size() > 1;
  out += fmt::format("{:<{}}{:>6}{:>12}{:>12}{:>12}{:>12}{}\n", "", width, "n", "median",
                     "quartile 1", "quartile 3", "mean", several ? "  data" : "");
  for (std::size_t i = 0; i < c.sides.size(); ++i) {
    for (const SideFigures::OnData& f : c.sides[i].figures)
      out += fmt::format("{:<{}}{:>6}{:>12.6g}{:>12.6g}{:>12.6g}{:>12.6g}{}\n",
                         fmt::format("{}: {}", side_letter(i), c.sides[i].label), width, f.count,
                         f.quartiles.median, f.quartiles.low, f.quartiles.high, f.mean,
                         several ? "  " + f.data.substr(0, 8) : "");
    if (c.sides[i].without_result > 0)
      out += fmt::format("   {} of its runs have no result (yet)\n", c.sides[i].without_result);
  }
  out += "\n";
  for (const PairFigures& p : c.pairs) {
    const std::string a = side_letter(p.a), b = side_letter(p.b);
    out += fmt::format("{} - {}: {:+.6g}", a, b, p.difference.mean);
    if (p.difference.has_spread)
      out += fmt::format(" [{:+.6g}, {:+.6g}]", p.difference.low, p.difference.high);
    out += p.paired ? fmt::format(" over {} pairs", p.difference.count) : ", not paired";
    out += fmt::format("; P({} better than {}) {:.3f}", a, b, p.improvement.probability);
    if (p.improvement.has_interval)
      out += fmt::format(" [{:.3f}, {:.3f}]", p.improvement.low, p.improvement.high);
    out += "\n";
  }
  if (!c.settings.empty()) out += "\nsettings that differ\n";
  for (const SettingDifference& d : c.settings) {
    out += fmt::format("  {}:", d.key);
    for (std::size_t i = 0; i < d.values.size(); ++i)
      out += fmt::format("{} {} {}", i == 0 ? "" : ",", side_letter(i), d.values[i]);
    out += "\n";
  }
  for (const std::string& note : c.notes) out += "note: " + note + "\n";
  return out;
}

std::string to_json(const ComparedFigures& c) {
  Json out{{"figure", c.figure},
           {"unit", c.unit},
           {"minimize", c.minimize},
           {"stage", stage_name(c.stage)},
           {"over", c.of_repeats ? "repeats" : "runs"}};
  out["sides"] = Json::array();
  for (const SideFigures& side : c.sides) {
    Json one{{"label", side.label}, {"runs", side.runs}, {"without_result", side.without_result}};
    one["figures"] = Json::array();
    for (const SideFigures::OnData& f : side.figures)
      one["figures"].push_back({{"data", f.data},
                                {"count", f.count},
                                {"mean", f.mean},
                                {"quartile_1", f.quartiles.low},
                                {"median", f.quartiles.median},
                                {"quartile_3", f.quartiles.high}});
    out["sides"].push_back(std::move(one));
  }
  out["pairs"] = Json::array();
  for (const PairFigures& p : c.pairs) {
    Json difference{{"mean", p.difference.mean}, {"count", p.difference.count}};
    add_ends(difference, p.difference.has_spread, p.difference.low, p.difference.high);
    Json improvement{{"value", p.improvement.probability}};
    add_ends(improvement, p.improvement.has_interval, p.improvement.low, p.improvement.high);
    out["pairs"].push_back({{"a", p.a},
                            {"b", p.b},
                            {"paired", p.paired},
                            {"difference", difference},
                            {"probability_of_improvement", improvement}});
  }
  out["settings"] = Json::object();
  for (const SettingDifference& d : c.settings) out["settings"][d.key] = d.values;
  out["notes"] = c.notes;
  return out.dump();
}

}  // namespace equivolve::engine
