// Corruptions, streams and figures.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "evaluators/test_time_adaptation/draws.hpp"
#include "evaluators/test_time_adaptation/figures.hpp"
#include "evaluators/test_time_adaptation/idx.hpp"
#include "evaluators/test_time_adaptation/jpeg.hpp"
#include "evaluators/test_time_adaptation/plasma.hpp"
#include "evaluators/test_time_adaptation/stream.hpp"
#include "evaluators/test_time_adaptation/stream_run.hpp"
#include "tests/evaluators/test_time_adaptation/golden.hpp"

namespace equivolve::test_time_adaptation {
namespace {

Samples made_up(const SampleShape& shape, std::size_t count, std::uint32_t classes) {
  Samples out{shape, classes, {}, {}};
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < shape.size(); ++j)
      out.values.push_back(static_cast<float>(shape.family == Family::kTable ? stream.gaussian()
                                                                             : stream.uniform()));
    out.labels.push_back(static_cast<std::uint32_t>(i % classes));
  }
  return out;
}

std::vector<std::uint32_t> all_of(Family family) {
  std::vector<std::uint32_t> out(corruption_names(family).size());
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

// ---- single corruptions

TEST(Corruptions, HaveNamesAndChangeImages) {
  for (const SampleShape& shape :
       {SampleShape{Family::kImages, 28, 28}, SampleShape{Family::kDigits, 8, 8}}) {
    const auto names = corruption_names(shape.family);
    EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), 15U);
    const Samples samples = made_up(shape, 4, 2);
    for (std::uint32_t c = 0; c < 15; ++c)
      for (int severity = 1; severity <= 5; ++severity) {
        const SampleStream stream =
            make_stream(samples, {.corruptions = {c}, .severity = severity});
        const auto& values = stream.segments[0].samples.values;
        EXPECT_NE(values, samples.values) << names[c];
        for (const float value : values) {
          EXPECT_TRUE(value >= 0 && value <= 1);
          EXPECT_NEAR(value * 255, std::nearbyint(value * 255), 1e-4);
        }
      }
  }
}

/// Grey images as colour images whose channels are alike.
Samples as_colour(const Samples& grey) {
  Samples out = grey;
  out.shape.channels = 3;
  out.values.clear();
  for (const float value : grey.values) out.values.insert(out.values.end(), 3, value);
  return out;
}

TEST(Corruptions, OfColourImagesSpoilChannelsAlikeButForNoise) {
  for (const SampleShape& shape :
       {SampleShape{Family::kImages, 28, 28}, SampleShape{Family::kDigits, 8, 8}}) {
    const Samples grey = made_up(shape, 3, 2), colour = as_colour(grey);
    for (std::uint32_t c = 0; c < 15; ++c) {
      const auto one = make_stream(grey, {.corruptions = {c}}).segments[0].samples;
      const auto three = make_stream(colour, {.corruptions = {c}}).segments[0].samples;
      ASSERT_EQ(three.values.size(), 3 * one.values.size());
      bool alike = true;
      for (std::size_t i = 0; i < one.values.size(); ++i) {
        EXPECT_EQ(three.values[3 * i], one.values[i])
            << c << ": the first channel is the grey image";
        alike = alike && three.values[3 * i + 1] == one.values[i] &&
                three.values[3 * i + 2] == one.values[i];
      }
      EXPECT_EQ(alike, c > 2) << corruption_names(shape.family)[c];
    }
  }
}

