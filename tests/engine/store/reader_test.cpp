// Finding runs, and reading candidates side by side.
#include <sqlite3.h>

#include <chrono>

#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class Reader : public StoreTest {};

TEST_F(Reader, FindsRunsByNumberNameAndLatest) {
  write_finished_run(file, 4, "iris");
  write_finished_run(file, 4, "wine");
  write_finished_run(file, 4, "iris");
  const auto reader = open_reader();
  EXPECT_EQ(reader->find_run("2")->head.name, "wine");
  EXPECT_EQ(reader->find_run("iris")->id, 3);
  EXPECT_EQ(reader->find_run("wine")->id, 2);
  EXPECT_EQ(reader->find_run("latest")->id, 3);
  const auto runs = reader->runs();
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 3u);
  EXPECT_EQ((*runs)[2].head.name, "iris");
  EXPECT_EQ((*runs)[2].state.status, RunStatus::kFinished);
}

TEST_F(Reader, FollowsARunByNumber) {
  const RunId run = write_finished_run(file, 100);
  const auto reader = open_reader();
  const auto outcomes = reader->outcomes(run, 90, 5);
  ASSERT_EQ(outcomes->size(), 5u);
  for (std::uint64_t i = 0; i < 5; ++i) EXPECT_TRUE(same((*outcomes)[i], outcome_of(90 + i)));
  EXPECT_EQ(reader->outcomes(run, 98, 5)->size(), 2u);
  EXPECT_TRUE(reader->outcomes(run, 100, 5)->empty());
  const auto trials = reader->trials(run, 49, 5);
  ASSERT_EQ(trials->size(), 1u);  // of the last class
  EXPECT_EQ(trials->front().number, 49u);
  EXPECT_TRUE(same(trials->front(), trial_of(98)));
  EXPECT_EQ(reader->class_row(run, 7)->value().digest, class_of(14).digest);
  EXPECT_FALSE(reader->class_row(run, 50)->has_value());
}

TEST_F(Reader, DataVersionTellsOfCommitsOfOthers) {
  const RunId run = write_finished_run(file, 4);
  const auto reader = open_reader();
  const std::int64_t before = *reader->data_version();
  EXPECT_EQ(*reader->data_version(), before);
  ASSERT_TRUE(open_reader()->request(run, "stop"));
  EXPECT_NE(*reader->data_version(), before);
}

TEST_F(Reader, NamesWhatExistsWhenARunIsNotFound) {
  write_finished_run(file, 4, "iris");
  write_finished_run(file, 4, "wine");
  for (const char* asked : {"iri", "9", "-1", "1.0", "", "iris'--"}) {
    const auto missing = open_reader()->find_run(asked);
    ASSERT_FALSE(missing) << asked;
    EXPECT_NE(missing.error().message.find("no run \"" + std::string(asked) +
                                           "\": it has runs 2 (wine), 1 (iris)"),
              std::string::npos)
        << missing.error().message;
  }
}

TEST_F(Reader, SaysThatAStoreHasNoRuns) {
  open_writer().reset();
  const auto missing = open_reader()->find_run("latest");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("it has no runs yet"), std::string::npos);
  EXPECT_TRUE(open_reader()->runs()->empty());
}

TEST_F(Reader, ARunNamedLikeANumberIsFoundUnlessTheNumberExists) {
  write_finished_run(file, 4, "7");
  EXPECT_EQ(open_reader()->find_run("7")->id, 1);
  write_finished_run(file, 4, "1");
  EXPECT_EQ(open_reader()->find_run("1")->head.name, "7");
}

TEST_F(Reader, GivesEachCandidateItsGenomeAndTrial) {
  write_finished_run(file, 100, "other");
  const RunId run = write_finished_run(file, 1000);
  std::uint64_t next = 0;
  const auto done = open_reader()->each_candidate(
      run, [&](const OutcomeRow& outcome, const GenomeRow& genome, const TrialRow* trial) {
        EXPECT_TRUE(same(outcome, outcome_of(next)));
        EXPECT_TRUE(same(genome, genome_of(next)));
        EXPECT_EQ(trial == nullptr, outcome.hit);
        if (trial != nullptr) {
          EXPECT_TRUE(same(*trial, trial_of(next)));
        }
        ++next;
      });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(next, 1000u);
}

