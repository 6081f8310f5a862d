#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/data_guesses.hpp"
#include "engine/cli/starter.hpp"
#include "engine/cli/support.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "engine/plugins/workers/worker_module.hpp"

namespace equivolve::cli {
namespace {

namespace fs = std::filesystem;

/// Of programs: enough that something is found, and seconds where most candidates are known by
/// their probe.
constexpr std::uint64_t kPrograms = 300'000;
/// Of formulas: each is fitted to the rows of the table.
constexpr std::uint64_t kFormulas = 10'000;
/// Of all others, of which each is a training or the like: so few that configurations are searched
/// by TPE.
constexpr std::uint64_t kCostlyCandidates = 500;

struct Init {
  CommonOptions common;
  std::string evaluator;
  std::optional<fs::path> data;
  std::optional<fs::path> out;
  std::vector<fs::path> folders;  // of plugins
  std::string representation;     // "": the evaluator's first
};

fs::path target_of(const Init& command) {
  if (command.out) return *command.out;
  if (!command.data) return command.evaluator + ".yaml";
  fs::path name = command.data->filename();
  if (name.extension() == ".gz") name = name.stem();
  return name.stem().string() + ".yaml";
}

/// Paths in a configuration start at its folder; the shorter way of writing one is taken.
std::string path_from(const fs::path& folder, const fs::path& file) {
  const std::string absolute = fs::absolute(file).lexically_normal().string(),
                    relative = fs::path(absolute).lexically_proximate(folder).string();
  return relative.size() < absolute.size() ? relative : absolute;
}

/// By name, or by number where it has none.
std::string reference_to(const DataSample& sample, std::size_t column) {
  return sample.columns[column].empty() ? std::to_string(column + 1) : sample.columns[column];
}

void write_down_left_out(const DataSample& sample, const DataGuesses& guesses, Starter& starter) {
  Starter::Known known;
  for (const DataGuesses::LeftOut& column : guesses.left_out) {
    const std::string name = reference_to(sample, column.column);
    known.list.push_back(name);
    known.remark +=
        fmt::format("{}{}: {}", known.remark.empty() ? "Left out. " : "; ", name, column.why);
  }
  if (!known.list.empty()) starter.data["drop"] = std::move(known);
}

/// Settings of the table that it cannot be read without.
void write_down_needs(const DataSample& sample, const DataGuesses& guesses, Starter& starter) {
  const auto takes = [&](const char* key) { return takes_data_key(starter.config_schema, key); };
  if (sample.separator == ' ' && takes("separator"))
    starter.data["separator"] = {"space", "Runs of blanks part its cells."};
  if (sample.decimal == ',' && takes("decimal"))
    starter.data["decimal"] = {",", "Its numbers have decimal commas."};
  if (guesses.missing > 0 && takes("missing"))
    starter.data["missing"] = {"impute",
                               fmt::format("{} missing cell{}. Or drop (their rows), or refuse.",
                                           guesses.missing, guesses.missing == 1 ? "" : "s")};
  if (guesses.missing_targets > 0 && takes("missing_target"))
    starter.data["missing_target"] = {
        "drop", fmt::format("{} row{} without a target.", guesses.missing_targets,
                            guesses.missing_targets == 1 ? " is" : "s are")};
  if (takes("drop")) write_down_left_out(sample, guesses, starter);
}

/// What the data tell of themselves. 0, or the exit code after saying what is wrong with them.
int look_at_data(const Init& command, const fs::path& out, Starter& starter) {
  auto sample = sample_table(*command.data);
  if (!sample) return fail(kBadInput, sample.error());
  const DataGuesses guesses = guess(*sample);
  if (!guesses.problem.empty())
    return fail(kBadInput, command.data->string() + ": " + guesses.problem);
  starter.data["file"] = {path_from(fs::absolute(out).parent_path(), *command.data), ""};
  const std::string target = reference_to(*sample, guesses.target);
  starter.data["target"] = {target,
                            fmt::format("The column to predict. A guess: {}.", guesses.target_why)};
  write_down_needs(*sample, guesses, starter);
  if (starter.config_schema.find("\"classification\"") == std::string::npos) return 0;
  if (starter.representation == "expression")
    starter.options["task"] = {"regression", "A formula gives numbers."};
  else
    starter.options["task"] = {guesses.classes ? "classification" : "regression",
                               fmt::format("A guess, from the values of '{}'. Or {}.", target,
                                           guesses.classes ? "regression" : "classification")};
  return 0;
}

/// Never over a file that is there.
int write_new(const fs::path& file, const std::string& text) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == EEXIST)
    return fail(kBadInput, file.string() + ": is there already; give another name with --out");
  if (descriptor < 0)
    return fail(kStoreTrouble, file.string() + ": cannot be made: " + std::strerror(errno));
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t n = write(descriptor, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    at += static_cast<std::size_t>(n);
  }
  const bool whole = at == text.size();
  const int error = errno;
  close(descriptor);
  if (whole) return 0;
  unlink(file.c_str());
  return fail(kStoreTrouble, file.string() + ": cannot be written: " + std::strerror(error));
}

