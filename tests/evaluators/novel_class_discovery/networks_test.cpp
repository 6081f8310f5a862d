// The networks of PBN and TabularNCD: gradients against differences, and what training does.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "evaluators/novel_class_discovery/tabular_network.hpp"
#include "tests/evaluators/novel_class_discovery/blobs.hpp"

namespace equivolve::novel_class_discovery::test {
namespace {

/// Central differences of the loss by every parameter of one part.
void expect_gradients(ProjectionNetwork<double>& network, nn::Network<double>& part,
                      std::span<const double> x, std::span<const std::uint32_t> labels) {
  constexpr double kStep = 1e-6;
  network.loss(x, labels, 3, 0);
  const std::vector<double> gradients(part.gradients().begin(), part.gradients().end());
  double largest = 0;
  for (double g : gradients) largest = std::max(largest, std::abs(g));
  ASSERT_GT(largest, 0);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    double& parameter = part.parameters()[i];
    const double kept = parameter;
    parameter = kept + kStep;
    const double above = network.loss(x, labels, 3, 0);
    parameter = kept - kStep;
    const double below = network.loss(x, labels, 3, 0);
    parameter = kept;
    EXPECT_NEAR(gradients[i], (above - below) / (2 * kStep), 1e-4 * largest) << i;
  }
}

TEST(ProjectionNetwork, HasTheGradientsOfItsLoss) {
  const BlobProblem p = blob_problem(2, 1, 4, 1);
  std::vector<double> x;
  const Points all = stacked(p.rows.known.view(), p.rows.unlabelled.view());
  for (float value : all.values) x.push_back(value / 10);
  Labels labels = p.rows.classes_of_known;
  labels.resize(all.rows, kUnlabelled);
  for (double w : {0.0, 0.3, 1.0}) {
    CodeSettings code{12, 3, 0.2};
    code.activation = Activation::kTanh;  // a kink would spoil differences
    ProjectionNetwork<double> network(code, 2, w, all.rows, 11);
    ASSERT_EQ(network.encoder().networks().size(), 1u);
    expect_gradients(network, network.encoder().networks()[0], x, labels);
    EXPECT_EQ(network.decoder().has_value(), w < 1);
    EXPECT_EQ(network.classifier().has_value(), w > 0);
    if (network.decoder()) expect_gradients(network, *network.decoder(), x, labels);
    if (network.classifier()) expect_gradients(network, *network.classifier(), x, labels);
  }
}

TEST(ProjectionNetwork, WithoutLabelledRowsStillRebuilds) {
  ProjectionNetwork<double> network({4, 3, 0}, 2, 0.5, 3, 1);
  const std::vector<double> x(12, 0.5);
  EXPECT_GT(network.loss(x, Labels(3, kUnlabelled), 1, 0), 0);
  for (double g : network.classifier()->gradients()) EXPECT_EQ(g, 0);
}

TEST(ProjectionNetwork, LearnsToTellKnownClassesAndToRebuild) {
  const BlobProblem p = blob_problem(4, 2, 40, 3);
  const Points all = stacked(p.rows.known.view(), p.rows.unlabelled.view());
  Labels labels = p.rows.classes_of_known;
  labels.resize(all.rows, kUnlabelled);
  ProjectionNetwork<float> network({12, 4, 0.1}, 4, 0.9, 64, 5);
  TrainSettings how;
  how.epochs = 80;
  how.batch = 64;
  how.learning_rate = 5e-3;
  const TrainingReport report = train(network, all.view(), labels, how);
  ASSERT_EQ(report.end, TrainEnd::kDone);
  ASSERT_EQ(report.losses.size(), 80u);
  EXPECT_LT(report.losses.back(), 0.6 * report.losses.front());
  const Points codes = normalized(codes_of(network.encoder(), p.rows.known.view()));
  const Points logits = codes_of(*network.classifier(), codes.view());
  std::size_t right = 0;
  for (std::size_t r = 0; r < logits.rows; ++r) {
    const float* row = logits.values.data() + r * 4;
    right += static_cast<std::uint32_t>(std::max_element(row, row + 4) - row) ==
             p.rows.classes_of_known[r];
  }
  EXPECT_GE(right, 158u);
}

TEST(Networks, BeginUniformWithinTheInverseRootOfTheFanIn) {
  const auto network = network_of<double>(encoder_of({100, 10, 0.1}), 1);
  ASSERT_EQ(network.plan().layers.front().layer.units, 75u);
  double widest = 0;
  for (double weight : network.parameters().first(7500)) {
    EXPECT_LE(std::abs(weight), 0.1);
    widest = std::max(widest, std::abs(weight));
  }
  EXPECT_GT(widest, 0.099);
}

TEST(Codes, OfWidthsFallInEqualSteps) {
  const auto units = [](const nn::Architecture& a) {
    std::vector<std::uint32_t> out;
    for (const nn::Layer& layer : a.layers)
      if (layer.kind == nn::LayerKind::kDense) out.push_back(layer.units);
    return out;
  };
  EXPECT_EQ(units(encoder_of({62, 58, 0.1})), (std::vector<std::uint32_t>{46, 31, 58}));
  EXPECT_EQ(units(decoder_of({62, 58, 0.1})), (std::vector<std::uint32_t>{31, 46, 62}));
  EXPECT_EQ(units(encoder_of({60, 5, 0.1, 3})), (std::vector<std::uint32_t>{48, 36, 24, 5}));
}

TEST(PairLoss, HasItsGradient) {
  const std::size_t n = 5, k = 3;
  std::vector<double> logits(n * k), gradient(n * k), unused(n * k);
  std::vector<unsigned char> similar(n * n, 0);
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  for (double& value : logits) value = stream.gaussian();
  similar[0 * n + 1] = similar[1 * n + 0] = similar[2 * n + 4] = similar[4 * n + 2] = 1;
  const auto loss = [&](std::span<double> out) {
    return pair_loss<double>(logits, k, similar, out);
  };
  loss(gradient);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double kept = logits[i], step = 1e-6;
    logits[i] = kept + step;
    const double above = loss(unused);
    logits[i] = kept - step;
    const double below = loss(unused);
    logits[i] = kept;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * step), 1e-7) << i;
  }
}

TEST(PairLoss, OfAKnownCase) {
  // Both rows are (1/2, 1/2): p = 1/2.
  const std::vector<double> logits(4, 0.0);
  std::vector<double> gradient(4);
  const std::vector<unsigned char> similar{0, 1, 1, 0};
  EXPECT_NEAR(pair_loss<double>(logits, 2, similar, gradient), std::log(2.0), 1e-6);
}

TEST(SimilarPairs, AreThoseOfLikeDirection) {
  Points codes(4, 2);
  codes.values = {1, 0, 5, 0.1f, 0, 1, 0.1f, 9};
  const auto similar = similar_pairs(codes.view(), 34);  // one of three
  const std::vector<unsigned char> expected{0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0};
  EXPECT_EQ(similar, expected);
}

}  // namespace
}  // namespace equivolve::novel_class_discovery::test
