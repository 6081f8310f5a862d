#include "engine/store/run_digests.hpp"

#include <xxhash.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "hashing/digest.hpp"

namespace equivolve::engine {

static_assert(std::endian::native == std::endian::little, "digests are over little-endian bytes");

namespace {

struct StateDeleter {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};
using Hasher = std::unique_ptr<XXH3_state_t, StateDeleter>;

Hasher make_hasher() {
  Hasher hasher(XXH3_createState());
  XXH3_128bits_reset(hasher.get());
  return hasher;
}

using Words = std::vector<std::uint64_t>;

void add_words(const Hasher& hasher, const Words& words) {
  XXH3_128bits_update(hasher.get(), words.data(), words.size() * sizeof words.front());
}

// What the store gives back: no value for what is not finite, one zero. Figures without a value at
// the end count for nothing, so that "none told" and "told without values" are one.
std::uint64_t canonical(double value) {
  if (!std::isfinite(value)) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<std::uint64_t>(value + 0.0);
}

void append_told(Words& words, const std::vector<double>& told) {
  std::size_t count = told.size();
  while (count > 0 && !std::isfinite(told[count - 1])) --count;
  words.push_back(count);
  for (std::size_t i = 0; i < count; ++i) words.push_back(canonical(told[i]));
}

std::string hex(const Hasher& hasher) {
  const XXH128_hash_t hash = XXH3_128bits_digest(hasher.get());
  return hashing::to_hex(hashing::Digest{hash.high64, hash.low64});
}

}  // namespace

struct RunDigests::State {
  Hasher result = make_hasher();
  Hasher trajectory = make_hasher();
  Words words;  // of one outcome; kept for its room
};

RunDigests::RunDigests() : state_(std::make_unique<State>()) {}
RunDigests::~RunDigests() = default;
RunDigests::RunDigests(RunDigests&&) noexcept = default;
RunDigests& RunDigests::operator=(RunDigests&&) noexcept = default;

void RunDigests::add(const OutcomeRow& outcome) {
  const auto status = static_cast<std::uint64_t>(outcome.status);
  Words& words = state_->words;
  words = {outcome.ticket,
           outcome.birth,
           outcome.cls,
           outcome.level,
           outcome.hit,
           status,
           static_cast<std::uint64_t>(outcome.reason),
           outcome.genome_checksum};
  append_told(words, outcome.told);
  add_words(state_->result, words);
  words = {outcome.genome_checksum, status};
  append_told(words, outcome.told);
  add_words(state_->trajectory, words);
}

std::string RunDigests::result_digest() const {
  return hex(state_->result);
}
std::string RunDigests::trajectory_digest() const {
  return hex(state_->trajectory);
}

}  // namespace equivolve::engine