std::string made_by(const Init& command) {
  std::string line = "equivolve init " + command.evaluator;
  if (command.data) line += " " + shell_word(command.data->string());
  if (!command.representation.empty())
    line += " --representation " + shell_word(command.representation);
  for (const fs::path& folder : command.folders) line += " --folder " + shell_word(folder.string());
  return line;
}

/// What was written is read as `run` will read it: nothing is called ready that is not.
int check(const Init& command, const fs::path& out) {
  auto preparation = prepared_file(command.common, out.string(), {});
  if (!preparation) {
    fail(preparation.error(), out.string() + " is written, and needs a change before it can run");
    std::fprintf(stderr, "then: equivolve validate %s\n", shell_word(out.string()).c_str());
    return preparation.error();
  }
  print_warnings(preparation->warnings);
  if (command.common.json)
    std::printf("%s\n", nlohmann::ordered_json{{"file", out.string()}}.dump().c_str());
  else if (!command.common.quiet)
    std::printf("%s is ready to run\n", out.c_str());
  say_next(command.common, "equivolve run " + shell_word(out.string()));
  return kFinished;
}

/// An evaluator is known by what it takes first.
std::uint64_t budget_for(const engine::EvaluatorDescriptor& descriptor,
                         const std::string& representation) {
  const std::uint64_t usual = descriptor.representations.front() != "program" ? kCostlyCandidates
                              : descriptor.offers_probe                       ? kPrograms
                                                        : Starter().candidates;
  return representation == "expression" ? std::min(usual, kFormulas) : usual;
}

int check_representation(const engine::EvaluatorDescriptor& descriptor, const std::string& name) {
  const std::vector<std::string>& offered = descriptor.representations;
  if (name.empty() || std::find(offered.begin(), offered.end(), name) != offered.end()) return 0;
  return fail(kBadInput, fmt::format("--representation is '{}', evaluator is '{}'; expected {}{}",
                                     name, descriptor.id, fmt::join(offered, " or "),
                                     engine::suggestion(name, offered)));
}

int carry_out(Init command) {
  if (const int code = check_folders(command.folders); code != 0) return code;
  std::vector<fs::path> folders;
  for (const fs::path& folder : command.folders) folders.push_back(fs::absolute(folder));
  auto module = engine::load_plugin_to_describe(command.evaluator, engine::plugin_folders(folders));
  if (!module)
    return fail(module.error().bad_input ? kBadInput : kEvaluatorTrouble, module.error().message);
  const engine::EvaluatorDescriptor& descriptor = (*module)->descriptor();
  if (const int code = check_representation(descriptor, command.representation); code != 0)
    return code;
  const fs::path out = target_of(command);
  Starter starter;
  starter.evaluator = command.evaluator;
  starter.config_schema = (*module)->config_schema();
  starter.made_by = made_by(command);
  starter.representation = command.representation;
  starter.candidates = budget_for(descriptor, command.representation);
  for (const fs::path& folder : folders)
    starter.plugin_folders.push_back(path_from(fs::absolute(out).parent_path(), folder));
  if (command.data)
    if (const int code = look_at_data(command, out, starter); code != 0) return code;
  if (const int code = write_new(out, starter_text(starter)); code != 0) return code;
  return check(command, out);
}

}  // namespace

CommandSpec init_command() {
  auto c = std::make_shared<Init>();
  return {
      .name = "init",
      .part = Part::kSearch,
      .summary = "Write a first YAML file, which runs as it is and explains itself",
      .description =
          "Takes what the evaluator says of its settings, and from a data file the column to "
          "predict (one named target, label, class, y, outcome or diagnosis, else the last), "
          "whether its values are classes or numbers, decimal commas, missing cells, and columns "
          "to leave out (row numbers, names). These guesses are marked in the file. All other "
          "settings stand in comments with their defaults. The file is then checked as `validate` "
          "does; where it needs a change that only you can make, that is said, with exit code 2. "
          "Never overwrites a file.",
      .options = {{.name = "EVALUATOR",
                   .value = "",
                   .help = "Id of an evaluator (see: equivolve evaluators list)",
                   .into = &c->evaluator,
                   .completes = Completes::kEvaluator,
                   .required = true},
                  {.name = "DATA",
                   .value = "",
                   .help = "A table: CSV, with or without a header row, plain or gzip'ed",
                   .into = &c->data,
                   .completes = Completes::kFile},
                  {.name = "--out",
                   .value = "FILE",
                   .help = "Where to write [default: the data's or the evaluator's name .yaml]",
                   .into = &c->out,
                   .completes = Completes::kFile},
                  {.name = "--representation",
                   .value = "NAME",
                   .help = "What candidates are, where the evaluator takes several kinds: program, "
                           "expression (a formula), ... [default: the evaluator's first]",
                   .into = &c->representation},
                  {.name = "--folder",
                   .value = "FOLDER",
                   .help = "A folder to look for the evaluator in first; it is written down as "
                           "plugins.folders (may be repeated)",
                   .into = &c->folders,
                   .completes = Completes::kFolder},
                  json_option(c->common),
                  quiet_option(c->common)},
      .examples =
          {{"equivolve init algorithm_discovery data/breast_cancer.csv", ""},
           {"equivolve init algorithm_discovery data/diabetes.csv --representation expression",
            "symbolic regression"},
           {"equivolve init algorithm_discovery --out first.yaml", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