TEST_F(Reader, FindsTrialsThatWereStoredOutOfOrder) {
  auto writer = open_writer();
  const auto run = writer->begin_run(make_head());
  for (std::uint64_t ticket : {6, 0, 4, 2}) writer->push(trial_of(ticket));
  for (std::uint64_t ticket = 0; ticket < 8; ++ticket) {
    writer->push(genome_of(ticket));
    writer->push(outcome_of(ticket));
  }
  TrialRow verification = trial_of(1);
  verification.kind = TrialKind::kVerification;
  writer->push(verification);
  ASSERT_TRUE(writer->finish_run());
  std::vector<std::uint64_t> with_trial;
  ASSERT_TRUE(open_reader()->each_candidate(
      *run, [&](const OutcomeRow& outcome, const GenomeRow&, const TrialRow* trial) {
        if (trial == nullptr) return;
        EXPECT_EQ(trial->subject, outcome.ticket);
        with_trial.push_back(outcome.ticket);
      }));
  EXPECT_EQ(with_trial, (std::vector<std::uint64_t>{0, 2, 4, 6}));
}

TEST_F(Reader, ReadsMoreRowsThanFitInOnePiece) {
  const RunId run = write_finished_run(file, 40'000);
  const auto data = open_reader()->replay(run);
  ASSERT_TRUE(data);
  ASSERT_EQ(data->outcomes.size(), 40'000u);
  ASSERT_EQ(data->trials.size(), 20'000u);
  ASSERT_EQ(data->classes.size(), 20'000u);
  for (std::uint64_t ticket = 0; ticket < 40'000; ticket += 997) {
    EXPECT_TRUE(same(data->outcomes[ticket], outcome_of(ticket)));
  }
}

TEST_F(Reader, KeepsRunsApart) {
  const RunId first = write_finished_run(file, 10, "a");
  const RunId second = write_finished_run(file, 20, "b");
  const auto reader = open_reader();
  EXPECT_EQ(reader->replay(first)->outcomes.size(), 10u);
  EXPECT_EQ(reader->replay(second)->outcomes.size(), 20u);
  EXPECT_EQ(reader->events(first)->size(), 1u);
  EXPECT_FALSE(reader->genome(first, 10));
  EXPECT_TRUE(reader->genome(second, 10));
}

TEST_F(Reader, CountsWhatARunHasCommitted) {
  write_finished_run(file, 10, "another");
  auto writer = open_writer();
  const auto run = writer->begin_run(make_head("running"));
  ASSERT_TRUE(run);
  EXPECT_EQ(open_reader()->find_run("running")->state.told, 0u);
  EXPECT_EQ(open_reader()->counts(*open_reader()->find_run("running"))->candidates, 0u);
  std::uint64_t hits = 0;
  for (std::uint64_t ticket = 0; ticket < 300; ++ticket) hits += outcome_of(ticket).hit ? 1 : 0;
  for (Record& record : make_records(0, 300)) {
    auto* outcome = std::get_if<OutcomeRow>(&record);
    if (outcome && outcome->ticket % 50 == 0) outcome->status = Status::kFailed;
    if (outcome && outcome->ticket % 60 == 1) outcome->verified = true;
    if (outcome && outcome->ticket % 120 == 1) outcome->wrong = true;
    writer->push(std::move(record));
  }
  writer->push(ClassRow{1000, 300, {}});  // founded by a ticket that is not told yet
  ASSERT_TRUE(writer->flush());
  const auto reader = open_reader();
  const auto info = reader->find_run("running");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->state.told, 300u) << "whatever the last heartbeat said";
  const auto counts = reader->counts(*info);
  ASSERT_TRUE(counts) << counts.error().message;
  EXPECT_EQ(counts->told, 300u);
  EXPECT_EQ(counts->candidates, 300u);
  EXPECT_EQ(counts->cache_hits, hits);
  EXPECT_EQ(counts->evaluations, 300 - hits);
  EXPECT_EQ(counts->failed, 6u);
  EXPECT_EQ(counts->verified, 5u);
  EXPECT_EQ(counts->wrong_hits, 3u);
  EXPECT_EQ(std::vector<std::string>{std::to_string(counts->classes)},
            query(file, "SELECT count(*) FROM classes WHERE id >> 40 = 2 AND founder < 300"));
  ASSERT_TRUE(counts->best);
  EXPECT_EQ(std::vector<std::string>{std::to_string(counts->best->birth)},
            query(file, "SELECT birth FROM best WHERE run = 2 AND place = 1"));
  EXPECT_EQ(counts->best_digest, class_of(counts->best->ticket).digest);
}

TEST_F(Reader, GoesOnCountingFromWhatItCounted) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const auto reader = open_reader();
  RunCounts counts;
  for (std::uint64_t told = 0; told < 1000; told += 250) {
    for (Record& record : make_records(told, 250)) writer->push(std::move(record));
    ASSERT_TRUE(writer->flush());
    counts = *reader->counts(*reader->find_run("latest"), std::move(counts));
  }
  const RunCounts anew = *reader->counts(*reader->find_run("latest"));
  EXPECT_EQ(counts.told, 1000u);
  EXPECT_EQ(counts.told, anew.told);
  EXPECT_EQ(counts.candidates, anew.candidates);
  EXPECT_EQ(counts.cache_hits, anew.cache_hits);
  EXPECT_EQ(counts.evaluations, anew.evaluations);
  EXPECT_EQ(counts.classes, anew.classes);
  EXPECT_EQ(counts.best->ticket, anew.best->ticket);
  EXPECT_EQ(counts.best_digest, anew.best_digest);
}

TEST_F(Reader, FindsTheBestBetweenTwoTickets) {
  write_finished_run(file, 500);
  const auto reader = open_reader();
  const auto run = reader->find_run("1");
  for (const auto& [first, last] : {std::pair{0, 499}, std::pair{100, 163}, std::pair{37, 37}}) {
    const auto best = reader->best_between(*run, static_cast<std::uint64_t>(first),
                                           static_cast<std::uint64_t>(last));
    ASSERT_TRUE(best);
    const auto expected = query(
        file, "SELECT ticket FROM candidates WHERE status = 'ok' AND NOT hit AND ticket BETWEEN " +
                  std::to_string(first) + " AND " + std::to_string(last) +
                  " ORDER BY fitness DESC, ticket LIMIT 1");
    ASSERT_EQ(best->has_value(), !expected.empty());
    if (*best) {
      EXPECT_EQ(std::to_string((*best)->ticket), expected[0]);
    }
  }
}

// Without a -wal beside it the file could be opened as one that nobody writes.
TEST_F(Reader, DoesNotTakeALockedFileForOneThatNobodyWrites) {
  write_finished_run(file, 10);
  query(file, "PRAGMA journal_mode = DELETE");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto reader = StoreReader::open(file, std::chrono::milliseconds(20));
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().message.find("stayed locked"), std::string::npos)
      << reader.error().message;
  sqlite3_close(other);
  EXPECT_TRUE(StoreReader::open(file, std::chrono::milliseconds(20)));
}

TEST_F(Reader, RefusesToReplayRowsThatWereChanged) {
  write_finished_run(file, 10);
  query(file, "UPDATE outcomes SET fitness = fitness + 0.001 WHERE id & 0xFFFF = 3");
  const auto data = open_reader()->replay(1);
  ASSERT_FALSE(data);
  EXPECT_NE(data.error().message.find("outcomes: number 3 of run 1 does not match its checksum"),
            std::string::npos)
      << data.error().message;
}

}  // namespace
}  // namespace equivolve::tests
