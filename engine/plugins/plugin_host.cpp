#include "engine/plugins/plugin_host.hpp"

#include <fmt/format.h>

#include "engine/plugins/loaded_plugin.hpp"
#include "engine/plugins/module_table.hpp"
#include "engine/plugins/plugin_folders.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/scripts/script_evaluator.hpp"
#include "engine/plugins/text_collector.hpp"

namespace equivolve::engine {
namespace {

std::string schema_text(void (*schema)(const eqv_text_sink* sink)) {
  if (!schema) return "{}";
  TextCollector text;
  try {
    schema(text.sink());
  } catch (...) {
    return "{}";
  }
  return text.text().empty() || text.overflowed() ? "{}" : text.text();
}

class OpenModule final : public PluginModule {
 public:
  explicit OpenModule(ModuleTable table) : table_(std::move(table)) {}
  const EvaluatorDescriptor& descriptor() const override { return table_.descriptor; }
  const std::filesystem::path& file() const override { return table_.file; }
  std::string config_schema() const override { return schema_text(table_.functions.config_schema); }
  std::string apply_schema() const override { return schema_text(table_.functions.apply_schema); }
  tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(
      const std::string& config_json, const CreateOptions& options) override {
    return LoadedPlugin::create(table_, config_json, options);
  }

 private:
  ModuleTable table_;
};

}  // namespace

tl::expected<EvaluatorDescriptor, std::string> described_here(const std::filesystem::path& file) {
  auto table = open_module(file);
  if (!table) return tl::unexpected(table.error());
  return std::move(table->descriptor);
}

std::vector<FoundPlugin> list_plugins(const std::vector<std::filesystem::path>& folders,
                                      const Describe& describe) {
  std::vector<FoundPlugin> out;
  for (const ModuleFile& found : module_files(folders)) {
    FoundPlugin plugin;
    plugin.file = found.file;
    plugin.descriptor.id = found.stem;
    plugin.problem = found.problem;
    if (plugin.problem.empty()) {
      auto described = describe(found.file);
      if (described)
        plugin.descriptor = std::move(*described);
      else
        plugin.problem = described.error();
    }
    out.push_back(std::move(plugin));
  }
  out.push_back({"(built in)", script_descriptor(), ""});
  return out;
}

tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin(
    const std::string& id, const std::vector<std::filesystem::path>& folders) {
  if (!is_plugin_name(id))
    return tl::unexpected(EvaluatorError{
        "",
        fmt::format(
            "'{}' is no evaluator id: ids are [A-Za-z][A-Za-z0-9_.-]{{0,63}}, without folders",
            one_line(id, 80)),
        true});
  if (id == kScriptId) return script_module();
  const auto file = find_module(id, folders);
  if (!file) return tl::unexpected(file.error());
  return load_plugin_file(*file);
}

tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin_file(
    const std::filesystem::path& file) {
  auto table = open_module(file);
  if (!table)
    return tl::unexpected(
        EvaluatorError{"", fmt::format("{} {}", file.string(), table.error()), false});
  return std::make_unique<OpenModule>(std::move(*table));
}

}  // namespace equivolve::engine
