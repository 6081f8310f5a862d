#include "tests/engine/store/store_fixture.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "engine/store/run_digests.hpp"

namespace equivolve::tests {

using namespace equivolve::engine;
using hashing::Purpose;
using hashing::Stream;

RunHead make_head(const std::string& name) {
  RunHead head;
  head.name = name;
  head.seed = 0xFEDCBA9876543210;
  head.evaluator = "algorithm_discovery";
  head.evaluator_version = "1.0";
  head.representation = "program";
  head.config_as_written = "name: " + name + "\n";
  head.config_resolved = R"({"name":"x"})";
  head.context = {0x0123456789ABCDEF, 0xFEDCBA9876543210};
  head.data = {0x1111222233334444, 0x5555666677778888};
  head.figures = {{"accuracy", "", 0, false, true},
                  {"size", "instructions", 1, true, true},
                  {"train_seconds", "s", 3, true, false}};
  head.engine_version = "0.1.0";
  head.kernel = "x86-64-v3";
  return head;
}

GroupPlan make_plan(std::uint64_t runs, const std::string& name) {
  GroupPlan plan{name, "name: " + name + "\n", {}};
  for (std::uint64_t i = 0; i < runs; ++i) {
    plan.runs.push_back({fmt::format("{}/{}", name, i + 1),
                         i + 1,
                         R"({"search.algorithm":"random"})",
                         R"({"name":"x"})",
                         {7, i}});
  }
  return plan;
}

std::uint64_t test_seed() {
  const char* text = std::getenv("EQUIVOLVE_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20240601;
}

namespace {

bool is_hit(std::uint64_t ticket) {
  return ticket % 2 == 1;
}
std::uint64_t class_number(std::uint64_t ticket) {
  return ticket / 2;
}

}  // namespace

GenomeRow genome_of(std::uint64_t ticket, std::uint64_t seed) {
  Stream stream(seed, Purpose::kTest, ticket);
  GenomeRow genome;
  genome.birth = ticket;
  if (ticket > 0) genome.parent = stream.below(ticket);
  if (ticket > 0 && stream.chance(0.25)) genome.second_parent = stream.below(ticket);
  genome.operator_id = static_cast<std::uint8_t>(stream.below(7));
  genome.flat.resize(60);
  for (std::byte& byte : genome.flat) byte = static_cast<std::byte>(stream.below(256));
  return genome;
}

ClassRow class_of(std::uint64_t ticket, std::uint64_t seed) {
  Stream stream(seed + 1, Purpose::kTest, ticket);
  return {class_number(ticket), ticket, {stream.next(), stream.next()}};
}

TrialRow trial_of(std::uint64_t ticket, std::uint64_t seed) {
  Stream stream(seed + 2, Purpose::kTest, class_number(ticket));
  TrialRow trial;
  trial.subject = ticket;
  trial.birth = ticket;
  trial.cls = class_number(ticket);
  trial.common_seed = 12345678901234567;
  trial.own_seed = stream.next();
  trial.figures = {stream.uniform(), static_cast<double>(stream.below(20)), stream.uniform()};
  trial.seconds = stream.uniform() * 1e-5;
  trial.cost = stream.below(100);
  trial.genome_checksum = static_cast<std::uint32_t>(outcome_of(ticket, seed).genome_checksum);
  if (ticket == 0) trial.intermediate = {{10, 0, 0.25}};
  return trial;
}

OutcomeRow outcome_of(std::uint64_t ticket, std::uint64_t seed) {
  Stream stream(seed + 2, Purpose::kTest, class_number(ticket));
  stream.next();
  OutcomeRow outcome;
  outcome.ticket = ticket;
  outcome.birth = ticket;
  outcome.cls = class_number(ticket);
  outcome.hit = is_hit(ticket);
  const double accuracy = stream.uniform();
  outcome.told = {accuracy, static_cast<double>(stream.below(20))};
  outcome.genome_checksum = Stream(seed + 3, Purpose::kTest, ticket).next();
  return outcome;
}

std::vector<Record> make_records(std::uint64_t first, std::uint64_t count, std::uint64_t seed) {
  std::vector<Record> records;
  for (std::uint64_t ticket = first; ticket < first + count; ++ticket) {
    records.emplace_back(genome_of(ticket, seed));
    if (!is_hit(ticket)) {
      records.emplace_back(class_of(ticket, seed));
      records.emplace_back(trial_of(ticket, seed));
    }
    records.emplace_back(outcome_of(ticket, seed));
  }
  return records;
}

RunState finished_state(std::uint64_t count, std::uint64_t seed) {
  RunDigests digests;
  for (std::uint64_t ticket = 0; ticket < count; ++ticket) digests.add(outcome_of(ticket, seed));
  RunState state;
  state.status = RunStatus::kFinished;
  state.stopped_by = "candidates";
  state.told = count;
  state.seconds = 1.5;
  state.summary_json =
      fmt::format(R"({{"candidates":{},"result_digest":"{}","trajectory_digest":"{}"}})", count,
                  digests.result_digest(), digests.trajectory_digest());
  return state;
}

RunId write_finished_run(const std::filesystem::path& file, std::uint64_t count,
                         const std::string& name) {
  auto writer = StoreWriter::open(file);
  if (!writer) throw std::runtime_error(writer.error().message);
  auto run = (*writer)->begin_run(make_head(name));
  if (!run) throw std::runtime_error(run.error().message);
  (*writer)->push(EventRow{"started", R"({"workers":2})"});
  for (Record& record : make_records(0, count)) (*writer)->push(std::move(record));
  (*writer)->push(ArtefactRow{"model.py", "text/x-python", "print('found')\n"});
  if (auto done = (*writer)->update_run(finished_state(count)); !done) {
    throw std::runtime_error(done.error().message);
  }
  if (auto done = (*writer)->finish_run(); !done) throw std::runtime_error(done.error().message);
  return *run;
}

std::unique_ptr<StoreWriter> StoreTest::open_writer(WriterOptions options) {
  auto writer = StoreWriter::open(file, std::move(options));
  if (!writer) {
    ADD_FAILURE() << writer.error().message;
    return nullptr;
  }
  return std::move(*writer);
}

std::unique_ptr<StoreReader> StoreTest::open_reader() {
  auto reader = StoreReader::open(file);
  if (!reader) {
    ADD_FAILURE() << reader.error().message;
    return nullptr;
  }
  return std::move(*reader);
}

std::vector<std::string> StoreTest::problems() {
  auto reader = StoreReader::open(file);
  if (!reader) return {reader.error().message};
  auto report = (*reader)->verify(std::nullopt);
  if (!report) return {report.error().message};
  return report->problems;
}

std::vector<std::string> query(const std::filesystem::path& file, const std::string& sql,
                               std::string* error) {
  std::vector<std::string> rows;
  std::string failure;
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    failure = sqlite3_errmsg(database);
  } else {
    sqlite3_busy_timeout(database, 10'000);
    int code = SQLITE_DONE;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      std::string row;
      for (int column = 0; column < sqlite3_column_count(statement); ++column) {
        if (column > 0) row += '|';
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, column));
        const int size = sqlite3_column_bytes(statement, column);
        if (data != nullptr) row.append(data, static_cast<std::size_t>(size));
      }
      rows.push_back(std::move(row));
    }
    if (code != SQLITE_DONE) failure = sqlite3_errmsg(database);
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  if (error != nullptr) {
    *error = failure;
  } else {
    EXPECT_EQ(failure, "") << sql;
  }
  return rows;
}

