#include "hashing/readings.hpp"

#include <algorithm>
#include <tuple>

namespace equivolve::hashing::detail {
namespace {

bool before(const Reading& a, const Reading& b) {
  return std::tie(a.distance, a.size, a.taken) < std::tie(b.distance, b.size, b.taken);
}

bool rescales(const Reading& reading, std::span<const Choice> choices, std::size_t group) {
  return std::any_of(reading.taken.begin(), reading.taken.begin() + reading.size,
                     [&](std::uint32_t i) {
                       return choices[i].kind == Choice::Kind::kScale && choices[i].group == group;
                     });
}

bool possible(const Reading& reading, std::span<const Choice> choices, const Choice& choice) {
  if (choice.kind == Choice::Kind::kScale) return true;
  return rescales(reading, choices, choice.group) == (choice.kind == Choice::Kind::kRescaledValue);
}

}  // namespace

// One choice after the other, keeping the best kReadings so far. That loses nothing: each of those
// kept is itself a reading if no further choice is taken, so kReadings readings are at least as
// good as anything grown from one dropped.
std::vector<Reading> most_ambiguous(std::span<const Choice> choices) {
  std::vector<Reading> best(1);
  best.reserve(2 * kReadings);
  for (std::uint32_t i = 0; i < choices.size(); ++i) {
    const std::size_t kept = best.size();
    for (std::size_t k = 0; k < kept; ++k) {
      if (best[k].size == best[k].taken.size() || !possible(best[k], choices, choices[i])) continue;
      Reading grown = best[k];
      grown.distance += choices[i].distance;
      grown.taken[grown.size++] = i;
      if (kept == kReadings && !before(grown, best[kReadings - 1])) continue;
      best.push_back(grown);
    }
    std::sort(best.begin(), best.end(), before);
    if (best.size() > kReadings) best.resize(kReadings);
  }
  return best;
}

void apply_reading(const Reading& reading, std::span<const Choice> choices,
                   std::span<const std::uint64_t> spare, std::span<std::uint64_t> words) {
  // In order, so that a rescaled group is in place before single words of it change.
  for (std::uint32_t k = 0; k < reading.size; ++k) {
    const Choice& choice = choices[reading.taken[k]];
    if (choice.kind == Choice::Kind::kScale) {
      std::copy_n(spare.begin() + static_cast<std::ptrdiff_t>(choice.other), choice.count,
                  words.begin() + static_cast<std::ptrdiff_t>(choice.word));
    } else {
      words[choice.word] = choice.other;
    }
  }
}

}  // namespace equivolve::hashing::detail
