// Following a results file that is written, missing, damaged, replaced or taken away.
#include "gui/models/store_watcher.hpp"

#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>

#include <gmock/gmock.h>

#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {
namespace {

using gui::StoreWatcher;

class Watcher : public StoreTest {
 protected:
  StoreWatcher watcher;
  std::vector<gui::RunRow> runs;
  gui::CandidateData data;
  bool all = false, is_well = false;
  std::string trouble;

  void SetUp() override {
    QObject::connect(&watcher, &StoreWatcher::runs_read, [this](const auto& read) { runs = read; });
    QObject::connect(&watcher, &StoreWatcher::candidates_read,
                     [this](qint64, const gui::CandidateData& read, bool complete) {
                       data = read;
                       all = complete;
                     });
    QObject::connect(&watcher, &StoreWatcher::trouble,
                     [this](const QString& message) { trouble = message.toStdString(); });
    QObject::connect(&watcher, &StoreWatcher::well, [this] { is_well = true; });
  }
};

TEST_F(Watcher, SeesWhatIsWrittenLater) {
  auto writer = open_writer();
  const engine::RunId run = *writer->begin_run(make_head());
  for (auto& record : make_records(0, 100)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  watcher.open(file);
  ASSERT_TRUE(comes_true([&] { return runs.size() == 1; }));
  watcher.follow(run);
  ASSERT_TRUE(comes_true([&] { return data.rows() == 100 && all; }));
  for (auto& record : make_records(100, 40'000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  ASSERT_TRUE(comes_true([&] { return data.rows() == 40'100; }));
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(trouble, "");
}

TEST_F(Watcher, ARunIsNeverHeldUp) {
  write_finished_run(file, 200'000);
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return data.rows() > 0; }));
  auto writer = open_writer();  // while the rest is read
  ASSERT_TRUE(writer->begin_run(make_head("second")));
  ASSERT_TRUE(writer->finish_run());
  ASSERT_TRUE(comes_true([&] { return runs.size() == 2 && data.rows() == 200'000; }));
}

// Of a real search whose process is killed: nothing is written any more, and yet it is seen.
TEST_F(Watcher, ASearchThatIsKilledIsInterrupted) {
  const std::filesystem::path yaml = folder.path() / "long.yaml";
  write_file(yaml, small_yaml(100'000'000));
  Child search(equivolve_command({"run", yaml, "--store", file, "--quiet"}));
  watcher.open(file);
  ASSERT_TRUE(comes_true([&] { return runs.size() == 1; }));
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return data.rows() > 100; }));
  EXPECT_EQ(runs[0].state, "running");
  EXPECT_TRUE(comes_true([&] { return !runs[0].info.heartbeat.empty(); }));
  search.signal(SIGKILL);
  search.wait();
  EXPECT_TRUE(comes_true([&] { return runs[0].state == "interrupted"; })) << runs[0].state;
  // The rest of it may still be read.
  const int told = std::stoi(query(file, "SELECT count(*) FROM candidates").at(0));
  ASSERT_EQ(equivolve({"resume", "1", "--store", file, "--quiet", "--set",
                       "budget.candidates=" + std::to_string(told + 2000)})
                .exit_code,
            0);
  EXPECT_TRUE(comes_true([&] { return runs[0].state == "finished"; })) << runs[0].state;
}

// What was wished for before is dropped on the way.
TEST_F(Watcher, AWishForAnotherRunEndsTheReadingOfTheFirst) {
  write_finished_run(file, 200'000);
  write_finished_run(file, 100);
  qint64 read_of = 0;
  QObject::connect(&watcher, &StoreWatcher::candidates_read,
                   [&](qint64 run, const gui::CandidateData&, bool) { read_of = run; });
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return read_of == 1; }));
  watcher.follow(2);
  ASSERT_TRUE(comes_true([&] { return read_of == 2 && all; }));
  EXPECT_EQ(data.rows(), 100u);
  QTest::qWait(100);
  EXPECT_EQ(read_of, 2);
}

// A read transaction that stays open would let the file beside it grow without end.
TEST_F(Watcher, BetweenItsReadsAllCanBeCheckpointed) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (auto& record : make_records(0, 20'000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return data.rows() == 20'000 && all; }));
  EXPECT_TRUE(
      comes_true([&] { return query(file, "PRAGMA wal_checkpoint(TRUNCATE)").at(0) == "0|0|0"; }));
  ASSERT_TRUE(writer->finish_run());
}

TEST_F(Watcher, GivesDetails) {
  make_run(file, 200);
  std::shared_ptr<const gui::CandidateDetails> details;
  QObject::connect(&watcher, &StoreWatcher::details_read,
                   [&](const auto& read) { details = read; });
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return all; }));
  watcher.ask_details(42);
  ASSERT_TRUE(comes_true([&] { return details != nullptr; }));
  EXPECT_EQ(details->ticket, 42u);
}

TEST_F(Watcher, AMissingFileIsFoundWhenItAppears) {
  watcher.open(file);
  ASSERT_TRUE(comes_true([&] { return !trouble.empty(); }));
  EXPECT_THAT(trouble, testing::HasSubstr("no such file"));
  make_run(file, 50);
  EXPECT_TRUE(comes_true([&] { return runs.size() == 1; }));
}

