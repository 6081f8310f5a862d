#include "engine/cli/reference_page.hpp"

#include "engine/cli/command_table.hpp"

namespace equivolve::cli {
namespace {

/// Text in a table's cell.
std::string cell(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string heading(const CommandSpec& command) {
  std::string line = "equivolve " + command.name;
  for (const OptionSpec& option : command.options) {
    if (!option.is_argument()) continue;
    const std::string name = option.name + (option.repeats() ? "..." : "");
    line += option.required ? " " + name : " [" + name + "]";
  }
  for (const OptionSpec& option : command.options)
    if (!option.is_argument() && option.required)
      line += " " + long_name(option) + " " + option.value;
  return "### `" + line + "`\n\n";
}

std::string option_row(const OptionSpec& option) {
  std::string head = option.name;
  const std::size_t comma = head.find(',');
  if (comma != std::string::npos) head.insert(comma + 1, " ");
  if (!option.value.empty()) head += " " + option.value;
  std::string help = option.help;
  for (std::size_t i = 0; i < option.words.size(); ++i)
    help += (i == 0 ? ": `" : ", `") + option.words[i] + "`";
  if (option.range)
    help +=
        ": " + std::to_string(option.range->first) + " to " + std::to_string(option.range->second);
  return "| `" + head + "` | " + cell(help) + " |\n";
}

std::string section(const CommandSpec& command) {
  std::string text = heading(command) + command.summary + ".";
  if (!command.description.empty()) text += " " + command.description;
  while (text.back() == '\n') text.pop_back();
  text += "\n";
  if (!command.options.empty()) {
    text += "\n| option | meaning |\n| --- | --- |\n";
    for (const OptionSpec& option : command.options) text += option_row(option);
  }
  if (command.examples.empty()) return text;
  text += "\n```\n";
  for (const Example& example : command.examples)
    text += example.line + (example.says.empty() ? "" : "   # " + example.says) + "\n";
  return text + "```\n";
}

}  // namespace

std::string reference_page(const CommandTable& table) {
  std::string page = std::string(kReferenceHeading) + "\n";
  for (const CommandSpec* command : shown_commands(table)) page += "\n" + section(*command);
  return page;
}

}  // namespace equivolve::cli
