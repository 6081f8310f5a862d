#include "engine/report/compare.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

using engine::Stage;

struct Compare {
  CommonOptions common;
  std::vector<std::string> subjects;  // runs and groups
  std::string figure;                 // empty: the objective
  std::string stage = "confirmed";
};

Stage stage_of(const std::string& word) {
  return word == "search" ? Stage::kSearch : word == "test" ? Stage::kTest : Stage::kConfirmed;
}

bool same_runs(const engine::Side& a, const engine::Side& b) {
  return std::equal(a.runs.begin(), a.runs.end(), b.runs.begin(), b.runs.end(),
                    [](const auto& x, const auto& y) { return x.id == y.id; });
}

/// The runs and groups named, each as a side or, for a group with varied settings, as several.
tl::expected<std::vector<engine::Side>, int> sides_of(const Compare& command) {
  std::vector<engine::Side> sides;
  for (const std::string& subject : command.subjects) {
    if (auto group = find_group(command.common, subject)) {
      auto of_group = engine::sides_of(*group->reader, group->info);
      if (!of_group) return tl::unexpected<int>(fail(kStoreTrouble, of_group.error().message));
      for (engine::Side& side : *of_group) sides.push_back(std::move(side));
      continue;
    }
    auto run = find_run(command.common, subject);
    if (!run) return tl::unexpected<int>(run.error());
    sides.push_back(engine::side_of(std::move(run->info)));
  }
  for (std::size_t a = 0; a < sides.size(); ++a)
    for (std::size_t b = a + 1; b < sides.size(); ++b)
      if (!sides[a].runs.empty() && same_runs(sides[a], sides[b]))
        return tl::unexpected<int>(
            fail(kBadInput, sides[a].label + " is named twice: there is nothing to compare with"));
  return sides;
}

int carry_out(const Compare& command) {
  auto sides = sides_of(command);
  if (!sides) return sides.error();
  const std::filesystem::path store = store_path(command.common);
  auto reader = engine::StoreReader::open(store);
  if (!reader) return fail(kStoreTrouble, reader.error().message);
  const auto compared = engine::compare(**reader, *sides, command.figure, stage_of(command.stage));
  if (!compared) return fail(kBadInput, compared.error());
  std::printf("%s%s", (command.common.json ? to_json(*compared) : to_text(*compared)).c_str(),
              command.common.json ? "\n" : "");
  std::string page = command.subjects.front() + ".html";
  std::replace(page.begin(), page.end(), '/', '-');
  say_next(command.common,
           next_command("report", command.subjects.front(), store) + " --html " + shell_word(page));
  return kFinished;
}

}  // namespace

CommandSpec compare_command() {
  auto c = std::make_shared<Compare>();
  return {
      .name = "compare",
      .part = Part::kResults,
      .summary = "Set runs, or groups of runs, against each other",
      .description =
          "Median, quartiles, difference with its 95 % interval (paired where seeds, data and "
          "repeats are the same), probability of improvement, and the settings that differ. A "
          "group with varied settings has one side for each of them, a group of seeds alone is "
          "summed up; single runs are compared over "
          "the repeats of their winners. Runs on different data, or of another objective, are "
          "refused.",
      .options = with_common({{.name = "RUN",
                               .value = "",
                               .help = "Runs and groups (g3, or a name)",
                               .into = &c->subjects,
                               .completes = Completes::kRunOrGroup,
                               .required = true},
                              {.name = "--figure",
                               .value = "NAME",
                               .help = "Which figure [default: the objective]",
                               .into = &c->figure},
                              {.name = "--stage",
                               .value = "STAGE",
                               .help = "Which figures of the winners",
                               .into = &c->stage,
                               .words = {"search", "confirmed", "test"}}},
                             c->common),
      .examples = {{"equivolve compare g1", "the settings of a group"},
                   {"equivolve compare 3 4 --stage test", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
