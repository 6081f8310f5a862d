#include "engine/cli/man_pages.hpp"

#include <algorithm>
#include <cctype>

#include "engine/cli/command_table.hpp"
#include "engine/cli/exit_codes.hpp"

namespace equivolve::cli {
namespace {

/// Text as roff has it: hyphens that are copied as such, no line that looks like a request, and
/// `words` between backquotes in bold.
std::string roff(const std::string& text) {
  std::string out;
  bool bold = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool at_start = i == 0 || text[i - 1] == '\n';
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '`')
      out += (bold = !bold) ? "\\fB" : "\\fR";
    else
      out += c;
  }
  return out;
}

/// Paragraphs: an empty line in the text is .PP.
std::string paragraphs(const std::string& text) {
  std::string out;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find("\n\n", from), text.size());
    out += (from == 0 ? "" : ".PP\n") + roff(text.substr(from, end - from)) + "\n";
    from = end + 2;
  }
  return out;
}

std::string page_name(const std::string& command) {
  std::string name = "equivolve-" + command;
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string title(const std::string& page, const std::string& version) {
  std::string upper = page;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return ".TH \"" + roff(upper) + "\" 1 \"\" \"Equivolve " + version + "\" \"Equivolve\"\n";
}

std::string bold(const std::string& text) {
  return "\\fB" + roff(text) + "\\fR";
}
std::string italic(const std::string& text) {
  return "\\fI" + roff(text) + "\\fR";
}

std::string sentence(const std::string& text) {
  return text.empty() || text.back() == '.' ? text : text + ".";
}

/// "-q, --quiet" or "--seed N" or "RUN".
std::string option_head(const OptionSpec& option) {
  if (option.is_argument()) return italic(option.name);
  const std::size_t comma = option.name.find(',');
  std::string head = bold(option.name.substr(0, comma));
  if (comma != std::string::npos) head += ", " + bold(option.name.substr(comma + 1));
  if (!option.value.empty()) head += " " + italic(option.value);
  return head;
}

std::string option_entry(const OptionSpec& option) {
  std::string help = sentence(option.help);
  if (!option.words.empty()) {
    help += " One of";
    for (std::size_t i = 0; i < option.words.size(); ++i)
      help += (i == 0 ? " " : ", ") + option.words[i];
    help += ".";
  }
  if (option.range)
    help += " From " + std::to_string(option.range->first) + " to " +
            std::to_string(option.range->second) + ".";
  return ".TP\n" + option_head(option) + "\n" + roff(help) + "\n";
}

std::string synopsis(const CommandSpec& command) {
  std::string line = bold("equivolve " + command.name);
  for (const OptionSpec& option : command.options) {
    if (!option.is_argument()) continue;
    const std::string name = italic(option.name) + (option.repeats() ? "..." : "");
    line += option.required ? " " + name : " [" + name + "]";
  }
  for (const OptionSpec& option : command.options)
    if (!option.is_argument() && option.required)
      line += " " + bold(long_name(option)) + " " + italic(option.value);
  line += " [" + italic("options") + "]";
  if (command.further) line += " [" + bold("--") + italic("KEY VALUE") + "]...";
  return ".SH SYNOPSIS\n" + line + "\n";
}

std::string options_section(const CommandSpec& command) {
  std::string text = ".SH OPTIONS\n";
  for (const OptionSpec& option : command.options) text += option_entry(option);
  return text + ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nPrint help and leave.\n";
}

std::string examples_section(const std::vector<Example>& examples) {
  std::string text = ".SH EXAMPLES\n";
  for (const Example& example : examples) {
    if (&example != &examples.front()) text += ".PP\n";
    if (!example.says.empty()) text += roff(sentence(example.says)) + "\n";
    text += ".RS\n.nf\n" + roff(example.line) + "\n.fi\n.RE\n";
  }
  return text;
}

std::string closing_sections() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCode& code : kExitCodes)
    text += ".TP\n" + bold(code.code) + "\n" + roff(sentence(code.meaning)) + "\n";
  text +=
      ".SH ENVIRONMENT\n.TP\n\\fBEQUIVOLVE_STORE\\fR\nThe results file where \\fB\\-\\-store\\fR "
      "does not name one.\n.TP\n\\fBEQUIVOLVE_PLUGIN_PATH\\fR\nFolders with evaluators, between "
      "colons.\n";
  return text;
}

ManPage command_page(const CommandSpec& command, const std::string& version) {
  const std::string page = page_name(command.name);
  std::string text = title(page, version);
  text += ".SH NAME\n" + roff(page) + " \\- " + roff(command.summary) + "\n";
  text += synopsis(command);
  text += ".SH DESCRIPTION\n" +
          paragraphs(command.description.empty() ? sentence(command.summary) : command.description);
  text += options_section(command);
  if (!command.examples.empty()) text += examples_section(command.examples);
  text += closing_sections();
  return {page + ".1", text + ".SH SEE ALSO\n\\fBequivolve\\fR(1)\n"};
}

ManPage overview_page(const CommandTable& table, const std::string& version) {
  std::string text = title("equivolve", version);
  text += ".SH NAME\nequivolve \\- search for algorithms and configurations by evolution\n";
  text += ".SH SYNOPSIS\n\\fBequivolve\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]\n";
  text +=
      ".SH DESCRIPTION\nA YAML file names a task, a search space and a budget. \\fBequivolve "
      "run\\fR breeds candidates, runs each for a moment on fixed probe inputs and hashes its "
      "behaviour, so that two that do the same are evaluated once; the rest are evaluated in "
      "parallel. Everything is kept in one SQLite file, from which a killed run goes on.\n";
  text += ".SH COMMANDS\n";
  for (const CommandSpec* command : shown_commands(table))
    text += ".TP\n" + bold(command->name) + "\n" + roff(sentence(command->summary)) + " See " +
            bold(page_name(command->name)) + "(1).\n";
  text += examples_section({{"equivolve run examples/quickstart.yaml", ""}});
  return {"equivolve.1", text + closing_sections()};
}

}  // namespace

std::vector<ManPage> man_pages(const CommandTable& table, const std::string& version) {
  std::vector<ManPage> pages{overview_page(table, version)};
  for (const CommandSpec* command : shown_commands(table))
    pages.push_back(command_page(*command, version));
  return pages;
}

}  // namespace equivolve::cli
