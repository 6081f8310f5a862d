// Places where fault tests kill the process. EQV_FAULT_POINT("run.tell") does nothing unless the
// build has EQUIVOLVE_FAULT_POINTS and the environment has EQUIVOLVE_FAULT=run.tell:3, which is
// death by SIGKILL at the third pass. Usable from any source of engine/. [any-thread]
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::engine {

/// Every name there is beside those of commits. A test compares it with the sources, both ways.
inline constexpr auto kFaultPoints = std::to_array<std::string_view>({
    "store.create.before_link",  // the new store is complete under its temporary name
    "store.create.after_link",   // ... and under both names
    "store.migrate.locked",      // no other process can write
    "store.migrate.copied",      // the copy is complete under its temporary name
    "store.migrate.backed_up",   // ... and under its own
    "store.begin_run.locked",    // the side file is locked, the run's row not yet committed
    "store.group.filled",        // all rows of a group are in the open transaction
    "store.side_file.after",     // the side file knows of the commit
    "store.acknowledge.after",   // on_commit has returned
    "store.checkpoint.before",
    "store.checkpoint.after",
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

/// The transactions there are, by what each commits. Transaction::commit passes NAME.before, where
/// nothing of it is durable, and NAME.after, where all of it is.
inline constexpr auto kCommits = std::to_array<std::string_view>({
    "store.create",         // a new store's tables
    "store.migrate",        // all changes to the newest schema
    "store.begin_group",    // a group and the plan of its runs
    "store.begin_run",      // a run's head
    "store.resume",         // that a run is taken up again
    "store.configuration",  // what a person changed of a run
    "store.group",          // a group of records, not yet acknowledged
    "store.state",          // a run's state
    "store.wish",           // a wish of another process
    "store.delete_mark",    // that a run is being deleted
    "store.delete_rows",    // a part of its rows is gone
    "store.delete_head",    // ... and all that is left of it
    "store.delete_group",   // the plan of a group without runs is gone
    "store.salvage",        // all that can be saved of a damaged file
});

/// One of kCommits; any other name does not compile.
class CommitName {
 public:
  consteval CommitName(const char* name)  // NOLINT(google-explicit-constructor)
      : name_(name) {
    bool known = false;
    for (const std::string_view commit : kCommits) known = known || commit == name_;
    if (!known) throw "no name in kCommits";
  }
  constexpr std::string_view text() const { return name_; }

 private:
  std::string_view name_;
};

/// All names that EQUIVOLVE_FAULT may have: kFaultPoints and two a commit.
std::vector<std::string> all_fault_points();

/// Counts a pass through `name`; does not return from the one that the environment asks for.
void pass_fault_point(std::string_view name);

}  // namespace equivolve::engine

#ifdef EQUIVOLVE_FAULT_POINTS
#define EQV_FAULT_POINT(name) ::equivolve::engine::pass_fault_point(name)
#else
#define EQV_FAULT_POINT(name) static_cast<void>(0)
#endif
