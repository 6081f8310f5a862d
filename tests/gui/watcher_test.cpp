// Following a results file that is written, missing, damaged, replaced or taken away.
#include "gui/models/store_watcher.hpp"

#include <QSignalSpy>

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
    trouble.clear();
    watcher.open(bad);
    EXPECT_TRUE(comes_true([&] { return !trouble.empty(); }));
    EXPECT_THAT(trouble, testing::HasSubstr(bad.string()));
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
