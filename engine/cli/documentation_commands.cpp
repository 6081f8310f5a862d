// For the build and for shells: man pages, completion scripts, and what a shell offers.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "engine/cli/commands.hpp"
#include "engine/cli/completion.hpp"
#include "engine/cli/machine_names.hpp"
#include "engine/cli/man_pages.hpp"
#include "engine/cli/reference_page.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

int write_man_pages(const CommandTable& table, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(kBadInput, "cannot make " + folder.string() + ": " + error.message());
  for (const ManPage& page : man_pages(table, EQUIVOLVE_VERSION)) {
    std::ofstream out(folder / page.file, std::ios::binary | std::ios::trunc);
    out << page.text;
    out.close();
    if (!out) return fail(kBadInput, "cannot write " + (folder / page.file).string());
  }
  return kFinished;
}

/// Everything from the reference's heading on is made anew.
int write_reference(const CommandTable& table, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t at = text.find(std::string("\n") + kReferenceHeading + "\n");
  if (!in || at == std::string::npos)
    return fail(kBadInput, file.string() + ": no line '" + kReferenceHeading + "' to begin at");
  in.close();
  text.resize(at + 1);
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text << reference_page(table);
  out.close();
  return out ? kFinished : fail(kBadInput, "cannot write " + file.string());
}

int offer(const CommandTable& table) {
  std::vector<std::string> words;
  for (std::string line; std::getline(std::cin, line);) words.push_back(line);
  const Completion out = complete(table, words, machine_names());
  constexpr const char* kShell[] = {"words", "files", "folders", "nospace"};
  std::printf("%s\n", kShell[static_cast<std::size_t>(out.shell)]);
  for (const Offer& offer : out.offers)
    std::printf("%s\t%s\n", offer.text.c_str(), offer.says.c_str());
  return kFinished;
}

}  // namespace

CommandSpec documentation_man_command(const CommandTable& table) {
  auto folder = std::make_shared<std::filesystem::path>();
  return {
      .name = "documentation man",
      .part = Part::kHidden,
      .summary = "Write the man pages into a folder",
      .options = {{.name = "FOLDER",
                   .value = "",
                   .help = "Made if need be",
                   .into = folder.get(),
                   .completes = Completes::kFolder,
                   .required = true}},
      .action = [folder, &table] { return write_man_pages(table, *folder); },
  };
}

CommandSpec documentation_reference_command(const CommandTable& table) {
  auto file = std::make_shared<std::filesystem::path>();
  return {
      .name = "documentation reference",
      .part = Part::kHidden,
      .summary = "Bring the reference in docs/commands.md up to date",
      .options = {{.name = "FILE",
                   .value = "",
                   .help = "The page; what follows its reference heading is replaced",
                   .into = file.get(),
                   .completes = Completes::kFile,
                   .required = true}},
      .action = [file, &table] { return write_reference(table, *file); },
  };
}

CommandSpec documentation_completion_command() {
  auto shell = std::make_shared<std::string>();
  return {
      .name = "documentation completion",
      .part = Part::kHidden,
      .summary = "Print the completion script of a shell",
      .options = {{.name = "SHELL",
                   .value = "",
                   .help = "bash, zsh or fish",
                   .into = shell.get(),
                   .required = true,
                   .words = {"bash", "zsh", "fish"}}},
      .action =
          [shell] {
            std::printf("%s", completion_script(*shell).c_str());
            return kFinished;
          },
  };
}

CommandSpec documentation_complete_command(const CommandTable& table) {
  return {
      .name = "documentation complete",
      .part = Part::kHidden,
      .summary = "Offer what may follow the words on standard input, one a line",
      .action = [&table] { return offer(table); },
  };
}

}  // namespace equivolve::cli