TEST_F(Watcher, SaysWhatIsWrongWithAFile) {
  const auto said_of = [&](const std::string& content) {
    const std::filesystem::path bad = folder.path() / ("bad" + std::to_string(content.size()));
    write_file(bad, content);
    watcher.open(bad);
    // What was said of the file before may still be on its way.
    EXPECT_TRUE(comes_true([&] { return trouble.find(bad.string() + ":") == 0; })) << trouble;
    return trouble;
  };
  EXPECT_THAT(said_of(""), testing::HasSubstr("empty"));
  said_of("this is no results file, though it is long enough to have a header: " +
          std::string(200, 'x'));
  make_run(file, 50);
  std::ifstream in(file, std::ios::binary);
  const std::string good(std::istreambuf_iterator<char>(in), {});
  EXPECT_THAT(said_of(good.substr(0, good.size() / 2)), testing::HasSubstr("cut off"));
  std::string newer = good;
  newer[63] = 99;  // user_version, big-endian (sqlite.org/fileformat2.html, 1.3)
  EXPECT_THAT(said_of(newer + std::string(4096, '\0')), testing::HasSubstr("99"));
}

TEST_F(Watcher, AFileThatGoesIsMissedAndItsSuccessorIsRead) {
  make_run(file, 50);
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return data.rows() == 50; }));
  std::filesystem::rename(file, folder.path() / "away.db");
  ASSERT_TRUE(comes_true([&] { return !trouble.empty(); }));
  EXPECT_THAT(trouble, testing::HasSubstr("gone"));
  make_run(file, 70);
  EXPECT_TRUE(comes_true([&] { return data.rows() == 70; }));
  EXPECT_TRUE(is_well);
}

// The file is there before the run is, however short the time between may be.
TEST_F(Watcher, ASuccessorIsReadWhenItsRunBegins) {
  make_run(file, 50);
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return data.rows() == 50; }));
  std::filesystem::remove(file);
  ASSERT_TRUE(comes_true([&] { return !trouble.empty(); }));
  auto writer = open_writer();
  ASSERT_TRUE(comes_true([&] { return is_well && runs.empty(); }));
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (auto& record : make_records(0, 30)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  // Fewer than there were, perhaps in a file of the same inode.
  EXPECT_TRUE(comes_true([&] { return data.rows() == 30; }));
  ASSERT_TRUE(writer->finish_run());
}

TEST_F(Watcher, AFileThatAnotherProcessKeepsToItselfIsReadWhenItLetsGo) {
  if (QStandardPaths::findExecutable("sqlite3").isEmpty()) GTEST_SKIP() << "no sqlite3 program";
  make_run(file, 50);
  QProcess other;
  other.start("sqlite3", {QString::fromStdString(file)});
  other.write(
      "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; SELECT count(*) > 0 FROM outcomes;\n");
  ASSERT_TRUE(comes_true([&] { return other.bytesAvailable() > 0; }));
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return !trouble.empty(); }));
  EXPECT_THAT(trouble, testing::HasSubstr("locked by another program"));
  EXPECT_EQ(data.rows(), 0u);
  other.closeWriteChannel();  // its end
  ASSERT_TRUE(other.waitForFinished());
  EXPECT_TRUE(comes_true([&] { return runs.size() == 1; }));
  watcher.follow(1);
  EXPECT_TRUE(comes_true([&] { return data.rows() == 50; }));
  EXPECT_TRUE(is_well);
}

// Wherever the damage lies, something is said or read, and nothing falls over.
TEST_F(Watcher, SurvivesDamageAnywhere) {
  make_run(file, 300);
  std::ifstream in(file, std::ios::binary);
  const std::string good(std::istreambuf_iterator<char>(in), {});
  constexpr std::size_t kPage = 4096;
  for (std::size_t page = 1; page < good.size() / kPage; page += 5) {
    std::string bad = good;
    bad.replace(page * kPage, kPage, kPage, '\xA5');
    const std::filesystem::path path = folder.path() / ("damaged" + std::to_string(page));
    write_file(path, bad);
    trouble.clear();
    all = false;
    watcher.open(path);
    watcher.follow(1);
    ASSERT_TRUE(comes_true([&] { return all || !trouble.empty(); })) << page;
  }
}

TEST_F(Watcher, ALargeRunIsSampledBeforeItIsRead) {
  write_finished_run(file, 60'000);
  std::vector<std::size_t> shown;  // 0: the sample
  gui::CandidateData sample;
  QObject::connect(&watcher, &StoreWatcher::candidates_sampled,
                   [&](qint64, const gui::CandidateData& taken) {
                     sample = taken;
                     shown.push_back(0);
                   });
  QObject::connect(
      &watcher, &StoreWatcher::candidates_read,
      [&](qint64, const gui::CandidateData& read, bool) { shown.push_back(read.rows()); });
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return all; }));
  ASSERT_GE(shown.size(), 2u);
  EXPECT_EQ(shown.front(), 0u);
  EXPECT_EQ(shown.back(), 60'000u);
  EXPECT_EQ(sample.sample_of(), 60'000u);
}

TEST_F(Watcher, ADamagedRowIsNamed) {
  make_run(file, 50);
  query(file, "UPDATE outcomes SET fitness = 0.123 WHERE id = (1 << 40) + 7");
  watcher.open(file);
  watcher.follow(1);
  ASSERT_TRUE(comes_true([&] { return !trouble.empty(); }));
  EXPECT_THAT(trouble, testing::HasSubstr("number 7 of run 1 does not match its checksum"));
}

}  // namespace
}  // namespace equivolve::tests
