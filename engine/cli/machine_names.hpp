// What a shell is offered that only this machine knows: runs, groups, evaluators and their
// settings.
#pragma once

#include "engine/cli/completion.hpp"

namespace equivolve::cli {

/// What cannot be read has nothing to offer: a shell has no place for the reason.
Names machine_names();

}  // namespace equivolve::cli
