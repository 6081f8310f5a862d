// `store verify`: silent about a good file, loud about every change that a reader could see.
#include <algorithm>
#include <fstream>

#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

#ifdef EQUIVOLVE_SANITIZED
constexpr int kFlips = 200;
#else
constexpr int kFlips = 1000;
#endif

constexpr const char* kEverything[] = {
    "SELECT * FROM runs ORDER BY run",
    "SELECT * FROM progress ORDER BY run",
    "SELECT * FROM figures ORDER BY id",
    "SELECT * FROM outcomes ORDER BY id",
    "SELECT * FROM genomes ORDER BY id",
    "SELECT * FROM classes ORDER BY id",
    "SELECT * FROM trials ORDER BY id",
    "SELECT * FROM intermediate_values ORDER BY id",
    "SELECT * FROM events ORDER BY id",
    "SELECT * FROM artefacts ORDER BY id",
    "SELECT * FROM control ORDER BY id",
    "SELECT * FROM groups ORDER BY number",
    "SELECT * FROM planned_runs ORDER BY id",
    "SELECT * FROM origins ORDER BY run",
    "SELECT * FROM test_openings ORDER BY id",
    "SELECT * FROM group_runs",
    "SELECT * FROM overview ORDER BY run",
    "SELECT * FROM figure_names ORDER BY run, position",
    "SELECT * FROM candidates ORDER BY run, ticket",
    "SELECT * FROM best ORDER BY run, place",
    "SELECT * FROM evaluations",
    "SELECT run FROM runs WHERE name = 'iris'",
    "SELECT id FROM classes WHERE digest = (SELECT digest FROM classes WHERE founder = 6)",
};

// Everything that queries return, errors included.
std::string everything(const std::filesystem::path& file) {
  std::string text;
  for (const char* sql : kEverything) {
    std::string error;
    for (const std::string& row : query(file, sql, &error)) text += row + "\n";
    text += error + "\n--\n";
  }
  return text;
}

class Verify : public StoreTest {
 protected:
  static void expect_digests_of(const VerifiedRun& run, std::uint64_t count) {
    const std::string summary = finished_state(count).summary_json;
    EXPECT_EQ(run.outcomes, count);
    EXPECT_EQ(run.result_digest.size(), 32u);
    EXPECT_NE(summary.find(run.result_digest), std::string::npos) << summary;
    EXPECT_NE(summary.find(run.trajectory_digest), std::string::npos) << summary;
  }
};

TEST_F(Verify, CountsTheRowsOfAGoodFileAndRecomputesTheDigests) {
  write_finished_run(file, 100);
  const auto report = open_reader()->verify(1);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  // 100 outcomes and genomes, 50 classes and trials, run, progress and origin, 3 figures, 1 event,
  // value and artefact each
  EXPECT_EQ(report->rows, 100u + 100 + 50 + 50 + 3 + 3 + 3);
  ASSERT_EQ(report->runs.size(), 1u);
  expect_digests_of(report->runs[0], 100);
}

TEST_F(Verify, GivesTheDigestsOfEachRun) {
  write_finished_run(file, 100, "iris");
  write_finished_run(file, 30, "wine");
  const auto report = open_reader()->verify(std::nullopt);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->runs.size(), 2u);
  EXPECT_EQ(report->runs[0].run, 1);
  EXPECT_EQ(report->runs[0].name, "iris");
  expect_digests_of(report->runs[0], 100);
  EXPECT_EQ(report->runs[1].run, 2);
  EXPECT_EQ(report->runs[1].name, "wine");
  expect_digests_of(report->runs[1], 30);
}

TEST_F(Verify, AcceptsARunWithoutOutcomes) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const auto report = open_reader()->verify(std::nullopt);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  ASSERT_EQ(report->runs.size(), 1u);
  EXPECT_EQ(report->runs[0].outcomes, 0u);
  EXPECT_EQ(report->runs[0].result_digest, "");
}

TEST_F(Verify, NamesARunThatDoesNotExist) {
  write_finished_run(file, 4);
  const auto report = open_reader()->verify(5);
  ASSERT_EQ(report->problems.size(), 1u);
  EXPECT_NE(report->problems[0].find("no run 5"), std::string::npos);
}

