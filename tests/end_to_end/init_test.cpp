// init and hash: the first things a person tries.
#include <fstream>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

const std::filesystem::path kData = EQUIVOLVE_SOURCE_DIR "/data";

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct DataSet {
  const char* file;
  const char* target;
  const char* task;
};

TEST(Init, WritesAFileThatRunsForEachBundledDataSet) {
  for (const DataSet& data : {DataSet{"breast_cancer", "diagnosis", "classification"},
                              DataSet{"digits", "digit", "classification"},
                              DataSet{"diabetes", "progression", "regression"},
                              DataSet{"flats", "rent", "classification"}}) {
    SCOPED_TRACE(data.file);
    TempFolder folder;
    const std::string csv = kData / (std::string(data.file) + ".csv");
    const Finished made = equivolve({"init", "algorithm_discovery", csv}, {}, folder.path());
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const std::string yaml = folder.path() / (std::string(data.file) + ".yaml");
    EXPECT_EQ(made.last_line(), "next: equivolve run " + std::string(data.file) + ".yaml");
    const std::string text = read_file(yaml);
    EXPECT_NE(text.find("target: " + std::string(data.target)), std::string::npos) << text;
    EXPECT_NE(text.find("task: " + std::string(data.task)), std::string::npos) << text;
    EXPECT_EQ(equivolve({"validate", yaml}).exit_code, 0);
    const Finished run =
        equivolve({"run", yaml, "--store", folder.path() / "runs.db", "--quiet", "--set",
                   "budget.candidates=30", "--set", "final={top: 1, repeats: 1}"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
  }
}

struct Table {
  const char* what;
  std::string header;
  std::string (*row)(int);
  std::vector<const char*> lines;  // of the file that is written
};

std::string text_of(int number) {
  return std::to_string(number);
}

TEST(Init, WhatATableNeedsIsWrittenDown) {
  const std::vector<Table> tables = {
      {"decimal commas",
       "area;rent\n",
       [](int i) { return text_of(40 + i % 7) + ",5;" + text_of(700 + i) + "," + text_of(i % 10); },
       {"decimal: \",\"", "task: regression"}},
      {"no header",
       "",
       [](int i) { return text_of(i % 7) + ".5," + text_of(i % 5) + "," + text_of(i % 2); },
       {"target: c3", "task: classification"}},
      {"holes",
       "a,b,y\n",
       [](int i) {
         return text_of(i % 7) + (i % 9 == 0 ? ",NA," : ",1.5,") + (i == 3 ? "" : text_of(i % 2));
       },
       {"missing: impute", "missing_target: drop"}},
      {"row numbers without a name, and names of people",
       ",name,a,y\n",
       [](int i) {
         return text_of(i) + ",person " + text_of(i) + "," + text_of(i % 7) + "," + text_of(i % 2);
       },
       {"drop: [\"1\", name]", "a different word in each row"}},
      {"many different whole numbers",
       "a,b,price\n",
       [](int i) {
         return text_of(i % 7) + "," + text_of(i % 3) + "," + text_of(100 + 7 * i % 19);
       },
       {"task: regression"}},
  };
  for (const Table& table : tables) {
    SCOPED_TRACE(table.what);
    TempFolder folder;
    std::string rows = table.header;
    for (int i = 0; i < 30; ++i) rows += table.row(i) + "\n";
    write_file(folder.path() / "t.csv", rows);
    const Finished made = equivolve({"init", "algorithm_discovery", "t.csv"}, {}, folder.path());
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_NE(made.out.find("t.yaml is ready to run"), std::string::npos) << made.out;
    const std::string text = read_file(folder.path() / "t.yaml");
    for (const char* line : table.lines)
      EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
    EXPECT_EQ(equivolve({"validate", folder.path() / "t.yaml"}).exit_code, 0);
  }
}

// Rows without a label are what this evaluator is about: they are not to be dropped.
TEST(Init, RowsWithoutAClassStayWhereNewClassesAreLookedFor) {
  TempFolder folder;
  std::string rows = "a,b,kind\n";
  for (int i = 0; i < 40; ++i)
    rows += text_of(i % 7) + "." + text_of(i) + "," + text_of(i % 5) + "," +
            (i % 3 == 2   ? ""
             : i % 3 == 1 ? "old"
                          : "older") +
            "\n";
  write_file(folder.path() / "t.csv", rows);
  const Finished made = equivolve({"init", "novel_class_discovery", "t.csv"}, {}, folder.path());
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(read_file(folder.path() / "t.yaml").find("missing_target"), std::string::npos);
}

TEST(Init, WritesASearchForFormulas) {
  TempFolder folder;
  const std::string csv = kData / "diabetes.csv", yaml = folder.path() / "diabetes.yaml";
  const Finished made = equivolve(
      {"init", "algorithm_discovery", csv, "--representation", "expression"}, {}, folder.path());
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string text = read_file(yaml);
  for (const char* part : {"\nspace:", "\n  representation: expression", "\n  # max_size:",
                           "\n  task: regression", "--representation expression"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in:\n" << text;
  const auto run =
      answer(equivolve({"run", yaml, "--store", folder.path() / "runs.db", "--quiet", "--json",
                        "--set", "budget.candidates=40", "--set", "final={top: 1, repeats: 1}"}));
  EXPECT_EQ(run["candidates"], 40);
  EXPECT_EQ(run["algorithm"], "regularized_evolution");
  // Words are no numbers: that is said, of the file it wrote.
  const Finished words = equivolve({"init", "algorithm_discovery", kData / "breast_cancer.csv",
                                    "--representation", "expression"},
                                   {}, folder.path());
  EXPECT_EQ(words.exit_code, 2);
  EXPECT_NE(words.err.find("column 'diagnosis' is not a finite number"), std::string::npos)
      << words.err;
  const Finished unknown = equivolve({"init", "algorithm_discovery", csv, "--representation",
                                      "expresion", "--out", folder.path() / "other.yaml"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("did you mean 'expression'?"), std::string::npos) << unknown.err;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "other.yaml"));
}

TEST(Init, WhatOnlyAPersonCanMendIsSaid) {
  TempFolder folder;
  std::string rows = "a,y\n";
  for (int i = 0; i < 30; ++i) rows += text_of(i % 7) + "," + text_of(i % 2) + "\n";
  write_file(folder.path() / "slip.csv", rows + "seven,0\n");
  const Finished made = equivolve({"init", "algorithm_discovery", "slip.csv"}, {}, folder.path());
  EXPECT_EQ(made.exit_code, 2);
  EXPECT_EQ(made.out, "");
  EXPECT_NE(made.err.find("slip.yaml:"), std::string::npos) << made.err;
  EXPECT_NE(made.err.find("'seven' in row 31"), std::string::npos) << made.err;
  EXPECT_NE(made.err.find("needs a change"), std::string::npos) << made.err;
  EXPECT_NE(made.err.find("then: equivolve validate slip.yaml"), std::string::npos) << made.err;
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "slip.yaml"));
  write_file(folder.path() / "prices.csv", rows + "\"1,107\",0\n");
  const Finished thousands =
      equivolve({"init", "algorithm_discovery", "prices.csv"}, {}, folder.path());
  EXPECT_EQ(thousands.exit_code, 2);
  EXPECT_NE(thousands.err.find("between thousands ('1,107')"), std::string::npos) << thousands.err;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "prices.yaml"));
}

