// Results files that are damaged, foreign, empty, newer, read-only or on a full disk, through the
// commands; and store salvage.
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void execute(const std::string& store, const char* sql) {
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open(store.c_str(), &connection), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_close(connection);
}

class StoreCommands : public testing::Test {
 protected:
  TempFolder folder_;
  std::string store_ = folder_.path() / "runs.db";
  std::string yaml_ = folder_.path() / "small.yaml";
  nlohmann::json summary_;

  void SetUp() override { write_file(yaml_, small_yaml(2000)); }
  void make_run() {
    summary_ = answer(equivolve({"run", yaml_, "--store", store_, "--quiet", "--json"}));
    ASSERT_EQ(summary_["status"], "finished");
  }
  Finished call(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--store", store_});
    return equivolve(arguments);
  }
  /// Every command that opens a store refuses this one with 3, and leaves it as it is.
  void expect_refused(const std::string& why) {
    const std::string before = read_file(store_);
    const std::vector<std::vector<std::string>> commands = {
        {"run", yaml_},
        {"resume", "1"},
        {"list"},
        {"show", "1"},
        {"stop", "1"},
        {"pause", "1"},
        {"delete", "1", "--yes"},
        {"reproduce", "1"},
        {"apply", "1", "--out", folder_.path() / "out"},
        {"export", "1", "--out", folder_.path() / "c.csv"},
        {"compare", "1"},
        {"report", "1", "--html", folder_.path() / "r.html"},
        {"store", "verify"},
        {"store", "migrate"},
        {"store", "compact"}};
    for (const auto& command : commands) {
      const Finished done = call(command);
      EXPECT_EQ(done.exit_code, 3) << command.front() << ": " << done.err;
      EXPECT_NE(done.err.find(why), std::string::npos) << command.front() << ": " << done.err;
      EXPECT_EQ(done.out, "") << command.front();
    }
    EXPECT_EQ(read_file(store_), before);
    EXPECT_FALSE(fs::exists(folder_.path() / "out"));
    EXPECT_FALSE(fs::exists(folder_.path() / "c.csv"));
    EXPECT_FALSE(fs::exists(folder_.path() / "r.html"));
  }
};

TEST_F(StoreCommands, RefuseAnEmptyFile) {
  write_file(store_, "");
  expect_refused("is empty (0 bytes): not a results file; remove it or give another name");
}

TEST_F(StoreCommands, RefuseAForeignFile) {
  write_file(store_, std::string(5000, 'x'));
  expect_refused("not an SQLite database); give another name");
}

TEST_F(StoreCommands, RefuseAnotherProgramsDatabase) {
  execute(store_, "CREATE TABLE t(x); PRAGMA application_id = 42");
  expect_refused("another program");
}

TEST_F(StoreCommands, RefuseANewerFile) {
  make_run();
  execute(store_, "PRAGMA user_version = 1000");
  expect_refused("was written by a newer Equivolve");
}

TEST_F(StoreCommands, RefuseACutOffFileAndNameTheWayOut) {
  make_run();
  fs::resize_file(store_, fs::file_size(store_) / 2);
  expect_refused("equivolve store salvage");
}

TEST_F(StoreCommands, SayWhatToDoWhenTheFolderIsNotThere) {
  store_ = folder_.path() / "no" / "runs.db";
  const Finished done = call({"run", yaml_});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("make it first"), std::string::npos) << done.err;
}