TEST_F(Verify, ReportsEachChangedColumn) {
  write_finished_run(file, 20);
  {
    auto writer = open_writer();
    ASSERT_TRUE(writer->begin_group(make_plan(2)));
    RunHead head = make_head();
    head.origin = {1, 1, 1};
    ASSERT_TRUE(writer->begin_run(head));
    writer->push(TestOpeningRow{head.data, head.context});
    ASSERT_TRUE(writer->finish_run());
  }
  query(file, "PRAGMA foreign_keys = OFF");
  const std::string original = everything(file);
  int changes = 0;
  for (const char* table : {"runs", "progress", "figures", "outcomes", "genomes", "classes",
                            "trials", "intermediate_values", "events", "artefacts", "groups",
                            "planned_runs", "origins", "test_openings"}) {
    for (const std::string& column :
         query(file,
               "SELECT name || ' ' || type FROM pragma_table_info('" + std::string(table) + "')")) {
      const std::string name = column.substr(0, column.find(' '));
      if (name == "id" || name == "run" || name == "number") continue;
      const std::string type = column.substr(column.find(' ') + 1);
      const std::string value = type == "TEXT"   ? "coalesce(" + name + ",'') || 'x'"
                                : type == "BLOB" ? "zeroblob(16)"
                                                 : "coalesce(" + name + ", 0) + 1";
      const TempFolder other;
      const auto copy = other.path() / "copy.db";
      std::filesystem::copy_file(file, copy);
      query(copy, "UPDATE " + std::string(table) + " SET " + name + " = " + value +
                      " WHERE rowid = (SELECT max(rowid) FROM " + table + ")");
      EXPECT_NE(everything(copy), original) << table << '.' << name;
      const auto reader = StoreReader::open(copy);
      ASSERT_TRUE(reader);
      EXPECT_FALSE((*reader)->verify(std::nullopt)->problems.empty()) << table << '.' << name;
      ++changes;
    }
  }
  EXPECT_GT(changes, 90);
}

TEST_F(Verify, ReportsRowsThatAreGone) {
  write_finished_run(file, 20);
  struct Deletion {
    const char* sql;
    const char* message;
  };
  const Deletion deletions[] = {
      {"DELETE FROM outcomes WHERE id & 0xFFFF = 7", "ticket 7 is missing"},
      {"DELETE FROM genomes WHERE id & 0xFFFF = 7", "outcomes without a genome: 1 rows"},
      {"DELETE FROM classes WHERE id & 0xFFFF = 7", "outcomes without their class: 2 rows"},
      {"DELETE FROM outcomes WHERE id & 0xFFFF = 19", "result_digest is"},
      {"DELETE FROM genomes WHERE id & 0xFFFF = 0", "genomes without a parent"},
      {"DELETE FROM trials WHERE id & 0xFFFF = 0", "intermediate values without their trial: 1"},
      {"DELETE FROM runs", "belongs to no run"},
      {"DELETE FROM progress", "do not match"},
  };
  for (const Deletion& deletion : deletions) {
    const TempFolder other;
    const auto copy = other.path() / "copy.db";
    std::filesystem::copy_file(file, copy);
    query(copy, deletion.sql);
    const auto found = (*StoreReader::open(copy))->verify(std::nullopt)->problems;
    EXPECT_TRUE(std::ranges::any_of(
        found,
        [&](const std::string& line) { return line.find(deletion.message) != std::string::npos; }))
        << deletion.sql << ": " << (found.empty() ? "nothing found" : found.front());
  }
}

TEST_F(Verify, ReportsATrialThatIsThereTwice) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  writer->push(trial_of(0));
  writer->push(trial_of(2));
  writer->push(trial_of(0));
  ASSERT_TRUE(writer->finish_run());
  const auto found = problems();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].find("trials: 1 have the same kind"), std::string::npos);
}

TEST_F(Verify, ReportsASummaryThatPromisesOtherDigests) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (Record& record : make_records(0, 10)) writer->push(std::move(record));
  ASSERT_TRUE(writer->update_run(finished_state(9)));
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(problems().size(), 2u);
}

TEST_F(Verify, ReportsEveryFlippedBitThatAQueryCouldSee) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  write_finished_run(file, 60);
  ASSERT_TRUE(open_reader()->request(1, "stop"));
  ASSERT_EQ(query(file, "PRAGMA wal_checkpoint(TRUNCATE)").front().size(), 5u);
  const std::string original = everything(file);
  std::string content;
  {
    std::ifstream stream(file, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(stream), {});
  }
  hashing::Stream stream(seed, hashing::Purpose::kTest, 77);
  const auto copy = folder.path() / "copy.db";
  int visible = 0, reported = 0;
  for (int flip = 0; flip < kFlips; ++flip) {
    const std::uint64_t bit = stream.below(content.size() * 8);
    std::string flipped = content;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
      std::filesystem::remove(copy.string() + suffix);
    }
    std::ofstream(copy, std::ios::binary | std::ios::trunc) << flipped;
    const auto reader = StoreReader::open(copy);
    const auto report =
        reader ? (*reader)->verify(std::nullopt) : tl::expected<VerifyReport, StoreError>();
    const bool is_reported = !reader || !report || !report->problems.empty();
    const bool is_visible = everything(copy) != original;
    visible += is_visible ? 1 : 0;
    reported += is_reported ? 1 : 0;
    EXPECT_TRUE(is_reported || !is_visible) << "bit " << bit << " of byte " << bit / 8;
  }
  EXPECT_GT(visible, kFlips / 10);
  EXPECT_GE(reported, visible);
}

}  // namespace
}  // namespace equivolve::tests
