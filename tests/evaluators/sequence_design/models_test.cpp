// Feature maps, kernels and proxies: known values, finite differences, and the same answer by
// another way.
#include <gtest/gtest.h>

#include <cmath>

#include "evaluators/common/metrics/ranks.hpp"
#include "evaluators/sequence_design/masked_network.hpp"
#include "evaluators/sequence_design/methods.hpp"
#include "evaluators/sequence_design/nk.hpp"
#include "evaluators/sequence_design/variational.hpp"

namespace equivolve::sequence_design {
namespace {

OfflineView nk_view(std::size_t n, const NkSettings& nk = {4, 8, 2, 0}) {
  hashing::Stream stream(2, hashing::Purpose::kTest, 0);
  std::vector<Sequence> rows;
  std::vector<double> scores;
  for (std::size_t i = 0; i < n; ++i) {
    Sequence x(nk.sites);
    for (Symbol& s : x) s = static_cast<Symbol>(stream.below(nk.symbols));
    scores.push_back(nk_value(nk, x));
    rows.push_back(std::move(x));
  }
  return make_view(nk_landscape(nk, "nk").set(), std::move(rows), std::move(scores));
}

std::vector<double> random_rows(const SequenceShape& shape, std::uint64_t seed) {
  hashing::Stream stream(seed, hashing::Purpose::kTest, 1);
  std::vector<double> p(shape.cells());
  for (std::size_t row = 0; row < p.size(); row += shape.symbols()) {
    double sum = 0;
    for (std::size_t a = 0; a < shape.symbols(); ++a) {
      p[row + a] = stream.uniform(0.1, 1);
      sum += p[row + a];
    }
    for (std::size_t a = 0; a < shape.symbols(); ++a) p[row + a] /= sum;
  }
  return p;
}

/// gradient against central differences of value(x).
template <class Value>
void expect_gradient(const Value& value, std::vector<double> x, const std::vector<double>& gradient,
                     double step, double tolerance) {
  double largest = 0;
  for (const double g : gradient) largest = std::max(largest, std::abs(g));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double kept = x[i];
    x[i] = kept + step;
    const double above = value(x);
    x[i] = kept - step;
    const double below = value(x);
    x[i] = kept;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * step), tolerance * largest) << i;
  }
}

TEST(InfiniteKernel, KnownValues) {
  const std::pair<double, double> g[] = {{-1, 1.430390497}, {-.5, 1.507106802}, {0, 1.792195967},
                                         {.5, 2.462893132}, {.9, 4.060894741},  {1, 6}};
  const KernelTable table(5);
  for (const auto& [r, value] : g) {
    EXPECT_NEAR(infinite_kernel(r, 5).value, value, 1e-9) << r;
    double told = 0;
    table.values({&r, 1}, {&told, 1});
    EXPECT_NEAR(told, value, 1e-7) << r;
  }
  EXPECT_NEAR(infinite_kernel(0, 5).slope, 0.83612193, 1e-8);
  EXPECT_NEAR(infinite_kernel(.5, 5).slope, 2.10298662, 1e-8);
  EXPECT_NEAR(infinite_kernel(.9, 5).slope, 8.3435268, 1e-7);
  EXPECT_NEAR(infinite_kernel(0, 1).value, 1 / std::acos(-1.0), 1e-12);
}

TEST(InfiniteKernel, TableFollowsTheRecursion) {
  for (const std::size_t depth : {1, 3, 8}) {
    const KernelTable table(depth);
    for (double r = -0.9995; r < 0.9995; r += 0.0037) {
      double g = 0, slope = 0;
      table.values_and_slopes({&r, 1}, {&g, 1}, {&slope, 1});
      const KernelPoint exact = infinite_kernel(r, depth);
      EXPECT_NEAR(g, exact.value, 1e-7 * exact.value + 1e-7);
      EXPECT_NEAR(slope, exact.slope, 1e-5 * std::abs(exact.slope) + 1e-6) << r;
    }
  }
}

TEST(Features, SizesOfThePage) {
  EXPECT_EQ(feature_count(FeatureKind::kPairwise, {"ACGT", 8}), 481U);
  EXPECT_EQ(feature_count(FeatureKind::kPairwise, {"ACDEFGHIKLMNPQRSTVWY", 4}), 2481U);
  EXPECT_EQ(feature_count(FeatureKind::kOneHot, {"ACGT", 8}), 33U);
  EXPECT_EQ(feature_count(FeatureKind::kKmer, {"ACGT", 8}), 65U);
  EXPECT_EQ(affordable(FeatureKind::kPairwise, {"ACDEFGHIKLMNPQRSTVWY", 32}), FeatureKind::kOneHot);
}

