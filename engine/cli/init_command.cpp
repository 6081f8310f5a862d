#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/data_sample.hpp"
#include "engine/cli/starter.hpp"
#include "engine/cli/support.hpp"
#include "engine/plugins/plugin_host.hpp"

namespace equivolve::cli {
namespace {

namespace fs = std::filesystem;

struct Init {
  CommonOptions common;
  std::string evaluator;
  std::optional<fs::path> data;
  std::optional<fs::path> out;
};

fs::path target_of(const Init& command) {
  if (command.out) return *command.out;
  if (!command.data) return command.evaluator + ".yaml";
  fs::path name = command.data->filename();
  if (name.extension() == ".gz") name = name.stem();
  return name.stem().string() + ".yaml";
}

/// What the data tell of themselves. 0, or the exit code after saying what is wrong with them.
int look_at_data(const Init& command, const fs::path& out, Starter& starter) {
  auto sample = sample_table(*command.data);
  if (!sample) return fail(kBadInput, sample.error());
  const fs::path folder = fs::absolute(out).parent_path();
  const std::string absolute = fs::absolute(*command.data).lexically_normal().string(),
                    relative = fs::path(absolute).lexically_proximate(folder).string();
  starter.data["file"] = {relative.size() < absolute.size() ? relative : absolute, ""};
  const std::size_t target = guess_target(*sample);
  const bool last = target + 1 == sample->columns.size();
  starter.data["target"] = {sample->columns[target],
                            fmt::format("The column to predict. A guess: {}.",
                                        last ? "the last column" : "its name says so")};
  const bool classes = looks_like_classes(*sample, target);
  if (starter.config_schema.find("\"classification\"") != std::string::npos)
    starter.options["task"] = {
        classes ? "classification" : "regression",
        fmt::format("A guess, from the values of '{}'. Or {}.", sample->columns[target],
                    classes ? "regression" : "classification")};
  return 0;
}

/// Never over a file that is there.
int write_new(const fs::path& file, const std::string& text) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == EEXIST)
    return fail(kBadInput, file.string() + ": is there already; give another name with --out");
  if (descriptor < 0)
    return fail(kBadInput, file.string() + ": cannot be made: " + std::strerror(errno));
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
  return fail(kBadInput, file.string() + ": cannot be written: " + std::strerror(error));
}

int carry_out(const Init& command) {
  auto module = engine::load_plugin(command.evaluator, engine::plugin_folders({}));
  if (!module)
    return fail(module.error().bad_input ? kBadInput : kEvaluatorTrouble, module.error().message);
  const fs::path out = target_of(command);
  Starter starter;
  starter.evaluator = command.evaluator;
  starter.config_schema = (*module)->config_schema();
  starter.made_by = "equivolve init " + command.evaluator +
                    (command.data ? " " + shell_word(command.data->string()) : "");
  if (command.data)
    if (const int code = look_at_data(command, out, starter); code != 0) return code;
  if (const int code = write_new(out, starter_text(starter)); code != 0) return code;
  if (command.common.json)
    std::printf("%s\n", nlohmann::ordered_json{{"file", out.string()}}.dump().c_str());
  else if (!command.common.quiet)
    std::printf("%s is ready to run\n", out.c_str());
  say_next(command.common, "equivolve run " + shell_word(out.string()));
  return kFinished;
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
          "predict (one named target, label, class, y, outcome or diagnosis, else the last) and "
          "whether its values are classes or numbers. Both guesses are marked in the file. All "
          "other settings stand in comments with their defaults. Never overwrites a file.",
      .options = {{.name = "EVALUATOR",
                   .value = "",
                   .help = "Id of an evaluator (see: equivolve evaluators list)",
                   .into = &c->evaluator,
                   .completes = Completes::kEvaluator,
                   .required = true},
                  {.name = "DATA",
                   .value = "",
                   .help = "A table: CSV with a header row, plain or gzip'ed",
                   .into = &c->data,
                   .completes = Completes::kFile},
                  {.name = "--out",
                   .value = "FILE",
                   .help = "Where to write [default: the data's or the evaluator's name .yaml]",
                   .into = &c->out,
                   .completes = Completes::kFile},
                  json_option(c->common),
                  quiet_option(c->common)},
      .examples = {{"equivolve init algorithm_discovery data/breast_cancer.csv", ""},
                   {"equivolve init algorithm_discovery --out first.yaml", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
