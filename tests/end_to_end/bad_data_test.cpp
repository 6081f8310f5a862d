// Data that cannot be used: exit code 2, one clear line that points into the configuration, nothing
// written. And data that only look as if they could not.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::string rows(int count, const std::string& odd_row = "") {
  std::string csv = "a,b,y\n";
  for (int r = 0; r < count; ++r)
    csv += std::to_string(r % 7) + "," + std::to_string(r * r % 11) + (r % 2 ? ",no\n" : ",yes\n");
  return csv + odd_row;
}

class BadData : public testing::Test {
 protected:
  /// `equivolve COMMAND` on a file with this content and these keys beside `file` and `target`.
  Finished call(const std::string& command, const std::string& content,
                const std::string& keys = "") {
    if (content != "none") write_file(folder_.path() / "t.csv", content);
    write_file(yaml_, "evaluator: algorithm_discovery\ndata:\n  file: t.csv\n  target: y\n" + keys +
                          "budget: {candidates: 50}\nfinal: {repeats: 2, top: 2}\n");
    return equivolve({command, yaml_, "--store", store_});
  }

  void refused(const std::string& content, const std::string& line, const std::string& message,
               const std::string& keys = "") {
    for (const char* command : {"validate", "run"}) {
      const Finished done = call(command, content, keys);
      EXPECT_EQ(done.exit_code, 2) << message;
      EXPECT_EQ(done.out, "");
      EXPECT_NE(done.err.find("table.yaml:" + line), std::string::npos) << done.err;
      EXPECT_NE(done.err.find(message), std::string::npos) << done.err;
      EXPECT_FALSE(std::filesystem::exists(store_));
    }
  }

  TempFolder folder_;
  std::string yaml_ = folder_.path() / "table.yaml", store_ = folder_.path() / "runs.db";
};

TEST_F(BadData, IsRefusedInOneLine) {
  refused("none", "3:", "there is no file '" + (folder_.path() / "t.csv").string() + "'");
  refused("", "3:", "the file is empty");
  refused("a,b,y\n", "3:", "the file has a header but no rows");
  refused(rows(30, "abc,1,no\n"), "3:", "'abc' in row 31 (line 32), column 'a'");
  refused(rows(30, "nan,1,no\n"), "3:", "missing value in row 31 (line 32), column 'a'");
  refused(rows(30, "inf,1,no\n"), "3:", "'inf' in row 31 (line 32), column 'a'");
  refused(rows(30, "1,no\n"), "3:", "row 31 (line 32) has 2 cells, the header has 3");
  refused(rows(30, "1,2,\"no\n"), "3:", "line 32: a quote is not closed");
  refused(std::string("a,b,y\n1,\0,2\n", 12), "3:", "a NUL byte");
  refused("PK\x03\x04", "3:", "an Excel workbook?");
  refused("\x1f\x8b\x08\x00\x00", "3:", "is cut or damaged (gzip)");
  std::string one = "a,y\n";
  for (int r = 0; r < 30; ++r) one += std::to_string(r) + ",yes\n";
  refused(one, "4:", "column 'y' holds one class only");
  refused("a,b\n1,2\n", "4:", "has no column 'y'");
  refused(rows(30), "5:", "has no column 'bb' (did you mean 'b'?)", "  drop: [bb]\n");
  refused(rows(30), "5:", "did you mean 'impute'?", "  missing: imputt\n");
  refused(rows(30), "5:", "missing_value", "  missing_value: [x]\n");
}

TEST_F(BadData, IsUsedWhenToldHow) {
  std::string csv;
  for (int r = 0; r < 60; ++r)
    csv += std::string(r % 3 ? "red" : "blue") + ";" + (r % 9 ? std::to_string(r) + ",5" : "-") +
           ";" + (r % 2 ? "no\n" : "yes\n");
  const Finished done = call("run", csv,
                             "  target: -1\n  header: false\n  decimal: \",\"\n  missing: "
                             "impute\n  missing_values: [\"-\"]\n");
  EXPECT_EQ(done.exit_code, 2) << "two targets";
  write_file(
      yaml_,
      "evaluator: algorithm_discovery\ndata: {file: t.csv, target: -1, header: false, "
      "decimal: \",\", missing: impute, missing_values: [\"-\"], categorical: [c1]}\nbudget: "
      "{candidates: 50}\nfinal: {repeats: 2, top: 2}\n");
  const Finished used = equivolve({"run", yaml_, "--store", store_});
  EXPECT_EQ(used.exit_code, 0) << used.err;
  EXPECT_NE(used.err.find("no header: columns are called c1, c2, ...; categories, a feature of 0 "
                          "and 1 for each level: c1 (2 levels); missing cells filled in by what "
                          "training rows say: c2 7 (median)"),
            std::string::npos)
      << used.err;
}

TEST_F(BadData, IsNotTenThousandColumns) {
  std::string csv = "y";
  for (int c = 0; c < 10000; ++c) csv += ",x" + std::to_string(c);
  for (int r = 0; r < 20; ++r) {
    csv += r % 2 ? "\nno" : "\nyes";
    for (int c = 0; c < 10000; ++c) csv += "," + std::to_string((c * 31 + r * r * 17) % 23);
  }
  EXPECT_EQ(call("validate", csv).exit_code, 0);
  const Finished done = call("run", csv);
  EXPECT_EQ(done.exit_code, 0) << done.err;
}

}  // namespace
}  // namespace equivolve::tests
