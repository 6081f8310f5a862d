// Carrying out a group of runs, one after the other in this process: `run` with `--seeds` or a
// `vary` section, and `resume` of a group.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/support.hpp"

namespace equivolve::cli {

/// What `run` and `validate` were given.
struct GroupRequest {
  CommonOptions common;
  std::string file;                    ///< YAML
  std::vector<std::string> overrides;  ///< "a.b=c"
  std::optional<std::uint32_t> seeds;  ///< --seeds
  int events = -1;                     ///< descriptor of the event stream; below 0: none
  bool problems_as_objects = false;    ///< an object to stdout too
};

/// What may differ from how a group was begun.
struct GroupOverrides {
  std::optional<std::uint32_t> workers;
  std::optional<std::string> executor;
};

/// Whether a group is asked for and not one run.
bool asks_for_group(const GroupRequest& request);

// All return the exit code.

/// Checks every run of the group with its data, writes the plan, and carries it out.
int run_group(const GroupRequest& request);

/// Goes on with the unfinished runs of a group and begins those that have not begun.
int resume_group(const CommonOptions& common, int events, GroupOverrides overrides,
                 FoundGroup group);

/// The checks of run_group, without writing or running anything.
int validate_group(GroupRequest request);

}  // namespace equivolve::cli
