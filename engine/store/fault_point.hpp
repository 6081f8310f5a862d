// Places where fault tests kill the process. EQV_FAULT_POINT("store.commit.before") does nothing
// unless the build has EQUIVOLVE_FAULT_POINTS and the environment has
// EQUIVOLVE_FAULT=store.commit.before:3, which is death by SIGKILL at the third pass. Usable from
// any source of engine/. [any-thread]
#pragma once

#include <array>
#include <string_view>

namespace equivolve::engine {

/// Every name there is. A test compares it with the sources, both ways.
inline constexpr auto kFaultPoints = std::to_array<std::string_view>({
    "store.create.before_link",  // the new store is complete under its temporary name
    "store.create.after_link",   // ... and under both names
    "store.migrate.locked",      // no other process can write
    "store.migrate.copied",      // the copy is complete under its temporary name
    "store.migrate.backed_up",   // ... and under its own
    "store.migrate.filled",      // all changes are in the open transaction
    "store.begin_group.filled",  // a group's rows are in the open transaction
    "store.begin_run.locked",    // the side file is locked, the run's row not yet committed
    "store.begin_run.after",     // ... and committed
    "store.state.before",        // a change of the run's state is about to be committed
    "store.state.after",
    "store.group.filled",  // all rows of a group are in the open transaction
    "store.commit.before",
    "store.commit.after",       // durable, not yet acknowledged
    "store.side_file.after",    // the side file knows of the commit
    "store.acknowledge.after",  // on_commit has returned
    "store.checkpoint.before",
    "store.checkpoint.after",
    "store.finish.before_index",
    "store.finish.after_index",
    "store.finish.before_release",
    "store.finish.after_release",
    "run.bred",              // a child is bred and probed, by whichever worker
    "run.look_up",           // a candidate's class is known or founded
    "run.hand_out",          // an evaluation is about to be handed out
    "run.evaluated",         // its trial is queued for the store
    "run.tell",              // an outcome is queued for the store, not yet told
    "run.told",              // ... and told
    "run.before_final",      // the search has ended
    "run.final_trial",       // a trial of the final stage is queued for the store
    "run.before_test",       // the winner is chosen, the test split not yet opened
    "run.before_finish",     // all is done but the run's row
    "run.after_finish",      // the run's row says finished, its side file is still there
    "output.before_rename",  // a file for the user is complete under its temporary name
    "output.after_rename",
});

/// Counts a pass through `name`; does not return from the one that the environment asks for.
void pass_fault_point(std::string_view name);

}  // namespace equivolve::engine

#ifdef EQUIVOLVE_FAULT_POINTS
#define EQV_FAULT_POINT(name) ::equivolve::engine::pass_fault_point(name)
#else
#define EQV_FAULT_POINT(name) static_cast<void>(0)
#endif
