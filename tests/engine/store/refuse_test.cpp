// Files that are not a results file, or not one for this program (reliability.md, S8, S11, S12).
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/engine/store/child.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

class Refuse : public StoreTest {
 protected:
  // Neither writer nor reader takes the file, both say why, and it stays as it was.
  void expect_refused(const std::string& why) {
    const std::string before = read_file(file);
    const auto writer = StoreWriter::open(file);
    ASSERT_FALSE(writer);
    EXPECT_NE(writer.error().message.find(why), std::string::npos) << writer.error().message;
    EXPECT_NE(writer.error().message.find(file.string()), std::string::npos);
    EXPECT_EQ(writer.error().message.find('\n'), std::string::npos);
    const auto reader = StoreReader::open(file);
    ASSERT_FALSE(reader);
    EXPECT_NE(reader.error().message.find(why), std::string::npos) << reader.error().message;
    EXPECT_EQ(read_file(file), before);
  }
};

TEST_F(Refuse, EmptyFile) {
  write_file(file, "");
  expect_refused("is empty (0 bytes): not a results file; remove it or give another name");
  EXPECT_TRUE(std::filesystem::is_empty(file));
}

TEST_F(Refuse, ShortFile) {
  write_file(file, "SQLite format 3");
  expect_refused("has only 15 bytes");
}

TEST_F(Refuse, TextFile) {
  write_file(file, std::string(5000, 'x'));
  expect_refused("not an SQLite database");
}

TEST_F(Refuse, ZeroedHeader) {
  write_finished_run(file, 10);
  std::string content = read_file(file);
  content.replace(0, 100, std::string(100, '\0'));
  write_file(file, content);
  expect_refused("begins with zeros");
}

TEST_F(Refuse, RandomBytes) {
  hashing::Stream stream(test_seed(), hashing::Purpose::kTest, 5);
  std::string content(20'000, '\0');
  for (char& byte : content) byte = static_cast<char>(stream.below(256));
  write_file(file, content);
  expect_refused("not an SQLite database");
}

TEST_F(Refuse, RandomBytesBehindAGoodHeader) {
  write_finished_run(file, 10);
  std::string content = read_file(file);
  hashing::Stream stream(test_seed(), hashing::Purpose::kTest, 6);
  for (std::size_t i = 100; i < content.size(); ++i) {
    content[i] = static_cast<char>(stream.below(256));
  }
  write_file(file, content);
  expect_refused("damaged");
}

TEST_F(Refuse, HalfAFile) {
  write_finished_run(file, 1000);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  expect_refused("it is cut off");
}

TEST_F(Refuse, AnotherProgramsDatabase) {
  write_finished_run(file, 10);
  query(file, "PRAGMA application_id = 42");
  query(file, "PRAGMA wal_checkpoint(TRUNCATE)");
  expect_refused("SQLite database of another program (application id 0x2a)");
}

TEST_F(Refuse, NewerSchema) {
  write_finished_run(file, 10);
  query(file, "PRAGMA user_version = 4");
  query(file, "PRAGMA wal_checkpoint(TRUNCATE)");
  expect_refused(
      "newer Equivolve (schema 4; this one knows up to 3); nothing was changed: use a newer "
      "Equivolve (0.1.0 wrote its latest run)");
}

TEST_F(Refuse, SchemaThatIsNotOurs) {
  write_finished_run(file, 10);
  query(file, "DROP VIEW best");
  expect_refused("schema: view best is missing");
}

TEST_F(Refuse, Triggers) {
  write_finished_run(file, 10);
  query(file, "CREATE TRIGGER t AFTER INSERT ON outcomes BEGIN DELETE FROM genomes; END");
  expect_refused("unexpected trigger t");
}

TEST_F(Refuse, Folder) {
  std::filesystem::create_directory(file);
  const auto writer = StoreWriter::open(file);
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.error().message.find("is a folder"), std::string::npos);
  EXPECT_FALSE(StoreReader::open(file));
}

TEST_F(Refuse, Pipe) {
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  const auto writer = StoreWriter::open(file);  // must not wait for somebody at the other end
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.error().message.find("not a regular file"), std::string::npos);
}

TEST_F(Refuse, FolderThatDoesNotExist) {
  file = folder.path() / "no" / "such" / "runs.db";
  const auto writer = StoreWriter::open(file);
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.error().message.find("does not exist; make it first"), std::string::npos);
}

TEST_F(Refuse, ReadingAFileThatDoesNotExist) {
  const auto reader = StoreReader::open(file);
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().message.find("no such file"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Refuse, NotWhatPeopleAdded) {
  write_finished_run(file, 10);
  query(file, "CREATE VIEW mine AS SELECT * FROM best");
  query(file, "CREATE INDEX mine_too ON trials(seconds)");
  query(file, "CREATE VIEW batch AS SELECT 1 AS c1");
  EXPECT_EQ(problems(), std::vector<std::string>{});
  EXPECT_TRUE(StoreWriter::open(file));
  write_finished_run(file, 10);
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Refuse, NotStrangeFileNames) {
  for (const char* name :
       {"a b.db", "100%.db", "what?.db", "a#b.db", "file:x.db", "it's.db", "\xF0\x9F\xA6\x8A.db"}) {
    SCOPED_TRACE(name);
    file = folder.path() / name;
    write_finished_run(file, 4);
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_EQ(problems(), std::vector<std::string>{});
  }
}

TEST_F(Refuse, LeavesNothingBesideANewStore) {
  write_finished_run(file, 4);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_EQ(names, std::vector<std::string>{"runs.db"});
}

// Permissions do not hold root back, so the helper becomes nobody.
class ReadOnly : public StoreTest {
 protected:
  void SetUp() override {
    ::chmod(folder.path().c_str(), 0755);
    write_finished_run(file, 50);
  }
  void TearDown() override { ::chmod(folder.path().c_str(), 0755); }

  std::string helper(const std::string& what) {
    HelperProcess child({EQUIVOLVE_STORE_HELPER, "unprivileged", file.string(), what});
    const std::string said = child.read_line();
    skipped_ = child.wait() == 77;
    return said;
  }
  bool skipped_ = false;
};

TEST_F(ReadOnly, FolderAndFile) {
  ::chmod(file.c_str(), 0444);
  ::chmod(folder.path().c_str(), 0555);
  const std::string written = helper("write");
  if (skipped_) GTEST_SKIP() << written;
  EXPECT_NE(written.find("read-only; change that or name another store"), std::string::npos)
      << written;
  EXPECT_EQ(helper("read"), "ok");
}

TEST_F(ReadOnly, FolderOfAWritableFile) {
  ::chmod(file.c_str(), 0666);
  ::chmod(folder.path().c_str(), 0555);
  const std::string written = helper("write");
  if (skipped_) GTEST_SKIP() << written;
  EXPECT_NE(written.find("cannot"), std::string::npos) << written;
  EXPECT_NE(written.find("permissions"), std::string::npos) << written;
  EXPECT_EQ(helper("read"), "ok");
}

TEST_F(ReadOnly, FolderWithoutAStore) {
  std::filesystem::remove(file);
  ::chmod(folder.path().c_str(), 0555);
  const std::string written = helper("write");
  if (skipped_) GTEST_SKIP() << written;
  EXPECT_NE(written.find("cannot create"), std::string::npos) << written;
}

TEST_F(ReadOnly, UnreadableFile) {
  ::chmod(file.c_str(), 0000);
  const std::string read = helper("read");
  if (skipped_) GTEST_SKIP() << read;
  EXPECT_NE(read.find("cannot be read"), std::string::npos) << read;
}

}  // namespace
}  // namespace equivolve::tests