TEST(Features, KmersCount) {
  const SequenceShape shape{"ACGT", 8};
  const FeatureMap map(FeatureKind::kKmer, shape);
  std::vector<double> p(shape.cells()), phi(map.size());
  one_hot(*parse_sequence("ACGACGTT", shape), 4, p);
  map.map(p, phi);
  EXPECT_EQ(phi[1 + 0 * 16 + 1 * 4 + 2], 2);  // ACG
  EXPECT_EQ(phi[1 + 1 * 16 + 2 * 4 + 3], 1);  // CGT
  EXPECT_EQ(phi[1 + 0], 0);                   // AAA
}

TEST(Features, DerivativesAreThoseOfDifferences) {
  const OfflineView view = nk_view(60);
  const SequenceShape& shape = view.shape();
  const auto network = std::make_shared<const MaskedNetwork>(
      MaskedNetwork::train(view.sequences, shape, "these", {.epochs = 1}));
  for (const FeatureMap& map :
       {FeatureMap(FeatureKind::kOneHot, shape), FeatureMap(FeatureKind::kPairwise, shape),
        FeatureMap(FeatureKind::kKmer, shape), FeatureMap(network, shape)}) {
    const std::vector<double> p = random_rows(shape, 3);
    std::vector<double> v(map.size()), gradient(p.size());
    hashing::Stream stream(4, hashing::Purpose::kTest, 0);
    for (double& one : v) one = stream.gaussian();
    map.pull_back(p, v, gradient);
    const auto value = [&](const std::vector<double>& at) {
      std::vector<double> phi(map.size());
      map.map(at, phi);
      double sum = 0;
      for (std::size_t i = 0; i < phi.size(); ++i) sum += v[i] * phi[i];
      return sum;
    };
    SCOPED_TRACE(map.name());
    expect_gradient(value, p, gradient, 1e-5, 1e-5);
  }
}

TEST(Features, MaskedNetworkLearnsWhatIsThere) {
  // The second half repeats the first.
  const SequenceShape shape{"ACGT", 4};
  std::vector<Sequence> rows;
  hashing::Stream stream(9, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 600; ++i) {
    const auto a = static_cast<Symbol>(stream.below(4));
    rows.push_back({a, a, a, a});
  }
  const MaskedNetwork net = MaskedNetwork::train(rows, shape, "these", {.epochs = 8});
  EXPECT_LT(net.last_loss(), 0.5 * std::log(4));
}

TEST(Ridge, PrimalIsTheDual) {
  const OfflineView view = nk_view(80);
  const FeatureMap map(FeatureKind::kPairwise, view.shape());
  const double beta = 1e-3;
  const FeatureMoments moments = feature_moments(map, view);
  const auto n = static_cast<double>(view.size());
  const std::vector<double> w = solve_moments(moments, beta / n);
  // Kernel ridge: alpha = (Phi Phi' + beta tr / n I)^-1 t, by conjugate gradients written out.
  std::vector<std::vector<double>> phi;
  std::vector<double> p(view.shape().cells());
  for (const Sequence& x : view.sequences) {
    phi.emplace_back(map.size());
    one_hot(x, 4, p);
    map.map(p, phi.back());
  }
  const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  };
  double trace = 0;
  for (const auto& row : phi) trace += dot(row, row);
  const auto apply = [&](const std::vector<double>& v) {
    std::vector<double> sum(map.size(), 0.0), out(v.size());
    for (std::size_t i = 0; i < v.size(); ++i)
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += v[i] * phi[i][j];
    for (std::size_t i = 0; i < v.size(); ++i) out[i] = dot(phi[i], sum) + beta * trace / n * v[i];
    return out;
  };
  std::vector<double> alpha(view.size(), 0.0), r = view.targets, d = r;
  for (int step = 0; step < 400 && dot(r, r) > 1e-24; ++step) {
    const std::vector<double> ad = apply(d);
    const double rr = dot(r, r), a = rr / dot(d, ad);
    for (std::size_t i = 0; i < r.size(); ++i) {
      alpha[i] += a * d[i];
      r[i] -= a * ad[i];
    }
    const double b = dot(r, r) / rr;
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = r[i] + b * d[i];
  }
  for (std::size_t i = 0; i < 20; ++i) {
    double dual = 0;
    for (std::size_t j = 0; j < alpha.size(); ++j) dual += alpha[j] * dot(phi[i], phi[j]);
    EXPECT_NEAR(dot(phi[i], w), dual, 1e-8);
  }
}

