#include "evaluators/test_time_adaptation/stream.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/test_time_adaptation/draws.hpp"
#include "evaluators/test_time_adaptation/planes.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using Places = std::vector<std::uint32_t>;

template <class Value>
void shuffle_in_place(std::vector<Value>& values, hashing::Stream stream) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[stream.below(i)]);
}

Places shuffled_order(std::size_t count, std::uint64_t seed) {
  Places order(count);
  std::iota(order.begin(), order.end(), 0U);
  shuffle_in_place(order, draws(seed, Draw::kSampleOrder));
  return order;
}

/// Cuts `members` into slots by shares from a Dirichlet distribution.
void deal(const Places& members, double delta, hashing::Stream stream, std::vector<Places>& slots) {
  std::vector<double> ends(slots.size());
  double sum = 0;
  for (double& end : ends) end = sum += gamma_draw(delta, stream);
  std::size_t from = 0;
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const bool last = slot + 1 == slots.size() || sum <= 0;
    const std::size_t to =
        last
            ? members.size()
            : static_cast<std::size_t>(ends[slot] / sum * static_cast<double>(members.size()) + .5);
    for (; from < to; ++from) slots[slot].push_back(members[from]);
  }
}

/// The samples of `order`, class by class dealt to slots; each slot is shuffled.
Places dirichlet_order(const Places& order, const Samples& samples, double delta,
                       std::uint64_t seed) {
  std::vector<Places> classes(samples.classes), slots(samples.classes);
  for (const std::uint32_t i : order) classes[samples.labels[i]].push_back(i);
  for (std::uint32_t k = 0; k < samples.classes; ++k)
    deal(classes[k], delta, draws(seed, Draw::kLabelOrder, k), slots);
  Places out;
  for (std::uint32_t s = 0; s < slots.size(); ++s) {
    shuffle_in_place(slots[s], draws(seed, Draw::kLabelOrder, s, 1));
    out.insert(out.end(), slots[s].begin(), slots[s].end());
  }
  return out;
}

/// Which severities a stream has of its corruption number `at`, in order.
std::vector<int> severities(const StreamSettings& settings, std::size_t at) {
  if (settings.protocol != Protocol::kGradual) return {settings.severity};
  if (at == 0) return {5, 4, 3, 2, 1};
  return {1, 2, 3, 4, 5, 4, 3, 2, 1};
}

std::uint32_t kind_of(const Segment& segment) {
  return segment.corruption * 8 + static_cast<std::uint32_t>(segment.severity);
}

/// Channels of an image are spoilt alike, by the same draws, but for noises of single pixels.
void corrupt_images(const Samples& clean, const Places& order, std::uint64_t seed, Segment& out) {
  constexpr std::uint32_t kNoises = 3;  // the first of both families
  constexpr std::uint32_t kKinds = 1024;
  const SampleShape& shape = clean.shape;
  const std::uint32_t kind = kind_of(out);
  out.samples.values.resize(order.size() * shape.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::uint32_t i = order[place];
    Planes planes = planes_of(shape, clean[i]);
    for (std::uint32_t channel = 0; channel < shape.channels; ++channel) {
      const std::uint32_t which = out.corruption < kNoises ? kind + channel * kKinds : kind;
      hashing::Stream own = draws(seed, Draw::kOneSample, which, i);
      hashing::Stream shared = draws(seed, Draw::kAllSamples, kind);
      Image& image = planes[channel];
      image = shape.family == Family::kImages
                  ? corrupt_image(image, out.corruption, out.severity, own)
                  : corrupt_digit(image, out.corruption, out.severity, own, shared);
    }
    store(planes, std::span(out.samples.values).subspan(place * shape.size(), shape.size()));
  }
}

/// Rows drawn with replacement, as likely as the drift weighs them.
Places resampled(const Samples& clean, const Places& order, std::uint64_t seed,
                 const Segment& segment) {
  const hashing::Stream shared = draws(seed, Draw::kAllSamples, kind_of(segment));
  std::vector<double> ends, row;
  double sum = 0;
  for (const std::uint32_t i : order) {
    row.assign(clean[i].begin(), clean[i].end());
    sum += row_weight(row, clean.labels.empty() ? 0 : clean.labels[i], clean.classes,
                      segment.corruption, segment.severity, shared);
    ends.push_back(sum);
  }
  hashing::Stream choice = draws(seed, Draw::kOneSample, kind_of(segment), 0xffffffffU);
  Places out;
  for (std::size_t n = 0; n < order.size(); ++n) {
    const auto at = std::upper_bound(ends.begin(), ends.end(), choice.uniform() * sum);
    out.push_back(order[std::min<std::size_t>(static_cast<std::size_t>(at - ends.begin()),
                                              order.size() - 1)]);
  }
  return out;
}

