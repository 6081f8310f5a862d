// How SQLite carries out what the run loop asks, and rules that the sources keep.
#include "engine/store/statements.hpp"

#include <sqlite3.h>

#include <fstream>
#include <regex>
#include <set>
#include <utility>

#include "engine/store/fault_point.hpp"
#include "engine/store/row_source.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class Statements : public StoreTest {
 protected:
  std::vector<std::string> plan(const char* sql) {
    std::vector<std::string> steps;
    for (const std::string& row : query(file, std::string("EXPLAIN QUERY PLAN ") + sql)) {
      steps.push_back(row.substr(row.rfind('|') + 1));
    }
    return steps;
  }
};

TEST_F(Statements, OfTheRunLoopNeverScanATable) {
  write_finished_run(file, 100);
  for (const char* sql : store::kLoopStatements) {
    for (const std::string& step : plan(sql)) {
      EXPECT_EQ(step.find("SCAN"), std::string::npos) << sql << ": " << step;
      EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << sql << ": " << step;
    }
  }
}

// What the rows come from is read from end to end, and nothing else. `equivolve_batch` belongs to
// the writer's connection; a table of that name stands in for it here.
TEST_F(Statements, ThatInsertManyRowsScanTheirSourceOnly) {
  write_finished_run(file, 100);
  std::string columns = "c1";
  for (std::size_t i = 2; i <= sql::RowValues::kMost; ++i) columns += ", c" + std::to_string(i);
  query(file, "CREATE TABLE equivolve_batch(" + columns + ")");
  for (const char* insertion : store::kBatchStatements) {
    EXPECT_EQ(plan(insertion), std::vector<std::string>{"SCAN equivolve_batch"}) << insertion;
  }
}

TEST_F(Statements, ThatReadARunGoByItsIds) {
  write_finished_run(file, 100);
  for (const char* sql : store::kRangeStatements) {
    const auto steps = plan(sql);
    ASSERT_EQ(steps.size(), 1u) << sql;
    EXPECT_NE(steps[0].find("USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"), std::string::npos)
        << sql << ": " << steps[0];
  }
}

/// Steps of SQLite's machine until all rows are read: its measure of work, the same on any machine.
int steps_of(const std::filesystem::path& file, const char* sql, RunId run) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr), SQLITE_OK);
  sqlite3_bind_int64(statement, 1, run << 40);
  sqlite3_bind_int64(statement, 2, (run + 1) << 40);
  sqlite3_bind_int64(statement, 3, 1);
  while (sqlite3_step(statement) == SQLITE_ROW) {
  }
  const int steps = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return steps;
}

TEST_F(Statements, ThatReadFailedTrialsReadNoOthers) {
  write_finished_run(file, 20);
  write_finished_run(file, 4000);
  ASSERT_EQ(query(file, "SELECT count(*) FROM trials WHERE status = 3"),
            std::vector<std::string>{"0"});
  EXPECT_GT(query(file, "SELECT id FROM trials WHERE id >> 40 = 2").size(), 1000u);
  EXPECT_EQ(steps_of(file, store::kReadFailedTrials, 2),
            steps_of(file, store::kReadFailedTrials, 1));
  // One among them is found, as in a file that has no index yet; the next run makes one.
  query(
      file,
      "UPDATE trials SET status = 3 WHERE id = (SELECT id FROM trials WHERE id >> 40 = 2 LIMIT 1)");
  const int steps = steps_of(file, store::kReadFailedTrials, 2);
  EXPECT_LT(steps, 200);
  query(file, "DROP INDEX failed_trials");
  EXPECT_GT(steps_of(file, store::kReadFailedTrials, 2), 10 * steps);
  EXPECT_EQ(problems().size(), 1u) << "the changed row alone";
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  EXPECT_EQ(steps_of(file, store::kReadFailedTrials, 2), steps);
}