TEST(Init, AFolderOfPluginsIsWrittenDown) {
  TempFolder folder;
  std::filesystem::create_directory(folder.path() / "mine");
  std::filesystem::copy_file(
      std::string(EQUIVOLVE_BINARY_DIR) + "/tests/engine/plugins/modules/good/toy_c.so",
      folder.path() / "mine" / "toy_c.so");
  const Finished described =
      equivolve({"evaluators", "describe", "toy_c", "--folder", "mine"}, {}, folder.path());
  EXPECT_EQ(described.last_line(), "next: equivolve init toy_c --folder mine");
  const Finished made = equivolve({"init", "toy_c", "--folder", "mine"}, {}, folder.path());
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string text = read_file(folder.path() / "toy_c.yaml");
  EXPECT_NE(text.find("\nplugins:"), std::string::npos) << text;
  EXPECT_NE(text.find("  folders: [mine]"), std::string::npos) << text;
  EXPECT_EQ(equivolve({"init", "toy_c", "--folder", "none"}).exit_code, 2);
}

/// The file with every comment that is a setting turned into one.
std::string uncommented(const std::string& text) {
  std::string out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::size_t at = line.find_first_not_of(' ');
    const bool setting =
        at != std::string::npos && line.compare(at, 2, "# ") == 0 &&
        line.find(": ") != std::string::npos && line.find("Made by") > 3 &&
        (line.find("  # ", at + 2) != std::string::npos || line.find(':') + 1 == line.size());
    if (setting) line.erase(at, 2);
    out += line + "\n";
  }
  return out;
}

