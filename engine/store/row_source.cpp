#include "engine/store/row_source.hpp"

#include <sqlite3.h>

#include <memory>
#include <new>
#include <string>

namespace equivolve::engine::sql {

struct RowSource::State {
  const Next* next = nullptr;
  RowValues row;
  bool at_end = true;

  /// SQLite's frames lie between here and the caller, so no exception may leave.
  int advance() {
    try {
      row.clear();
      at_end = next == nullptr || !(*next)(row);
      return SQLITE_OK;
    } catch (const std::bad_alloc&) {
      return SQLITE_NOMEM;
    }
  }
};

/// The callbacks that SQLite wants of a virtual table.
struct RowTable : sqlite3_vtab {
  using State = RowSource::State;
  struct Cursor : sqlite3_vtab_cursor {
    State* state;
  };

  static int connect(sqlite3* database, void* state, int, const char* const*, sqlite3_vtab** table,
                     char**) {
    std::string definition = "CREATE TABLE equivolve_batch(";
    for (std::size_t i = 1; i <= RowValues::kMost; ++i)
      definition += (i == 1 ? "c" : ", c") + std::to_string(i);
    if (const int code = sqlite3_declare_vtab(database, (definition + ")").c_str());
        code != SQLITE_OK)
      return code;
    auto* made = new (std::nothrow) RowTable;
    if (made == nullptr) return SQLITE_NOMEM;
    made->state = static_cast<State*>(state);
    *table = made;
    return SQLITE_OK;
  }
  static int disconnect(sqlite3_vtab* table) {
    delete static_cast<RowTable*>(table);
    return SQLITE_OK;
  }
  static int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }
  static int open(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
    auto* made = new (std::nothrow) Cursor;
    if (made == nullptr) return SQLITE_NOMEM;
    made->state = static_cast<RowTable*>(table)->state;
    *cursor = made;
    return SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
  }
  static int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    return of(cursor).advance();
  }
  static int next(sqlite3_vtab_cursor* cursor) { return of(cursor).advance(); }
  static int eof(sqlite3_vtab_cursor* cursor) { return of(cursor).at_end ? 1 : 0; }
  static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* result, int position) {
    const auto values = of(cursor).row.all();
    if (static_cast<std::size_t>(position) < values.size())
      give(result, values[static_cast<std::size_t>(position)]);
    return SQLITE_OK;  // NULL when nothing is given
  }
  static int row_id(sqlite3_vtab_cursor*, sqlite3_int64*) { return SQLITE_ERROR; }

  static State& of(sqlite3_vtab_cursor* cursor) { return *static_cast<Cursor*>(cursor)->state; }

  static void give(sqlite3_context* result, const RowValues::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      sqlite3_result_int64(result, *integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      sqlite3_result_double(result, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      const char* data = text->data() == nullptr ? "" : text->data();
      sqlite3_result_text64(result, data, text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<std::span<const std::byte>>(&value)) {
      const void* data = blob->data() == nullptr ? static_cast<const void*>("") : blob->data();
      sqlite3_result_blob64(result, data, blob->size(), SQLITE_STATIC);
    }
  }

  State* state = nullptr;
};

namespace {

// Without xCreate, so that the table is there without being made.
constexpr sqlite3_module row_module() {
  sqlite3_module module{};
  module.xConnect = &RowTable::connect;
  module.xBestIndex = &RowTable::best_index;
  module.xDisconnect = &RowTable::disconnect;
  module.xOpen = &RowTable::open;
  module.xClose = &RowTable::close;
  module.xFilter = &RowTable::filter;
  module.xNext = &RowTable::next;
  module.xEof = &RowTable::eof;
  module.xColumn = &RowTable::column;
  module.xRowid = &RowTable::row_id;
  return module;
}
constexpr sqlite3_module kRowModule = row_module();

}  // namespace

Result<RowSource> RowSource::attach(const Database& database) {
  auto state = std::make_unique<State>();
  RowSource source;
  source.state_ = state.get();
  // Frees the state also when it fails.
  const int code =
      sqlite3_create_module_v2(database.handle(), "equivolve_batch", &kRowModule, state.release(),
                               [](void* held) { delete static_cast<State*>(held); });
  if (code != SQLITE_OK) return tl::unexpected(Failure{code, 0, sqlite3_errstr(code)});
  return source;
}

Result<std::uint64_t> RowSource::insert(Statement& insertion, const Next& next) const {
  state_->next = &next;
  auto run = insertion.run();
  state_->next = nullptr;
  if (!run) return tl::unexpected(run.error());
  return insertion.changes();
}

}  // namespace equivolve::engine::sql