TEST(Bib, ClosedFormIsTheSumOverRows) {
  const OfflineView view = nk_view(70);
  const FeatureMap map(FeatureKind::kPairwise, view.shape());
  const double beta = 1e-4, target = 10;
  const FeatureMoments moments = feature_moments(map, view);
  const std::vector<double> w = solve_moments(moments, beta / 70);
  const std::vector<double> p = random_rows(view.shape(), 8);
  std::vector<double> phi(map.size()), row(map.size()), one(view.shape().cells());
  std::vector<double> by_forward(map.size()), by_backward(map.size());
  map.map(p, phi);
  const BibLosses told = bib_losses(moments, w, phi, target, beta, by_forward, by_backward);
  double square = 0;
  for (const double v : phi) square += v * v;
  const double s = target / ((1 + beta) * square);
  double backward = 0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    one_hot(view.sequences[i], 4, one);
    map.map(one, row);
    double k = 0;
    for (std::size_t j = 0; j < row.size(); ++j) k += row[j] * phi[j];
    backward += (s * k - view.targets[i]) * (s * k - view.targets[i]) / 70;
  }
  EXPECT_NEAR(told.backward, backward, 1e-9 * std::max(1.0, backward));
  const auto part = [&](bool forward) {
    return [&, forward](const std::vector<double>& at) {
      std::vector<double> a(at.size()), b(at.size());
      const BibLosses l = bib_losses(moments, w, at, target, beta, a, b);
      return forward ? l.forward : l.backward;
    };
  };
  expect_gradient(part(true), phi, by_forward, 1e-5, 1e-5);
  expect_gradient(part(false), phi, by_backward, 1e-5, 1e-5);
}

TEST(Bdi, GradientIsThatOfDifferences) {
  const OfflineView view = nk_view(50);
  const Landmarks landmarks(view, {.landmarks = 50});
  const std::vector<double> alpha = solve_kernel(landmarks, 1e-6);
  std::vector<double> x(landmarks.dimension()), gradient(x.size());
  hashing::Stream stream(5, hashing::Purpose::kTest, 0);
  for (double& one : x) one = stream.gaussian();
  KernelRow row;
  for (const Directions d : {Directions::kBoth, Directions::kForward, Directions::kBackward}) {
    bdi_loss(landmarks, alpha, 10, d, x, gradient, row);
    const auto value = [&](const std::vector<double>& at) {
      std::vector<double> ignored(at.size());
      KernelRow own;
      return bdi_loss(landmarks, alpha, 10, d, at, ignored, own);
    };
    expect_gradient(value, x, gradient, 1e-4, 2e-4);
  }
}

TEST(Kernel, InterpolatesItsRows) {
  const OfflineView view = nk_view(60);
  const auto landmarks = std::make_shared<const Landmarks>(view, KernelSettings{});
  const Proxy proxy = kernel_proxy(landmarks, solve_kernel(*landmarks, 1e-8));
  const std::vector<double> told = proxy.of(view.sequences);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_NEAR(told[i], view.targets[i], 1e-3);
}

TEST(Kernel, RowsThatRepeatNeedARidge) {
  // Two sequences, each measured 20 times: a matrix of rank 2.
  std::vector<Sequence> rows;
  std::vector<double> scores;
  double sums[2] = {};
  hashing::Stream stream(7, hashing::Purpose::kTest, 0);
  for (std::size_t i = 0; i < 40; ++i) {
    rows.push_back(i % 2 == 0 ? Sequence{0, 1, 2, 3} : Sequence{3, 3, 1, 0});
    scores.push_back(stream.gaussian() + 5.0 * static_cast<double>(i % 2));
  }
  const OfflineView view = make_view(FeasibleSet({"ACGT", 4}, {}), rows, scores);
  for (std::size_t i = 0; i < 40; ++i) sums[i % 2] += view.targets[i] / 20;
  const auto landmarks = std::make_shared<const Landmarks>(view, KernelSettings{});
  try {
    solve_kernel(*landmarks, 0);
    ADD_FAILURE() << "a singular matrix was solved";
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("use a larger beta"), std::string::npos) << e.what();
  }
  const Proxy proxy = kernel_proxy(landmarks, solve_kernel(*landmarks, 1e-6));
  const std::vector<double> told = proxy.of(std::span(view.sequences).first(2));
  EXPECT_NEAR(told[0], sums[0], 1e-3);
  EXPECT_NEAR(told[1], sums[1], 1e-3);
}