TEST(Corruptions, KnownAnswers) {
  Image image(4, 4);
  for (std::size_t i = 0; i < 16; ++i) image.pixels[i] = static_cast<double>(i) / 16;
  // A blur keeps the sum of what lies away from the edges; a flat image stays flat.
  Image dot(9, 9), flat(9, 9);
  dot.at(4, 4) = 1;
  std::fill(flat.pixels.begin(), flat.pixels.end(), .3);
  for (const Image& blurred : {gaussian_blur(dot, .9), disc_blur(dot, 1.6), line_blur(dot, 3, .7)})
    EXPECT_NEAR(std::accumulate(blurred.pixels.begin(), blurred.pixels.end(), 0.0), 1, 1e-12);
  for (const Image& same : {gaussian_blur(flat, 1), disc_blur(flat, 2.1), line_blur(flat, 5, -.4),
                            placed(flat, {.degrees = 9, .scale = 1.3, .down = 1})})
    for (const double pixel : same.pixels) EXPECT_NEAR(pixel, .3, 1e-12);
  EXPECT_NEAR(gaussian_blur(dot, 1).at(4, 4), std::pow(0.39894346935609776, 2), 1e-8);
  EXPECT_NEAR(sample(image, 1.5, 2.25), image.at(1, 2) * .5 + image.at(2, 2) * .5 + .25 / 16,
              1e-12);
  EXPECT_DOUBLE_EQ(sample(image, -3, 0), 0);
  EXPECT_DOUBLE_EQ(sample_on_black(image, 3.5, 3), image.at(3, 3) / 2);
  const Image turned = placed(image, {.degrees = 180});
  for (std::size_t i = 0; i < 16; ++i) EXPECT_NEAR(turned.pixels[i], image.pixels[15 - i], 1e-9);
  const Image right = placed(image, {.right = 1});
  EXPECT_NEAR(right.at(2, 3), image.at(2, 2), 1e-12);
  const Image means = area_means(image, 2);
  EXPECT_NEAR(means.at(0, 0), (0 + 1 + 4 + 5) / 64.0, 1e-12);
  const Image uneven = area_means(image, 3);  // cells of 4/3 pixels
  EXPECT_NEAR(uneven.at(0, 0), (0 + 1 / 3. + 4 / 3. + 5 / 9.) / 16 / (16 / 9.), 1e-12);
}

TEST(Corruptions, JpegOfAFlatImageIsItsRoundedMean) {
  Image flat(8, 8);
  std::fill(flat.pixels.begin(), flat.pixels.end(), 100 / 255.);
  // The mean has the weight 8: (100 - 128) * 8 = -224, in steps of 16 * 5000/25/100 = 32.
  for (const double pixel : jpeg_compressed(flat, 25).pixels) EXPECT_NEAR(pixel, 100 / 255., 1e-12);
  std::fill(flat.pixels.begin(), flat.pixels.end(), 101 / 255.);  // -216 -> -224
  for (const double pixel : jpeg_compressed(flat, 25).pixels) EXPECT_NEAR(pixel, 100 / 255., 1e-12);
}

TEST(Corruptions, PlasmaFillsItsRange) {
  hashing::Stream stream(1, hashing::Purpose::kTest, 1);
  const Image field = plasma(32, 32, 2, stream);
  const auto [low, high] = std::minmax_element(field.pixels.begin(), field.pixels.end());
  EXPECT_EQ(*low, 0);
  EXPECT_EQ(*high, 1);
  EXPECT_EQ(plasma(28, 28, 2, stream).pixels.size(), 784U);
}

/// The folder tta among the test data; empty where there are none.
std::string test_data() {
  const char* folder = std::getenv("EQUIVOLVE_TEST_DATA");
  return folder ? std::string(folder) + "/tta/" : "";
}

TEST(Corruptions, AgreeWithTheReferenceStatistics) {
  if (test_data().empty()) GTEST_SKIP() << "EQUIVOLVE_TEST_DATA is not set";
  Samples images = read_images(test_data() + "fashion10k-test-images-idx3-ubyte.gz");
  images.values.resize(1000 * images.shape.size());
  std::ifstream file(test_data() + "fashion10k-corruption-statistics.json");
  const auto statistics = nlohmann::json::parse(file);
  const auto names = corruption_names(Family::kImages);
  for (const int severity : {3, 5})
    for (std::uint32_t c = 0; c < names.size(); ++c) {
      const SampleStream stream =
          make_stream(images, {.corruptions = {c}, .severity = severity, .seed = 1});
      const Segment& segment = stream.segments[0];
      double sum = 0, square = 0, change = 0;
      const std::size_t size = images.shape.size(), count = segment.samples.values.size();
      for (std::size_t i = 0; i < count; ++i) {
        const double x = 255. * segment.samples.values[i];
        sum += x;
        square += x * x;
        change += std::abs(x - 255. * images[segment.ids[i / size]][i % size]);
      }
      const double n = static_cast<double>(count), mean = sum / n;
      const auto& expected = statistics[std::string(names[c])][std::to_string(severity)];
      const bool random = names[c] == "snow" || names[c] == "fog" || names[c] == "frost";
      const double within = random ? .05 : .02;
      const auto near = [&](double found, const char* what) {
        EXPECT_NEAR(found, expected[what].get<double>(), within * expected[what].get<double>())
            << names[c] << ' ' << severity << ' ' << what;
      };
      near(mean, "mean");
      near(std::sqrt(square / n - mean * mean), "std");
      near(change / n, "mad");
    }
}

