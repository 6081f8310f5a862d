// The command line: which commands there are, what they take, what --help says. CLI11 is seen here
// only.
#include <CLI/CLI.hpp>

#include <algorithm>

#include "engine/cli/commands.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/cli/support.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/run/kernel.hpp"

namespace equivolve::cli {
namespace {

struct Parsed {
  RunCommand run, validate;
  ResumeCommand resume;
  ListCommand list;
  ShowCommand show;
  ApplyCommand apply;
  ExportCommand export_run;
  EvaluatorsCommand evaluators;
  SchemaCommand schema;
  VerifyCommand verify;
  CommonOptions migrate, info;
};

void add_store(CLI::App* command, CommonOptions& common) {
  command
      ->add_option("--store", common.store,
                   "Results file [default: $EQUIVOLVE_STORE, else ./equivolve.db]")
      ->type_name("FILE");
}
void add_common(CLI::App* command, CommonOptions& common) {
  add_store(command, common);
  command->add_flag("--json", common.json, "Print one JSON object on the last line");
  command->add_flag("-q,--quiet", common.quiet, "No progress and no hints");
}

void add_run(CLI::App& app, Parsed& p) {
  CLI::App* run = app.add_subcommand("run", "Start a search from a YAML file");
  run->add_option("FILE", p.run.file, "Configuration")->required();
  run->add_option("--set", p.run.overrides,
                  "Override a key: --set budget.candidates=5000 (may be repeated)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  run->add_option("--seed", p.run.seed, "Override seed")->type_name("N");
  run->add_option("--workers", p.run.workers, "Override workers.count")->type_name("N");
  run->add_option("--events", p.run.events,
                  "Write a JSON line to this descriptor for every durable outcome")
      ->type_name("FD");
  add_common(run, p.run.common);
  run->footer(
      "Examples:\n  equivolve run examples/quickstart.yaml\n  equivolve run search.yaml --seed 3 "
      "--set budget.time=10m --store runs.db");

  CLI::App* validate =
      app.add_subcommand("validate", "Check a YAML file and its data without running it");
  validate->add_option("FILE", p.validate.file, "Configuration")->required();
  validate->add_option("--set", p.validate.overrides, "Override a key")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_common(validate, p.validate.common);
  validate->footer("Example:\n  equivolve validate search.yaml");

  CLI::App* resume =
      app.add_subcommand("resume", "Go on with a run that was stopped, killed or interrupted");
  resume->add_option("RUN", p.resume.run, "Number, name or latest")->required();
  resume->add_option("--workers", p.resume.workers, "Override workers.count")
      ->type_name("N")
      ->check(CLI::Range(1u, 1024u));
  resume->add_option("--executor", p.resume.executor, "Override workers.executor")
      ->check(CLI::IsMember({"tbb", "threads"}));
  resume->add_option("--events", p.resume.events, "As for run")->type_name("FD");
  add_common(resume, p.resume.common);
  resume->footer("Example:\n  equivolve resume latest --store runs.db");
}

void add_views(CLI::App& app, Parsed& p) {
  CLI::App* list = app.add_subcommand("list", "List the runs of a results file");
  add_common(list, p.list.common);
  list->footer("Example:\n  equivolve list --store runs.db");

  CLI::App* show =
      app.add_subcommand("show", "Show a run: figures, references, hashing, the best candidate");
  show->add_option("RUN", p.show.run, "Number, name or latest")->default_val("latest");
  add_common(show, p.show.common);
  show->footer("Example:\n  equivolve show latest");

  CLI::App* out =
      app.add_subcommand("export", "Write a run's candidates to a CSV or JSON-lines file");
  out->add_option("RUN", p.export_run.run, "Number, name or latest")->required();
  out->add_option("--out", p.export_run.out, "File that ends in .csv or .jsonl")->required();
  add_common(out, p.export_run.common);
  out->footer("Example:\n  equivolve export latest --out candidates.csv");
}

void add_apply(CLI::App& app, Parsed& p) {
  CLI::App* apply = app.add_subcommand(
      "apply", "Turn a run's result, or a candidate, into files a person can use");
  apply->add_option("SUBJECT", p.apply.subject, "A run, or a YAML file (with --candidate)")
      ->required();
  apply->add_option("--candidate", p.apply.candidate,
                    "A reference candidate's name, a program's text, or a file with it");
  apply->add_option("--out", p.apply.out, "Folder for the files")->required();
  add_common(apply, p.apply.common);
  apply->allow_extras();
  apply->footer(
      "The evaluator's own options are given as --KEY VALUE (see: equivolve evaluators describe "
      "ID).\n"
      "Examples:\n  equivolve apply latest --out result\n  equivolve apply latest --data "
      "new_patients.csv --out result\n"
      "  equivolve apply examples/quickstart.yaml --candidate logistic_regression --out rival");
}

void add_others(CLI::App& app, Parsed& p) {
  CLI::App* evaluators = app.add_subcommand("evaluators", "What is there to search with");
  evaluators->require_subcommand(1);
  CLI::App* list = evaluators->add_subcommand("list", "All evaluators that can be found");
  CLI::App* describe = evaluators->add_subcommand("describe", "One evaluator and its settings");
  describe->add_option("ID", p.evaluators.id, "Evaluator")->required();
  for (CLI::App* c : {list, describe}) {
    c->add_option("--folder", p.evaluators.folders, "A folder to look in first (may be repeated)")
        ->allow_extra_args(false);
    c->add_flag("--json", p.evaluators.common.json, "Print JSON");
    c->add_flag("-q,--quiet", p.evaluators.common.quiet, "No hints");
  }
  evaluators->footer("Example:\n  equivolve evaluators describe algorithm_discovery");

  CLI::App* schema =
      app.add_subcommand("schema", "Print the JSON Schema of configuration files, for editors");
  schema->add_option("EVALUATOR", p.schema.evaluator, "For files of this evaluator only");
  schema->add_option("--folder", p.schema.folders, "A folder to look in first (may be repeated)")
      ->allow_extra_args(false);
  schema->add_flag("-q,--quiet", p.schema.common.quiet, "No hints");
  schema->footer("Example:\n  equivolve schema > equivolve.schema.json");

  CLI::App* store = app.add_subcommand("store", "Look after a results file");
  store->require_subcommand(1);
  CLI::App* verify =
      store->add_subcommand("verify", "Check every row, and recompute the runs' digests");
  verify->add_option("RUN", p.verify.run, "One run only");
  add_common(verify, p.verify.common);
  CLI::App* migrate = store->add_subcommand(
      "migrate", "Bring a file of an older Equivolve up to date; a copy of it is kept beside it");
  add_common(migrate, p.migrate);
  store->footer(
      "Examples:\n  equivolve store verify --store runs.db\n  equivolve store migrate --store "
      "runs.db");

  CLI::App* info = app.add_subcommand("info", "Version, build, machine, folders");
  add_store(info, p.info);
  info->add_flag("--json", p.info.json, "Print JSON");
}

/// "--key value" or "--key=value" pairs that no option took.
bool pair_up(const std::vector<std::string>& rest,
             std::vector<std::pair<std::string, std::string>>& options) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (!rest[i].starts_with("--") || rest[i].size() < 3) return false;
    const std::size_t sign = rest[i].find('=');
    if (sign != std::string::npos) {
      options.emplace_back(rest[i].substr(2, sign - 2), rest[i].substr(sign + 1));
    } else if (i + 1 < rest.size()) {
      options.emplace_back(rest[i].substr(2), rest[i + 1]);
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

int dispatch(CLI::App& app, Parsed& p) {
  auto got = [&](const char* name) { return app.got_subcommand(name); };
  if (got("run")) return run(p.run);
  if (got("validate")) return validate(p.validate);
  if (got("resume")) return resume(p.resume);
  if (got("list")) return list(p.list);
  if (got("show")) return show(p.show);
  if (got("apply")) {
    if (!pair_up(app.get_subcommand("apply")->remaining(), p.apply.options))
      return fail(kBadInput, "apply: the evaluator's options are given as --KEY VALUE");
    return apply(p.apply);
  }
  if (got("export")) return export_run(p.export_run);
  if (got("evaluators")) return evaluators(p.evaluators);
  if (got("schema")) return schema(p.schema);
  if (got("store"))
    return app.get_subcommand("store")->got_subcommand("migrate") ? migrate(p.migrate)
                                                                  : verify(p.verify);
  return info(p.info);
}

/// CLI11 would only say that a subcommand is required.
bool is_unknown_command(const CLI::App& app, int argc, char** argv, std::string& message) {
  if (argc < 2 || argv[1][0] == '-') return false;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return false;
  message = std::string("unknown command '") + argv[1] + "'" + engine::suggestion(argv[1], names) +
            "; see equivolve --help";
  return true;
}

}  // namespace
}  // namespace equivolve::cli

int main(int argc, char** argv) {
  using namespace equivolve;
  if (const std::string missing = engine::missing_instructions(); !missing.empty())
    return cli::fail(cli::kBadInput, missing);
  CLI::App app(
      "Equivolve searches for algorithms and configurations by evolution, and evaluates equal "
      "behaviour once.",
      "equivolve");
  app.set_version_flag("--version", std::string("equivolve ") + EQUIVOLVE_VERSION);
  app.require_subcommand(1);
  app.footer("Start with:\n  equivolve run examples/quickstart.yaml");
  cli::Parsed parsed;
  cli::add_run(app, parsed);
  cli::add_views(app, parsed);
  cli::add_apply(app, parsed);
  cli::add_others(app, parsed);
  std::string unknown;
  if (cli::is_unknown_command(app, argc, argv, unknown)) return cli::fail(cli::kBadInput, unknown);
  try {
    app.parse(argc, argv);
    return cli::dispatch(app, parsed);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
    return cli::fail(cli::kBadInput, std::string(e.what()) + "; see equivolve --help");
  } catch (const std::bad_alloc&) {
    return cli::fail(cli::kDefect, "out of memory; what was stored is safe");
  } catch (const std::exception& e) {
    return cli::fail(cli::kDefect, std::string("defect, please report: ") + e.what());
  }
}
