// The cache against a naive model over random sequences of operations, and its independence of when
// trials settle.
#include <gtest/gtest.h>

#include <list>
#include <map>
#include <optional>

#include "hashing/equivalence_cache.hpp"
#include "hashing/stream.hpp"

namespace equivolve::hashing {
namespace {

// Everything written the slow and obvious way.
class Model {
 public:
  explicit Model(CacheSettings settings) : settings_(settings) {}

  struct Trials {
    Ticket leader = 0;
    bool settled = false;
    std::uint8_t status = 0;
    std::vector<double> figures;  // one a trial
    std::vector<double> seconds;
  };
  struct Class {
    ClassId cls = 0;
    Digest key;
    Ticket founder = 0;
    Ticket last_seen = 0;
    std::map<Level, Trials> levels;
  };

  Verdict look_up(const ProbeDigest& probe, Level level, Ticket ticket) {
    ++accounting.look_ups;
    std::vector<Digest> keys{probe.key};
    keys.insert(keys.end(), probe.alternatives.begin(), probe.alternatives.end());
    for (const Digest& key : keys) {
      for (auto it = classes_.begin(); it != classes_.end(); ++it) {
        if (it->key != key) continue;
        it->last_seen = ticket;
        classes_.splice(classes_.begin(), classes_, it);
        return seen(level, ticket, !(key == probe.key));
      }
    }
    while (classes_.size() >= settings_.capacity &&
           classes_.back().last_seen + settings_.lookahead <= ticket) {
      classes_.pop_back();
      ++accounting.evictions;
    }
    ++accounting.misses;
    classes_.push_front({accounting.classes++, probe.key, ticket, ticket, {}});
    classes_.front().levels[level].leader = ticket;
    return {Verdict::Kind::kEvaluate,
            classes_.front().cls,
            probe.key,
            ticket,
            ticket,
            true,
            false,
            false};
  }

  Trials* find(ClassId cls, Level level) {
    for (Class& c : classes_) {
      if (c.cls == cls && c.levels.contains(level)) return &c.levels[level];
    }
    return nullptr;
  }

  std::size_t size() const { return classes_.size(); }
  Accounting accounting;

 private:
  Verdict seen(Level level, Ticket ticket, bool alternative) {
    Class& c = classes_.front();
    Verdict verdict{
        Verdict::Kind::kEvaluate, c.cls, c.key, c.founder, ticket, false, false, alternative};
    accounting.alternative_hits += alternative ? 1 : 0;
    if (!c.levels.contains(level)) {
      c.levels[level].leader = ticket;
      verdict.partial = true;
      ++accounting.partial_hits;
      return verdict;
    }
    ++accounting.hits;
    verdict.leader = c.levels[level].leader;
    verdict.kind = c.levels[level].settled ? Verdict::Kind::kKnown : Verdict::Kind::kWaitFor;
    return verdict;
  }

  CacheSettings settings_;
  std::list<Class> classes_;  // the most recently seen first
};

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size() - 1);
}

void expect_equal(const Verdict& a, const Verdict& b) {
  ASSERT_EQ(a.kind, b.kind);
  ASSERT_EQ(a.cls, b.cls);
  ASSERT_EQ(a.digest, b.digest);
  ASSERT_EQ(a.founder, b.founder);
  ASSERT_EQ(a.leader, b.leader);
  ASSERT_EQ(a.founded, b.founded);
  ASSERT_EQ(a.partial, b.partial);
  ASSERT_EQ(a.by_alternative, b.by_alternative);
}

// Names near each other share a half of the digest.
Digest random_digest(Stream& stream, std::uint64_t names) {
  const std::uint64_t name = stream.below(names);
  return {name / 4, name % 4};
}

ProbeDigest random_probe(Stream& stream, std::uint64_t names) {
  ProbeDigest probe{random_digest(stream, names), {}};
  if (stream.chance(0.2)) {
    for (std::uint64_t i = stream.below(4); i > 0; --i) {
      const Digest other = random_digest(stream, names);
      if (other != probe.key) probe.alternatives.push_back(other);
    }
  }
  return probe;
}

class CacheModel : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, CacheModel, testing::Range(0, 24));

