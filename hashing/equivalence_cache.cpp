#include "hashing/equivalence_cache.hpp"

#include <algorithm>
#include <cassert>
#include <deque>
#include <unordered_map>
#include <utility>

#include "hashing/flat_index.hpp"
#include "hashing/stream.hpp"

namespace equivolve::hashing {
namespace {

using detail::FlatIndex;
constexpr std::uint32_t kNone = FlatIndex::kNone;

// Digests made by hand may differ in any bits; the index wants them in the upper half.
std::uint64_t index_hash(const Digest& digest) {
  return (digest.lo + digest.hi * 0xD6E8FEB86659FD93) * 0x9E3779B97F4A7C15;
}
std::uint64_t index_hash(ClassId cls) {
  return cls * 0x9E3779B97F4A7C15;
}
struct DigestHash {
  std::size_t operator()(const Digest& digest) const { return index_hash(digest); }
};

// One class held.
struct Entry {
  Digest key;
  ClassId cls = 0;
  Ticket founder = 0;
  Ticket last_seen = 0;
  std::uint32_t newer = kNone;  // neighbours in order of recency
  std::uint32_t older = kNone;
  std::uint32_t first_record = kNone;
  std::uint32_t seen = 0;  // look-ups, the founder's included
};

// What is known of one level of a class. Records of a class form a list; so does what is free.
struct Record {
  Ticket leader = 0;
  double seconds = 0;  // mean
  Level level = 0;
  std::uint32_t next = kNone;
  std::uint32_t reserved = 0;  // evaluations handed out
  std::uint32_t trials = 0;    // settled
  std::uint32_t count = 0;     // of those, with figures
  std::uint8_t status = 0;
  std::uint8_t reason = 0;
  std::uint8_t first_status = 0;
  bool warm = false;    // an earlier run's, to begin with
  bool is_new = false;  // and not looked up here so far
};

// A vector whose freed places are used again, the latest first.
template <typename T>
class Slab {
 public:
  std::uint32_t take() {
    if (free_.empty()) {
      items_.emplace_back();
      return static_cast<std::uint32_t>(items_.size() - 1);
    }
    const std::uint32_t at = free_.back();
    free_.pop_back();
    items_[at] = T{};
    return at;
  }
  // Starts fetching an item that will be needed soon.
  void expect(std::uint32_t at) const {
    if (at < items_.size()) __builtin_prefetch(&items_[at]);
  }
  void give_back(std::uint32_t at) { free_.push_back(at); }
  T& operator[](std::uint32_t at) { return items_[at]; }
  const T& operator[](std::uint32_t at) const { return items_[at]; }

 private:
  std::vector<T> items_;
  std::vector<std::uint32_t> free_;
};

}  // namespace

struct EquivalenceCache::State {
  explicit State(CacheSettings s) : settings(s), variance(s.figures) {
    settings.capacity = std::max<std::uint64_t>(settings.capacity, 1);
  }

  CacheSettings settings;
  Accounting accounting;
  Slab<Entry> entries;
  Slab<Record> records;
  std::vector<double> moments;      // per record: means, sums of squared deviations, and the first
                                    // trial's figures where those are kept
  std::vector<Digest> second_keys;  // per entry, with two_keys
  std::deque<std::uint32_t> retired;  // forgotten; kept while someone may wait for their outcome
  std::unordered_map<Digest, std::vector<WarmOutcome>, DigestHash> warm;
  FlatIndex by_digest;
  FlatIndex by_second;
  FlatIndex by_class;
  std::uint32_t newest = kNone;
  std::uint32_t oldest = kNone;
  std::uint32_t last_seen = kNone;  // by a look-up: whose outcome is mostly asked for next
  std::uint64_t held = 0;
  std::vector<double> variance;  // of the record recalled last
  Recalled recalled;

  bool keeps_first() const { return settings.policy == Policy::kAggregate; }
  std::span<double> figures_at(std::uint32_t record, std::size_t part) {
    const std::size_t parts = keeps_first() ? 3 : 2;
    const std::size_t figures = settings.figures;
    return std::span(moments).subspan((parts * record + part) * figures, figures);
  }
  std::span<double> means(std::uint32_t record) { return figures_at(record, 0); }
  std::span<double> deviations(std::uint32_t record) { return figures_at(record, 1); }
  std::span<double> first_figures(std::uint32_t record) { return figures_at(record, 2); }