TEST_F(Statements, SettingsAreTheFixedOnes) {
  write_finished_run(file, 4);
  EXPECT_EQ(query(file, "PRAGMA application_id"),
            std::vector<std::string>{std::to_string(0x4551564C)});
  EXPECT_EQ(query(file, "PRAGMA user_version"), std::vector<std::string>{"3"});
  EXPECT_EQ(query(file, "PRAGMA journal_mode"), std::vector<std::string>{"wal"});
  EXPECT_EQ(query(file,
                  "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
                  "AND NOT strict AND name NOT LIKE 'sqlite_%'"),
            std::vector<std::string>{"0"});
}

TEST_F(Statements, AReadersClassIndexGoesWhenARunBegins) {
  const char* count = "SELECT count(*) FROM sqlite_schema WHERE name = 'classes_by_digest'";
  write_finished_run(file, 10);
  EXPECT_EQ(query(file, count), std::vector<std::string>{"0"});
  query(file, "CREATE INDEX classes_by_digest ON classes(digest)");
  EXPECT_NE(plan("SELECT id FROM classes WHERE digest = x'00'").front().find("classes_by_digest"),
            std::string::npos);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  EXPECT_EQ(query(file, count), std::vector<std::string>{"0"});
}

// All sources of engine/, by path.
std::vector<std::pair<std::string, std::string>> engine_sources() {
  std::vector<std::pair<std::string, std::string>> sources;
  const std::filesystem::path root = std::filesystem::path(EQUIVOLVE_SOURCE_DIR) / "engine";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".cpp" && extension != ".hpp") continue;
    std::ifstream stream(entry.path());
    sources.emplace_back(std::filesystem::relative(entry.path(), root).generic_string(),
                         std::string(std::istreambuf_iterator<char>(stream), {}));
  }
  return sources;
}

// The words in capitals within string literals; good enough for SQL, which has no escaped quotes
// here.
std::vector<std::string> words_in_strings(const std::string& source) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  for (const char c : source) {
    if (c == '"' || c == '\n') inside = c == '"' && !inside;
    if (inside && c >= 'A' && c <= 'Z') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

TEST(Sources, PassExactlyTheFaultPointsOfTheTable) {
  std::set<std::string> passed;
  const std::string call = "EQV_FAULT_POINT(\"";
  for (const auto& [path, text] : engine_sources()) {
    if (path == "store/fault_point.hpp") continue;  // its comment shows one
    for (std::size_t at = text.find(call); at != std::string::npos; at = text.find(call, at + 1)) {
      const std::size_t begin = at + call.size();
      passed.insert(text.substr(begin, text.find('"', begin) - begin));
    }
  }
  const std::set<std::string> table(kFaultPoints.begin(), kFaultPoints.end());
  EXPECT_EQ(passed, table);
  EXPECT_EQ(table.size(), kFaultPoints.size());
}

// Each place where a transaction is committed has a name of its own; that its two fault points are
// passed is the work of Transaction::commit.
TEST(Sources, NameEachCommitOfTheTableOnce) {
  std::multiset<std::string> made;
  const std::regex call("commit\\((?:\\*transaction, )?\"([^\"]*)\"\\)");
  for (const auto& [path, text] : engine_sources()) {
    for (std::sregex_iterator found(text.begin(), text.end(), call), end; found != end; ++found)
      made.insert((*found)[1]);
  }
  EXPECT_EQ(made, std::multiset<std::string>(kCommits.begin(), kCommits.end()));
}

TEST(Sources, CommitInOnePlaceOnly) {
  std::set<std::string> places;
  for (const auto& [path, text] : engine_sources()) {
    for (const std::string& word : words_in_strings(text)) {
      if (word == "COMMIT" || word == "BEGIN" || word == "SAVEPOINT") places.insert(path);
    }
  }
  EXPECT_EQ(places, std::set<std::string>{"store/transaction.cpp"});
}

TEST(Sources, UseSqliteInTheStoreOnly) {
  for (const auto& [path, text] : engine_sources()) {
    if (text.find("<sqlite3.h>") == std::string::npos) continue;
    EXPECT_TRUE(path.starts_with("store/") && path.ends_with(".cpp")) << path;
  }
}

}  // namespace
}  // namespace equivolve::tests
