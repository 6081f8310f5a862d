// Finds, describes and loads evaluator modules through the C interface. Modules are looked up by
// file name
// (<id>.so) in the configuration's folders, then EQUIVOLVE_PLUGIN_PATH, then the folder of the
// built-in ones; never in the current folder. One id has no file: `script` (scripts/). A module is
// never unloaded once used.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {

/// The folders searched, in order; relative ones are left out. The last is
/// ../lib/equivolve/evaluators beside this program's own file.
std::vector<std::filesystem::path> plugin_folders(
    const std::vector<std::filesystem::path>& configured);

struct FoundPlugin {
  std::filesystem::path file;
  EvaluatorDescriptor descriptor;
  std::string problem;  ///< why it cannot be used; empty when it can
};

/// What a module says of itself, or why it cannot be used, without the file's name.
using Describe = std::function<tl::expected<EvaluatorDescriptor, std::string>(
    const std::filesystem::path& file)>;
/// Opens it in this process. [main-thread]
tl::expected<EvaluatorDescriptor, std::string> described_here(const std::filesystem::path& file);

/// Every module (*.so) in those folders, and `script` behind them, described. A file that cannot be
/// used is listed under its file name with its problem. What a module does while it is opened ends
/// this process, where it is opened here (workers/worker_module.hpp). [main-thread]
std::vector<FoundPlugin> list_plugins(const std::vector<std::filesystem::path>& folders,
                                      const Describe& describe = described_here);

/// How an evaluator's own processes are started, beside what it says itself.
struct LaunchSettings {
  std::vector<std::string> launcher;  ///< before the command
  /// `{slot}` in values: a number from 0 that no other one has at the same time.
  std::map<std::string, std::string> environment;
  // Limits, as of ChildSettings; 0: none.
  std::uint64_t memory = 0, cpu_seconds = 0, open_files = 0;
};

/// What the engine adds to a configuration when a handle is made.
struct CreateOptions {
  int mantissa_bits = 0;  ///< hashing.mantissa_bits, 1..52: wins over the evaluator's own choice;
                          ///< 0: the evaluator's
  std::optional<hashing::GridKind> grid;  ///< hashing.grid; none: the evaluator's choice
  /// Where the evaluator's messages go: (EQV_LOG_..., one line). Called by any thread, one at a
  /// time. Empty: to stderr.
  std::function<void(int severity, std::string_view text)> log;
  LaunchSettings launch;  ///< of scripts
};

/// A described module that has no handle yet: what `evaluators describe` and the configuration's
/// checks need.
class PluginModule {
 public:
  virtual ~PluginModule() = default;
  virtual const EvaluatorDescriptor& descriptor() const = 0;
  virtual const std::filesystem::path& file() const = 0;
  virtual std::string config_schema() const = 0;  ///< JSON Schema of {"data", "options"}
  virtual std::string apply_schema() const = 0;   ///< JSON Schema; "{}" when not offered
  /// Reads the data. `config_json` as in Configuration. The evaluator may outlive this object.
  /// [main-thread]
  virtual tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(
      const std::string& config_json, const CreateOptions& options) = 0;
  tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(const std::string& config_json) {
    return create(config_json, CreateOptions{});
  }
};

/// `id` must match [A-Za-z][A-Za-z0-9_.-]{0,63}. The error names the nearest known id, or what is
/// wrong with the file; two different files of one name are an error too. [main-thread]
tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin(
    const std::string& id, const std::vector<std::filesystem::path>& folders);

/// The module in this file, whatever it is called. [main-thread]
tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin_file(
    const std::filesystem::path& file);

/// Digest of everything but the genome that a fitness depends on: XXH3-128 of a JSON text with
/// sorted keys that holds
///   - the evaluator's id and version, names, roles and directions of its figures;
///   - of a program (`evaluator.command`) its arguments, and what those that are files hold;
///   - the digest of the data's bytes, and the settings under "data" that are no paths (`file`, and
///   every key whose schema
///     in `config_schema` has "format": "path", are left out: the data's digest stands for them);
///   - all of "options", as `config_json` has them (fill in defaults first: see
///   engine/config/schema_check.hpp);
///   - the representation, and what of the space says what a genome means: "memories", "inputs",
///     "alphabet", a graph's "operations", names and values of "parameters";
///   - how probe outputs are told apart (mantissa bits, edge bits, or exact).
/// It does not cover seeds, lengths and operations a search may use, search, budget, workers or
/// store; nor key order, comments, spelling of numbers and quoting of text, which parsing has
/// removed. [any-thread]
hashing::Digest evaluation_context(const EvaluatorDescriptor& descriptor, const EvaluatorInfo& info,
                                   const std::string& config_json, const std::string& space_json,
                                   const std::string& config_schema = "{}");

}  // namespace equivolve::engine
