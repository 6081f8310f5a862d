// Keys of the run itself: its name and seed, when it ends, where it runs and is kept.
#include <algorithm>
#include <string>

#include "engine/config/keys.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kLongestName = 200;
// refused_run_name, but for counting bytes. Such a name also ends with no blank.
constexpr const char* kRunNamePattern =
    "^(?!latest$)(?![0-9]+$)[^\\u0000-\\u001f\\u007f]{0,199}[^\\u0000-\\u0020\\u007f]$";

std::string refused_run_name(const std::string& name) {
  const bool digits =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (name.empty()) return "has no character";
  if (name.size() > kLongestName) return "is too long";
  if (digits || name == "latest") return "would be read as a run's number or as 'the latest run'";
  if (one_line(name, kLongestName) != name) return "holds control characters or ends with a blank";
  return "";
}

}  // namespace

Section top_keys() {
  Section section;
  section.help = "The run as a whole.";
  section.keys = {
      with_default(
          with_pattern(
              text_key("name", "a line of 1 to 200 bytes that is neither all digits nor 'latest'",
                       "What the run is called.", refused_run_name, field(&Configuration::name)),
              kRunNamePattern),
          "the file's name without its ending"),
      integer_key("seed", 0, kAny, "All that is random follows from it.",
                  as_integer(field(&Configuration::seed)))};
  return section;
}

Section budget_keys() {
  Section section;
  section.name = "budget";
  section.help = "When the run ends: whichever comes first. With none of these: " +
                 std::to_string(kDefaultBudgetCandidates) + " candidates.";
  section.keys = {integer_key("candidates", 0, kAny, "Candidates told.",
                              field(&Configuration::budget, &BudgetConfig::candidates)),
                  integer_key("evaluations", 0, kAny, "Evaluator calls of told candidates.",
                              field(&Configuration::budget, &BudgetConfig::evaluations)),
                  duration_key("time", false,
                               "Time spent searching, added up over resumes, without pauses, "
                               "start-up and final stage. Trials in flight get 10 s, then they "
                               "are cancelled. Ends a run at a point that depends on the machine.",
                               field(&Configuration::budget, &BudgetConfig::time)),
                  figures_key("target", "Figures to be reached, all of them by one candidate.",
                              field(&Configuration::budget, &BudgetConfig::target))};
  return section;
}

Section final_keys() {
  Section section;
  section.name = "final";
  section.help = "How the winner is confirmed.";
  section.keys = {
      integer_key("top", 1, 10'000, "Best classes tried again with fresh seeds.",
                  as_integer(field(&Configuration::final_stage, &FinalConfig::top))),
      integer_key("repeats", 1, 10'000, "Trials of each.",
                  as_integer(field(&Configuration::final_stage, &FinalConfig::repeats)))};
  return section;
}

Section plugins_keys() {
  Section section;
  section.name = "plugins";
  section.help = "Where evaluators beside the built-in ones are found.";
  section.keys = {paths_key(
      "folders", "Searched before EQUIVOLVE_PLUGIN_PATH; relative to the configuration's folder.",
      field(&Configuration::plugin_folders))};
  return section;
}

Section workers_keys() {
  Section section;
  section.name = "workers";
  section.help = "How many trials run at once. Never changes a result.";
  section.short_form = "count";
  section.keys = {
      integer_key("count", 0, 4096, "Threads; 0: as many as this machine has cores.",
                  as_integer(field(&Configuration::workers))),
      text_choice_key("executor", {"tbb", "threads"}, {}, "What they run on.",
                      field(&Configuration::executor)),
      line_key("launcher",
               "Stands before the command of each worker and script: what starts it "
               "elsewhere (srun -n1 --exact --unbuffered --mem=0), or within something "
               "(nice, bwrap ...).",
               field(&Configuration::launcher)),
      variables_key("environment",
                    "Variables of workers and scripts, over those that Equivolve was "
                    "started with. {slot} stands for a number from 0 that no other one "
                    "has at the same time.",
                    field(&Configuration::environment)),
      with_default(integer_key("prefetch", 1, 256,
                               "Questions that wait at each worker, the one in work included.",
                               as_integer(field(&Configuration::prefetch))),
                   "1; with a launcher 16"),
      duration_key("start_deadline", true,
                   "How long the start of a worker may take, up to its greeting; reading the data "
                   "comes after it.",
                   {[](const Configuration& c) {
                      return std::optional<std::chrono::nanoseconds>(c.start_deadline);
                    },
                    [](Configuration& c, std::optional<std::chrono::nanoseconds> v) {
                      c.start_deadline = *v;
                    }})};
  return section;
}

Section store_keys() {
  Section section;
  section.name = "store";
  section.help = "The results file.";
  section.short_form = "file";
  section.keys = {
      with_default(path_key("file", RelativeTo::kCurrentFolder, "Relative to the current folder.",
                            field(&Configuration::store, &StoreConfig::file)),
                   "$EQUIVOLVE_STORE, else equivolve.db"),
      choice_key(
          "durability", {"full", "relaxed"}, {},
          "full: what was acknowledged survives power loss. relaxed: only kill -9 and crashes.",
          {[](const Configuration& c) -> std::size_t { return c.store.relaxed ? 1 : 0; },
           [](Configuration& c, std::size_t choice) { c.store.relaxed = choice == 1; }}),
      not_yet_key("snapshot", "no snapshot: read the file itself while the run goes on")};
  return section;
}

}  // namespace equivolve::engine
