// What the store tests do in a process of its own. Each line on stdout is one fact, written with
// one call.
//
//   write FILE COUNT GROUP   begins a run, or resumes run 1 where it stopped, writes COUNT tickets
//   in all in groups of GROUP;
//                            says "ack T" for each durable ticket, "done" at the end
//   migrate FILE             brings the file up to date; says "done" or the error
//   group FILE RUNS          begins a group of so many runs; says "done" or the error
//   delete FILE RUN ROWS     deletes the run, so many rows at a time; says "done" or the error
//   ungroup FILE GROUP       deletes the group's plan; says "done" or the error
//   wish FILE RUN            asks the run to stop; says "done" or the error
//   configure FILE RUN TEXT  resumes the run and replaces its configuration; "done" or the error
//   salvage FILE OUT         says "done" or the error
//   hold FILE RUN            resumes the run; says "won" or the error; keeps it until its input
//   ends unprivileged FILE DO     as user nobody: DO = write (tries to begin a run), read
//   (verifies); says "ok" or the error
#include <fmt/format.h>
#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/store/maintenance.hpp"
#include "engine/store/migrate.hpp"
#include "engine/store/salvage.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace {

using namespace equivolve;
using namespace equivolve::engine;

void say(const std::string& line) {
  const std::string text = line + "\n";
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) std::_Exit(3);
}

int say_error(const StoreError& error) {
  say(error.message);
  return 3;
}

// A group may end between a ticket's trial and its outcome. As a run does, write no stored trial
// again; of the other rows the writer leaves out what is there.
std::vector<Record> records_not_stored(const ReplayData& stored, std::uint64_t count) {
  const std::uint64_t next = stored.outcomes.size();
  if (next >= count) return {};
  std::vector<Record> records = tests::make_records(next, count - next);
  std::erase_if(records, [&](const Record& record) {
    const auto* trial = std::get_if<TrialRow>(&record);
    return trial != nullptr && std::ranges::find(stored.trials, trial->subject,
                                                 &TrialRow::subject) != stored.trials.end();
  });
  return records;
}

int write_run(const std::string& file, std::uint64_t count, std::uint64_t group) {
  WriterOptions options;
  options.group_rows = group;
  auto writer = StoreWriter::open(file, options);
  if (!writer) return say_error(writer.error());
  (*writer)->on_commit([](const std::vector<OutcomeRow>& outcomes) {
    std::string text;
    for (const OutcomeRow& outcome : outcomes) text += fmt::format("ack {}\n", outcome.ticket);
    if (!text.empty() && write(STDOUT_FILENO, text.data(), text.size()) < 0) std::_Exit(3);
  });
  auto reader = StoreReader::open(file);
  if (!reader) return say_error(reader.error());
  ReplayData stored;
  if ((*reader)->find_run("1")) {
    auto data = (*reader)->replay(1);
    if (!data) return say_error(data.error());
    stored = std::move(*data);
    if (auto resumed = (*writer)->resume_run(1); !resumed) return say_error(resumed.error());
  } else if (auto run = (*writer)->begin_run(tests::make_head()); !run) {
    return say_error(run.error());
  }
  reader->reset();
  for (const Record& record : records_not_stored(stored, count)) (*writer)->push(record);
  if (auto done = (*writer)->update_run(tests::finished_state(count)); !done) {
    return say_error(done.error());
  }
  if (auto done = (*writer)->finish_run(); !done) return say_error(done.error());
  say("done");
  return 0;
}

int migrate(const std::string& file) {
  auto report = migrate_store(file);
  if (!report) return say_error(report.error());
  say("done");
  return 0;
}

int begin_group(const std::string& file, std::uint64_t runs) {
  auto writer = StoreWriter::open(file);
  if (!writer) return say_error(writer.error());
  if (auto begun = (*writer)->begin_group(tests::make_plan(runs)); !begun) {
    return say_error(begun.error());
  }
  say("done");
  return 0;
}

int delete_one(const std::string& file, RunId run, std::uint32_t rows_at_a_time) {
  auto deleted = delete_run(file, run, rows_at_a_time);
  if (!deleted) return say_error(deleted.error());
  say("done");
  return 0;
}

int ungroup(const std::string& file, GroupId group) {
  if (auto deleted = delete_group(file, group); !deleted) return say_error(deleted.error());
  say("done");
  return 0;
}

int wish(const std::string& file, RunId run) {
  auto reader = StoreReader::open(file);
  if (!reader) return say_error(reader.error());
  if (auto made = (*reader)->request(run, "stop"); !made) return say_error(made.error());
  say("done");
  return 0;
}

int configure(const std::string& file, RunId run, const std::string& text) {
  auto writer = StoreWriter::open(file);
  if (!writer) return say_error(writer.error());
  if (auto resumed = (*writer)->resume_run(run); !resumed) return say_error(resumed.error());
  if (auto changed = (*writer)->change_configuration(text); !changed)
    return say_error(changed.error());
  say("done");
  return 0;
}

int salvage(const std::string& file, const std::string& out) {
  auto saved = salvage_store(file, out);
  if (!saved) return say_error(saved.error());
  say("done");
  return 0;
}

int hold(const std::string& file, RunId run) {
  auto writer = StoreWriter::open(file);
  if (!writer) return say_error(writer.error());
  if (auto resumed = (*writer)->resume_run(run); !resumed) return say_error(resumed.error());
  say("won");
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}

int unprivileged(const std::string& file, const std::string& what) {
  constexpr uid_t kNobody = 65534;
  if (geteuid() == 0 &&
      (setgroups(0, nullptr) != 0 || setgid(kNobody) != 0 || setuid(kNobody) != 0)) {
    say("cannot become nobody");
    return 77;
  }
  if (what == "write") {
    auto writer = StoreWriter::open(file);
    if (!writer) return say_error(writer.error());
    if (auto run = (*writer)->begin_run(tests::make_head()); !run) return say_error(run.error());
  } else {
    auto reader = StoreReader::open(file);
    if (!reader) return say_error(reader.error());
    auto report = (*reader)->verify(std::nullopt);
    if (!report) return say_error(report.error());
    if (!report->problems.empty()) return say_error({report->problems.front()});
  }
  say("ok");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 4 && arguments[0] == "write") {
    return write_run(arguments[1], std::stoull(arguments[2]), std::stoull(arguments[3]));
  }
  if (arguments.size() == 2 && arguments[0] == "migrate") return migrate(arguments[1]);
  if (arguments.size() == 3 && arguments[0] == "group") {
    return begin_group(arguments[1], std::stoull(arguments[2]));
  }
  if (arguments.size() == 4 && arguments[0] == "delete") {
    return delete_one(arguments[1], std::stoll(arguments[2]),
                      static_cast<std::uint32_t>(std::stoul(arguments[3])));
  }
  if (arguments.size() == 3 && arguments[0] == "ungroup") {
    return ungroup(arguments[1], std::stoll(arguments[2]));
  }
  if (arguments.size() == 3 && arguments[0] == "wish") {
    return wish(arguments[1], std::stoll(arguments[2]));
  }
  if (arguments.size() == 4 && arguments[0] == "configure") {
    return configure(arguments[1], std::stoll(arguments[2]), arguments[3]);
  }
  if (arguments.size() == 3 && arguments[0] == "salvage") {
    return salvage(arguments[1], arguments[2]);
  }
  if (arguments.size() == 3 && arguments[0] == "hold") {
    return hold(arguments[1], std::stoll(arguments[2]));
  }
  if (arguments.size() == 3 && arguments[0] == "unprivileged") {
    return unprivileged(arguments[1], arguments[2]);
  }
  return 2;
}