TEST(Init, ItsCommentsHoldSettingsWithTheirDefaults) {
  TempFolder folder;
  const std::string yaml = folder.path() / "first.yaml";
  ASSERT_EQ(equivolve({"init", "algorithm_discovery", "--out", yaml}).exit_code, 0);
  EXPECT_EQ(equivolve({"validate", yaml}).exit_code, 0);
  const std::string text = uncommented(read_file(yaml));
  for (const char* line :
       {"  population_size: 100", "  tournament_size: 10", "  lookahead: 16", "  policy: reuse",
        "  top: 10", "  repeats: 10", "  durability: full", "  deadline: 10m", "  epochs: 1"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
}

TEST(Init, NeverOverwritesAndSaysWhatIsWrong) {
  TempFolder folder;
  const std::string yaml = folder.path() / "mine.yaml";
  write_file(yaml, "precious");
  const Finished again = equivolve({"init", "algorithm_discovery", "--out", yaml});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_NE(again.err.find("is there already"), std::string::npos) << again.err;
  EXPECT_EQ(read_file(yaml), "precious");
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& said) {
    const Finished done = equivolve(arguments, {}, folder.path());
    EXPECT_EQ(done.exit_code, 2) << said;
    EXPECT_NE(done.err.find(said), std::string::npos) << done.err;
  };
  refused({"init", "algorithm_discovry"}, "algorithm_discovery");
  refused({"init", "algorithm_discovery", "none.csv"}, "none.csv: no such file");
  write_file(folder.path() / "empty.csv", "");
  refused({"init", "algorithm_discovery", "empty.csv"}, "header row");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "empty.yaml"));
}

TEST(Init, NamesThatYamlWouldTakeForSomethingElseAreQuoted) {
  TempFolder folder;
  std::string rows = "\"a: b\",no\n";
  for (int i = 0; i < 60; ++i) rows += std::to_string(i % 7) + "," + std::to_string(i % 2) + "\n";
  write_file(folder.path() / "odd names.csv", rows);
  ASSERT_EQ(
      equivolve({"init", "algorithm_discovery", "odd names.csv"}, {}, folder.path()).exit_code, 0);
  const Finished valid = equivolve({"validate", "odd names.yaml"}, {}, folder.path());
  EXPECT_EQ(valid.exit_code, 0) << valid.err;
}

TEST(Init, BlanksPartCellsWhereNothingElseDoes) {
  TempFolder folder;
  std::string rows = "  height   weight label\n";
  for (int i = 0; i < 60; ++i)
    rows += " " + std::to_string(i % 7) + "   " + std::to_string(i * i % 11) + " " +
            (i % 3 == 0 ? "yes" : "no") + "\n";
  write_file(folder.path() / "table.txt", rows);
  const Finished made = equivolve({"init", "algorithm_discovery", "table.txt"}, {}, folder.path());
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(read_file(folder.path() / "table.yaml").find("separator: space"), std::string::npos);
}

TEST(Init, AFolderThatTakesNoFilesIsTheStoresTrouble) {
  const Finished done = equivolve({"init", "algorithm_discovery", "--out", "/proc/no_file.yaml"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("/proc/no_file.yaml: cannot be made: "), std::string::npos) << done.err;
}

TEST(Init, AFullDiskIsTheStoresTrouble) {
  TempFolder folder;
  const Finished full = run_process({"/bin/bash", "-c", "ulimit -f 1; exec \"$0\" \"$@\"",
                                     equivolve_command({}).front(), "init", "algorithm_discovery",
                                     "--out", (folder.path() / "first.yaml").string()});
  EXPECT_EQ(full.exit_code, 3) << full.err;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "first.yaml"));
}

TEST(Schema, FoldersThatAreNotThereAreRefused) {
  EXPECT_EQ(equivolve({"schema", "--folder", "nowhere"}).exit_code, 2);
}

