// Files of every released schema come up to date, whole or not at all (reliability: S10).
#include "engine/store/migrate.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "engine/store/fault_point.hpp"
#include "engine/store/migrations/migrations.hpp"
#include "engine/store/row.hpp"
#include "tests/engine/store/child.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

constexpr const char* kTablesOfSchema1[] = {
    "runs",    "progress",  "figures", "outcomes",
    "genomes", "classes",   "trials",  "intermediate_values",
    "events",  "artefacts", "control"};

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class Migrate : public StoreTest {
 protected:
  void SetUp() override { put_old_file(); }

  void put_old_file(int schema = 1) {
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
    std::filesystem::copy_file(std::filesystem::path(EQUIVOLVE_SOURCE_DIR) /
                                   fmt::format("tests/data/schema-{}.db", schema),
                               file, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  std::filesystem::path backup(const std::string& suffix = "schema-1.db") const {
    return file.string() + "." + suffix;
  }
  static std::string content(const std::filesystem::path& of) {
    std::string text;
    for (const char* table : kTablesOfSchema1) {
      for (const auto& row : query(of, std::string("SELECT * FROM ") + table)) text += row + "\n";
      text += "--\n";
    }
    return text;
  }
  static std::string schema_of(const std::filesystem::path& of) {
    return query(of, "PRAGMA user_version").front();
  }
  // All rows of schema 1 are there, as they were, and the file is sound.
  void expect_migrated(const std::string& before) {
    EXPECT_EQ(schema_of(file), "3");
    EXPECT_EQ(content(file), before);
    EXPECT_EQ(problems(), std::vector<std::string>{});
    EXPECT_EQ(
        query(file, "SELECT id >> 40, data IS NULL, hex(context) FROM test_openings ORDER BY id"),
        query(file, "SELECT run, 1, hex(context) FROM runs ORDER BY run"));
  }
};

TEST_F(Migrate, KeepsEveryRowAndACopyOfTheFile) {
  const std::string before = content(file);
  ASSERT_GT(before.size(), 50'000u);
  const auto report = migrate_store(file);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->from, 1);
  EXPECT_EQ(report->to, 3);
  EXPECT_EQ(report->backup, backup());
  expect_migrated(before);
  EXPECT_EQ(schema_of(backup()), "1");
  EXPECT_EQ(content(backup()), before);
  EXPECT_EQ((*StoreReader::open(backup()))->verify(std::nullopt)->problems,
            std::vector<std::string>{});
}

// The file has none, so they are put into it as schema 1 wrote them.
TEST_F(Migrate, GivesIntermediateValuesTheirTrial) {
  struct Value {
    std::int64_t number, kind, subject, repeat, step, figure;
    double value;
  };
  const std::string trial = query(file,
                                  "SELECT subject FROM trials WHERE id >> 40 = 2 AND kind = 0 "
                                  "ORDER BY id LIMIT 1 OFFSET 3")
                                .front();
  const std::int64_t subject = std::stoll(trial);
  const Value values[] = {{0, 0, subject, 0, 1, 0, 0.5},  {1, 0, subject, 0, 2, 0, 0.25},
                          {2, 0, 999'999, 0, 1, 0, 0.5},  // a kill came before its trial
                          {3, 0, subject, 0, 1, 0, 0.5},  // ... and here after the values
                          {4, 0, subject, 0, 2, 0, 0.25}, {5, 0, subject, 0, 3, 0, 0.125}};
  for (const Value& v : values) {
    const std::int64_t id = 2LL << 40 | v.number;
    store::RowBytes bytes;
    bytes.start(store::Table::kIntermediateValues);
    for (const std::int64_t column : {id, v.kind, v.subject, v.repeat, v.step, v.figure})
      bytes.integer(column);
    bytes.real(v.value);
    const std::int64_t checksum = bytes.checksum() + (v.number == 5 ? 1 : 0);  // one is damaged
    query(file, fmt::format("INSERT INTO intermediate_values VALUES({},{},{},{},{},{},{},{})", id,
                            v.kind, v.subject, v.repeat, v.step, v.figure, v.value, checksum));
  }
  EXPECT_EQ(problems().size(), 1u) << "the damaged row";
  ASSERT_TRUE(migrate_store(file));
  EXPECT_EQ(problems(), std::vector<std::string>{});
  EXPECT_EQ(query(file,
                  "SELECT t.subject, t.kind, v.step, v.figure, v.value FROM intermediate_values v "
                  "JOIN trials t ON t.id = v.trial ORDER BY v.id"),
            (std::vector<std::string>{trial + "|0|1|0|0.5", trial + "|0|2|0|0.25"}));
}

// Rows stay as they are, those that are damaged included.
TEST_F(Migrate, FromSchema2ChangesNoRow) {
  put_old_file(2);
  const std::string trial = query(file, "SELECT max(id) FROM trials WHERE id >> 40 = 1").front();
  query(file, "UPDATE trials SET cost = cost + 1 WHERE id = " + trial);
  const std::string before = content(file);
  ASSERT_GT(before.size(), 50'000u);
  const std::vector<std::string> damage = problems();
  ASSERT_EQ(damage.size(), 1u);
  auto reader = open_reader();  // of the old schema, until it is opened again
  const auto report = migrate_store(file);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->from, 2);
  EXPECT_EQ(report->to, 3);
  EXPECT_EQ(schema_of(file), "3");
  EXPECT_EQ(content(file), before);
  EXPECT_EQ(problems(), damage);
  EXPECT_TRUE(reader->replay(2)) << "by who had it open";
}

TEST_F(Migrate, AFileWithoutTrialsStaysAsItIs) {
  put_old_file(2);
  query(file, "DROP TABLE trials");
  const auto report = migrate_store(file);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("trials"), std::string::npos) << report.error().message;
  EXPECT_EQ(report.error().message.find('\n'), std::string::npos);
  EXPECT_EQ(schema_of(file), "2");
  EXPECT_FALSE(std::filesystem::exists(backup("schema-2.db")));
  // Nor does the step itself trust that somebody has looked.
  const auto database = engine::sql::Database::open_memory();
  ASSERT_TRUE(database);
  const auto migrated = store::migrate_to_3(*database);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().text, "there is no table of trials");
}

TEST_F(Migrate, RowsWrittenAgainAreThoseOfTheOldFile) {
  put_old_file(2);
  const auto old = open_reader()->replay(2);
  const auto genome = open_reader()->genome(2, 17);
  ASSERT_TRUE(old && genome);
  ASSERT_TRUE(migrate_store(file));
  auto writer = open_writer();
  ASSERT_TRUE(writer->resume_run(2));
  // Their checksums are the longer ones of schema 2.
  writer->push(old->outcomes[17]);
  writer->push(old->classes[3]);
  writer->push(*genome);
  EXPECT_TRUE(writer->flush());
  OutcomeRow other = old->outcomes[17];
  other.genome_checksum ^= 1;
  writer->push(other);
  EXPECT_FALSE(writer->flush());
}

TEST_F(Migrate, ASecondTimeHasNothingToDo) {
  ASSERT_TRUE(migrate_store(file));
  const auto again = migrate_store(file);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->from, 3);
  EXPECT_EQ(again->backup, "");
  EXPECT_FALSE(std::filesystem::exists(backup("schema-1.2.db")));
}