  std::uint32_t find(const Digest& key) const {
    return by_digest.find(index_hash(key),
                          [&](std::uint32_t at) { return entries[at].key == key; });
  }
  std::uint32_t find_second(const Digest& key) const {
    return by_second.find(index_hash(key),
                          [&](std::uint32_t at) { return second_keys[at] == key; });
  }
  // Under the key, else under the first alternative that is known.
  std::uint32_t find(const ProbeDigest& digest) const {
    std::uint32_t entry = find(digest.key);
    const auto& others = digest.alternatives;
    if (settings.two_keys) return entry != kNone || others.empty() ? entry : find_second(others[0]);
    for (std::size_t i = 0; entry == kNone && i < others.size(); ++i) entry = find(others[i]);
    return entry;
  }
  std::uint32_t find_class(ClassId cls) const {
    if (last_seen != kNone && entries[last_seen].cls == cls) return last_seen;
    return by_class.find(index_hash(cls), [&](std::uint32_t at) { return entries[at].cls == cls; });
  }
  std::uint32_t find_record(std::uint32_t entry, Level level) const {
    std::uint32_t at = entries[entry].first_record;
    while (at != kNone && records[at].level != level) at = records[at].next;
    return at;
  }
  std::uint32_t find_record_of(ClassId cls, Level level) const {
    const std::uint32_t entry = find_class(cls);
    return entry == kNone ? kNone : find_record(entry, level);
  }

  void unlink(std::uint32_t at) {
    const Entry& entry = entries[at];
    (entry.newer == kNone ? newest : entries[entry.newer].older) = entry.older;
    (entry.older == kNone ? oldest : entries[entry.older].newer) = entry.newer;
  }

  void link_newest(std::uint32_t at) {
    entries[at].newer = kNone;
    entries[at].older = newest;
    (newest == kNone ? oldest : entries[newest].newer) = at;
    newest = at;
  }

  void see(std::uint32_t at, Ticket ticket) {
    // In a large cache all three lie in cold memory: wait for them together.
    records.expect(entries[at].first_record);
    entries.expect(entries[at].newer);
    entries.expect(entries[at].older);
    entries[at].last_seen = ticket;
    if (newest == at) return;
    unlink(at);
    link_newest(at);
  }

  bool pinned(std::uint32_t at, Ticket now) const {
    return now - entries[at].last_seen < settings.lookahead;
  }

  // It is found no more; its outcome still is.
  void hide(std::uint32_t at) {
    unlink(at);
    by_digest.erase(index_hash(entries[at].key), at);
    if (settings.two_keys) by_second.erase(index_hash(second_keys[at]), at);
    --held;
  }

  void drop(std::uint32_t at) {
    for (std::uint32_t r = entries[at].first_record; r != kNone;) {
      const std::uint32_t next = records[r].next;
      records.give_back(r);
      r = next;
    }
    by_class.erase(index_hash(entries[at].cls), at);
    entries.give_back(at);
    if (last_seen == at) last_seen = kNone;
  }

  void evict(std::uint32_t at) {
    hide(at);
    drop(at);
    ++accounting.evictions;
  }

  void forget(std::uint32_t at) {
    hide(at);
    retired.push_back(at);
    ++accounting.forgotten;
  }

  void drop_retired(Ticket now) {
    while (!retired.empty() && !pinned(retired.front(), now)) {
      drop(retired.front());
      retired.pop_front();
    }
  }

  bool forgets(const Entry& entry) const {
    if (settings.policy != Policy::kForget) return false;
    const std::uint32_t hit = entry.seen - 1;
    if (settings.forget_after != 0 && hit >= settings.forget_after) return true;
    return settings.forget_probability > 0 &&
           Stream(settings.seed, Purpose::kForget, entry.cls, hit)
               .chance(settings.forget_probability);
  }