TEST(HashCommand, SaysWhichCandidatesBehaveAlike) {
  TempFolder folder;
  const std::string yaml = folder.path() / "small.yaml";
  write_file(yaml, small_yaml(10));
  const auto references = answer(equivolve({"hash", yaml, "--json"}));
  ASSERT_GE(references["candidates"].size(), 1u);
  const std::string name = references["candidates"][0]["name"];
  const auto twice =
      answer(equivolve({"hash", yaml, "--genome", name, "--genome", name, "--json"}));
  EXPECT_EQ(twice["candidates"][0]["digest"], references["candidates"][0]["digest"]);
  EXPECT_TRUE(twice["candidates"][0]["same_as"].is_null());
  EXPECT_EQ(twice["candidates"][1]["same_as"], name);
  EXPECT_EQ(twice["context"], answer(equivolve({"validate", yaml, "--json"}))["context"]);
  EXPECT_EQ(equivolve({"hash", yaml, "--genome", "rigde"}).exit_code, 2);
  EXPECT_EQ(equivolve({"hash", yaml, "--genome", "ridge"}).exit_code, 2) << "has no genome";
  const Finished nothing = run_process(
      {"/bin/sh", "-c",
       "printf '\\n' | '" + equivolve_command({}).front() + "' hash '" + yaml + "' --genome -"});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_NE(nothing.err.find("standard input"), std::string::npos) << nothing.err;
  // The digest is the one that a run stores.
  const std::string store = folder.path() / "runs.db";
  const auto run = answer(equivolve({"run", yaml, "--store", store, "--json", "--quiet"}));
  write_file(folder.path() / "best.txt", run["best"]["text"]);
  const auto best =
      answer(equivolve({"hash", yaml, "--genome", folder.path() / "best.txt", "--json"}));
  EXPECT_EQ(best["candidates"][0]["digest"], run["best"]["digest"]);
}

TEST(HashCommand, TakesAConfigurationByItsDefaultsOrItsText) {
  TempFolder folder;
  const std::string yaml = folder.path() / "front.yaml", text = folder.path() / "mine.txt";
  write_file(yaml, std::string("evaluator: {id: toy_front, isolation: thread}\n"
                               "plugins: {folders: [") +
                       EQUIVOLVE_TEST_MODULES + "/good]}\nbudget: {candidates: 30}\n");
  const Finished said = equivolve({"hash", yaml});
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_NE(said.out.find("  defaults\n"), std::string::npos) << said.out;
  // A run's best, by its text, has the digest that the run stored; its like is told.
  const auto run =
      answer(equivolve({"run", yaml, "--store", folder.path() / "runs.db", "--json", "--quiet"}));
  write_file(text, run["best"]["text"]);
  const auto both = answer(equivolve({"hash", yaml, "--genome", text, "--genome", text, "--json"}));
  EXPECT_EQ(both["candidates"][0]["digest"], run["best"]["digest"]);
  EXPECT_EQ(both["candidates"][1]["same_as"], text);
}

TEST(HashCommand, ReadsAListOnStandardInput) {
  TempFolder folder;
  const std::string yaml = folder.path() / "small.yaml", list = folder.path() / "list.txt";
  write_file(yaml, small_yaml(50));
  const auto run =
      answer(equivolve({"run", yaml, "--store", folder.path() / "runs.db", "--json", "--quiet"}));
  const std::string text = run["best"]["text"];
  const auto hash = [&](const std::string& input) {
    write_file(list, input);
    return run_process({"/bin/sh", "-c", "exec \"$0\" hash \"$1\" --genome - --json < \"$2\"",
                        equivolve_command({}).front(), yaml, list});
  };
  const auto both = answer(hash("---\n" + text + "\n---\n" + text));
  ASSERT_EQ(both["candidates"].size(), 2u) << both;
  EXPECT_EQ(both["candidates"][0]["name"], "input 1");
  EXPECT_EQ(both["candidates"][0]["digest"], run["best"]["digest"]);
  EXPECT_EQ(both["candidates"][1]["same_as"], "input 1");
  const Finished nothing = hash("---\n\n");
  EXPECT_EQ(nothing.exit_code, 2) << nothing.out;
  EXPECT_NE(nothing.err.find("holds no genome"), std::string::npos) << nothing.err;
  const Finished bad = hash(text + "\n---\nno program\n");
  EXPECT_EQ(bad.exit_code, 2) << bad.err;
  EXPECT_NE(bad.err.find("input 2"), std::string::npos) << bad.err;
}

}  // namespace
}  // namespace equivolve::tests