TEST_F(Migrate, NeverWritesOverACopy) {
  std::ofstream(backup()) << "somebody's";
  const auto report = migrate_store(file);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->backup, backup("schema-1.2.db"));
  EXPECT_EQ(bytes_of(backup()), "somebody's");
}

TEST_F(Migrate, AFileOfThisSchemaHasTheTablesOfAMigratedOne) {
  const auto definitions = [](const std::filesystem::path& of) {
    return query(of,
                 "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT IN "
                 "('classes_by_digest', 'failed_trials') ORDER BY type, name");
  };
  ASSERT_TRUE(migrate_store(file));
  const auto fresh = folder.path() / "fresh.db";
  write_finished_run(fresh, 2);
  EXPECT_EQ(definitions(file), definitions(fresh));
}

TEST_F(Migrate, RunsGoOnInAMigratedFile) {
  ASSERT_TRUE(migrate_store(file));
  auto writer = open_writer();
  EXPECT_TRUE(writer->resume_run(2));
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(*writer->begin_run(make_head("new")), 3);
}

TEST_F(Migrate, AFileOfSchema2IsReadAndNotWritten) {
  put_old_file(2);
  const std::string before = bytes_of(file);
  EXPECT_FALSE(StoreWriter::open(file));
  auto reader = open_reader();
  EXPECT_EQ(reader->runs()->size(), 2u);
  EXPECT_EQ(reader->replay(1)->outcomes.size(), 120u);
  EXPECT_TRUE(reader->replay(1)->trials.front().own_seed);
  EXPECT_EQ(reader->test_openings({}), 0u);
  EXPECT_EQ(reader->verify(std::nullopt)->problems, std::vector<std::string>{});
  EXPECT_EQ(bytes_of(file), before);
}