TEST_P(CacheModel, AgreesOnRandomOperations) {
  Stream stream(11, Purpose::kTest, static_cast<std::uint64_t>(GetParam()));
  const CacheSettings settings{Policy::kReuse, 1 + stream.below(40), stream.below(12), 3, 1};
  const std::uint64_t names = 4 + stream.below(120);
  EquivalenceCache cache(settings);
  Model model(settings);
  std::vector<std::pair<ClassId, Level>> reserved;
  Ticket ticket = 0;
  for (int step = 0; step < 4000; ++step) {
    if (reserved.empty() || stream.chance(0.5)) {
      const ProbeDigest probe = random_probe(stream, names);
      const Level level = static_cast<Level>(stream.chance(0.7) ? 0 : stream.below(3));
      const Verdict verdict = cache.look_up(probe, level, ticket);
      expect_equal(verdict, model.look_up(probe, level, ticket));
      if (HasFatalFailure()) return;
      ticket += 1 + stream.below(2);
      reserved.emplace_back(verdict.cls, level);
      continue;
    }
    // Old ones too: many of those are evicted by now.
    const auto [cls, level] = reserved[stream.below(reserved.size())];
    Model::Trials* trials = model.find(cls, level);
    if (stream.chance(0.4)) {
      const bool failed = stream.chance(0.2);
      const double figure = stream.gaussian();
      const double seconds = stream.uniform();
      const auto status = static_cast<std::uint8_t>(stream.below(5));
      cache.settle(cls, level, status, 0, failed ? std::vector<double>{} : std::vector{figure},
                   seconds);
      if (trials != nullptr) {
        if (!trials->settled) trials->status = status;
        trials->settled = true;
        if (!failed) trials->figures.push_back(figure);
        trials->seconds.push_back(seconds);
      }
    } else if (stream.chance(0.2)) {
      cache.credit(cls, level);
      if (trials != nullptr && trials->settled) {
        model.accounting.seconds_saved += mean_of(trials->seconds);
      }
    } else {
      const Recalled* outcome = cache.recall(cls, level);
      ASSERT_EQ(outcome != nullptr, trials != nullptr && trials->settled);
      if (outcome == nullptr) continue;
      ASSERT_EQ(outcome->status, trials->status);
      ASSERT_EQ(outcome->count, trials->figures.size());
      ASSERT_NEAR(outcome->seconds, mean_of(trials->seconds), 1e-12);
      if (outcome->count == 0) continue;
      ASSERT_NEAR(outcome->mean[0], mean_of(trials->figures), 1e-12);
      ASSERT_NEAR(outcome->variance[0], variance_of(trials->figures), 1e-12);
    }
    ASSERT_EQ(cache.size(), model.size());
  }
  EXPECT_NEAR(cache.accounting().seconds_saved, model.accounting.seconds_saved, 1e-9);
  Accounting expected = model.accounting;
  expected.seconds_saved = cache.accounting().seconds_saved;
  EXPECT_EQ(cache.accounting(), expected);
}

TEST(CacheScale, HundredThousandClassesThroughASmallerCapacity) {
  // Enough to grow and to shift the index many times; each digest comes twice, the second time long
  // evicted or not.
  constexpr std::uint64_t kNames = 100'000;
  constexpr std::uint64_t kCapacity = 30'000;
  EquivalenceCache cache({Policy::kReuse, kCapacity, 16, 1, 1});
  const auto digest = [](std::uint64_t name) {
    return Digest{derive_seed(1, Purpose::kTest, name), derive_seed(2, Purpose::kTest, name)};
  };
  Ticket ticket = 0;
  for (std::uint64_t name = 0; name < kNames; ++name) {
    ASSERT_TRUE(cache.look_up({digest(name), {}}, 0, ticket++).founded);
    if (name >= kCapacity) {
      // A class made recent again, so that the order of recency is not that of founding. Between
      // its founding and now kCapacity / 2 others were seen: it is still held.
      const Digest again = digest(name - kCapacity / 4);
      ASSERT_EQ(cache.look_up({again, {}}, 0, ticket++).kind, Verdict::Kind::kWaitFor);
    }
  }
  EXPECT_EQ(cache.size(), kCapacity);
  EXPECT_EQ(cache.accounting().classes, kNames);
  EXPECT_EQ(cache.accounting().evictions, kNames - kCapacity);
}

// Look-ups of one sequence, with trials settled at once, late, or never.
std::vector<std::pair<ClassId, bool>> classes_of_run(std::optional<std::uint64_t> delay) {
  Stream stream(12, Purpose::kTest, 0);
  EquivalenceCache cache({Policy::kReuse, 30, 8, 2, 1});
  std::vector<std::pair<ClassId, bool>> seen;
  std::list<std::tuple<Ticket, ClassId, Level>> in_flight;
  for (Ticket ticket = 0; ticket < 5000; ++ticket) {
    const ProbeDigest probe = random_probe(stream, 80);
    const Level level = static_cast<Level>(stream.below(2));
    const Verdict verdict = cache.look_up(probe, level, ticket);
    seen.emplace_back(verdict.cls, verdict.kind == Verdict::Kind::kEvaluate);
    if (verdict.kind == Verdict::Kind::kEvaluate)
      in_flight.emplace_back(ticket, verdict.cls, level);
    while (delay && !in_flight.empty() && std::get<0>(in_flight.front()) + *delay <= ticket) {
      const auto& [when, cls, at] = in_flight.front();
      cache.settle(cls, at, 0, 0, std::vector{1.0}, 1);
      in_flight.pop_front();
    }
  }
  seen.emplace_back(cache.accounting().hits, false);
  seen.emplace_back(cache.accounting().evictions, false);
  return seen;
}

TEST(CacheDeterminism, ClassesDoNotDependOnWhenTrialsSettle) {
  const auto at_once = classes_of_run(0);
  EXPECT_EQ(classes_of_run(1), at_once);
  EXPECT_EQ(classes_of_run(7), at_once);
  EXPECT_EQ(classes_of_run(300), at_once);
  EXPECT_EQ(classes_of_run(std::nullopt), at_once);
}

}  // namespace
}  // namespace equivolve::hashing
