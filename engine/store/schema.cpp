#include "engine/store/schema.hpp"

#include <map>

namespace equivolve::engine::store {
namespace {

// "type name" -> "table definition"
sql::Result<std::map<std::string, std::string>> objects(const sql::Database& database) {
  auto statement = database.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema");
  if (!statement) return tl::unexpected(statement.error());
  std::map<std::string, std::string> found;
  for (;;) {
    auto row = statement->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return found;
    found[statement->text(0) + ' ' + statement->text(1)] =
        statement->text(2) + ' ' + statement->text(3);
  }
}

sql::Result<std::map<std::string, std::string>> expected_objects(std::int64_t number) {
  auto memory = sql::Database::open_memory();
  if (!memory) return tl::unexpected(memory.error());
  for (const sql::Sql& step : schema_steps().first(static_cast<std::size_t>(number))) {
    if (auto made = memory->execute(step); !made) return tl::unexpected(made.error());
  }
  return objects(*memory);
}

}  // namespace

sql::Result<std::vector<std::string>> schema_problems(const sql::Database& database,
                                                      std::int64_t number) {
  auto expected = expected_objects(number);
  if (!expected) return tl::unexpected(expected.error());
  auto found = objects(database);
  if (!found) return tl::unexpected(found.error());
  std::vector<std::string> problems;
  for (const auto& [name, definition] : *expected) {
    const auto place = found->find(name);
    if (place == found->end()) {
      problems.push_back("schema: " + name + " is missing");
    } else if (place->second != definition) {
      problems.push_back("schema: " + name + " is not defined as it should be");
    }
  }
  for (const auto& [name, definition] : *found) {
    if (name.starts_with("trigger ")) problems.push_back("schema: unexpected " + name);
  }
  return problems;
}

}  // namespace equivolve::engine::store