bool same(double a, double b) {
  if (!std::isfinite(a) || !std::isfinite(b)) return !std::isfinite(a) && !std::isfinite(b);
  return a == b;
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return same(x, y); });
}

bool same(const OutcomeRow& a, const OutcomeRow& b) {
  return a.ticket == b.ticket && a.birth == b.birth && a.cls == b.cls && a.level == b.level &&
         a.hit == b.hit && a.verified == b.verified && a.wrong == b.wrong && a.status == b.status &&
         a.reason == b.reason && same(a.told, b.told) && a.genome_checksum == b.genome_checksum;
}

bool same(const TrialRow& a, const TrialRow& b) {
  return a.kind == b.kind && a.subject == b.subject && a.birth == b.birth && a.cls == b.cls &&
         a.level == b.level && a.split == b.split && a.repeat == b.repeat &&
         a.common_seed == b.common_seed && a.own_seed == b.own_seed && a.status == b.status &&
         a.reason == b.reason && same(a.figures, b.figures) && same(a.items, b.items) &&
         same(a.seconds, b.seconds) && a.cost == b.cost && a.genome_checksum == b.genome_checksum &&
         a.message == b.message;
}

bool same(const GenomeRow& a, const GenomeRow& b) {
  return a.birth == b.birth && a.parent == b.parent && a.second_parent == b.second_parent &&
         a.operator_id == b.operator_id && a.flat == b.flat;
}

}  // namespace equivolve::tests
