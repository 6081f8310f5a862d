// Manual pages of section 1, made from the command table.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/command_spec.hpp"

namespace equivolve::cli {

struct ManPage {
  std::string file;  ///< "equivolve-store-verify.1"
  std::string text;  ///< in the macros of man(7)
};

/// equivolve.1, and a page for every command that help shows.
std::vector<ManPage> man_pages(const CommandTable& table, const std::string& version);

}  // namespace equivolve::cli
