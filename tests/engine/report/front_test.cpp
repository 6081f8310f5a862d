// Fronts against brute force.
#include "engine/report/front.hpp"

#include <algorithm>

#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;
using Values = std::vector<double>;

bool dominated_by(const Values& a, const Values& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (b[i] < a[i]) return false;
    better = better || b[i] > a[i];
  }
  return better;
}

std::vector<std::size_t> brute_force(const std::vector<Values>& points) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::none_of(points.begin(), points.end(),
                     [&](const Values& other) { return dominated_by(points[i], other); }))
      front.push_back(i);
  return front;
}

TEST(NonDominated, IsWhatBruteForceSays) {
  hashing::Stream stream(test_seed(), hashing::Purpose::kTest, 0);
  for (std::size_t dimensions = 1; dimensions <= 4; ++dimensions) {
    for (int round = 0; round < 200; ++round) {
      std::vector<Values> points(stream.below(40));
      Values flat;
      // Few different values: many points share coordinates, or are equal.
      for (Values& point : points)
        for (std::size_t d = 0; d < dimensions; ++d) {
          point.push_back(static_cast<double>(stream.below(round % 2 == 0 ? 4 : 50)) - 2);
          flat.push_back(point.back());
        }
      ASSERT_EQ(non_dominated(flat, dimensions), brute_force(points))
          << "seed " << test_seed() << ", " << dimensions << " dimensions, round " << round;
    }
  }
}

class Fronts : public StoreTest {
 protected:
  static RunHead head_of_two() {
    RunHead head = make_head();  // accuracy up, size, train_seconds
    head.figures[1].role = 0;
    return head;
  }
  std::vector<FrontCandidate> front_of(const RunHead& head, const std::vector<Record>& records) {
    {
      auto writer = open_writer();
      EXPECT_TRUE(writer->begin_run(head));
      for (const Record& record : records) writer->push(record);
      EXPECT_TRUE(writer->flush());
    }
    const auto reader = open_reader();
    auto front = read_front(*reader, *reader->find_run("latest"));
    EXPECT_TRUE(front) << front.error().message;
    return front ? *front : std::vector<FrontCandidate>();
  }
};

std::vector<std::uint64_t> tickets_of(const std::vector<FrontCandidate>& front) {
  std::vector<std::uint64_t> tickets;
  for (const FrontCandidate& c : front) tickets.push_back(c.ticket);
  return tickets;
}

TEST_F(Fronts, OfAKilledRunIsWhatBruteForceSays) {
  constexpr std::uint64_t kCount = 3000;
  const auto front = front_of(head_of_two(), make_records(0, kCount));
  // Hits come right after their founder and are told the same.
  std::vector<Values> points;
  for (std::uint64_t ticket = 0; ticket < kCount; ticket += 2) {
    const OutcomeRow outcome = outcome_of(ticket);
    points.push_back({outcome.told[0], -outcome.told[1]});
  }
  std::vector<std::uint64_t> expected;
  for (std::size_t at : brute_force(points)) expected.push_back(2 * at);
  auto tickets = tickets_of(front);
  EXPECT_GT(tickets.size(), 1u);
  EXPECT_TRUE(std::is_sorted(front.begin(), front.end(), [](const auto& a, const auto& b) {
    return a.objectives[0] > b.objectives[0];
  }));
  for (const FrontCandidate& c : front) {
    EXPECT_EQ(c.birth, c.ticket);
    EXPECT_EQ(c.objectives, outcome_of(c.ticket).told);
  }
  std::sort(tickets.begin(), tickets.end());
  EXPECT_EQ(tickets, expected);
}

TEST_F(Fronts, OfOneObjectiveIsEmpty) {
  EXPECT_TRUE(front_of(make_head(), make_records(0, 100)).empty());
}

/// The records of one ticket whose behaviour is `digest`, evaluated.
void add_ticket(std::vector<Record>& records, std::uint64_t ticket, std::uint64_t digest,
                Values told, Status status = Status::kOk) {
  GenomeRow genome = genome_of(ticket);
  TrialRow trial = trial_of(ticket);
  OutcomeRow outcome = outcome_of(ticket);
  trial.cls = outcome.cls = ticket;
  trial.status = outcome.status = status;
  outcome.hit = false;
  trial.figures = {told[0], told[1], 0};
  outcome.told = std::move(told);
  records.emplace_back(std::move(genome));
  records.emplace_back(ClassRow{ticket, ticket, {digest, digest}});
  records.emplace_back(std::move(trial));
  records.emplace_back(std::move(outcome));
}

TEST_F(Fronts, TakeOneCandidateOfABehaviourAndNoneThatFailed) {
  std::vector<Record> records;
  add_ticket(records, 0, 100, {0.5, 3});
  add_ticket(records, 1, 101, {0.9, 9});
  add_ticket(records, 2, 100, {0.5, 3});  // the class was dropped, and is back
  add_ticket(records, 3, 103, {0.99, 1}, Status::kInfeasible);  // would beat all
  add_ticket(records, 4, 104, {0.5, 3});                        // another behaviour, as good
  add_ticket(records, 5, 105, {0.4, 3});
  add_ticket(records, 6, 106, {0.1, 1});
  const std::vector<std::uint64_t> expected = {1, 0, 4, 6};
  EXPECT_EQ(tickets_of(front_of(head_of_two(), records)), expected);
}

TEST_F(Fronts, LeaveOutWhatIsAheadByRoundingAlone) {
  std::vector<Record> records;
  add_ticket(records, 0, 100, {0.9 + 1e-10, 7});  // as good as the next, and larger
  add_ticket(records, 1, 101, {0.9, 5});
  add_ticket(records, 2, 102, {0.9 - 1e-8, 4});  // worse by more than rounding, and smaller
  add_ticket(records, 3, 103, {0.95, 9});
  const std::vector<std::uint64_t> expected = {3, 1, 2};
  EXPECT_EQ(tickets_of(front_of(head_of_two(), records)), expected);
}

TEST_F(Fronts, CountWhatWasToldLastOfABehaviour) {
  std::vector<Record> records;
  add_ticket(records, 0, 100, {0.9, 3});
  add_ticket(records, 1, 101, {0.5, 3});
  add_ticket(records, 2, 100, {0.4, 3});  // evaluated again: it had been lucky
  const std::vector<std::uint64_t> expected = {1};
  EXPECT_EQ(tickets_of(front_of(head_of_two(), records)), expected);
}

TEST(EvenlySpread, KeepsTheEndsAndNeverRepeats) {
  EXPECT_TRUE(evenly_spread(0, 5).empty());
  EXPECT_EQ(evenly_spread(3, 5), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(evenly_spread(9, 3), (std::vector<std::size_t>{0, 4, 8}));
  for (std::size_t count = 2; count < 60; ++count) {
    const std::vector<std::size_t> shown = evenly_spread(count, 20);
    EXPECT_EQ(shown.size(), std::min<std::size_t>(count, 20));
    EXPECT_EQ(shown.front(), 0u);
    EXPECT_EQ(shown.back(), count - 1);
    EXPECT_EQ(std::adjacent_find(shown.begin(), shown.end(), std::greater_equal<>()), shown.end());
  }
}

}  // namespace
}  // namespace equivolve::tests