// ---- streams

TEST(Streams, HaveEverySampleOnceASegmentInTheSameOrder) {
  const Samples samples = made_up({Family::kDigits, 8, 8}, 30, 3);
  for (const LabelOrder order : {LabelOrder::kShuffled, LabelOrder::kDirichlet}) {
    const SampleStream stream = make_stream(
        samples, {.corruptions = all_of(Family::kDigits), .label_order = order, .seed = 4});
    ASSERT_EQ(stream.schedule.size(), 15U);
    for (const Segment& segment : stream.segments) {
      EXPECT_EQ(segment.ids, stream.segments[0].ids);
      EXPECT_EQ(std::set<std::uint32_t>(segment.ids.begin(), segment.ids.end()).size(), 30U);
      for (std::size_t i = 0; i < 30; ++i)
        EXPECT_EQ(segment.samples.labels[i], samples.labels[segment.ids[i]]);
    }
  }
}

TEST(Streams, GradualOnesRiseAndFall) {
  const Samples samples = made_up({Family::kDigits, 8, 8}, 3, 2);
  const SampleStream stream =
      make_stream(samples, {.protocol = Protocol::kGradual, .corruptions = {0, 6}});
  std::vector<std::pair<std::uint32_t, int>> met;
  for (const std::uint32_t s : stream.schedule)
    met.emplace_back(stream.segments[s].corruption, stream.segments[s].severity);
  const std::vector<std::pair<std::uint32_t, int>> expected{{0, 5}, {0, 4}, {0, 3}, {0, 2}, {0, 1},
                                                            {6, 1}, {6, 2}, {6, 3}, {6, 4}, {6, 5},
                                                            {6, 4}, {6, 3}, {6, 2}, {6, 1}};
  EXPECT_EQ(met, expected);
  EXPECT_EQ(stream.segments.size(), 10U);
}

TEST(Streams, MixedOnesHaveTheSameBatchesInAnotherOrder) {
  const Samples samples = made_up({Family::kDigits, 8, 8}, 10, 2);
  StreamSettings settings{.corruptions = {0, 1, 2, 3, 4, 5}, .seed = 2};
  const SampleStream plain = make_stream(samples, settings);
  settings.protocol = Protocol::kMixed;
  const SampleStream mixed = make_stream(samples, settings);
  const auto key = [](const StreamBatch& b) { return std::tuple(b.segment, b.first, b.count); };
  const auto keys = [&](const SampleStream& stream, std::uint32_t round) {
    std::vector<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> out;
    for (const StreamBatch& batch : batches_of(stream, 4, round)) out.push_back(key(batch));
    return out;
  };
  auto first = keys(mixed, 0), second = keys(mixed, 1);
  EXPECT_NE(first, keys(plain, 0));
  EXPECT_NE(first, second);
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first, keys(plain, 0));
  EXPECT_EQ(std::get<2>(keys(plain, 0)[2]), 2U) << "the last batch of a segment";
}

/// Share of neighbours with equal labels.
double repeated(const SampleStream& stream) {
  const auto& labels = stream.segments[0].samples.labels;
  double same = 0;
  for (std::size_t i = 1; i < labels.size(); ++i) same += labels[i] == labels[i - 1];
  return same / static_cast<double>(labels.size() - 1);
}

