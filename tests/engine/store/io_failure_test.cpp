// A disk that fills up or fails at the n-th call, for every n of a short session (reliability.md,
// S4).
#include <sqlite3.h>

#include <set>

#include "tests/engine/store/store_fixture.hpp"
#include "tests/support/shim_vfs.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

using Call = ShimPlan::Call;

constexpr std::uint64_t kTickets = 6;

struct Kind {
  const char* name;
  Call call;
  int code;
  bool stays;
};

class IoFailure : public ::testing::TestWithParam<Kind> {
 protected:
  struct Session {
    std::set<std::uint64_t> acknowledged;
    std::optional<StoreError> error;  // the first
    std::optional<RunId> run;
  };

  static WriterOptions options() {
    WriterOptions options;
    options.vfs = ShimVfs::name();
    options.group_rows = 5;
    options.busy_timeout = std::chrono::milliseconds(200);
    return options;
  }

  // Opens or creates, begins, writes, finishes; stops at the first error.
  static Session run_session(const std::filesystem::path& file) {
    Session session;
    auto writer = StoreWriter::open(file, options());
    if (!writer) {
      session.error = writer.error();
      return session;
    }
    (*writer)->on_commit([&session](const std::vector<OutcomeRow>& outcomes) {
      for (const OutcomeRow& outcome : outcomes) session.acknowledged.insert(outcome.ticket);
    });
    const auto run = (*writer)->begin_run(make_head());
    if (!run) {
      session.error = run.error();
      return session;
    }
    session.run = *run;
    const auto note = [&session](const tl::expected<void, StoreError>& result) {
      if (!result && !session.error) session.error = result.error();
    };
    for (std::uint64_t ticket = 0; ticket < kTickets; ++ticket) {
      for (Record& record : make_records(ticket, 1)) (*writer)->push(std::move(record));
      note((*writer)->flush());
    }
    note((*writer)->update_run(finished_state(kTickets)));
    note((*writer)->finish_run());
    return session;
  }

  void check_after_failure(const std::filesystem::path& file, const Session& session) {
    ASSERT_TRUE(session.error);
    EXPECT_NE(session.error->message.find(file.string()), std::string::npos);
    if (GetParam().code == SQLITE_FULL) {
      EXPECT_NE(session.error->message.find("bytes free"), std::string::npos)
          << session.error->message;
    }
    if (!std::filesystem::exists(file)) {
      EXPECT_FALSE(session.run);
      return;
    }
    auto reader = StoreReader::open(file);
    ASSERT_TRUE(reader) << reader.error().message;
    const auto report = (*reader)->verify(std::nullopt);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<std::string>{});
    if (!session.run) return;
    const auto data = (*reader)->replay(*session.run);
    ASSERT_TRUE(data) << data.error().message;
    for (const std::uint64_t ticket : session.acknowledged) {
      ASSERT_LT(ticket, data->outcomes.size());
      EXPECT_TRUE(same(data->outcomes[ticket], outcome_of(ticket)));
    }
  }
};

TEST_P(IoFailure, LosesNothingAcknowledgedWhereverItStrikes) {
  ShimVfs vfs;
  std::uint64_t nth = 0, struck = 0;
  for (bool failed = true; failed;) {
    ++nth;
    SCOPED_TRACE(nth);
    const TempFolder folder;
    const auto file = folder.path() / "runs.db";
    vfs.set_plan({GetParam().call, nth, GetParam().code, GetParam().stays});
    const Session session = run_session(file);
    failed = vfs.failures() > 0;
    vfs.set_plan({});
    if (!failed) {
      // The session is shorter than n calls: it must have gone well, and that ends the test.
      EXPECT_FALSE(session.error) << session.error->message;
      EXPECT_EQ(session.acknowledged.size(), kTickets);
      break;
    }
    ++struck;
    // SQLite may shrug a failure off where nothing depends on it (truncating a -wal that is about
    // to be removed).
    if (session.error) {
      check_after_failure(file, session);
    } else {
      EXPECT_EQ(session.acknowledged.size(), kTickets);
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_GE(struck, GetParam().call == Call::kTruncate ? 1u : 5u);
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, IoFailure,
    ::testing::Values(Kind{"FullOnce", Call::kWrite, SQLITE_FULL, false},
                      Kind{"FullFromThen", Call::kWrite, SQLITE_FULL, true},
                      Kind{"WriteError", Call::kWrite, SQLITE_IOERR_WRITE, false},
                      Kind{"SyncError", Call::kSync, SQLITE_IOERR_FSYNC, false},
                      Kind{"SyncErrorFromThen", Call::kSync, SQLITE_IOERR_FSYNC, true},
                      Kind{"TruncateError", Call::kTruncate, SQLITE_IOERR_TRUNCATE, true},
                      Kind{"OpenError", Call::kOpen, SQLITE_CANTOPEN, false}),
    [](const auto& info) { return info.param.name; });

TEST(ResumeAfterFullDisk, GoesOnWhenThereIsRoomAgain) {
  ShimVfs vfs;
  const TempFolder folder;
  const auto file = folder.path() / "runs.db";
  WriterOptions options;
  options.vfs = ShimVfs::name();
  {
    auto writer = StoreWriter::open(file, options);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->begin_run(make_head()));
    for (Record& record : make_records(0, 50)) (*writer)->push(std::move(record));
    ASSERT_TRUE((*writer)->flush());
    vfs.set_plan({Call::kWrite, 3, SQLITE_FULL, true});
    for (Record& record : make_records(50, 50)) (*writer)->push(std::move(record));
    const auto flushed = (*writer)->flush();
    ASSERT_FALSE(flushed);
    EXPECT_NE(flushed.error().message.find("no space left"), std::string::npos);
    EXPECT_NE(flushed.error().message.find("bytes free"), std::string::npos);
    EXPECT_FALSE((*writer)->finish_run());
  }
  vfs.set_plan({});
  auto reader = StoreReader::open(file);
  ASSERT_TRUE(reader);
  const std::uint64_t kept = (*reader)->replay(1)->outcomes.size();
  EXPECT_EQ(kept, 50u);
  auto writer = StoreWriter::open(file, options);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->resume_run(1));
  for (Record& record : make_records(kept, 100 - kept)) (*writer)->push(std::move(record));
  ASSERT_TRUE((*writer)->update_run(finished_state(100)));
  ASSERT_TRUE((*writer)->finish_run());
  EXPECT_EQ((*reader)->verify(std::nullopt)->problems, std::vector<std::string>{});
}

}  // namespace
}  // namespace equivolve::tests
