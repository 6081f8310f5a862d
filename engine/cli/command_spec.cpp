#include "engine/cli/command_spec.hpp"

namespace equivolve::cli {

OptionSpec store_option(CommonOptions& common) {
  return {.name = "--store",
          .value = "FILE",
          .help = "Results file [default: $EQUIVOLVE_STORE, else ./equivolve.db]",
          .into = &common.store,
          .completes = Completes::kFile};
}

OptionSpec json_option(CommonOptions& common) {
  return {.name = "--json",
          .value = "",
          .help = "Print one JSON value on the last line",
          .into = &common.json};
}

OptionSpec quiet_option(CommonOptions& common) {
  return {
      .name = "-q,--quiet", .value = "", .help = "No progress and no hints", .into = &common.quiet};
}

std::vector<OptionSpec> with_common(std::vector<OptionSpec> options, CommonOptions& common) {
  options.push_back(store_option(common));
  options.push_back(json_option(common));
  options.push_back(quiet_option(common));
  return options;
}

OptionSpec run_argument(std::string& run, bool required) {
  return {.name = "RUN",
          .value = "",
          .help = required ? "Number, name or latest" : "Number, name or latest [default: latest]",
          .into = &run,
          .completes = Completes::kRun,
          .required = required};
}

OptionSpec run_or_group_argument(std::string& run, bool required) {
  OptionSpec argument = run_argument(run, required);
  argument.completes = Completes::kRunOrGroup;
  return argument;
}

std::string long_name(const OptionSpec& option) {
  const std::size_t comma = option.name.find(',');
  return comma == std::string::npos ? option.name : option.name.substr(comma + 1);
}

std::vector<std::string> option_names(const CommandSpec& command) {
  std::vector<std::string> names{"--help"};
  for (const OptionSpec& option : command.options)
    if (!option.is_argument()) names.push_back(long_name(option));
  return names;
}

}  // namespace equivolve::cli
