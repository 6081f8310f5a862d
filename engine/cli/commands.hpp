// What each command is given and does. Returns the process's exit code; results go to stdout,
// everything else to stderr.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace equivolve::cli {

/// Options of several commands.
struct CommonOptions {
  std::optional<std::filesystem::path> store;  ///< --store
  bool json = false;   ///< --json: one JSON object on the last line of stdout
  bool quiet = false;  ///< --quiet
};

struct RunCommand {
  CommonOptions common;
  std::string file;                    ///< YAML
  std::vector<std::string> overrides;  ///< --set a.b=c
  std::optional<std::string> seed;     ///< as typed: checked like the key
  std::optional<std::string> workers;  ///< likewise
  int events = -1;                     ///< --events FD
};
int run(const RunCommand& command);
int validate(const RunCommand& command);

struct ResumeCommand {
  CommonOptions common;
  std::string run;
  std::optional<std::uint32_t> workers;
  std::optional<std::string> executor;
  int events = -1;
};
int resume(const ResumeCommand& command);

struct ListCommand {
  CommonOptions common;
};
int list(const ListCommand& command);

struct ShowCommand {
  CommonOptions common;
  std::string run;
};
int show(const ShowCommand& command);

struct ApplyCommand {
  CommonOptions common;
  std::string subject;  ///< a run, or a YAML file (then `candidate` names what to apply)
  std::optional<std::string>
      candidate;              ///< a reference's name, or a genome's text form, or a file with it
  std::filesystem::path out;  ///< folder; made if need be
  std::vector<std::pair<std::string, std::string>> options;  ///< the evaluator's own: --KEY VALUE
};
int apply(const ApplyCommand& command);

struct ExportCommand {
  CommonOptions common;
  std::string run;
  std::filesystem::path out;  ///< a .csv or .jsonl file
};
int export_run(const ExportCommand& command);

struct EvaluatorsCommand {
  CommonOptions common;
  std::vector<std::filesystem::path> folders;
  std::string id;  ///< of describe; empty: list
};
int evaluators(const EvaluatorsCommand& command);

struct SchemaCommand {
  CommonOptions common;
  std::vector<std::filesystem::path> folders;
  std::string evaluator;  ///< empty: every one that is found
};
int schema(const SchemaCommand& command);

struct VerifyCommand {
  CommonOptions common;
  std::string run;  ///< empty: all
};
int verify(const VerifyCommand& command);

int migrate(const CommonOptions& common);

int info(const CommonOptions& common);

}  // namespace equivolve::cli
