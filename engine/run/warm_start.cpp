#include "engine/run/warm_start.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <unordered_map>

#include "engine/run/seeds.hpp"

namespace equivolve::engine {
namespace {

bool before(const WarmClass& a, const WarmClass& b) {
  if (a.outcome.digest != b.outcome.digest) return a.outcome.digest < b.outcome.digest;
  return a.outcome.level < b.outcome.level;
}

bool same_place(const WarmClass& a, const WarmClass& b) {
  return !before(a, b) && !before(b, a);
}

// Trials in the order in which they were made: the mean of those that ended well; but one that did
// not stands for the behaviour, as it does within a run.
void add_trial(WarmClass& to, const TrialRow& trial, std::uint64_t run_seed, std::size_t figures) {
  hashing::WarmOutcome& outcome = to.outcome;
  const auto status = static_cast<std::uint8_t>(trial.status);
  const bool first = outcome.mean.empty();
  if (first) {
    to.common_seed = trial.common_seed.value_or(common_seed(run_seed, trial.repeat));
    to.own_seed = trial.own_seed.value_or(own_seed(run_seed, outcome.digest, trial.repeat));
    outcome.mean = trial.figures;
    outcome.mean.resize(figures, std::numeric_limits<double>::quiet_NaN());
    outcome.count = 1;
    outcome.seconds = trial.seconds;
  }
  if (outcome.status == 0 && (first || status != 0)) {
    outcome.status = status;
    outcome.reason = static_cast<std::uint8_t>(trial.reason);
  }
  if (first || outcome.status != 0 || trial.figures.size() != figures) return;
  ++outcome.count;
  outcome.seconds += (trial.seconds - outcome.seconds) / outcome.count;
  for (std::size_t i = 0; i < figures; ++i)
    outcome.mean[i] += (trial.figures[i] - outcome.mean[i]) / outcome.count;
}

void add_run(WarmStart& out, const ReplayData& run, std::uint64_t seed, std::size_t figures) {
  std::unordered_map<std::uint64_t, hashing::Digest> digests;
  for (const ClassRow& row : run.classes) digests.emplace(row.cls, row.digest);
  WarmStart known;
  std::map<std::pair<hashing::Digest, std::uint32_t>, std::size_t> places;  // forgotten or evicted
                                                                            // classes come again
  for (const TrialRow& trial : run.trials) {
    const auto digest = digests.find(trial.cls);
    // What ended for reasons of the machine, or of other trials, says nothing of the behaviour.
    const bool usable = trial.status != Status::kFailed && trial.status != Status::kCancelled &&
                        trial.status != Status::kPruned;
    if (trial.kind != TrialKind::kSearch || digest == digests.end() || !usable) continue;
    const auto [place, is_new] =
        places.emplace(std::pair(digest->second, trial.level), known.size());
    if (is_new) {
      known.emplace_back();
      known.back().outcome.digest = digest->second;
      known.back().outcome.level = trial.level;
    }
    add_trial(known[place->second], trial, seed, figures);
  }
  out.insert(out.end(), known.begin(), known.end());
}

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Reads from the front; false when there is too little.
template <class T>
bool get(std::string_view& in, T& value) {
  if (in.size() < sizeof value) return false;
  std::memcpy(&value, in.data(), sizeof value);
  in.remove_prefix(sizeof value);
  return true;
}

constexpr std::uint64_t kFormat = 0x31545257'56514555;  // what follows, and its version

bool get(std::string_view& in, WarmClass& one) {
  hashing::WarmOutcome& o = one.outcome;
  std::uint32_t figures = 0;
  const bool head = get(in, o.digest.hi) && get(in, o.digest.lo) && get(in, o.level) &&
                    get(in, o.status) && get(in, o.reason) && get(in, o.count) &&
                    get(in, o.seconds) && get(in, one.common_seed) && get(in, one.own_seed) &&
                    get(in, figures);
  if (!head || in.size() / sizeof(double) < figures) return false;
  o.mean.resize(figures);
  for (double& value : o.mean) get(in, value);
  return true;
}

}  // namespace

tl::expected<WarmStart, StoreError> gather_warm_start(const StoreReader& reader,
                                                      const hashing::Digest& context,
                                                      std::size_t figures) {
  auto runs = reader.runs();
  if (!runs) return tl::unexpected(runs.error());
  WarmStart all;
  for (const RunInfo& run : *runs) {
    if (run.head.context != context) continue;
    auto data = reader.replay(run.id);
    if (!data) return tl::unexpected(data.error());
    add_run(all, *data, run.head.seed, figures);
  }
  // Of equals the earliest stays.
  std::stable_sort(all.begin(), all.end(), before);
  all.erase(std::unique(all.begin(), all.end(), same_place), all.end());
  return all;
}

std::vector<hashing::WarmOutcome> outcomes_of(const WarmStart& warm) {
  std::vector<hashing::WarmOutcome> outcomes;
  outcomes.reserve(warm.size());
  for (const WarmClass& one : warm) outcomes.push_back(one.outcome);
  return outcomes;
}

const WarmClass* find(const WarmStart& warm, const hashing::Digest& digest, std::uint32_t level) {
  WarmClass wanted;
  wanted.outcome.digest = digest;
  wanted.outcome.level = level;
  const auto at = std::lower_bound(warm.begin(), warm.end(), wanted, before);
  return at != warm.end() && same_place(*at, wanted) ? &*at : nullptr;
}

std::string encode(const WarmStart& warm) {
  std::string out;
  put(out, kFormat);
  put(out, static_cast<std::uint64_t>(warm.size()));
  for (const WarmClass& one : warm) {
    const hashing::WarmOutcome& o = one.outcome;
    put(out, o.digest.hi);
    put(out, o.digest.lo);
    put(out, o.level);
    put(out, o.status);
    put(out, o.reason);
    put(out, o.count);
    put(out, o.seconds);
    put(out, one.common_seed);
    put(out, one.own_seed);
    put(out, static_cast<std::uint32_t>(o.mean.size()));
    for (const double value : o.mean) put(out, value);
  }
  return out;
}

tl::expected<WarmStart, std::string> decode_warm_start(std::string_view bytes) {
  std::uint64_t format = 0, count = 0;
  if (!get(bytes, format) || format != kFormat || !get(bytes, count))
    return tl::unexpected(std::string("is no snapshot of earlier runs"));
  WarmStart warm;
  for (std::uint64_t i = 0; i < count; ++i) {
    warm.emplace_back();
    if (!get(bytes, warm.back())) return tl::unexpected(std::string("is cut off"));
  }
  if (!bytes.empty()) return tl::unexpected(std::string("is longer than it says"));
  return warm;
}

}  // namespace equivolve::engine
