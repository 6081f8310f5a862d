// What people write themselves: the modules on docs/plugins.md, built and run as the page says, and
// what becomes of the values that a module reports on its way.
#include <signal.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

struct Block {
  std::string language, before, text;  // `before`: the page's text up to it
};

std::vector<Block> code_blocks(const std::string& page) {
  std::vector<Block> blocks;
  for (std::size_t open = page.find("\n```"); open != std::string::npos;) {
    const std::size_t begin = page.find('\n', open + 1) + 1, end = page.find("\n```", begin - 1);
    blocks.push_back({page.substr(open + 4, begin - open - 5), page.substr(0, open),
                      page.substr(begin, end + 1 - begin)});
    open = page.find("\n```", end + 4);
  }
  return blocks;
}

/// The last file with that ending which the text names.
std::string named_file(const std::string& text, const std::string& ending) {
  const std::size_t end = text.rfind(ending + "`");
  if (end == std::string::npos) return "";
  const std::size_t begin = text.rfind('`', end) + 1;
  return text.substr(begin, end - begin) + ending;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

TEST(PluginsPage, ItsModulesBuildAndRunAsShown) {
  std::ifstream in(EQUIVOLVE_SOURCE_DIR "/docs/plugins.md");
  std::stringstream page;
  page << in.rdbuf();
  TempFolder folder;
  const std::string path = std::filesystem::path(equivolve_command({}).front()).parent_path();
  int scripts = 0;
  for (const Block& block : code_blocks(page.str())) {
    if (block.language == "cpp" || block.language == "yaml") {
      const std::string name = named_file(block.before, "." + block.language);
      ASSERT_FALSE(name.empty()) << block.text;
      write_file(folder.path() / name, block.text);
    } else {
      ASSERT_EQ(block.language, "sh") << block.text;
      const std::string script = replaced(block.text, "EQUIVOLVE", EQUIVOLVE_SOURCE_DIR);
      const Finished done =
          run_process({"/bin/sh", "-e", "-c", "PATH=" + path + ":$PATH\n" + script},
                      {{"EQUIVOLVE_STORE", folder.path() / "runs.db"}}, folder.path());
      EXPECT_EQ(done.exit_code, 0) << script << done.out << done.err;
      ++scripts;
    }
  }
  EXPECT_EQ(scripts, 2);
  const auto runs = answer(equivolve({"list", "--json", "--store", folder.path() / "runs.db"}));
  ASSERT_EQ(runs.size(), 2u);
  for (const auto& run : runs) {
    EXPECT_EQ(run["status"], "finished");
    EXPECT_EQ(run["candidates"], 500);
    EXPECT_TRUE(run["best"].is_object());
  }
}

std::vector<std::string> query(const std::string& store, const char* sql) {
  std::vector<std::string> rows;
  sqlite3* connection = nullptr;
  EXPECT_EQ(sqlite3_open(store.c_str(), &connection), SQLITE_OK);
  const auto add = [](void* into, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i) row += (i > 0 ? "|" : "") + std::string(values[i]);
    static_cast<std::vector<std::string>*>(into)->push_back(row);
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(connection, sql, add, &rows, nullptr), SQLITE_OK) << sql;
  sqlite3_close(connection);
  return rows;
}

/// toy_c reports both of its figures once a trial.
class Reported : public testing::Test {
 protected:
  TempFolder folder_;
  std::string store_ = folder_.path() / "runs.db", yaml_ = folder_.path() / "toy.yaml";

  void SetUp() override {
    write_file(yaml_,
               "evaluator: toy_c\noptions: {byte: 1}\nbudget: {candidates: 200}\n"
               "final: {top: 2, repeats: 3}\nsearch: {population_size: 20, tournament_size: 4}\n"
               "plugins: {folders: [" EQUIVOLVE_TEST_MODULES "/good]}\n");
  }
  void expect_values_of_every_trial() {
    EXPECT_EQ(query(store_,
                    "SELECT count(*) FROM trials t WHERE (SELECT count(*) FROM "
                    "intermediate_values v WHERE v.trial = t.id AND v.step = 1) <> 2"),
              std::vector<std::string>{"0"});
    EXPECT_EQ(query(store_,
                    "SELECT count(*) FROM intermediate_values v JOIN trials t ON t.id = v.trial "
                    "WHERE v.value <> CASE v.figure WHEN 0 THEN t.f0 ELSE t.f1 END"),
              std::vector<std::string>{"0"});
    EXPECT_EQ(query(store_,
                    "SELECT (SELECT count(*) FROM intermediate_values) - 2 * count(*) FROM trials"),
              std::vector<std::string>{"0"});
    const Finished verified = equivolve({"store", "verify", "--store", store_});
    EXPECT_EQ(verified.exit_code, 0) << verified.out;
  }
};

TEST_F(Reported, ValuesBelongToTheirTrialOfWhateverKind) {
  ASSERT_EQ(equivolve({"run", yaml_, "--store", store_, "--quiet"}).exit_code, 0);
  expect_values_of_every_trial();
  // Two candidates and two references, three repeats and one test each.
  EXPECT_EQ(
      query(store_,
            "SELECT t.kind, t.split, count(*) FROM intermediate_values v JOIN trials t ON "
            "t.id = v.trial WHERE t.kind >= 2 GROUP BY 1, 2"),
      query(store_, "SELECT kind, split, 2 * count(*) FROM trials WHERE kind >= 2 GROUP BY 1, 2"));
  EXPECT_EQ(query(store_, "SELECT DISTINCT kind, split FROM trials WHERE kind >= 2 ORDER BY 1, 2"),
            (std::vector<std::string>{"2|0", "2|1", "3|0", "3|1"}));
}

TEST_F(Reported, ValuesAreThereOnceAfterAKill) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  for (const char* point : {"run.evaluated:10", "store.group.after:1", "run.final_trial:5"}) {
    SCOPED_TRACE(point);
    std::filesystem::remove(store_);
    for (const char* side : {"-wal", "-shm", ".run-1.lock"}) std::filesystem::remove(store_ + side);
    ASSERT_EQ(equivolve({"run", yaml_, "--store", store_, "--quiet"}, {{"EQUIVOLVE_FAULT", point}})
                  .signal,
              SIGKILL);
    ASSERT_EQ(equivolve({"resume", "1", "--store", store_, "--quiet"}).exit_code, 0);
    expect_values_of_every_trial();
  }
}

}  // namespace
}  // namespace equivolve::tests