TEST_F(StoreCommands, MigrateBringsAnOlderFileUpToDateAndKeepsIt) {
  fs::copy_file(fs::path(EQUIVOLVE_SOURCE_DIR) / "tests/data/schema-1.db", store_);
  fs::permissions(store_, fs::perms::owner_read | fs::perms::owner_write);
  const std::string before = read_file(store_);
  const Finished old = call({"delete", "1", "--yes"});
  EXPECT_EQ(old.exit_code, 3);
  EXPECT_NE(old.err.find("equivolve store migrate"), std::string::npos) << old.err;
  EXPECT_TRUE(read_file(store_) == before);
  const auto shown = answer(call({"show", "1", "--json"}));
  const auto done = answer(call({"store", "migrate", "--json", "--quiet"}));
  EXPECT_EQ(done["from"], 1);
  EXPECT_GT(done["to"], 1);
  const std::string backup = done["backup"];
  EXPECT_EQ(answer(equivolve({"show", "1", "--json", "--store", backup}))["result_digest"],
            shown["result_digest"]);
  EXPECT_EQ(answer(equivolve({"store", "verify", "--json", "--store", backup}))["problems"].size(),
            0u);
  EXPECT_TRUE(answer(call({"store", "verify", "--json"}))["problems"].empty());
  EXPECT_EQ(answer(call({"show", "1", "--json"}))["result_digest"], shown["result_digest"]);
  const Finished again = call({"store", "migrate"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.out.find("is up to date (schema "), std::string::npos) << again.out;
  EXPECT_EQ(again.last_line().find("next: equivolve list"), 0u) << again.out;
  store_ = folder_.path() / "absent.db";
  EXPECT_EQ(call({"store", "migrate"}).exit_code, 3);
  EXPECT_FALSE(fs::exists(store_));
}

// The run that was killed ends as it would have under the schema that it began with.
TEST_F(StoreCommands, AKilledRunGoesOnInAMigratedFile) {
  fs::copy_file(fs::path(EQUIVOLVE_SOURCE_DIR) / "tests/data/schema-2.db", store_);
  fs::permissions(store_, fs::perms::owner_read | fs::perms::owner_write);
  const Finished old = call({"resume", "2", "--quiet"});
  EXPECT_EQ(old.exit_code, 3);
  EXPECT_NE(old.err.find("equivolve store migrate"), std::string::npos) << old.err;
  ASSERT_EQ(call({"store", "migrate"}).exit_code, 0);
  EXPECT_EQ(answer(call({"resume", "2", "--json", "--quiet"}))["result_digest"],
            "04da4ff7faf06c618c410eee317f9272");
  EXPECT_TRUE(answer(call({"store", "verify", "--json"}))["problems"].empty());
}

// What is wrong with the input is found before the store is touched.
TEST_F(StoreCommands, FindBadInputBeforeABadStore) {
  write_file(store_, "");
  EXPECT_EQ(call({"run", yaml_, "--set", "budget.candidtes=3"}).exit_code, 2);
}

/// A command as another user, who may not write where permissions say so. Exit code 77: cannot.
Finished as_nobody(const std::vector<std::string>& arguments) {
  std::string line = "setpriv --reuid=65534 --regid=65534 --clear-groups";
  for (const std::string& word : equivolve_command(arguments)) line += " '" + word + "'";
  if (geteuid() != 0) line = line.substr(line.find('\''));
  return run_process({"/bin/sh", "-c", line});
}

TEST_F(StoreCommands, WorkOnAReadOnlyFolderWhereTheyOnlyRead) {
  make_run();
  const fs::path open = folder_.path() / "open";
  fs::create_directory(open);
  chmod(open.c_str(), 0777);
  chmod(folder_.path().c_str(), 0555);
  chmod(store_.c_str(), 0444);
  const Finished info = as_nobody({"info"});
  if (info.exit_code != 0) GTEST_SKIP() << "cannot run as another user: " << info.err;
  EXPECT_EQ(as_nobody({"show", "1", "--store", store_}).exit_code, 0);
  EXPECT_EQ(as_nobody({"list", "--store", store_}).exit_code, 0);
  EXPECT_EQ(as_nobody({"export", "1", "--store", store_, "--out", "/dev/null"}).exit_code, 2)
      << "the name does not end in .csv";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"export", "1", "--out", open / "c.csv"},
        {"report", "1", "--html", open / "r.html"}}) {
    std::vector<std::string> all = command;
    all.insert(all.end(), {"--store", store_});
    const Finished done = as_nobody(all);
    EXPECT_EQ(done.exit_code, 0) << command.front() << done.err;
  }
  EXPECT_GT(fs::file_size(open / "c.csv"), 10'000u);
  EXPECT_NE(read_file(open / "r.html").find("2000 candidates"), std::string::npos);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run", yaml_}, {"delete", "1", "--yes"}, {"store", "compact"}}) {
    std::vector<std::string> all = command;
    all.insert(all.end(), {"--store", store_});
    const Finished done = as_nobody(all);
    EXPECT_EQ(done.exit_code, 3) << command.front() << done.err;
    EXPECT_NE(done.err.find(store_), std::string::npos) << done.err;
  }
  chmod(folder_.path().c_str(), 0755);
}

