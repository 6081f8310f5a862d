#include "engine/cli/parser.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

#include "engine/cli/exit_codes.hpp"
#include "engine/cli/support.hpp"
#include "engine/plugins/nearest_name.hpp"

namespace equivolve::cli {
namespace {

std::string part_name(Part part) {
  switch (part) {
    case Part::kSearch:
      return "Searching";
    case Part::kResults:
      return "Results";
    case Part::kStore:
      return "Results files";
    case Part::kHelp:
      return "Help";
    case Part::kHidden:
      break;
  }
  return "";  // CLI11 leaves out what has no group
}

/// Like CLI::IsMember, with the nearest word.
CLI::Validator one_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return {[words, list](std::string& value) {
            if (std::find(words.begin(), words.end(), value) != words.end()) return std::string();
            return "'" + value + "' is not one of " + list + engine::suggestion(value, words);
          },
          "{" + list + "}"};
}

void add_option(CLI::App& command, const OptionSpec& spec) {
  CLI::Option* option = std::visit(
      [&](auto* field) -> CLI::Option* {
        if constexpr (std::is_same_v<decltype(field), bool*>)
          return command.add_flag(spec.name, *field, spec.help);
        else
          return command.add_option(spec.name, *field, spec.help);
      },
      spec.into);
  const bool is_path = std::holds_alternative<std::filesystem::path*>(spec.into) ||
                       std::holds_alternative<std::optional<std::filesystem::path>*>(spec.into);
  if (is_path)
    option->check([](const std::string& path) {
      return path.empty() ? std::string("is empty; expected a path") : std::string();
    });
  if (!spec.value.empty()) option->type_name(spec.value);
  if (spec.is_argument()) option->type_name(spec.repeats() ? "..." : "");
  if (spec.required) option->required();
  if (spec.repeats() && !spec.is_argument()) option->allow_extra_args(false);
  if (!spec.words.empty()) option->check(one_of(spec.words));
  if (spec.range) option->check(CLI::Range(spec.range->first, spec.range->second));
}

/// Lines of at most 80 characters.
std::string wrapped(const std::string& text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    if (column + (end - at) > 80 && column > 0) {
      if (out.back() == ' ') out.pop_back();
      out += '\n';
      column = 0;
    }
    out.append(text, at, end - at);
    column += end - at + 1;
    if (end < text.size()) out += text[end];
    if (end < text.size() && text[end] == '\n') column = 0;
    at = end + 1;
  }
  return out;
}

std::string footer_of(const CommandSpec& spec) {
  std::string text = wrapped(spec.description);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty()) text += "\n\n";
  text += spec.examples.size() > 1 ? "Examples:" : "Example:";
  for (const Example& example : spec.examples) {
    text += "\n  " + example.line;
    if (!example.says.empty()) text += "\n      " + example.says;
  }
  return text;
}

/// The words of the table as CLI11's tree; `leaves` says which command a node is.
using Leaves = std::map<const CLI::App*, const CommandSpec*>;

/// The group's node, made when its first command comes.
CLI::App& group_node(CLI::App& app, const CommandTable& table, const std::string& name) {
  for (CLI::App* known : app.get_subcommands([](CLI::App*) { return true; }))
    if (known->get_name() == name) return *known;
  const auto group = std::find_if(table.groups.begin(), table.groups.end(),
                                  [&](const GroupSpec& g) { return g.name == name; });
  CLI::App* node = app.add_subcommand(name, group->summary);
  node->require_subcommand(1)->group(part_name(group->part))->footer("");
  return *node;
}

void build(CLI::App& app, const CommandTable& table, Leaves& leaves) {
  for (const CommandSpec& spec : table.commands) {
    const std::size_t space = spec.name.find(' ');
    const bool grouped = space != std::string::npos;
    CLI::App& parent = grouped ? group_node(app, table, spec.name.substr(0, space)) : app;
    CLI::App* node =
        parent.add_subcommand(grouped ? spec.name.substr(space + 1) : spec.name, spec.summary);
    node->group(grouped ? "Commands" : part_name(spec.part));
    for (const OptionSpec& option : spec.options) add_option(*node, option);
    if (spec.further) node->allow_extras();
    node->footer(spec.examples.empty() ? "" : footer_of(spec));
    if (grouped && parent.get_footer().empty() && !spec.examples.empty())
      parent.footer("Example:\n  " + spec.examples.front().line);
    leaves[node] = &spec;
  }
}

