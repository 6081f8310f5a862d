// What a command is, described once, as plain values: the parser, --help, the man pages, shell
// completion and the test of docs/commands.md are all made from it.
//
// To add a command: write NAME_command.cpp with a struct of what it is given and one function that
// returns its CommandSpec (show_command.cpp is a short one), declare the function in commands.hpp,
// name it in command_table.cpp and CMakeLists.txt, and run
//   equivolve documentation reference docs/commands.md
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace equivolve::cli {

/// What a shell offers for a value.
enum class Completes : std::uint8_t {
  kNothing,
  kFile,
  kFolder,
  kRun,         ///< numbers and names of the store's runs
  kRunOrGroup,  ///< ... and of its groups
  kEvaluator,   ///< ids of evaluators that can be found
  kSetting      ///< keys of a configuration, for KEY=VALUE
};

/// Where a value goes. A bool is a flag; what may be given several times is a vector; an optional
/// stays empty when the option is not given. What is pointed at is the option's default.
using Field =
    std::variant<bool*, int*, std::string*, std::optional<std::string>*,
                 std::optional<std::uint32_t>*, std::vector<std::string>*, std::filesystem::path*,
                 std::optional<std::filesystem::path>*, std::vector<std::filesystem::path>*>;

struct OptionSpec {
  std::string name;   ///< "--seed" or "-q,--quiet"; in capitals ("RUN"): an argument
  std::string value;  ///< of an option that takes one, what help calls it: "N"
  std::string help;   ///< one sentence
  Field into = static_cast<bool*>(nullptr);
  Completes completes = Completes::kNothing;
  bool required = false;
  std::vector<std::string> words = {};  ///< the only values; empty: any
  std::optional<std::pair<std::uint32_t, std::uint32_t>> range = {};  ///< of a number

  bool is_argument() const { return name.front() != '-'; }
  bool is_flag() const { return std::holds_alternative<bool*>(into); }
  bool repeats() const {
    return std::holds_alternative<std::vector<std::string>*>(into) ||
           std::holds_alternative<std::vector<std::filesystem::path>*>(into);
  }
};

struct Example {
  std::string line;  ///< as typed
  std::string says;  ///< what it is for; may be empty
};

/// Where `equivolve --help` lists a command.
enum class Part : std::uint8_t { kSearch, kResults, kStore, kHelp, kHidden };

struct CommandSpec {
  std::string name;  ///< "run"; of a command in a group, both words: "store verify"
  Part part = Part::kHelp;
  std::string summary;  ///< one line, without a full stop
  std::string description =
      {};  ///< what its page says beyond the summary; paragraphs end in "\n\n"
  std::vector<OptionSpec> options = {};
  std::vector<Example> examples = {};
  std::function<int()> action;  ///< returns the exit code (exit_codes.hpp)
  /// Takes pairs of unknown options (--KEY VALUE); null: there are none.
  std::vector<std::pair<std::string, std::string>>* further = nullptr;
};

/// The first word of commands with two.
struct GroupSpec {
  std::string name;
  Part part = Part::kHelp;
  std::string summary;
};

struct CommandTable {
  std::vector<GroupSpec> groups;
  std::vector<CommandSpec> commands;
};

/// Options of several commands.
struct CommonOptions {
  std::optional<std::filesystem::path> store;  ///< --store
  bool json = false;   ///< --json: one JSON object on the last line of stdout
  bool quiet = false;  ///< --quiet
};

OptionSpec store_option(CommonOptions& common);
OptionSpec json_option(CommonOptions& common);
OptionSpec quiet_option(CommonOptions& common);

/// The options given, then --store, --json and --quiet.
std::vector<OptionSpec> with_common(std::vector<OptionSpec> options, CommonOptions& common);

/// A RUN argument: number, name or latest.
OptionSpec run_argument(std::string& run, bool required = true);
/// The same of a command that takes groups too.
OptionSpec run_or_group_argument(std::string& run, bool required = true);

/// "--set", "--out" ..., and "--help".
std::vector<std::string> option_names(const CommandSpec& command);

/// "--quiet" of "-q,--quiet"; an argument's name is its own.
std::string long_name(const OptionSpec& option);

}  // namespace equivolve::cli
