// Whether a file can be handed to the dynamic loader. The loader maps what a file's headers
// promise; a file that is cut off then ends the process with SIGBUS, so the promise is checked
// first.
#pragma once

#include <filesystem>
#include <string>

namespace equivolve::engine {

/// "" when `file` is a whole shared library for this machine, else what it is instead, in one line
/// without the file's name. Never blocks: pipes, devices and folders are refused unopened.
std::string why_not_loadable(const std::filesystem::path& file);

}  // namespace equivolve::engine