/// The innermost command that was named.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

std::string full_name(const CLI::App& node) {
  const CLI::App* parent = node.get_parent();
  return parent ? full_name(*parent) + " " + node.get_name() : node.get_name();
}

std::vector<std::string> names_below(const CLI::App& node) {
  std::vector<std::string> names;
  for (const CLI::App* command : node.get_subcommands([](const CLI::App*) { return true; }))
    if (!command->get_group().empty()) names.push_back(command->get_name());
  return names;
}

/// CLI11 would only say that a subcommand is required.
std::optional<std::string> unknown_command(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc; ++i) {
    const std::vector<const CLI::App*> below =
        at->get_subcommands([](const CLI::App*) { return true; });
    if (below.empty() || argv[i][0] == '-') return std::nullopt;
    const auto found = std::find_if(below.begin(), below.end(), [&](const CLI::App* command) {
      return command->get_name() == argv[i];
    });
    if (found == below.end())
      return "unknown command '" + std::string(argv[i]) + "'" +
             engine::suggestion(argv[i], names_below(*at)) + "; see " + full_name(*at) + " --help";
    at = *found;
  }
  return std::nullopt;
}

/// "--key value" or "--key=value" pairs that no option took.
bool pair_up(const std::vector<std::string>& rest,
             std::vector<std::pair<std::string, std::string>>& pairs) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (!rest[i].starts_with("--") || rest[i].size() < 3) return false;
    const std::size_t sign = rest[i].find('=');
    if (sign != std::string::npos) {
      pairs.emplace_back(rest[i].substr(2, sign - 2), rest[i].substr(sign + 1));
    } else if (i + 1 < rest.size()) {
      pairs.emplace_back(rest[i].substr(2), rest[i + 1]);
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

/// `help`, `help run` and `version` are what many type first.
std::vector<const char*> spelt_out(int argc, const char* const* argv) {
  std::vector<const char*> words(argv, argv + argc);
  const std::string_view first = words[1];
  if (first == "version" && argc == 2) words[1] = "--version";
  if (first != "help") return words;
  words.erase(words.begin() + 1);
  words.push_back("--help");
  return words;
}

int refuse(const CLI::App& node, const std::string& message) {
  return fail(kBadInput, message + "; see " + full_name(node) + " --help");
}

/// CLI11's sentence, and for a misspelt option the nearest one.
int explain(const CLI::App& node, const Leaves& leaves, const CLI::ParseError& error) {
  const auto leaf = leaves.find(&node);
  const std::vector<std::string> rest = node.remaining();
  if (leaf == leaves.end() || rest.empty()) return refuse(node, error.what());
  const std::vector<std::string> names = option_names(*leaf->second);
  const std::string& first = rest.front();
  if (!first.starts_with("-")) return refuse(node, "nothing takes '" + first + "'");
  return refuse(node, "unknown option " + first + engine::suggestion(first, names));
}

int act(const CLI::App& node, const Leaves& leaves) {
  const CommandSpec& spec = *leaves.at(&node);
  if (spec.further && !pair_up(node.remaining(), *spec.further)) {
    const std::string word = node.remaining().back();
    const std::string hint = engine::suggestion(word, option_names(spec));
    if (!hint.empty()) return refuse(node, "unknown option " + word + hint);
    return refuse(node,
                  "'" + word + "' is not taken; the evaluator's options are given as --KEY VALUE");
  }
  return spec.action();
}

}  // namespace

int run_command_line(const CommandTable& table, int argc, const char* const* argv) {
  CLI::App app(
      "Equivolve searches for algorithms and configurations by evolution, and evaluates equal "
      "behaviour once.",
      "equivolve");
  app.set_version_flag("--version", std::string("equivolve ") + EQUIVOLVE_VERSION);
  app.require_subcommand(1);
  app.footer("Start with:\n  equivolve run examples/quickstart.yaml");
  Leaves leaves;
  build(app, table, leaves);
  if (argc < 2) {
    std::fprintf(stderr, "%s", app.help().c_str());
    return fail(kBadInput, "a command is required");
  }
  std::vector<const char*> words = spelt_out(argc, argv);
  const int count = static_cast<int>(words.size());
  if (const auto unknown = unknown_command(app, count, words.data()))
    return fail(kBadInput, *unknown);
  try {
    app.parse(count, words.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return explain(innermost(app), leaves, error);
  }
  return act(innermost(app), leaves);
}

}  // namespace equivolve::cli