  // The list's class of this probe, taken off the list.
  std::vector<WarmOutcome> take_warm(const ProbeDigest& digest) {
    if (warm.empty()) return {};
    auto at = warm.find(digest.key);
    for (std::size_t i = 0; at == warm.end() && i < digest.alternatives.size(); ++i)
      at = warm.find(digest.alternatives[i]);
    if (at == warm.end()) return {};
    std::vector<WarmOutcome> known = std::move(at->second);
    warm.erase(at);
    return known;
  }

  void settle_warm(std::uint32_t entry, const WarmOutcome& known) {
    reserve(entry, known.level, entries[entry].founder);
    const std::uint32_t at = entries[entry].first_record;
    Record& record = records[at];
    record.reserved = record.trials = std::max<std::uint32_t>(known.count, 1);
    record.count = known.mean.size() == settings.figures ? known.count : 0;
    record.status = record.first_status = known.status;
    record.reason = known.reason;
    record.warm = record.is_new = true;
    record.seconds = known.seconds;
    if (record.count == 0) return;
    std::ranges::copy(known.mean, means(at).begin());
    if (keeps_first()) std::ranges::copy(known.mean, first_figures(at).begin());
  }

  std::uint32_t found(const Digest& key, const ProbeDigest& digest, Ticket ticket) {
    while (held >= settings.capacity && !pinned(oldest, ticket)) evict(oldest);
    const std::uint32_t at = entries.take();
    Entry& entry = entries[at];
    entry.key = key;
    entry.cls = accounting.classes++;
    entry.founder = ticket;
    entry.last_seen = ticket;
    link_newest(at);
    by_digest.insert(index_hash(key), at);
    by_class.insert(index_hash(entry.cls), at);
    if (settings.two_keys) {
      second_keys.resize(std::max<std::size_t>(second_keys.size(), std::size_t{at} + 1));
      second_keys[at] = digest.alternatives.empty() ? key : digest.alternatives[0];
      by_second.insert(index_hash(second_keys[at]), at);
    }
    ++held;
    return at;
  }