TEST_F(Migrate, AnOldFileIsReadAndNotWritten) {
  const std::string before = bytes_of(file);
  const auto writer = StoreWriter::open(file);
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.error().message.find("equivolve store migrate --store " + file.string()),
            std::string::npos)
      << writer.error().message;
  {
    auto reader = open_reader();
    EXPECT_EQ(reader->runs()->size(), 2u);
    EXPECT_EQ(reader->find_run("latest")->head.name, "killed");
    EXPECT_TRUE(reader->replay(1));
    EXPECT_TRUE(reader->groups()->empty());
    EXPECT_FALSE(reader->find_group("g1"));
    EXPECT_EQ(*reader->test_openings({}), std::nullopt);
    EXPECT_EQ(reader->verify(std::nullopt)->problems, std::vector<std::string>{});
  }
  EXPECT_EQ(bytes_of(file), before);
}

TEST_F(Migrate, NotWhileARunIsGoingOn) {
  // As the Equivolve of schema 1 holds it.
  const std::string lock = file.string() + ".run-2.lock";
  const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_GE(descriptor, 0);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  ASSERT_EQ(fcntl(descriptor, F_OFD_SETLK, &whole), 0);
  const auto report = migrate_store(file);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("run 2"), std::string::npos) << report.error().message;
  EXPECT_EQ(schema_of(file), "1");
  EXPECT_FALSE(std::filesystem::exists(backup()));
  ::close(descriptor);
  EXPECT_TRUE(migrate_store(file));
}

TEST_F(Migrate, RefusesWhatIsNoResultsFile) {
  const auto other = folder.path() / "other.db";
  EXPECT_FALSE(migrate_store(other));
  std::ofstream(other) << "text";
  EXPECT_FALSE(migrate_store(other));
  EXPECT_FALSE(migrate_store(folder.path()));
  query(file, "PRAGMA user_version = 4");
  query(file, "PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string before = bytes_of(file);
  const auto newer = migrate_store(file);
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().message.find("newer"), std::string::npos);
  EXPECT_EQ(bytes_of(file), before);
}

class MigrateKilled : public Migrate, public ::testing::WithParamInterface<std::string> {};

TEST_P(MigrateKilled, LeavesTheOldFileOrTheNewOne) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const std::string before = content(file);
  {
    HelperProcess child({EQUIVOLVE_STORE_HELPER, "migrate", file.string()},
                        {"EQUIVOLVE_FAULT=" + GetParam() + ":1"});
    child.read_lines();
    ASSERT_EQ(child.wait(), -SIGKILL) << "the point was never passed";
  }
  const bool committed = GetParam() == "store.migrate.after";
  EXPECT_EQ(schema_of(file), committed ? "3" : "1");
  EXPECT_EQ(content(file), before);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  if (std::filesystem::exists(backup())) {
    EXPECT_EQ(content(backup()), before);
  }
  const auto again = migrate_store(file);
  ASSERT_TRUE(again) << again.error().message;
  expect_migrated(before);
}

std::vector<std::string> migration_points() {
  std::vector<std::string> points;
  for (const std::string& name : all_fault_points()) {
    if (name.starts_with("store.migrate.")) points.push_back(name);
  }
  return points;
}

INSTANTIATE_TEST_SUITE_P(EachPoint, MigrateKilled, ::testing::ValuesIn(migration_points()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace equivolve::tests
