// What commands write, and what they never write over.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class OutputFiles : public testing::Test {
 protected:
  TempFolder folder_;
  const std::string store_ = folder_.path() / "runs.db", foreign_ = folder_.path() / "mine.csv",
                    out_ = folder_.path() / "result";

  void SetUp() override {
    const std::string yaml = folder_.path() / "small.yaml";
    write_file(yaml, small_yaml(200));
    ASSERT_EQ(equivolve({"run", yaml, "--store", store_, "--quiet"}).exit_code, 0);
  }
  Finished call(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--store", store_});
    return equivolve(arguments);
  }
  std::vector<std::vector<std::string>> commands(const std::string& file) const {
    return {{"export", "1", "--out", file}, {"report", "1", "--html", file}};
  }
};

TEST_F(OutputFiles, OfAPersonAreNotWrittenOver) {
  for (const auto& command : commands(foreign_)) {
    write_file(foreign_, "id,weight\n1,2\n");
    const Finished refused = call(command);
    EXPECT_EQ(refused.exit_code, 2) << command.front();
    EXPECT_NE(refused.err.find("mine.csv is there and is no earlier output"), std::string::npos)
        << refused.err;
    EXPECT_EQ(content(foreign_), "id,weight\n1,2\n") << command.front();
    auto forced = command;
    forced.push_back("--force");
    EXPECT_EQ(call(forced).exit_code, 0) << command.front();
    const std::string first = content(foreign_);
    EXPECT_EQ(call(command).exit_code, 0) << "its own";
    EXPECT_EQ(content(foreign_), first) << command.front();
  }
}

TEST_F(OutputFiles, ResultsAreNeverWrittenOver) {
  const std::string before = content(store_), named = folder_.path() / "runs.csv";
  fs::create_hard_link(store_, named);
  for (const std::string& file : {store_, named})
    for (auto command : commands(file)) {
      command.push_back("--force");
      const Finished refused = call(command);
      EXPECT_EQ(refused.exit_code, 2) << refused.err;
    }
  EXPECT_EQ(content(store_), before);
  EXPECT_EQ(call({"show", "1"}).exit_code, 0);
}

TEST_F(OutputFiles, ApplyReplacesItsOwnAndNoOthers) {
  ASSERT_EQ(call({"apply", "1", "--out", out_}).exit_code, 0);
  ASSERT_EQ(call({"apply", "1", "--out", out_}).exit_code, 0);
  const std::string program = content(out_ + "/program.txt");
  write_file(out_ + "/model.py", "print('mine')\n");
  fs::remove(out_ + "/program.txt");
  const Finished refused = call({"apply", "1", "--out", out_});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("model.py"), std::string::npos) << refused.err;
  EXPECT_FALSE(fs::exists(out_ + "/program.txt")) << "all files or none";
  ASSERT_EQ(call({"apply", "1", "--out", out_, "--force"}).exit_code, 0);
  EXPECT_EQ(content(out_ + "/program.txt"), program);
}

// A limit on the size of files stands for a full disk.
TEST_F(OutputFiles, ThatDoNotFitAreNotLeftInPart) {
  for (const auto& command : commands(folder_.path() / "new.csv")) {
    std::vector<std::string> limited{"/bin/bash", "-c", "ulimit -f 1; exec \"$0\" \"$@\""};
    const auto whole = equivolve_command(command);
    limited.insert(limited.end(), whole.begin(), whole.end());
    limited.insert(limited.end(), {"--store", store_});
    const Finished done = run_process(limited);
    EXPECT_EQ(done.exit_code, 3) << done.err;
    EXPECT_NE(done.err.find("cannot write"), std::string::npos) << done.err;
    EXPECT_FALSE(fs::exists(folder_.path() / "new.csv"));
  }
}

}  // namespace
}  // namespace equivolve::tests
