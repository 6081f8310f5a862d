// `equivolve validate` and `schema` as a person and an editor call them; files made to take for
// ever, or all memory, under limits of the system.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

#ifdef EQUIVOLVE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

class Validate : public testing::Test {
 protected:
  TempFolder folder_;
  std::string yaml_ = folder_.path() / "a.yaml";

  Finished validate(const std::string& text, std::vector<std::string> more = {}) {
    write_file(yaml_, text);
    more.insert(more.begin(), {"validate", yaml_});
    return equivolve(more, {}, folder_.path());
  }
  bool nothing_written() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      if (entry.path() != yaml_) return false;
    return true;
  }
};

const std::string kWrongInManyWays =
    "evaluator: algorithm_discovery\n"
    "data: {file: absent.csv, target: y}\n"
    "options: {epochs: 0}\n"
    "sede: 7\n"
    "space: {predict: {operations: [dto]}}\n"
    "search: {lookahead: 0}\n";

TEST_F(Validate, ReportsProblemsOfAllKindsInTheOrderOfTheFile) {
  const Finished done = validate(kWrongInManyWays);
  EXPECT_EQ(done.exit_code, 2);
  std::size_t at = 0;
  for (const char* part : {"a.yaml:2:14: data.file", "a.yaml:3:19: options.epochs is 0",
                           "a.yaml:4:1: unknown key 'sede'", "a.yaml:5:32: unknown operation 'dto'",
                           "a.yaml:6:21: search.lookahead is '0'"}) {
    const std::size_t found = done.err.find(part);
    EXPECT_NE(found, std::string::npos) << part << " in:\n" << done.err;
    EXPECT_GE(found, at) << part;
    at = found;
  }
  EXPECT_TRUE(nothing_written());
  EXPECT_EQ(equivolve({"run", yaml_}, {}, folder_.path()).err, done.err) << "run says the same";
  EXPECT_TRUE(nothing_written());
}

TEST_F(Validate, ReportsAllThatKeysOfATableSayAgainstEachOther) {
  const Finished done = validate(
      "evaluator: algorithm_discovery\n"
      "data:\n"
      "  file: absent.csv\n"
      "  target: y\n"
      "  separator: \",\"\n"
      "  decimal: \",\"\n"
      "  features: [a]\n"
      "  drop: [b]\n"
      "  categorical: 3.5\n");
  EXPECT_EQ(done.exit_code, 2);
  for (const char* part : {"a.yaml:6:3: data.decimal \",\" contradicts data.separator \",\"",
                           "a.yaml:8:3: data.drop contradicts data.features",
                           "a.yaml:9:16: data.categorical is 3.5; expected "})
    EXPECT_NE(done.err.find(part), std::string::npos) << part << " in:\n" << done.err;
}

TEST_F(Validate, GivesEditorsThePlaces) {
  const Finished done = validate(kWrongInManyWays, {"--json"});
  EXPECT_EQ(done.exit_code, 2);
  const auto json = answer(done);
  EXPECT_EQ(json["valid"], false);
  ASSERT_EQ(json["problems"].size(), 5u) << json;
  EXPECT_EQ(json["problems"][2]["file"], yaml_);
  EXPECT_EQ(json["problems"][2]["line"], 4);
  EXPECT_EQ(json["problems"][2]["column"], 1);
  EXPECT_NE(json["problems"][2]["message"].get<std::string>().find("did you mean 'seed'?"),
            std::string::npos);
  const auto no_yaml = answer(validate("a: [", {"--json"}));
  EXPECT_EQ(no_yaml["problems"].size(), 1u);
}

TEST_F(Validate, PrintsWarningsWithTheirPlaces) {
  const std::string odd =
      "evaluator: algorithm_discovery\ndata: {synthetic: linear}\nplugins: {folders: [nowhere]}\n"
      "search: {algorithm: random, tournament_size: 5, lookahead: 8}\nhashing: {capacity: 4}\n"
      "budget: {candidates: 0}\n";
  const Finished done = validate(odd);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  for (const char* part :
       {"a.yaml:3:21: plugins.folders: there is no folder",
        "a.yaml:4:29: search.tournament_size has no effect: search.algorithm is random",
        "a.yaml:5:21: hashing.capacity is 4, search.lookahead is 8",
        "a.yaml:6:22: budget.candidates is 0; the run ends before its first candidate"}) {
    const std::string wanted = "warning: " + folder_.path().string() + "/" + part;
    EXPECT_NE(done.err.find(wanted), std::string::npos) << wanted << " in:\n" << done.err;
  }
  const auto json = answer(validate(odd, {"--json"}));
  EXPECT_EQ(json["valid"], true);
  EXPECT_EQ(json["warnings"].size(), 4u);
  EXPECT_EQ(json["warnings"][0]["line"], 3);
}