TEST(Streams, LabelsFollowEachOtherWhereDeltaIsSmall) {
  const Samples samples = made_up({Family::kDigits, 8, 8}, 600, 10);
  const auto made = [&](LabelOrder order, double delta) {
    return repeated(make_stream(
        samples, {.corruptions = {6}, .label_order = order, .delta = delta, .seed = 8}));
  };
  EXPECT_NEAR(made(LabelOrder::kShuffled, 1), .1, .05);
  EXPECT_NEAR(made(LabelOrder::kDirichlet, 1000), .1, .05);
  EXPECT_GT(made(LabelOrder::kDirichlet, .01), .6);
  EXPECT_GT(made(LabelOrder::kDirichlet, .1), made(LabelOrder::kDirichlet, 1));
}

TEST(Streams, GammaDrawsHaveTheirMoments) {
  for (const double shape : {.1, .5, 1., 3.}) {
    hashing::Stream stream(5, hashing::Purpose::kTest, 2);
    constexpr int kDraws = 20000;
    double sum = 0, square = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = gamma_draw(shape, stream);
      sum += x;
      square += x * x;
    }
    const double mean = sum / kDraws, variance = square / kDraws - mean * mean;
    EXPECT_NEAR(mean, shape, 5 * std::sqrt(shape / kDraws));
    // The variance of the sample variance: (2 + 6 / shape) shape^2 / n.
    EXPECT_NEAR(variance, shape, 5 * shape * std::sqrt((2 + 6 / shape) / kDraws));
  }
}

TEST(Drifts, DoWhatTheirNamesSay) {
  const Samples rows = made_up({Family::kTable, 1, 4}, 400, 2);
  const auto names = corruption_names(Family::kTable);
  const auto drifted = [&](std::string_view name) {
    const auto at =
        static_cast<std::uint32_t>(std::find(names.begin(), names.end(), name) - names.begin());
    return make_stream(rows, {.corruptions = {at}, .severity = 5, .seed = 6}).segments[0];
  };
  const auto change = [&](const Segment& segment, std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t i = from; i < to; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        sum += std::abs(segment.samples[i][j] - rows[segment.ids[i]][j]);
    return sum / static_cast<double>(4 * (to - from));
  };
  for (const char* linear : {"gain_linear", "offset_linear"}) {
    const Segment segment = drifted(linear);
    EXPECT_NEAR(change(segment, 0, 1), 0, 1e-6) << linear;
    EXPECT_GT(change(segment, 300, 400), 2 * change(segment, 0, 100)) << linear;
  }
  for (const char* sine : {"gain_sine", "offset_sine"}) {
    const Segment segment = drifted(sine);
    EXPECT_GT(change(segment, 80, 120), 5 * change(segment, 198, 202)) << sine;
  }
  EXPECT_NEAR(change(drifted("noise"), 0, 400), 1.2 * std::sqrt(2 / M_PI), .1);
  const Segment tilted = drifted("covariate_shift");
  EXPECT_LT(std::set<std::vector<float>>([&] {
              std::set<std::vector<float>> seen;
              for (std::size_t i = 0; i < 400; ++i)
                seen.insert({tilted.samples[i].begin(), tilted.samples[i].end()});
              return seen;
            }())
                .size(),
            300U);
  const auto ones = [](const Segment& s) {
    return std::count(s.samples.labels.begin(), s.samples.labels.end(), 1U);
  };
  EXPECT_GT(std::abs(ones(drifted("label_shift")) - 200), 40);
}

// ---- runs along streams

/// A perceptron of the golden file along a stream of made-up digits.
std::vector<float> told_along(const Golden& golden, const SampleStream& stream, Method method,
                              StreamRun* run = nullptr) {
  std::vector<float> told;
  RunSettings settings;
  settings.recipe = published(method, 2, 1, 1);
  settings.batch = 16;
  settings.rounds = 2;
  const StreamRun done = run_along(
      golden.model, stream, settings, [] { return false; },
      [&](const StreamBatch&, std::span<const float> logits) {
        told.insert(told.end(), logits.begin(), logits.end());
      });
  if (run) *run = done;
  return told;
}

