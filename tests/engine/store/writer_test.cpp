// The writer's queue, groups, acknowledgements and wishes.
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/engine/store/child.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

// Holds the file's write lock while it lives, as another program would.
class OtherProgram {
 public:
  explicit OtherProgram(const std::filesystem::path& file) {
    EXPECT_EQ(sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database_, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~OtherProgram() { sqlite3_close(database_); }

 private:
  sqlite3* database_ = nullptr;
};

// A flag that one thread raises and another waits for.
class Gate {
 public:
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class Writer : public StoreTest {};

TEST_F(Writer, AcknowledgesEveryOutcomeOnceInOrderWithinTheGroupSize) {
  WriterOptions options;
  options.group_rows = 50;
  options.group_time = std::chrono::hours(1);  // only size and flush end a group
  auto writer = open_writer(options);
  std::vector<std::uint64_t> tickets;
  std::size_t largest = 0;
  writer->on_commit([&](const std::vector<OutcomeRow>& outcomes) {
    largest = std::max(largest, outcomes.size());
    for (const OutcomeRow& outcome : outcomes) tickets.push_back(outcome.ticket);
  });
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (Record& record : make_records(0, 1000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  ASSERT_EQ(tickets.size(), 1000u);
  for (std::uint64_t ticket = 0; ticket < 1000; ++ticket) ASSERT_EQ(tickets[ticket], ticket);
  EXPECT_LE(largest, 50u);
  EXPECT_EQ(query(file, "SELECT count(*) FROM outcomes"), std::vector<std::string>{"1000"});
}

TEST_F(Writer, CommitsAGroupWhenItsTimeIsOverWithoutAnyoneAsking) {
  WriterOptions options;
  options.group_time = std::chrono::milliseconds(1);
  Gate committed;  // outlives the writer, whose thread opens it
  auto writer = open_writer(options);
  writer->on_commit([&](const std::vector<OutcomeRow>& outcomes) {
    if (!outcomes.empty()) committed.open();
  });
  ASSERT_TRUE(writer->begin_run(make_head()));
  writer->push(outcome_of(0));
  committed.wait();
  EXPECT_EQ(query(file, "SELECT count(*) FROM outcomes"), std::vector<std::string>{"1"});
}

TEST_F(Writer, WhatIsAcknowledgedIsInTheFileAtThatMoment) {
  WriterOptions options;
  options.group_rows = 30;
  auto writer = open_writer(options);
  std::uint64_t acknowledged = 0;
  bool all_there = true;
  writer->on_commit([&](const std::vector<OutcomeRow>& outcomes) {
    acknowledged += outcomes.size();
    const auto count = query(file, "SELECT count(*) FROM outcomes");
    all_there = all_there && count.size() == 1 && std::stoull(count[0]) >= acknowledged;
  });
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (Record& record : make_records(0, 200)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  EXPECT_EQ(acknowledged, 200u);
  EXPECT_TRUE(all_there);
}

TEST_F(Writer, TakesRecordsFromManyThreads) {
  for (const unsigned threads : {1u, 2u, 4u, 8u}) {
    SCOPED_TRACE(threads);
    TempFolder own;
    auto writer = StoreWriter::open(own.path() / "runs.db");
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->begin_run(make_head()));
    std::vector<std::thread> pushers;
    for (unsigned thread = 0; thread < threads; ++thread) {
      pushers.emplace_back([&writer, thread] {
        for (std::uint64_t i = 0; i < 500; ++i) {
          TrialRow trial;
          trial.subject = thread;
          trial.repeat = static_cast<std::uint32_t>(i);
          trial.intermediate = {{i, 0, 0.5}, {i, 1, 0.5}};
          (*writer)->push(std::move(trial));
        }
      });
    }
    for (std::thread& pusher : pushers) pusher.join();
    ASSERT_TRUE((*writer)->flush());
    EXPECT_EQ(query(own.path() / "runs.db",
                    "SELECT count(*), count(DISTINCT t.subject << 20 | v.step) FROM "
                    "intermediate_values v JOIN trials t ON t.id = v.trial AND t.repeat = v.step"),
              std::vector<std::string>{std::to_string(threads * 1000) + "|" +
                                       std::to_string(threads * 500)});
  }
}

TEST_F(Writer, HoldsPushersBackWhileTheQueueIsFull) {
  constexpr std::uint64_t kCapacity = 10;
  WriterOptions options;
  options.queue_capacity = kCapacity;
  options.group_rows = 1;
  Gate full;
  std::atomic<std::uint64_t> committed{0};
  auto writer = open_writer(options);
  writer->on_commit([&](const std::vector<OutcomeRow>& outcomes) {
    full.wait();
    committed += outcomes.size();
  });
  ASSERT_TRUE(writer->begin_run(make_head()));
  std::uint64_t most_outstanding = 0;
  for (std::uint64_t accepted = 1; accepted <= 500; ++accepted) {
    writer->push(outcome_of(accepted - 1));
    most_outstanding = std::max(most_outstanding, accepted - committed);
    if (accepted == kCapacity) full.open();
  }
  ASSERT_TRUE(writer->flush());
  EXPECT_EQ(most_outstanding, kCapacity);
  EXPECT_EQ(query(file, "SELECT count(*) FROM outcomes"), std::vector<std::string>{"500"});
}

TEST_F(Writer, CountsATrialsIntermediateValuesAsItsRows) {
  WriterOptions options;
  options.queue_capacity = 10;
  options.group_rows = 1;
  std::atomic<std::uint64_t> committed{0};
  auto writer = open_writer(options);
  writer->on_commit([&](const std::vector<OutcomeRow>&) { ++committed; });
  ASSERT_TRUE(writer->begin_run(make_head()));
  std::uint64_t most_outstanding = 0;
  for (std::uint64_t accepted = 1; accepted <= 200; ++accepted) {
    TrialRow trial = trial_of(2 * accepted);
    for (std::uint64_t step = 0; step < 9; ++step) trial.intermediate.push_back({step, 0, 0.5});
    writer->push(std::move(trial));
    most_outstanding = std::max(most_outstanding, accepted - committed);
  }
  ASSERT_TRUE(writer->flush());
  EXPECT_EQ(most_outstanding, 1u) << "one trial fills the queue";
  EXPECT_EQ(query(file, "SELECT count(*) FROM intermediate_values"),
            std::vector<std::string>{"1800"});
}

TEST_F(Writer, WaitsForALockedFileAndGoesOn) {
  WriterOptions options;
  Gate told;
  std::string message;
  options.busy_timeout = std::chrono::seconds(20);
  options.message = [&](const std::string& text) {
    message = text;
    told.open();
  };
  auto writer = open_writer(options);
  ASSERT_TRUE(writer->begin_run(make_head()));
  auto other = std::make_unique<OtherProgram>(file);
  for (Record& record : make_records(0, 20)) writer->push(std::move(record));
  told.wait();
  EXPECT_NE(message.find("locked by"), std::string::npos) << message;
  EXPECT_NE(message.find(file.string()), std::string::npos) << message;
  EXPECT_EQ(message.find("pid"), std::string::npos) << "it names itself: " << message;
  EXPECT_FALSE(writer->failure());
  other.reset();
  ASSERT_TRUE(writer->flush());
  EXPECT_EQ(query(file, "SELECT count(*) FROM outcomes"), std::vector<std::string>{"20"});
}

TEST_F(Writer, GivesUpOnAFileThatStaysLockedAndKeepsWhatWasCommitted) {
  WriterOptions options;
  options.busy_timeout = std::chrono::milliseconds(50);
  auto writer = open_writer(options);
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (Record& record : make_records(0, 20)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  std::vector<OutcomeRow> acknowledged;
  writer->on_commit([&](const std::vector<OutcomeRow>& outcomes) { acknowledged = outcomes; });
  {
    const OtherProgram other(file);
    writer->push(outcome_of(20));
    const auto flushed = writer->flush();
    ASSERT_FALSE(flushed);
    EXPECT_NE(flushed.error().message.find("stayed locked by"), std::string::npos);
    EXPECT_NE(flushed.error().message.find("locked by another program;"), std::string::npos)
        << "no other program of ours has a run: " << flushed.error().message;
  }
  ASSERT_TRUE(writer->failure());
  for (std::uint64_t i = 21; i < 200'000; ++i) writer->push(outcome_of(i));  // dropped: never waits
  EXPECT_FALSE(writer->flush());
  EXPECT_FALSE(writer->update_run(RunState{}));
  EXPECT_FALSE(writer->finish_run());
  writer.reset();
  EXPECT_TRUE(acknowledged.empty());
  EXPECT_EQ(query(file, "SELECT count(*) FROM outcomes"), std::vector<std::string>{"20"});
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Writer, NamesTheRunsOfOthersThatMayHaveTheLock) {
  write_finished_run(file, 4);
  HelperProcess holder({EQUIVOLVE_STORE_HELPER, "hold", file.string(), "1"});
  ASSERT_EQ(holder.read_line(), "won");
  WriterOptions options;
  options.busy_timeout = std::chrono::milliseconds(50);
  auto writer = open_writer(options);
  ASSERT_EQ(*writer->begin_run(make_head()), 2);
  const OtherProgram other(file);
  writer->push(outcome_of(0));
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  const std::string& said = flushed.error().message;
  EXPECT_NE(said.find("perhaps run 1 (host"), std::string::npos) << said;
  EXPECT_NE(said.find("pid " + std::to_string(holder.pid())), std::string::npos) << said;
  EXPECT_EQ(said.find("run 2"), std::string::npos) << said;
}

TEST_F(Writer, CommitsWhatIsQueuedAtItsEnd) {
  WriterOptions options;
  options.group_time = std::chrono::hours(1);
  auto writer = open_writer(options);
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (Record& record : make_records(0, 10)) writer->push(std::move(record));
  writer.reset();
  EXPECT_EQ(query(file, "SELECT count(*) FROM outcomes"), std::vector<std::string>{"10"});
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Writer, RefusesMoreFiguresThanItHasColumnsFor) {
  auto writer = open_writer();
  RunHead head = make_head();
  head.figures.assign(17, FigureRow{"figure", "", 0, false, true});
  const auto refused = writer->begin_run(head);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("17 figures; the store holds up to 16"),
            std::string::npos);
  head.figures.pop_back();
  EXPECT_TRUE(writer->begin_run(head));
}

TEST_F(Writer, RefusesATrialWithTooManyFigures) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  TrialRow trial = trial_of(0);
  trial.figures.assign(17, 1.0);
  writer->push(trial);
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_NE(flushed.error().message.find("17 figures"), std::string::npos);
}

// Such a file would not be opened; here the trigger comes while the writer has it open.
TEST_F(Writer, NoticesTrialsThatAreNotStored) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  query(file,
        "CREATE TRIGGER t BEFORE INSERT ON trials WHEN NEW.id % 2 = 1 "
        "BEGIN SELECT RAISE(IGNORE); END");
  for (const std::uint64_t ticket : {0, 1, 2}) writer->push(trial_of(ticket));
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_NE(flushed.error().message.find("2 of 3 trials of run 1 were stored"), std::string::npos)
      << flushed.error().message;
  writer.reset();
  EXPECT_EQ(query(file, "SELECT count(*) FROM trials"), std::vector<std::string>{"0"});
}

TEST_F(Writer, NoticesOutcomesThatAreNotStored) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  query(file,
        "CREATE TRIGGER t BEFORE INSERT ON outcomes WHEN NEW.id % 2 = 1 "
        "BEGIN SELECT RAISE(IGNORE); END");
  for (const std::uint64_t ticket : {0, 1, 2}) writer->push(outcome_of(ticket));
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_NE(flushed.error().message.find("ticket 1 of run 1 was not stored: the file refuses it"),
            std::string::npos)
      << flushed.error().message;
}

TEST_F(Writer, RefusesRecordsBeforeARun) {
  auto writer = open_writer();
  writer->push(outcome_of(0));
  EXPECT_FALSE(writer->flush());
}

TEST_F(Writer, AcceptsARowSaidAgainAndRefusesAnotherInItsPlace) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (int times = 0; times < 2; ++times) {
    writer->push(genome_of(0));
    writer->push(class_of(0));
    writer->push(outcome_of(0));
  }
  ASSERT_TRUE(writer->flush());
  GenomeRow other = genome_of(0);
  other.flat[0] ^= std::byte{1};
  writer->push(other);
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_NE(flushed.error().message.find("birth 0 of run 1 is stored already with other content"),
            std::string::npos)
      << flushed.error().message;
}

TEST_F(Writer, HeartbeatsAreWrittenWithoutRecords) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  writer->heartbeat(7, 1.25);
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(query(file, "SELECT told, seconds, heartbeat >= created FROM overview"),
            std::vector<std::string>{"7|1.25|1"});
}

TEST_F(Writer, SeesEachWishOnceOldestFirstAndOnlyItsOwn) {
  write_finished_run(file, 4, "other");
  auto writer = open_writer();
  const auto run = writer->begin_run(make_head());
  ASSERT_TRUE(run);
  EXPECT_EQ(writer->take_wishes(), std::vector<std::string>{});
  const auto reader = open_reader();
  ASSERT_TRUE(reader->request(*run, "pause"));
  ASSERT_TRUE(reader->request(1, "stop"));
  ASSERT_TRUE(reader->request(*run, "continue"));
  EXPECT_EQ(writer->take_wishes(), (std::vector<std::string>{"pause", "continue"}));
  EXPECT_EQ(writer->take_wishes(), std::vector<std::string>{});
  ASSERT_TRUE(reader->request(*run, "stop"));
  EXPECT_EQ(writer->take_wishes(), std::vector<std::string>{"stop"});
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(query(file, "SELECT run, wish, taken FROM control ORDER BY id"),
            (std::vector<std::string>{"2|pause|1", "1|stop|0", "2|continue|1", "2|stop|1"}));
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Writer, ForgetsWishesMadeWhileNobodyRan) {
  {
    auto writer = open_writer();
    ASSERT_TRUE(writer->begin_run(make_head()));
  }
  ASSERT_TRUE(open_reader()->request(1, "stop"));
  auto writer = open_writer();
  ASSERT_TRUE(writer->resume_run(1));
  EXPECT_EQ(writer->take_wishes(), std::vector<std::string>{});
}

TEST_F(Writer, RefusesWishesThatNobodyUnderstands) {
  write_finished_run(file, 2);
  const auto reader = open_reader();
  const auto strange = reader->request(1, "explode");
  ASSERT_FALSE(strange);
  EXPECT_NE(strange.error().message.find("pause, stop and continue"), std::string::npos);
  const auto nobody = reader->request(9, "stop");
  ASSERT_FALSE(nobody);
  EXPECT_NE(nobody.error().message.find("it has runs 1 (iris)"), std::string::npos);
}

TEST_F(Writer, ReadersSeeWholeGroupsWhileItWrites) {
  WriterOptions options;
  options.group_rows = 100;
  auto writer = open_writer(options);
  const auto run = writer->begin_run(make_head());
  ASSERT_TRUE(run);
  std::atomic<bool> done{false};
  std::size_t looks = 0, last = 0;
  bool well = true;
  std::thread looker([&] {
    bool final_look = false;
    while (!final_look) {
      final_look = done;
      auto reader = StoreReader::open(file);
      if (!reader) {
        well = false;
        return;
      }
      const auto data = (*reader)->replay(*run);
      well = well && data && data->outcomes.size() >= last;
      if (!well) return;
      last = data->outcomes.size();
      ++looks;
    }
  });
  for (Record& record : make_records(0, 5000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  done = true;
  looker.join();
  EXPECT_TRUE(well);
  EXPECT_GE(looks, 1u);
  EXPECT_EQ(last, 5000u);
}

TEST_F(Writer, KeepsTheWalShortAndEmptiesItAtTheEnd) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const auto wal = file.string() + "-wal";
  std::uintmax_t longest = 0;
  writer->on_commit([&](const std::vector<OutcomeRow>&) {
    longest = std::max(longest, std::filesystem::file_size(wal));
  });
  for (std::uint64_t birth = 0; birth < 12'000; ++birth) {
    GenomeRow genome = genome_of(birth);
    genome.flat.resize(4000);  // 48 MB in all
    writer->push(std::move(genome));
  }
  ASSERT_TRUE(writer->flush());
  EXPECT_GT(longest, 16u << 20);
  EXPECT_LT(longest, 40u << 20);
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(std::filesystem::file_size(wal), 0u);
}

}  // namespace
}  // namespace equivolve::tests