  void reserve(std::uint32_t entry, Level level, Ticket leader) {
    const std::uint32_t at = records.take();
    const std::size_t parts = keeps_first() ? 3 : 2;
    const std::size_t room = parts * std::size_t{settings.figures} * (std::size_t{at} + 1);
    if (moments.size() < room) moments.resize(room);
    for (std::size_t part = 0; part < parts; ++part) std::ranges::fill(figures_at(at, part), 0.0);
    records[at].leader = leader;
    records[at].reserved = 1;
    records[at].level = level;
    records[at].next = entries[entry].first_record;
    entries[entry].first_record = at;
  }
};

double predicted_speed_up(double probe_seconds, double look_up_seconds, double full_seconds,
                          double hit_share) {
  if (full_seconds == 0) return 1;
  return full_seconds / (probe_seconds + look_up_seconds + (1 - hit_share) * full_seconds);
}

EquivalenceCache::EquivalenceCache(CacheSettings settings)
    : state_(std::make_unique<State>(settings)) {}
EquivalenceCache::~EquivalenceCache() = default;
EquivalenceCache::EquivalenceCache(EquivalenceCache&&) noexcept = default;
EquivalenceCache& EquivalenceCache::operator=(EquivalenceCache&&) noexcept = default;

void EquivalenceCache::warm_start(const std::vector<WarmOutcome>& known) {
  for (const WarmOutcome& one : known) state_->warm[one.digest].push_back(one);
}

std::uint64_t EquivalenceCache::sightings(const ProbeDigest& digest) const {
  const State& s = *state_;
  const std::uint32_t entry = s.find(digest);
  return entry == kNone ? 0 : s.entries[entry].seen;
}

Verdict EquivalenceCache::look_up(const ProbeDigest& digest, Level level, Ticket ticket,
                                  bool again) {
  State& s = *state_;
  assert(level < s.settings.levels);
  ++s.accounting.look_ups;
  Verdict verdict;
  verdict.digest = digest.key;
  verdict.founder = verdict.leader = ticket;
  if (s.settings.policy == Policy::kOff) return verdict;

  s.drop_retired(ticket);
  bool is_known = true;
  std::uint32_t entry = s.find(digest);
  if (entry == kNone) {
    const std::vector<WarmOutcome> known = s.take_warm(digest);
    entry = s.found(known.empty() ? digest.key : known.front().digest, digest, ticket);
    for (const WarmOutcome& one : known) s.settle_warm(entry, one);
    verdict.founded = true;
    is_known = !known.empty();
    s.accounting.misses += is_known ? 0 : 1;
  } else {
    s.see(entry, ticket);
    verdict.by_alternative = s.entries[entry].key != digest.key;
    s.accounting.alternative_hits += verdict.by_alternative ? 1 : 0;
  }
  s.last_seen = entry;
  s.entries[entry].seen += again ? 0 : 1;
  verdict.cls = s.entries[entry].cls;
  verdict.digest = s.entries[entry].key;
  verdict.founder = s.entries[entry].founder;

  const std::uint32_t at = s.find_record(entry, level);
  if (at == kNone) {
    verdict.partial = is_known;
    s.accounting.partial_hits += verdict.partial ? 1 : 0;
    s.reserve(entry, level, ticket);
    return verdict;
  }
  Record& record = s.records[at];
  verdict.first_is_warm = record.warm;
  const bool is_first_look = std::exchange(record.is_new, false);
  if (s.settings.policy == Policy::kAggregate && record.reserved < s.settings.max_evaluations) {
    record.leader = ticket;
    verdict.trial = record.reserved++;
    ++s.accounting.again;
    return verdict;
  }
  verdict.warm = is_first_look;
  ++(verdict.warm ? s.accounting.warm_hits : s.accounting.hits);
  verdict.leader = record.leader;
  verdict.kind = record.trials > 0 ? Verdict::Kind::kKnown : Verdict::Kind::kWaitFor;
  if (!verdict.warm && !again && s.forgets(s.entries[entry])) s.forget(entry);
  return verdict;
}

void EquivalenceCache::settle(ClassId cls, Level level, std::uint8_t status, std::uint8_t reason,
                              std::span<const double> figures, double seconds) {
  State& s = *state_;
  const std::uint32_t at = s.find_record_of(cls, level);
  if (at == kNone) return;
  assert(figures.empty() || figures.size() == s.settings.figures);
  Record& record = s.records[at];
  const bool spoils = s.keeps_first() && record.status == 0 && status != 0;
  if (record.trials == 0) record.first_status = status;
  if (++record.trials == 1 || spoils) {
    record.status = status;
    record.reason = reason;
  }
  record.seconds += (seconds - record.seconds) / record.trials;
  if (figures.empty()) return;
  // Welford 1962: mean and sum of squared deviations, one value at a time.
  if (++record.count == 1 && s.keeps_first())
    std::ranges::copy(figures, s.first_figures(at).begin());
  const std::span<double> means = s.means(at);
  const std::span<double> deviations = s.deviations(at);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const double from_old = figures[i] - means[i];
    means[i] += from_old / record.count;
    deviations[i] += from_old * (figures[i] - means[i]);
  }
}

const Recalled* EquivalenceCache::recall(ClassId cls, Level level) {
  State& s = *state_;
  const std::uint32_t at = s.find_record_of(cls, level);
  if (at == kNone || s.records[at].trials == 0) return nullptr;
  const Record& record = s.records[at];
  s.recalled = {record.status,      record.reason, record.count, record.seconds, {}, {}, {},
                record.first_status};
  if (record.count > 0) {
    const double freedom = record.count > 1 ? record.count - 1.0 : 1.0;
    std::ranges::transform(s.deviations(at), s.variance.begin(),
                           [freedom](double sum) { return sum / freedom; });
    s.recalled.mean = s.means(at);
    s.recalled.variance = s.variance;
    s.recalled.first = s.keeps_first() ? s.first_figures(at) : s.means(at);
  }
  return &s.recalled;
}

void EquivalenceCache::credit(ClassId cls, Level level) {
  State& s = *state_;
  const std::uint32_t at = s.find_record_of(cls, level);
  if (at != kNone && s.records[at].trials > 0) s.accounting.seconds_saved += s.records[at].seconds;
}

const Accounting& EquivalenceCache::accounting() const {
  return state_->accounting;
}
std::uint64_t EquivalenceCache::size() const {
  return state_->held;
}

}  // namespace equivolve::hashing