TEST(Kernel, ManyPointsAreManyTimesOne) {
  const OfflineView view = nk_view(150);
  const Landmarks landmarks(view, {.landmarks = 100});
  std::vector<double> points(7 * landmarks.dimension()), out(7 * landmarks.size());
  hashing::Stream stream(6, hashing::Purpose::kTest, 0);
  for (double& one : points) one = stream.gaussian();
  landmarks.encoding().encode(SequenceView(view.sequences[3]),
                              std::span(points).first(landmarks.dimension()));
  landmarks.kernels(points, out);
  KernelRow row;
  for (std::size_t k = 0; k < 7; ++k) {
    landmarks.evaluate(std::span(points).subspan(k * landmarks.dimension(), landmarks.dimension()),
                       false, row);
    for (std::size_t i = 0; i < landmarks.size(); ++i)
      EXPECT_NEAR(out[k * landmarks.size() + i], row.kernel[i],
                  1e-6 * (1 + std::abs(row.kernel[i])));
  }
}

TEST(Kernel, MemoryIsRefusedByName) {
  const OfflineView view = nk_view(400);
  try {
    Landmarks(view, {.landmarks = 400, .max_memory_mb = 1});
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("landmarks"), std::string::npos);
  }
}

TEST(LogitEncoding, RawValuesAndBack) {
  const OfflineView view = nk_view(100);
  const LogitEncoding encoding(view);
  std::vector<double> x(encoding.size()), again(x.size()), p(view.shape().cells());
  for (const Sequence& s : view.sequences) {
    encoding.encode(SequenceView(s), x);
    EXPECT_EQ(encoding.decode(x), s);
    one_hot(s, 4, p);
    encoding.encode(std::span<const double>(p), again);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], again[i], 1e-12);
  }
  // ln 7 for A = 4.
  double distance = 0;
  std::vector<double> a(x.size()), b(x.size());
  const OfflineView constant = make_view(view.set, {Sequence(8, 1), Sequence(8, 1)}, {0, 1});
  LogitEncoding plain(constant);  // deviations of 0 count as 1
  plain.encode(SequenceView(Sequence(8, 1)), a);
  plain.encode(SequenceView(Sequence(8, 2)), b);
  for (std::size_t i = 0; i < a.size(); ++i) distance = std::max(distance, std::abs(a[i] - b[i]));
  EXPECT_NEAR(distance, std::log(7), 1e-12);
}

TEST(LogitEncoding, EveryPointHasAMatrix) {
  const OfflineView view = nk_view(100);
  for (const auto scale : {LogitEncoding::Scale::kStandardised, LogitEncoding::Scale::kPlain}) {
    const LogitEncoding encoding(view, scale);
    std::vector<double> x(encoding.size()), again(x.size()), p(view.shape().cells());
    hashing::Stream stream(3, hashing::Purpose::kTest, 0);
    for (double& one : x) one = 5 * stream.gaussian();  // far from any sequence
    encoding.unencode(x, p);
    encoding.encode(std::span<const double>(p), again);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], again[i], 1e-12);
    for (std::size_t row = 0; row < p.size(); row += 4)
      EXPECT_NEAR(p[row] + p[row + 1] + p[row + 2] + p[row + 3], 1, 1e-12);
    std::vector<double> one(p.size());
    one_hot(view.sequences[0], 4, one);
    encoding.encode(SequenceView(view.sequences[0]), x);
    encoding.unencode(x, p);
    for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], one[i], 1e-12);
  }
  // Plain logits of A = 4 are -ln 7, 0 and ln 7.
  std::vector<double> x(3 * view.shape().length);
  const LogitEncoding plain(view, LogitEncoding::Scale::kPlain);
  plain.encode(SequenceView(Sequence(view.shape().length, 2)), x);
  EXPECT_NEAR(x[0], 0, 1e-12);
  EXPECT_NEAR(x[1], std::log(7), 1e-12);
}

