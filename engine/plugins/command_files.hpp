// The files that a command is made of: with another program, or another script, fitness is another.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hashing/digest.hpp"

namespace equivolve::engine {

/// What a command is called: the first argument behind the program that is a file in `folder` (the
/// script of `python3 -u tune.py --fast`), else the program.
std::string script_of(const std::vector<std::string>& command, const std::filesystem::path& folder);

/// What a file is, as far as fitness depends on it: its bytes, or size and time of one above 64
/// MiB; "" where it is no file.
std::string identity_of(const std::filesystem::path& file);

/// Of all arguments: those that are files in `folder`, or name one behind a '=', count by what
/// these hold, wherever they lie; others as they are written. A program that is found by PATH
/// counts by its name.
hashing::Digest digest_of_command(const std::vector<std::string>& command,
                                  const std::filesystem::path& folder);

}  // namespace equivolve::engine