TEST_F(StoreCommands, AFullDiskStopsARunThatGoesOnWhenThereIsRoom) {
  write_file(yaml_, small_yaml(20'000));
  // A limit on the size of files stands for the disk.
  const Finished full =
      run_process({"/bin/bash", "-c", "ulimit -f 700; exec \"$0\" \"$@\"",
                   equivolve_command({}).front(), "run", yaml_, "--store", store_, "--quiet"});
  ASSERT_EQ(full.exit_code, 3) << full.err;
  EXPECT_NE(full.err.find(store_), std::string::npos) << full.err;
  EXPECT_NE(full.err.find("to go on: equivolve resume 1"), std::string::npos) << full.err;
  const auto resumed = answer(call({"resume", "1", "--json", "--quiet"}));
  EXPECT_EQ(resumed["candidates"], 20'000);
  const std::string other = folder_.path() / "other.db";
  const auto whole = answer(equivolve({"run", yaml_, "--store", other, "--quiet", "--json"}));
  EXPECT_EQ(resumed["result_digest"], whole["result_digest"]);
}

class Salvage : public StoreCommands {
 protected:
  std::string saved_ = folder_.path() / "saved.db";

  void SetUp() override {
    StoreCommands::SetUp();
    make_run();
  }
  /// Salvages the file; what is saved is whole, and resumes to the run's own result.
  nlohmann::json salvage_and_resume() {
    const std::string before = read_file(store_);
    const auto saved = answer(equivolve({"store", "salvage", store_, "--out", saved_, "--json"}));
    EXPECT_EQ(read_file(store_), before);
    EXPECT_TRUE(
        answer(equivolve({"store", "verify", "--store", saved_, "--json"}))["problems"].empty());
    const auto resumed = answer(equivolve({"resume", "1", "--store", saved_, "--json", "--quiet"}));
    EXPECT_EQ(resumed["result_digest"], summary_["result_digest"]);
    EXPECT_EQ(resumed["best"], summary_["best"]);
    EXPECT_TRUE(
        answer(equivolve({"store", "verify", "--store", saved_, "--json"}))["problems"].empty());
    return saved;
  }
};

TEST_F(Salvage, OfAGoodFileLosesNothing) {
  const auto saved = salvage_and_resume();
  EXPECT_EQ(saved["runs"][0]["told"], 2000);
  EXPECT_EQ(saved["broken_rows"], 0);
  EXPECT_TRUE(saved["problems"].empty());
}

TEST_F(Salvage, OfAZeroedHeader) {
  std::string content = read_file(store_);
  content.replace(0, 100, std::string(100, '\0'));
  write_file(store_, content);
  EXPECT_EQ(salvage_and_resume()["runs"][0]["told"], 2000);
}

TEST_F(Salvage, OfAnOverwrittenPieceInTheMiddle) {
  std::string content = read_file(store_);
  const std::size_t page = 4096;
  for (std::size_t at = content.size() / 2 / page * page, end = at + 3 * page; at < end; ++at)
    content[at] = static_cast<char>(at * 31);
  write_file(store_, content);
  EXPECT_LE(salvage_and_resume()["runs"][0]["told"], 2000);
}

TEST_F(Salvage, OfAFileThatIsCutOff) {
  fs::resize_file(store_, fs::file_size(store_) / 2);
  EXPECT_LT(salvage_and_resume()["runs"][0]["told"], 2000);
}

TEST_F(Salvage, OfAChangedValueLeavesThatRowOut) {
  execute(store_, "UPDATE outcomes SET fitness = 0.5 WHERE id & 0xFFFFFFFFFF = 700");
  const auto saved = salvage_and_resume();
  EXPECT_EQ(saved["runs"][0]["told"], 700);
  EXPECT_EQ(saved["broken_rows"], 1);
}

TEST_F(Salvage, NeverOverwrites) {
  write_file(saved_, "precious");
  const Finished done = equivolve({"store", "salvage", store_, "--out", saved_});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("is there already"), std::string::npos) << done.err;
  EXPECT_EQ(read_file(saved_), "precious");
  EXPECT_EQ(equivolve({"store", "salvage", folder_.path() / "no.db", "--out", "x.db"}).exit_code,
            3);
}

}  // namespace
}  // namespace equivolve::tests