TEST(Runs, NoLabelLeaksIntoAPrediction) {
  const Golden golden = golden_perceptron();
  const Samples samples = made_up({Family::kDigits, 8, 8}, 48, 10);
  for (const LabelOrder order : {LabelOrder::kShuffled, LabelOrder::kDirichlet}) {
    const SampleStream stream =
        make_stream(samples, {.corruptions = {0, 6, 9}, .label_order = order, .seed = 3});
    SampleStream shuffled = stream;
    hashing::Stream draw(7, hashing::Purpose::kTest, 0);
    for (Segment& segment : shuffled.segments) {
      auto& labels = segment.samples.labels;
      for (std::size_t i = labels.size(); i > 1; --i)
        std::swap(labels[i - 1], labels[draw.below(i)]);
    }
    ASSERT_NE(stream.segments[0].samples.labels, shuffled.segments[0].samples.labels);
    for (const Method method :
         {Method::kSource, Method::kBatchNorm, Method::kPseudoLabel, Method::kTent, Method::kCotta,
          Method::kPetalSres, Method::kPetalFim}) {
      StreamRun one, other;
      EXPECT_EQ(told_along(golden, stream, method, &one),
                told_along(golden, shuffled, method, &other));
      EXPECT_NE(one.all().nll, other.all().nll) << "but figures need them";
    }
  }
}

TEST(Runs, CountAllSamplesAndRounds) {
  const Golden golden = golden_perceptron();
  const Samples samples = made_up({Family::kDigits, 8, 8}, 40, 10);
  const SampleStream stream = make_stream(samples, {.corruptions = {0, 6, 9}, .seed = 3});
  StreamRun run;
  told_along(golden, stream, Method::kPetalFim, &run);
  EXPECT_EQ(run.all().samples, 2U * 3 * 40);
  EXPECT_EQ(run.counts.batches, 2U * 3 * 3);
  EXPECT_EQ(run.over_time.size(), run.counts.batches);
  EXPECT_EQ(run.counts.idle, 0U);
  // Two views, the student forward and backward.
  EXPECT_EQ(run.counts.passes, (2U + 1 + 2) * 2 * 3 * 40);
  EXPECT_GT(run.restored_share(), 0);
  const double items = std::accumulate(run.nll_by_id.begin(), run.nll_by_id.end(), 0.0);
  EXPECT_NEAR(items, run.all().nll, 1e-9 * items);
}

TEST(Runs, EpisodesStartAnew) {
  const Golden golden = golden_perceptron();
  const Samples samples = made_up({Family::kDigits, 8, 8}, 40, 10);
  StreamSettings settings{.corruptions = {0, 6}, .seed = 3};
  settings.protocol = Protocol::kEpisodic;
  const auto both = told_along(golden, make_stream(samples, settings), Method::kTent);
  settings.corruptions = {6};
  const auto second = told_along(golden, make_stream(samples, settings), Method::kTent);
  const std::size_t numbers = 40 * 10;
  EXPECT_TRUE(std::equal(both.begin() + numbers, both.begin() + 2 * numbers, second.begin()));
}

// ---- figures

TEST(Figures, KnownAnswers) {
  const std::vector<double> logits{std::log(.7), std::log(.2), std::log(.1),
                                   std::log(.1), std::log(.3), std::log(.6)};
  const std::vector<std::uint32_t> labels{0, 1};
  Calibration calibration;
  std::vector<double> nll(2);
  const Scores scores = score_batch<double>(logits, 3, labels, calibration, nll);
  EXPECT_EQ(scores.wrong, 1U);
  EXPECT_DOUBLE_EQ(scores.error(), .5);
  EXPECT_NEAR(scores.mean_brier(), (.09 + .04 + .01 + .01 + .49 + .36) / 2, 1e-12);
  EXPECT_NEAR(nll[0], -std::log(.7), 1e-12);
  EXPECT_NEAR(scores.mean_nll(), -(std::log(.7) + std::log(.3)) / 2, 1e-12);
  // .7 lies in bin 10, .6 in bin 9: |1 - .7| and |0 - .6|.
  EXPECT_NEAR(calibration.error(), (.3 + .6) / 2, 1e-12);
}

TEST(Figures, LargeLogitsStayFinite) {
  const std::vector<float> logits{1000, -1000};
  const std::vector<std::uint32_t> labels{1};
  Calibration calibration;
  EXPECT_NEAR(score_batch<float>(logits, 2, labels, calibration).mean_nll(), 2000, 1e-9);
}

}  // namespace
}  // namespace equivolve::test_time_adaptation
