#include "engine/plugins/workers/worker_module.hpp"

#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "engine/plugins/command_files.hpp"
#include "engine/plugins/plugin_folders.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/scripts/script_evaluator.hpp"
#include "engine/plugins/workers/worker_evaluator.hpp"

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;

fs::path own_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

/// So that `import equivolve` finds the module that comes with this program.
void add_python_module(ChildSettings& child) {
  std::string path = (own_folder() / "../share/equivolve/python").lexically_normal().string();
  if (const char* others = std::getenv("PYTHONPATH"); others && *others) path = path + ':' + others;
  child.environment.emplace_back("PYTHONPATH", std::move(path));
}

bool lies_among_built_in(const fs::path& file) {
  const auto own = plugin_folders({});
  std::error_code error;
  return !own.empty() && fs::equivalent(file.parent_path(), own.back(), error);
}

/// Nobody waits long for a module that says nothing of itself.
WorkerSettings settings_to_describe() {
  WorkerSettings settings;
  settings.start_deadline = std::chrono::seconds(10);
  settings.child.file_size = std::uint64_t{1} << 30;
  return settings;
}

class WorkerModule final : public PluginModule {
 public:
  WorkerModule(fs::path file, std::shared_ptr<WorkerStarter> starter, WorkerStarter::Greeted first,
               const hashing::Digest& program = {})
      : file_(std::move(file)),
        program_(program),
        starter_(std::move(starter)),
        hello_(first.hello),
        first_(std::move(first)) {}

  const EvaluatorDescriptor& descriptor() const override { return hello_.descriptor; }
  const fs::path& file() const override { return file_; }
  std::string config_schema() const override { return hello_.config_schema; }
  std::string apply_schema() const override { return hello_.apply_schema; }
  tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(
      const std::string& config_json, const CreateOptions& options) override {
    if (!first_) {
      auto another = starter_->start();
      if (!another) return tl::unexpected(std::move(another.error()));
      first_ = std::move(*another);
    }
    WorkerStarter::Greeted worker = std::move(*first_);
    first_.reset();
    return make_worker_evaluator(starter_, std::move(worker), config_json, options, program_);
  }

 private:
  const fs::path file_;
  const hashing::Digest program_;
  const std::shared_ptr<WorkerStarter> starter_;
  const protocol::HelloOk hello_;
  std::optional<WorkerStarter::Greeted> first_;
};

}  // namespace

fs::path worker_program() {
  return own_folder() / "equivolve-worker";
}

bool is_built_in(const std::string& id, const std::vector<fs::path>& folders) {
  if (id == kScriptId) return true;
  const auto file =
      is_plugin_name(id) ? find_module(id, folders) : tl::expected<fs::path, EvaluatorError>();
  return file && lies_among_built_in(*file);
}

tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin_to_describe(
    const std::string& id, const std::vector<fs::path>& folders) {
  if (is_built_in(id, folders)) return load_plugin(id, folders);
  return load_plugin_in_workers(id, folders, settings_to_describe());
}

tl::expected<EvaluatorDescriptor, std::string> described_in_worker(const fs::path& file) {
  if (lies_among_built_in(file)) return described_here(file);
  WorkerSettings settings = settings_to_describe();
  settings.child.command = {worker_program().string(), file.string()};
  WorkerStarter starter(std::move(settings));
  auto greeted = starter.start();
  if (greeted) return std::move(greeted->hello.descriptor);
  std::string problem = std::move(greeted.error().message);
  for (const std::string& name : {file.string() + ' ', file.filename().string() + ' '})
    if (problem.starts_with(name)) return tl::unexpected(problem.substr(name.size()));
  return tl::unexpected(std::move(problem));
}

tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin_in_workers(
    const std::string& id, const std::vector<fs::path>& folders, WorkerSettings settings) {
  if (id == kScriptId || !is_plugin_name(id)) return load_plugin(id, folders);
  auto file = find_module(id, folders);
  if (!file) return tl::unexpected(std::move(file.error()));
  settings.child.command = {worker_program().string(), file->string()};
  auto starter = std::make_shared<WorkerStarter>(std::move(settings));
  auto first = starter->start();
  if (!first) return tl::unexpected(std::move(first.error()));
  return std::make_unique<WorkerModule>(std::move(*file), std::move(starter), std::move(*first));
}

ChildSettings child_of_program(const std::vector<std::string>& command, const fs::path& folder,
                               ChildSettings others) {
  others.command = command;
  others.folder = folder;
  add_python_module(others);
  // What a trial prints is to be there when it is cut.
  if (std::getenv("PYTHONUNBUFFERED") == nullptr)
    others.environment.insert(others.environment.begin(), {"PYTHONUNBUFFERED", "1"});
  return others;
}

tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_program(
    const std::string& id, const std::vector<std::string>& command, const fs::path& folder,
    WorkerSettings settings) {
  settings.child = child_of_program(command, folder, std::move(settings.child));
  auto starter = std::make_shared<WorkerStarter>(std::move(settings));
  auto first = starter->start();
  if (!first) return tl::unexpected(std::move(first.error()));
  const std::string& called = first->hello.descriptor.id;
  if (!id.empty() && id != called)
    return tl::unexpected(EvaluatorError{
        "", fmt::format("the program calls itself '{}', evaluator.id is '{}'", called, id), true});
  return std::make_unique<WorkerModule>(command.front(), std::move(starter), std::move(*first),
                                        digest_of_command(command, folder));
}

}  // namespace equivolve::engine
