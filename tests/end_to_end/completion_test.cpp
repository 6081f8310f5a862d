// Completion as the shells do it, and the files that the build makes for them.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

bool has_shell(const std::string& name) {
  return run_process({"/bin/sh", "-c", "command -v " + name}).exit_code == 0;
}

class ShellCompletion : public testing::Test {
 protected:
  TempFolder folder_;
  std::string store_ = folder_.path() / "runs.db";
  std::string program_ = equivolve_command({}).front();

  void SetUp() override {
    const std::string yaml = folder_.path() / "small.yaml";
    write_file(yaml, small_yaml(60));
    ASSERT_EQ(
        equivolve({"run", yaml, "--store", store_, "--quiet", "--set", "name=my run"}).exit_code,
        0);
  }

  /// What bash would offer for these words; the last is being typed.
  std::string bash(const std::vector<std::string>& words) {
    std::string script = "source <('" + program_ +
                         "' documentation completion bash)\nCOMP_WORDS=('" + program_ + "'";
    for (const std::string& word : words) script += " '" + word + "'";
    script += ")\nCOMP_CWORD=" + std::to_string(words.size()) +
              "\n_equivolve\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    const Finished done = run_process({"/bin/bash", "--norc", "-c", script}, {}, folder_.path());
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(done.err, "");
    return done.out;
  }
};

TEST_F(ShellCompletion, Bash) {
  if (!has_shell("bash")) GTEST_SKIP() << "bash is not installed";
  EXPECT_EQ(bash({"resu"}), "resume\n");
  EXPECT_EQ(bash({"store", "verif"}), "verify\n");
  EXPECT_EQ(bash({"resume", "--exec"}), "--executor\n");
  EXPECT_EQ(bash({"resume", "1", "--executor", "=", "th"}), "threads\n");
  EXPECT_EQ(bash({"run", "sma"}), "small.yaml\n");
  EXPECT_EQ(bash({"run", "--set", "budget.can"}), "budget.candidates=\n");
  EXPECT_EQ(bash({"show", "--store", "runs.db", ""}), "latest\n1\nmy\\ run\n");
  EXPECT_EQ(bash({"show", "--store", "=", "runs.db", "l"}), "latest\n");
  EXPECT_EQ(bash({"show", "--store", "none.db", "l"}), "\n");
  EXPECT_EQ(bash({"evaluators", "describe", "algorithm"}), "algorithm_discovery\n");
  EXPECT_EQ(bash({"apply", "--store", "runs.db", "1", "--dat"}), "--data\n");
  EXPECT_EQ(bash({"apply", "--store", "runs.db", "1", "--predictions-for", "po"}), "pool\n");
  EXPECT_EQ(bash({"run", "small.yaml", "--set", "options.ep"}), "options.epochs=\n");
  EXPECT_EQ(bash({"run", "small.yaml", "--set", "data.split"}), "data.split_seed=\n");
  EXPECT_EQ(bash({"run", "small.yaml", "--set", "search.algorithm", "=", "reg"}),
            "regularized_evolution\n");
}

TEST_F(ShellCompletion, Fish) {
  if (!has_shell("fish")) GTEST_SKIP() << "fish is not installed";
  const auto fish = [&](const std::string& line) {
    return run_process({"/bin/sh", "-c",
                        "fish --no-config -c \"set PATH " +
                            std::filesystem::path(program_).parent_path().string() +
                            " \\$PATH; equivolve documentation completion fish | source; "
                            "complete -C '" +
                            line + "'\""},
                       {{"HOME", folder_.path()}}, folder_.path())
        .out;
  };
  EXPECT_NE(fish("equivolve resu").find("resume\t"), std::string::npos);
  EXPECT_NE(fish("equivolve show --store runs.db la").find("latest\t"), std::string::npos);
  EXPECT_NE(fish("equivolve run sma").find("small.yaml"), std::string::npos);
}

TEST_F(ShellCompletion, ZshReadsItsScript) {
  if (!has_shell("zsh")) GTEST_SKIP() << "zsh is not installed";
  const Finished done = run_process(
      {"/bin/sh", "-c", "'" + program_ + "' documentation completion zsh | zsh -n /dev/stdin"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
}

TEST_F(ShellCompletion, TheBuildMakesManPages) {
  const auto pages =
      std::filesystem::path(program_).parent_path().parent_path() / "share" / "man" / "man1";
  for (const char* page : {"equivolve.1", "equivolve-run.1", "equivolve-store-verify.1"})
    EXPECT_TRUE(std::filesystem::exists(pages / page)) << page;
}

TEST(Install, HasAllThatAUserNeeds) {
  TempFolder folder;
  const std::string prefix = folder.path() / "usr";
  const Finished done =
      run_process({EQUIVOLVE_CMAKE, "--install", EQUIVOLVE_BINARY_DIR, "--prefix", prefix});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  for (const char* file :
       {"bin/equivolve", "lib/equivolve/evaluators/algorithm_discovery.so",
        "lib/equivolve/evaluators/sensitivity_sampling.so",
        "include/equivolve/evaluators/sdk/equivolve_evaluator.h", "share/man/man1/equivolve-run.1",
        "share/bash-completion/completions/equivolve", "share/zsh/site-functions/_equivolve",
        "share/fish/vendor_completions.d/equivolve.fish"})
    EXPECT_TRUE(std::filesystem::exists(prefix + "/" + file)) << file;
  const Finished listed = run_process({prefix + "/bin/equivolve", "evaluators", "list", "--json"});
  const auto evaluators = nlohmann::json::parse(listed.last_line());
  const auto file_of = [&](const std::string& id) {
    for (const auto& evaluator : evaluators)
      if (evaluator["id"] == id) return evaluator["file"].get<std::string>();
    return "not listed: " + listed.out;
  };
  for (const std::string id : {"algorithm_discovery", "novel_class_discovery",
                               "sensitivity_sampling", "sequence_design", "test_time_adaptation"})
    EXPECT_EQ(file_of(id), prefix + "/lib/equivolve/evaluators/" + id + ".so");
}

}  // namespace
}  // namespace equivolve::tests