TEST(Variational, LearnsWhatBelongsTogether) {
  // Two families; letters of one hardly ever stand in the other.
  const SequenceShape shape{"ACGT", 6};
  hashing::Stream stream(2, hashing::Purpose::kTest, 0);
  std::vector<Sequence> sequences;
  std::vector<double> both, first;
  for (int i = 0; i < 600; ++i) {
    Sequence x(6, static_cast<Symbol>(i % 2));
    if (stream.chance(0.1)) x[stream.below(6)] = 3;
    sequences.push_back(std::move(x));
    both.push_back(1);
    first.push_back(i % 2 == 0 ? 2 : 0);
  }
  const VariationalSettings settings{
      .latent = 4, .width = 32, .batch = 50, .rate = 3e-3, .seed = 1};
  const auto shares = [&](const std::vector<double>& weights) {
    VariationalAutoencoder model(shape, settings);
    const double before = model.train(sequences, weights, 1, {});
    EXPECT_LT(model.train(sequences, weights, 80, {}), before / 2);
    std::vector<float> z(400 * 4);
    for (float& one : z) one = static_cast<float>(stream.gaussian());
    const std::vector<float> told = model.log_probabilities(z);
    double a = 0, c = 0;
    for (std::size_t i = 0; i < 400; ++i) {
      const std::vector<double> logits(told.begin() + static_cast<std::ptrdiff_t>(24 * i),
                                       told.begin() + static_cast<std::ptrdiff_t>(24 * (i + 1)));
      double sum = 0;
      for (std::size_t s = 0; s < 4; ++s) sum += std::exp(logits[s]);
      EXPECT_NEAR(sum, 1, 1e-5);
      const Sequence x = row_argmax(logits, 4);
      a += x == Sequence(6, 0) ? 1.0 / 400 : 0;
      c += x == Sequence(6, 1) ? 1.0 / 400 : 0;
    }
    return std::pair(a, c);
  };
  const auto [a, c] = shares(both);
  EXPECT_GT(a, 0.25);
  EXPECT_GT(c, 0.25);
  EXPECT_GT(a + c, 0.85);
  const auto [only, none] = shares(first);
  EXPECT_GT(only, 0.95);
  EXPECT_EQ(none, 0);
}

TEST(Proxies, GradientsAreThoseOfDifferences) {
  const OfflineView view = nk_view(120);
  DesignerSettings s;
  s.epochs = 3;
  s.width = 24;
  s.landmarks = 60;
  const std::vector<double> p = random_rows(view.shape(), 6);
  for (std::size_t kind = 0; kind < proxy_names().size(); ++kind) {
    s.proxy = static_cast<ProxyKind>(kind);
    const Proxy proxy = fit_proxy(view, s, {}, {});
    std::vector<double> gradient(p.size());
    proxy.gradient(p, gradient);
    const auto value = [&](const std::vector<double>& at) {
      std::vector<double> ignored(at.size());
      return proxy.gradient(at, ignored);
    };
    SCOPED_TRACE(proxy_names()[kind]);
    // Networks are in float and bend at the ReLU.
    const bool is_float = s.proxy == ProxyKind::kMlp;
    expect_gradient(value, p, gradient, is_float ? 1e-3 : 1e-5, is_float ? 0.05 : 2e-4);
    // At a one-hot matrix the score is the sequence's.
    std::vector<double> one(p.size());
    one_hot(view.sequences[0], 4, one);
    EXPECT_NEAR(value(one), proxy.of(std::span(view.sequences).first(1))[0], 1e-5);
  }
}

TEST(Proxies, NetworksLearn) {
  const OfflineView view = nk_view(3000);
  DesignerSettings s;
  s.width = 64;
  s.epochs = 30;
  for (const Method m : {Method::kEnsembleMean, Method::kEnsembleMin}) {
    s.method = m;
    const Proxy proxy = fit_proxy(view, s, {}, {});
    EXPECT_GT(metrics::rank_correlation(proxy.of(view.sequences), view.targets), 0.8);
  }
}

TEST(Coms, TheGapIsHeldNearItsLimit) {
  const OfflineView view = nk_view(1500);
  ConservativeSettings s;
  s.mlp = {.width = 32, .epochs = 20, .batch = 64, .rate = 1e-3};
  s.gap = 0.5;
  s.multiplier_rate = 0.05;
  const double tight = fit_conservative(view, s).gap;
  s.gap = 20;
  const ConservativeModel loose = fit_conservative(view, s);
  EXPECT_LT(tight, loose.gap);
  EXPECT_GT(metrics::rank_correlation(loose.proxy.of(view.sequences), view.targets), 0.3);
}

}  // namespace
}  // namespace equivolve::sequence_design
