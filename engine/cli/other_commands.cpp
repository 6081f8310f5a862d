// evaluators list|describe, store verify, info.
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "engine/run/executor.hpp"
#include "engine/run/kernel.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const engine::FoundPlugin& p) {
  Json out{{"id", p.descriptor.id},
           {"version", p.descriptor.version},
           {"summary", p.descriptor.summary},
           {"file", p.file.string()}};
  out["representations"] = p.descriptor.representations;
  if (!p.problem.empty()) out["problem"] = p.problem;
  return out;
}

int list_evaluators(const EvaluatorsCommand& command) {
  const auto found = engine::list_plugins(engine::plugin_folders(command.folders));
  if (command.common.json) {
    Json out = Json::array();
    for (const auto& p : found) out.push_back(json_of(p));
    std::printf("%s\n", out.dump().c_str());
    return kFinished;
  }
  for (const auto& p : found) {
    if (p.problem.empty())
      std::printf("%-28s %-10s %s\n", p.descriptor.id.c_str(), p.descriptor.version.c_str(),
                  p.descriptor.summary.c_str());
    else
      std::printf("%-28s cannot be used: %s\n", p.file.filename().c_str(), p.problem.c_str());
  }
  if (!found.empty() && !command.common.quiet)
    std::printf("next: equivolve evaluators describe %s\n", found.front().descriptor.id.c_str());
  return kFinished;
}

void print_properties(const std::string& title, const Json& schema) {
  if (!schema.is_object() || !schema.contains("properties") || schema["properties"].empty()) return;
  std::printf("\n%s\n", title.c_str());
  for (const auto& [name, property] : schema["properties"].items()) {
    std::string line = fmt::format("  {:<24}", name);
    if (property.contains("description") && property["description"].is_string())
      line += property["description"].get<std::string>();
    if (property.contains("enum")) line += fmt::format(" One of {}.", property["enum"].dump());
    if (property.contains("default"))
      line += fmt::format(" Default {}.", property["default"].dump());
    std::printf("%s\n", line.c_str());
  }
}

/// A section, or each of the forms it may take.
void print_section(const std::string& name, const Json& schema) {
  if (schema.contains("oneOf"))
    for (const Json& form : schema["oneOf"])
      print_properties(name + ", " + form.value("title", "one form") + ":", form);
  print_properties(name + ":", schema);
}

int describe_evaluator(const EvaluatorsCommand& command) {
  auto module = engine::load_plugin(command.id, engine::plugin_folders(command.folders));
  if (!module)
    return fail(module.error().bad_input ? kBadInput : kEvaluatorTrouble, module.error().message);
  const engine::EvaluatorDescriptor& d = (*module)->descriptor();
  const Json config = Json::parse((*module)->config_schema(), nullptr, false);
  const Json apply = Json::parse((*module)->apply_schema(), nullptr, false);
  if (command.common.json) {
    std::printf("%s\n", Json{{"id", d.id},
                             {"version", d.version},
                             {"summary", d.summary},
                             {"file", (*module)->file().string()},
                             {"representations", d.representations},
                             {"deterministic", d.deterministic},
                             {"thread_safe", d.thread_safe},
                             {"config_schema", config},
                             {"apply_schema", apply}}
                            .dump()
                            .c_str());
    return kFinished;
  }
  std::printf("%s %s\n%s\n%s\n", d.id.c_str(), d.version.c_str(), d.summary.c_str(),
              (*module)->file().c_str());
  std::printf("takes:");
  for (const std::string& r : d.representations) std::printf(" %s", r.c_str());
  std::printf("; %s, %s\n", d.deterministic ? "deterministic" : "not deterministic",
              d.offers_probe ? "offers a probe" : "no probe");
  if (config.is_object() && config.contains("properties"))
    for (const char* section : {"data", "options"})
      if (config["properties"].contains(section))
        print_section(section, config["properties"][section]);
  print_properties("apply:", apply);
  return kFinished;
}

}  // namespace

int evaluators(const EvaluatorsCommand& given) {
  EvaluatorsCommand command = given;
  for (std::filesystem::path& folder : command.folders) {
    if (!std::filesystem::is_directory(folder))
      return fail(kBadInput, "--folder " + folder.string() + ": no such folder");
    folder = std::filesystem::absolute(folder);
  }

  return command.id.empty() ? list_evaluators(command) : describe_evaluator(command);
}

int verify(const VerifyCommand& command) {
  const std::filesystem::path store = store_path(command.common);
  auto reader = engine::StoreReader::open(store);
  if (!reader) return fail(kStoreTrouble, reader.error().message);
  std::optional<engine::RunId> run;
  if (!command.run.empty()) {
    auto info = (*reader)->find_run(command.run);
    if (!info) return fail(kBadInput, info.error().message);
    run = info->id;
  }
  auto report = (*reader)->verify(run);
  if (!report) return fail(kStoreTrouble, report.error().message);
  if (command.common.json)
    std::printf("%s\n", Json{{"file", store.string()},
                             {"rows", report->rows},
                             {"problems", report->problems},
                             {"result_digest", report->result_digest},
                             {"trajectory_digest", report->trajectory_digest}}
                            .dump()
                            .c_str());
  if (!command.common.json) {
    for (const std::string& problem : report->problems) std::printf("%s\n", problem.c_str());
    std::printf("%s: %llu rows checked, %zu problems\n", store.c_str(),
                static_cast<unsigned long long>(report->rows), report->problems.size());
    if (!report->result_digest.empty())
      std::printf("result_digest      %s\ntrajectory_digest  %s\n", report->result_digest.c_str(),
                  report->trajectory_digest.c_str());
  }
  return report->problems.empty() ? kFinished : kStoreTrouble;
}

int info(const CommonOptions& common) {
  const auto folders = engine::plugin_folders({});
  const std::filesystem::path store = store_path(common);
  const bool tbb = engine::make_executor("tbb", 1).has_value();
  if (common.json) {
    Json paths = Json::array();
    for (const auto& f : folders) paths.push_back(f.string());
    std::printf("%s\n", Json{{"version", EQUIVOLVE_VERSION},
                             {"kernel", engine::kernel_kind()},
                             {"compiler", __VERSION__},
                             {"cores", engine::available_cores()},
                             {"executors", tbb ? Json{"tbb", "threads"} : Json{"threads"}},
                             {"plugin_folders", paths},
                             {"store", store.string()}}
                            .dump()
                            .c_str());
    return kFinished;
  }
  std::printf("equivolve %s\n", EQUIVOLVE_VERSION);
  std::printf("kernel       %s, %u cores\n", engine::kernel_kind().c_str(),
              engine::available_cores());
  std::printf("compiler     %s\n", __VERSION__);
  std::printf("executors    %s\n", tbb ? "tbb, threads" : "threads");
  std::printf("isolation    thread\n");
  std::printf("store        %s, durability full unless store.durability says relaxed\n",
              store.c_str());
  for (const auto& f : folders) std::printf("evaluators   %s\n", f.c_str());
  return kFinished;
}

}  // namespace equivolve::cli
