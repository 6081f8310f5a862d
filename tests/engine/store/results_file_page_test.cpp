// docs/results-file.md is true: its tables and columns are those of a file, its queries work.
#include <fstream>

#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

std::string read_page() {
  std::ifstream stream(std::filesystem::path(EQUIVOLVE_SOURCE_DIR) / "docs" / "results-file.md");
  return {std::istreambuf_iterator<char>(stream), {}};
}

class ResultsFilePage : public StoreTest {};

TEST_F(ResultsFilePage, ItsQueriesWork) {
  write_finished_run(file, 500);
  {
    auto writer = open_writer();
    ASSERT_TRUE(writer->begin_group(make_plan(2)));
    ASSERT_TRUE(writer->begin_run(make_head()));
    writer->push(TestOpeningRow{make_head().data, make_head().context});
    ASSERT_TRUE(writer->finish_run());
  }
  write_finished_run(file, 20);
  const std::string page = read_page();
  const std::string fence = "```sql\n";
  int queries = 0;
  for (std::size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at + 1)) {
    const std::size_t begin = at + fence.size();
    const std::string sql = page.substr(begin, page.find("```", begin) - begin);
    EXPECT_FALSE(query(file, sql).empty()) << sql;
    ++queries;
  }
  EXPECT_GE(queries, 8);
  EXPECT_EQ(problems(), std::vector<std::string>{});  // none of them writes
}

TEST_F(ResultsFilePage, NamesEveryTableAndColumn) {
  write_finished_run(file, 2);
  const std::string page = read_page();
  for (const std::string& table :
       query(file, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")) {
    const std::size_t begin = page.find("### `" + table + "`");
    ASSERT_NE(begin, std::string::npos) << table;
    const std::string section = page.substr(begin, page.find("\n##", begin + 1) - begin);
    for (const std::string& column :
         query(file, "SELECT name FROM pragma_table_info('" + table + "')")) {
      const bool is_figure =
          column[0] == 'f' && column.find_first_not_of("0123456789", 1) == std::string::npos;
      if (is_figure) continue;  // described as `f0` to `f15`
      EXPECT_NE(section.find("`" + column + "`"), std::string::npos) << table << '.' << column;
    }
  }
}

}  // namespace
}  // namespace equivolve::tests
