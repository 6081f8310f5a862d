#include "engine/run/best_candidates.hpp"

#include <gtest/gtest.h>

#include "engine/plugins/evaluator.hpp"
#include "engine/store/writer.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine {
namespace {

constexpr auto kConstraint = static_cast<std::uint32_t>(Role::kConstraint);

/// A run in a store of its own, told by hand: an objective and a constraint, both minimized.
class HandmadeRun {
 public:
  HandmadeRun() {
    RunHead head;
    head.name = "by hand";
    head.config_resolved = "{}";
    head.figures = {{"loss", "", kObjectiveRole, true, true},
                    {"excess", "", kConstraint, true, true},
                    {"seconds", "s", kMetricRole, true, false}};
    writer_ = std::move(*StoreWriter::open(file_, {}));
    EXPECT_TRUE(writer_->begin_run(head));
  }

  void tell(std::uint64_t cls, double loss, double excess, Status status = Status::kOk,
            std::uint32_t level = 0) {
    if (cls != kNone64 && cls == classes_) {
      writer_->push(ClassRow{cls, told_, {7, cls + 100}});
      ++classes_;
    }
    GenomeRow genome;
    genome.birth = told_;
    genome.flat.resize(8);
    writer_->push(std::move(genome));
    OutcomeRow row;
    row.ticket = row.birth = told_++;
    row.cls = cls;
    row.level = level;
    row.status = status;
    row.told = {loss, excess};
    row.genome_checksum = 1000 + row.birth;
    writer_->push(std::move(row));
  }

  std::vector<std::uint64_t> best(std::size_t most) {
    EXPECT_TRUE(writer_->flush());
    const auto reader = std::move(*StoreReader::open(file_));
    const auto births = best_candidates(*reader, reader->find_run("latest").value(), most);
    EXPECT_TRUE(births);
    return births.value_or(std::vector<std::uint64_t>());
  }

 private:
  tests::TempFolder folder_;
  const std::filesystem::path file_ = std::filesystem::path(folder_.path()) / "runs.db";
  std::unique_ptr<StoreWriter> writer_;
  std::uint64_t told_ = 0, classes_ = 0;
};

TEST(BestCandidates, AreFeasibleFirstThenByTheFirstObjectiveOneOfEachBehaviour) {
  HandmadeRun run;
  run.tell(0, 1, 0.5);                 // the best, but for the constraint
  run.tell(1, 5, 0);                   //
  run.tell(2, 3, -1);                  // met by far: no better than met
  run.tell(1, 5, 0);                   // again
  run.tell(3, 0, 0, Status::kFailed);  //
  run.tell(kNone64, 3, 0);             // as good as birth 2, and younger
  run.tell(0, 0.5, 0.75);              // what was told last counts
  run.tell(4, 1, 0.7);                 //
  run.tell(kNone64, 4, 0, Status::kInfeasible);
  EXPECT_EQ(run.best(10), (std::vector<std::uint64_t>{2, 5, 1, 7, 0}));
  EXPECT_EQ(run.best(2), (std::vector<std::uint64_t>{2, 5}));
  run.tell(2, 9, 0);  // evaluated anew: it was luck
  EXPECT_EQ(run.best(2), (std::vector<std::uint64_t>{5, 1}));
}

TEST(BestCandidates, OfTheHighestLevelComeFirst) {
  HandmadeRun run;
  run.tell(0, 1, 0);
  run.tell(1, 5, 0, Status::kOk, 1);
  run.tell(2, 4, 2, Status::kOk, 1);
  EXPECT_EQ(run.best(3), (std::vector<std::uint64_t>{1, 2, 0}));
}

TEST(BestCandidates, OfNothingAreNone) {
  HandmadeRun run;
  EXPECT_TRUE(run.best(3).empty());
  run.tell(0, 1, 0, Status::kNonFinite);
  EXPECT_TRUE(run.best(3).empty());
}

}  // namespace
}  // namespace equivolve::engine