TEST_F(Validate, SchemaIsPrintedForOneEvaluatorOrAll) {
  const Finished all = equivolve({"schema"}),
                 one = equivolve({"schema", "algorithm_discovery", "--quiet"});
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_NE(all.err.find("yaml-language-server"), std::string::npos);
  EXPECT_EQ(one.err, "");
  for (const Finished* done : {&all, &one}) {
    const auto schema = nlohmann::json::parse(done->out);
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    EXPECT_TRUE(schema["properties"].contains("evaluator"));
  }
  const Finished none = equivolve({"schema", "algorithm_discovry"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_NE(none.err.find("did you mean 'algorithm_discovery'?"), std::string::npos) << none.err;
}

// ---- under limits
// ---------------------------------------------------------------------------------------

std::string nested_aliases(int levels) {
  std::string text = "a0: &a0 x\n";
  for (int i = 1; i <= levels; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += (k ? ",*a" : "*a") + std::to_string(i - 1);
    text += "]\n";
  }
  return text;
}

class UnderLimits : public Validate {
 protected:
  // 256 MiB of addresses, and twice the promised 2 s of processor time; sanitizers need more.
  Finished limited(const std::string& file) {
    std::vector<std::string> call{"/usr/bin/prlimit", kSanitized ? "--cpu=20" : "--cpu=4"};
    if (!kSanitized) call.push_back("--as=268435456");
    const auto command = equivolve_command({"validate", file});
    call.insert(call.end(), command.begin(), command.end());
    return run_process(call, {}, folder_.path());
  }
  void expect_refused(const std::string& file, const std::string& words) {
    const Finished done = limited(file);
    EXPECT_EQ(done.exit_code, 2) << file << done.err;
    EXPECT_NE(done.err.find(words), std::string::npos) << done.err;
  }
  void expect_text_refused(const std::string& text, const std::string& words) {
    write_file(yaml_, text);
    expect_refused(yaml_, words);
  }
};

TEST_F(UnderLimits, BombsAreRefused) {
  EXPECT_LT(nested_aliases(60).size(), 5'000u);
  expect_text_refused(nested_aliases(60), "more than 100000 values");
  expect_text_refused("&a [*a]", "contains itself");
  expect_text_refused("&a {b: [*a, *a]}", "contains itself");
  for (std::size_t depth : {65u, 499u, 500u, 100'000u})
    expect_text_refused(std::string(depth, '[') + std::string(depth, ']'),
                        "nested deeper than 64 levels");
  for (const char* bracket : {"[", "{", "- ", "? ", "&a ", "!", "'"}) {
    std::string many;
    while (many.size() < 1'000'000) many += bracket;
    expect_text_refused(many, "a.yaml");
  }
  expect_text_refused(
      "evaluator: algorithm_discovery\noptions: " + std::string(499, '[') + std::string(499, ']'),
      "nested deeper than 64 levels");
  expect_text_refused(
      "a: &a " + std::string(60'000, 'x') + "\nb: [*a" +
          [] {
            std::string more;
            for (int i = 0; i < 30'000; ++i) more += ",*a";
            return more;
          }() +
          "]\n",
      "bytes of text");
  const auto keys = [](const std::string& value) {
    std::string text = "{";
    for (int i = 0; i < 30'000; ++i) text += "k" + std::to_string(i) + ": " + value + ", ";
    return text + "}";
  };
  for (const char* section : {"options", "vary", "space", "data"})
    expect_text_refused(
        "evaluator: algorithm_discovery\n" + std::string(section) + ": " + keys("[1]"), section);
  expect_text_refused(
      "evaluator: algorithm_discovery\ndata: {synthetic: linear}\nbudget: {target: " + keys("1") +
          "}",
      "only the first are shown");
}

TEST_F(UnderLimits, WhatIsNoOrdinaryFileIsRefused) {
  const std::string pipe = folder_.path() / "pipe.yaml", large = folder_.path() / "large.yaml";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::ofstream(large).close();
  std::filesystem::resize_file(large, std::uintmax_t{1} << 30);
  expect_refused(pipe, "no regular file");
  expect_refused("/dev/zero", "no regular file");
  expect_refused("/dev/full", "no regular file");
  expect_refused(folder_.path(), "no regular file");
  expect_refused(folder_.path() / "absent.yaml", "no such file");
  expect_refused(large, "1073741824 bytes; expected at most 1048576");
  // Regular by name only: of no size, and without end or without an answer.
  expect_refused("/proc/self/mem", "cannot be read");
}

// Its data file is read from the beginning more than once: by resume and reproduce, too.
TEST_F(UnderLimits, DataInWhatIsNoOrdinaryFileAreRefused) {
  const std::string pipe = folder_.path() / "pipe.csv";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& file : {pipe, std::string("/dev/zero"), std::string("/dev/full")}) {
    write_file(yaml_, "evaluator: algorithm_discovery\ndata:\n  file: " + file + "\n  target: y\n");
    expect_refused(yaml_, "a.yaml:3:9: data.file: '" + file + "' is a pipe or a device");
    EXPECT_EQ(equivolve({"run", yaml_}, {}, folder_.path()).exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "equivolve.db"));
  }
}

TEST_F(UnderLimits, UnreadableFilesAreRefused) {
  write_file(yaml_, "evaluator: x\n");
  std::filesystem::permissions(yaml_, std::filesystem::perms::none);
  if (access(yaml_.c_str(), R_OK) == 0) GTEST_SKIP() << "root reads everything";
  expect_refused(yaml_, "Permission denied");
}

}  // namespace
}  // namespace equivolve::tests
