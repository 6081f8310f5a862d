#include "evaluators/sequence_design/tasks.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "evaluators/sequence_design/selection.hpp"

namespace equivolve::sequence_design {
namespace {

/// A file of the folder that EQUIVOLVE_TEST_DATA names; empty where it is not there.
std::string test_data(const std::string& name) {
  const char* folder = std::getenv("EQUIVOLVE_TEST_DATA");
  if (!folder) return "";
  const auto path = std::filesystem::path(folder) / "sequence" / name;
  return std::filesystem::exists(path) ? path.string() : "";
}

class OwnFile {
 public:
  explicit OwnFile(const std::string& text) {
    char pattern[] = "/tmp/sequence_design_XXXXXX";
    const int handle = mkstemp(pattern);
    path_ = pattern;
    std::ofstream(path_) << text;
    if (handle >= 0) close(handle);
  }
  ~OwnFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string message_of(const TaskSettings& settings) {
  try {
    open_task(settings);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "";
}

TaskSettings own(const OwnFile& file) {
  TaskSettings s;
  s.file = file.path();
  return s;
}

const std::string kGood =
    "sequence,score\nACGT,1\nACGA,2\nACGC,3\nACGG,4\nTTTT,0\nTTTA,0.5\nGGGG,7\nGGGA,6.5\n";

TEST(Tasks, OwnRows) {
  const OwnFile file(kGood + "acgt,3\n");
  const OfflineTask task = open_task(own(file));
  EXPECT_FALSE(task.oracle);
  EXPECT_EQ(task.offline.shape().alphabet, "ACGT");
  ASSERT_EQ(task.offline.size(), 8U);
  EXPECT_DOUBLE_EQ(task.offline.scores[0], 2);  // measured twice
  EXPECT_NE(task.report.find("1 rows repeat"), std::string::npos);
  TaskSettings lower = own(file);
  lower.maximize = false;
  EXPECT_DOUBLE_EQ(open_task(lower).offline.scores[4], 0);
  EXPECT_DOUBLE_EQ(open_task(lower).offline.scores[6], -7);
}

TEST(Tasks, LengthsMayVary) {
  const OwnFile file(kGood + "ACGTAC,3\n");
  const OfflineTask task = open_task(own(file));
  EXPECT_EQ(task.offline.shape().alphabet, "ACGT-");
  EXPECT_EQ(task.offline.shape().length, 6U);
  EXPECT_EQ(sequence_text(task.offline.sequences[0], task.offline.shape()), "ACGT");
}

TEST(Tasks, BadFilesAreOneClearLine) {
  const auto said = [](const std::string& text) {
    const OwnFile file(text);
    std::string message = message_of(own(file));
    if (const auto at = message.find(file.path()); at != std::string::npos)
      message.replace(at, file.path().size(), "FILE");
    return message;
  };
  EXPECT_EQ(said("sequence,value\nACGT,1\n"), "FILE has no column 'score'; it has sequence, value");
  EXPECT_EQ(said("sequence,score\nACGT,1\nACGT,x\n"),
            "FILE, line 3: the score 'x' is no finite number");
  EXPECT_EQ(said("sequence,score\nACGT,nan\n"),
            "FILE, line 2: the score 'nan' is no finite number");
  EXPECT_EQ(said("sequence,score\nACGT,inf\n"),
            "FILE, line 2: the score 'inf' is no finite number");
  EXPECT_EQ(said("sequence,score\nACGT\n"), "FILE, line 2: 1 cells; the header has 2");
  EXPECT_EQ(said("sequence,score\nACGT,1\nACGT,1,2\n"), "FILE, line 3: 3 cells; the header has 2");
  EXPECT_EQ(said("sequence,score\n,1\n"), "FILE, line 2: the sequence is empty");
  EXPECT_EQ(said("sequence,score\nACGT,1\n"),
            "FILE has 1 different sequences; expected at least 8");
  std::string equal = kGood;
  for (const std::string other : {",2\n", ",3\n", ",4\n", ",0\n", ",0.5\n", ",7\n", ",6.5\n"})
    equal.replace(equal.find(other), other.size(), ",1\n");
  EXPECT_EQ(said(equal), "FILE: all scores are equal; nothing can be learned");
  EXPECT_EQ(said("sequence,score\n"), "FILE has no rows");
}

TEST(Tasks, WhatIsNoLetterIsNamedWithItsLine) {
  const auto said = [](const std::string& text, const std::string& alphabet = "") {
    const OwnFile file(text);
    TaskSettings s = own(file);
    s.alphabet = alphabet;
    std::string message = message_of(s);
    if (const auto at = message.find(file.path()); at != std::string::npos)
      message.replace(at, file.path().size(), "FILE");
    return message;
  };
  EXPECT_EQ(said(kGood + "AC GT,3\n"),
            "FILE, line 10: character 3 of the sequence is ' '; letters are ASCII characters");
  EXPECT_EQ(said(kGood + "AC-GT,3\n"),
            "FILE, line 10: character 3 of the sequence is '-'; leave gaps out of the sequences");
  // UTF-8 of A with a diaeresis: two bytes that are no letters.
  EXPECT_EQ(said(kGood + "AC\xC3\x84T,3\n"),
            "FILE, line 10: character 3 of the sequence is the byte 0xC3; letters are ASCII "
            "characters");
  EXPECT_EQ(
      said("sequence,score\n0.5,1\n0.7,2\n"),
      "FILE, line 2: character 2 of the sequence is '.'; name all letters in data.alphabet if "
      "it is one");
  EXPECT_EQ(
      said("sequence,score\n12,1\n17,2\n"),
      "FILE: the column 'sequence' holds numbers; if digits are the letters of sequences, name "
      "them in data.alphabet");
  EXPECT_EQ(
      said(kGood, "ACGT\xC3\x84"),
      "alphabet: the byte 0xC3 can be no letter; expected ASCII characters other than blanks, "
      "- , and \"");
  EXPECT_EQ(said(kGood, "ACGTa"),
            "alphabet: 'A' stands there twice (upper and lower case are one)");
  // Named, digits and signs are letters like others.
  const OwnFile digits("sequence,score\n00,1\n01,2\n10,3\n11,4\n0+,5\n+0,6\n++,7\n1+,8\n");
  TaskSettings s = own(digits);
  s.alphabet = "01+";
  EXPECT_EQ(open_task(s).offline.shape().alphabet, "01+");
}

TEST(Tasks, RowsThatBreakAConstraintAreNamed) {
  const OwnFile file(kGood);
  TaskSettings s = own(file);
  s.constraints.longest_run = 2;
  const OfflineTask task = open_task(s);
  EXPECT_EQ(task.offline.size(), 8U);  // learned from all the same
  EXPECT_NE(task.report.find("4 measured sequences break the constraints (" + file.path() +
                             ", line 6: a run that is too long at position 3)"),
            std::string::npos)
      << task.report;
}

TEST(Tasks, TablesNameALineOfAnotherLength) {
  const OwnFile gb1("variant,fitness\nVDGV,1\nVDG,0.5\n");
  TaskSettings s = own(gb1);
  s.landscape = "gb1";
  EXPECT_EQ(message_of(s), gb1.path() + ", line 3: 'VDG' has 3 symbols; expected 4");
  const OwnFile strands(
      "sequence,reverse_complement,e_score\nACGTACGT,ACGTACGT,0.1\nACGN,ACGT,0\n");
  s = own(strands);
  s.landscape = "tfbind8";
  EXPECT_EQ(message_of(s),
            strands.path() + ", line 3: 'ACGN' character 4 is 'N'; expected one of ACGT");
}

TEST(Tasks, AWrongLetterIsNamedWithItsLine) {
  const OwnFile file(kGood + "ACGX,3\n");
  TaskSettings s = own(file);
  s.alphabet = "ACGT";
  EXPECT_EQ(message_of(s),
            file.path() + ", line 10: 'ACGX' character 4 is 'X'; expected one of ACGT");
}

TEST(Tasks, TablesNeedTheirFile) {
  TaskSettings s;
  s.landscape = "tfbind8";
  EXPECT_NE(message_of(s).find("curl -LO"), std::string::npos);
  s.landscape = "gb1";
  EXPECT_NE(message_of(s).find("gb1_four_site"), std::string::npos);
}

TEST(Tasks, EhrlichOfflineSet) {
  TaskSettings s;
  s.landscape = "ehrlich-20x32";
  const OfflineTask task = open_task(s);
  EXPECT_EQ(task.offline.size(), 5000U);
  EXPECT_DOUBLE_EQ(*std::max_element(task.offline.scores.begin(), task.offline.scores.end()),
                   0.1875);
}

TEST(Tasks, UniformSetsKeepTheLowerHalf) {
  for (const char* name : {"nk-4x20-2", "nk-20x6-1", "nussinov-30"}) {
    TaskSettings s;
    s.landscape = name;
    const OfflineTask task = open_task(s);
    EXPECT_EQ(task.oracle->calls(), 0U);
    EXPECT_GE(task.offline.size(), 5000U) << name;
    EXPECT_LT(task.offline.size(), 10'001U);
    for (std::size_t i = 0; i < 10; ++i)
      EXPECT_DOUBLE_EQ(*task.oracle->score(task.offline.sequences[i]), task.offline.scores[i]);
  }
}

TEST(TfBind8, SplitCountsOfSix6) {
  const std::string file = test_data("tfbind8_SIX6_REF_R1.csv.gz");
  if (file.empty()) GTEST_SKIP() << "EQUIVOLVE_TEST_DATA has no tfbind8_SIX6_REF_R1.csv.gz";
  TaskSettings s;
  s.landscape = "tfbind8";
  s.file = file;
  const OfflineTask task = open_task(s);
  EXPECT_EQ(task.offline.size(), 32'898U);
  EXPECT_EQ(std::set<Sequence>(task.offline.sequences.begin(), task.offline.sequences.end()).size(),
            32'768U);
  EXPECT_NEAR(*std::max_element(task.offline.scores.begin(), task.offline.scores.end()), 0.4393,
              5e-5);
  // Both strands have one score.
  for (std::size_t i = 0; i < 200; ++i) {
    Sequence back(8);
    for (std::size_t p = 0; p < 8; ++p)
      back[p] = static_cast<Symbol>(3 - task.offline.sequences[i][7 - p]);
    EXPECT_EQ(task.oracle->score(back), task.oracle->score(task.offline.sequences[i]));
  }
  s.reduced = true;
  const OfflineTask reduced = open_task(s);
  EXPECT_EQ(reduced.offline.size(), 5000U);
  EXPECT_NEAR(*std::max_element(reduced.offline.scores.begin(), reduced.offline.scores.end()),
              0.242, 5e-4);
}

TEST(TfBind8, RidgeWithEvolutionReachesThePage) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "too long under a sanitizer";
#endif
  const std::string file = test_data("tfbind8_SIX6_REF_R1.csv.gz");
  if (file.empty()) GTEST_SKIP() << "EQUIVOLVE_TEST_DATA has no tfbind8_SIX6_REF_R1.csv.gz";
  TaskSettings s;
  s.landscape = "tfbind8";
  s.file = file;
  const OfflineTask task = open_task(s);
  const auto told = [&](DesignerSettings d) {
    const Designed made = design(task.offline, d, {}, {});
    return oracle_figures(
        select_designs(made.pool, task.offline, 128, Selection::kDistinctTop, 0).sequences,
        *task.oracle);
  };
  DesignerSettings best;
  best.method = Method::kOfflineBest;
  EXPECT_NEAR(told(best).p100, 0.4393, 5e-5);
  double evolution = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    DesignerSettings d;
    d.seed = seed;
    evolution += told(d).p50 / 5;
  }
  EXPECT_GE(evolution, 0.83);
  DesignerSettings bib;
  bib.method = Method::kBib;
  EXPECT_GE(told(bib).p50, 0.79);
}

TEST(TfBind8, RawFilesOfFlexsAreRead) {
  const OwnFile file(
      "8-mer\t8-mer\tE-score\tMedian\tZ-score\nAAAAAAAA\tTTTTTTTT\t0.2\t1\t1\n"
      "AAAAAAAC\tGTTTTTTT\t-0.1\t1\t1\n");
  const MeasuredRows rows = read_rows(file.path(), "sequence", "e_score");
  EXPECT_EQ(rows.sequences[1], "AAAAAAAC");
  EXPECT_EQ(rows.others[1], "GTTTTTTT");
  EXPECT_EQ(rows.scores[0], 0.2);
}

}  // namespace
}  // namespace equivolve::sequence_design