void drift_rows(const Samples& clean, const Places& order, std::uint64_t seed, Segment& out) {
  const std::uint32_t kind = kind_of(out);
  const hashing::Stream shared = draws(seed, Draw::kAllSamples, kind);
  std::vector<double> row;
  for (std::size_t place = 0; place < order.size(); ++place) {
    row.assign(clean[order[place]].begin(), clean[order[place]].end());
    hashing::Stream own = draws(seed, Draw::kOneSample, kind, static_cast<std::uint32_t>(place));
    drift_row(row, out.corruption, out.severity,
              static_cast<double>(place) / static_cast<double>(order.size()), own, shared);
    for (const double x : row) out.samples.values.push_back(static_cast<float>(x));
  }
}

Segment make_segment(const Samples& clean, const StreamSettings& settings, const Places& order,
                     std::uint32_t corruption, int severity) {
  Segment out{corruption, severity, {clean.shape, clean.classes, {}, {}}, {}};
  const bool table = clean.shape.family == Family::kTable;
  const bool chooses = table && chooses_rows(corruption);
  Places rows = chooses ? resampled(clean, order, settings.seed, out) : order;
  if (chooses && settings.label_order == LabelOrder::kDirichlet) {
    // What was drawn anew has lost its order.
    const Samples drawn = clean.chosen(rows);
    Places places(rows.size());
    std::iota(places.begin(), places.end(), 0U);
    Places ordered = dirichlet_order(places, drawn, settings.delta, settings.seed);
    for (std::uint32_t& place : ordered) place = rows[place];
    rows = std::move(ordered);
  }
  if (table)
    drift_rows(clean, rows, settings.seed, out);
  else
    corrupt_images(clean, rows, settings.seed, out);
  for (std::size_t place = 0; place < rows.size(); ++place) {
    if (!clean.labels.empty()) out.samples.labels.push_back(clean.labels[rows[place]]);
    out.ids.push_back(chooses ? static_cast<std::uint32_t>(place) : rows[place]);
  }
  return out;
}

/// For 0 < shape; see gamma_draw.
double gamma_from_one(double shape, hashing::Stream& stream) {
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = stream.gaussian(), v = (1 + c * x) * (1 + c * x) * (1 + c * x);
    const double u = stream.uniform();
    if (v > 0 && std::log(1 - u) < .5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

}  // namespace

double gamma_draw(double shape, hashing::Stream& stream) {
  if (shape >= 1) return gamma_from_one(shape, stream);
  const double boosted = gamma_from_one(shape + 1, stream);
  return boosted * std::pow(1 - stream.uniform(), 1 / shape);
}

SampleStream make_stream(const Samples& clean, const StreamSettings& settings) {
  Places order = shuffled_order(clean.count(), settings.seed);
  if (settings.label_order == LabelOrder::kDirichlet)
    order = dirichlet_order(order, clean, settings.delta, settings.seed);
  SampleStream out;
  out.seed = settings.seed;
  out.shuffles_batches = settings.protocol == Protocol::kMixed;
  out.resets_between = settings.protocol == Protocol::kEpisodic;
  for (std::size_t at = 0; at < settings.corruptions.size(); ++at)
    for (const int severity : severities(settings, at)) {
      const std::uint32_t corruption = settings.corruptions[at];
      const auto made =
          std::find_if(out.segments.begin(), out.segments.end(), [&](const Segment& segment) {
            return segment.corruption == corruption && segment.severity == severity;
          });
      out.schedule.push_back(static_cast<std::uint32_t>(made - out.segments.begin()));
      if (made == out.segments.end())
        out.segments.push_back(make_segment(clean, settings, order, corruption, severity));
    }
  return out;
}

std::vector<StreamBatch> batches_of(const SampleStream& stream, std::uint32_t size,
                                    std::uint32_t round) {
  std::vector<StreamBatch> out;
  for (const std::uint32_t segment : stream.schedule) {
    const auto count = static_cast<std::uint32_t>(stream.segments[segment].ids.size());
    for (std::uint32_t first = 0; first < count; first += size)
      out.push_back({segment, first, std::min(size, count - first), first == 0});
  }
  if (stream.shuffles_batches) {
    shuffle_in_place(out, draws(stream.seed, Draw::kMixedOrder, 0, round));
    for (std::size_t b = 0; b < out.size(); ++b)
      out[b].begins_segment = b == 0 || out[b].segment != out[b - 1].segment;
  }
  return out;
}

}  // namespace equivolve::test_time_adaptation
