// Clustering with regard to known classes, spectral embeddings, indices and estimates: known
// answers and what must hold whatever the data.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "evaluators/common/metrics/partitions.hpp"
#include "evaluators/novel_class_discovery/class_count.hpp"
#include "evaluators/novel_class_discovery/cluster_indices.hpp"
#include "evaluators/novel_class_discovery/decision_tree.hpp"
#include "evaluators/novel_class_discovery/discovery.hpp"
#include "evaluators/novel_class_discovery/known_regions.hpp"
#include "evaluators/novel_class_discovery/stability.hpp"
#include "tests/evaluators/novel_class_discovery/blobs.hpp"

namespace equivolve::novel_class_discovery::test {
namespace {

Points points(std::initializer_list<std::initializer_list<float>> rows) {
  Points out(rows.size(), rows.begin()->size());
  std::size_t at = 0;
  for (const auto& row : rows)
    for (float value : row) out.values[at++] = value;
  return out;
}

double accuracy(const Labels& truth, const Labels& told) {
  return metrics::agreement(truth, told).accuracy;
}

Method method(MethodKind kind) {
  Method m;
  m.kind = kind;
  if (kind == MethodKind::kNcdKMeans) m.start = GroupStart::kKnownAware;
  m.joint_components = 5;
  m.code.code = 6;
  m.learning_rate = 5e-3;
  return m;
}

DiscoverySettings settings(std::optional<std::size_t> clusters, std::uint64_t seed) {
  DiscoverySettings s;
  s.clusters = clusters;
  s.count.most = 8;
  s.epochs = 60;
  s.batch = 64;
  s.seed = seed;
  return s;
}

// One start: the seeding alone has to find both, for k-means would leave them joined at times.
TEST(NcdKMeans, FindsNovelBlobsFromEverySeed) {
  const BlobProblem p = blob_problem(3, 2, 40, 1);
  const Points means = class_means(p.rows.known.view(), p.rows.classes_of_known, 3);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    GroupSettings how;
    how.clusters = 2;
    how.start = GroupStart::kKnownAware;
    how.seed = seed;
    const Groups found = group(p.rows.unlabelled.view(), means.view(), how);
    EXPECT_EQ(accuracy(p.truth, found.labels), 1) << seed;
  }
}

TEST(NcdKMeans, KeepsKnownCentroidsWhereTheyAreAndOutOfTheWay) {
  // A novel row that lies on a known centroid still goes to a novel cluster...
  const Points x = points({{0, 0}, {10, 0}, {10.5f, 0}, {20, 0}, {20.5f, 0}}),
               known = points({{0, 0}});
  GroupSettings how;
  how.clusters = 2;
  how.start = GroupStart::kKnownAware;
  const Groups apart = group(x.view(), known.view(), how);
  for (std::uint32_t label : apart.labels) EXPECT_LT(label, 2u);
  // ... but where known classes attract, to the known class.
  how.attract = true;
  const Groups drawn = group(x.view(), known.view(), how);
  EXPECT_EQ(drawn.labels[0], 2u);
  EXPECT_EQ(accuracy({0, 1, 1, 2, 2}, {drawn.labels[0], drawn.labels[1], drawn.labels[2],
                                       drawn.labels[3], drawn.labels[4]}),
            1);
  EXPECT_NEAR(drawn.inertia, 4 * 0.0625, 1e-6);
}

TEST(TreeWidth, HasAKnownAnswer) {
  const Points x = points({{0}, {1}, {3}});
  const double width = tree_width(x.view(), 0.5);
  EXPECT_NEAR(width, 4 / std::log(2.0), 1e-9);
  EXPECT_NEAR(std::exp(-4 / (2 * width)), 0.70711, 1e-5);  // the pair (1, 3): sqrt(min_dist)
  EXPECT_EQ(tree_width(points({{2}, {2}, {2}}).view(), 0.5), 1);
}

TEST(Spectral, TellsRingsApartWhereKMeansDoesNot) {
  Points x(200, 2);
  Labels truth;
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  for (std::size_t r = 0; r < x.rows; ++r) {
    const double angle = stream.uniform(0, 6.283185307), radius = r % 2 ? 1 : 5;
    x(r, 0) = static_cast<float>(radius * std::cos(angle) + 0.1 * stream.gaussian());
    x(r, 1) = static_cast<float>(radius * std::sin(angle) + 0.1 * stream.gaussian());
    truth.push_back(r % 2);
  }
  GroupSettings how;
  EXPECT_LT(accuracy(truth, group(x.view(), {}, how).labels), 0.8);
  for (const Affinity affinity : {Affinity::kNeighbours, Affinity::kTree, Affinity::kRbf}) {
    EmbeddingSettings s;
    s.affinity = affinity;
    s.min_dist = 1e-6;
    if (affinity == Affinity::kTree) s.components = 1;  // the next one cuts the outer ring
    s.gamma = 2;
    const auto embedding = spectral_embedding(x.view(), s);
    ASSERT_TRUE(embedding);
    EXPECT_EQ(accuracy(truth, group(embedding->view(), {}, how).labels), 1)
        << static_cast<int>(affinity);
  }
}

// Worked out by hand: clusters {0, 1} and {4, 6} on a line.
TEST(ClusterIndices, HaveKnownAnswers) {
  const Points x = points({{0}, {1}, {4}, {6}});
  const Labels labels{0, 0, 1, 1};
  const auto distances = distances_of(x.view());
  const auto s = silhouettes(distances, labels, 2);
  EXPECT_NEAR(s[0], (5 - 1) / 5.0, 1e-6);
  EXPECT_NEAR(s[1], (4 - 1) / 4.0, 1e-6);
  EXPECT_NEAR(s[2], (3.5 - 2) / 3.5, 1e-6);
  EXPECT_NEAR(s[3], (5.5 - 2) / 5.5, 1e-6);
  // Between: 2 (2.25^2) 2 = 20.25; within: 0.5 + 2.
  EXPECT_NEAR(calinski_harabasz(x.view(), labels, 2), 20.25 / (2.5 / 2), 1e-5);
  EXPECT_NEAR(davies_bouldin(x.view(), labels, 2), (0.5 + 1) / 4.5, 1e-6);
  EXPECT_NEAR(dunn(distances, labels), 3.0 / 2, 1e-6);
  const double inertias[] = {100, 20, 15, 11, 8};
  EXPECT_EQ(elbow(inertias), 1u);
}

TEST(ClusterIndices, OfOneRowAloneIsNoSilhouette) {
  const Points x = points({{0}, {1}, {9}});
  EXPECT_EQ(silhouettes(distances_of(x.view()), {0, 0, 1}, 2)[2], 0);
}

TEST(ClassCount, FindsFourBlobsByEveryIndexThatCan) {
  const BlobProblem p = blob_problem(3, 4, 40, 5);
  CountSettings how;
  how.most = 9;
  how.all_indices = true;
  const CountEstimate e = estimate_count(p.rows.unlabelled.view(), p.rows.known.view(),
                                         p.rows.classes_of_known, 3, how);
  EXPECT_EQ(e.classes, 4u);
  EXPECT_LE(e.low, 4u);
  EXPECT_GE(e.high, 4u);
  for (const CountIndex index : {CountIndex::kSilhouette, CountIndex::kCalinskiHarabasz,
                                 CountIndex::kDaviesBouldin, CountIndex::kElbow})
    EXPECT_EQ(e.by_index[static_cast<std::size_t>(index)], 4u) << static_cast<int>(index);
  EXPECT_EQ(e.rows.size(), 8u);
}

TEST(ClassCount, FindsFourBlobsThroughTheCodesOfPbn) {
  const BlobProblem p = blob_problem(3, 4, 40, 5);
  const Discovery found = Discovery::run(method(MethodKind::kPbn), p.rows, settings({}, 2));
  ASSERT_EQ(found.end(), DiscoveryEnd::kDone);
  EXPECT_EQ(found.count()->classes, 4u);
  EXPECT_GT(accuracy(p.truth, found.labels()), 0.95);
}

class EveryMethod : public testing::TestWithParam<MethodKind> {};

TEST_P(EveryMethod, FindsPlainBlobsAndTellsOtherRowsOfThem) {
  const BlobProblem p = blob_problem(3, 2, 60, 7), other = blob_problem(3, 2, 30, 8);
  DiscoverySettings how = settings(2, 4);
  Method m = method(GetParam());
  m.top_percent = 30;
  const Discovery found = Discovery::run(m, p.rows, how);
  ASSERT_EQ(found.end(), DiscoveryEnd::kDone);
  EXPECT_GT(accuracy(p.truth, found.labels()), 0.97);
  EXPECT_GT(accuracy(other.truth, found.assign(other.rows.unlabelled.view())), 0.97);
  const auto again = found.regroup(other.rows.unlabelled.view());
  ASSERT_TRUE(again);
  EXPECT_GT(accuracy(other.truth, *again), 0.97);
  // A function of its arguments alone.
  EXPECT_EQ(Discovery::run(m, p.rows, how).labels(), found.labels());
}

INSTANTIATE_TEST_SUITE_P(Of, EveryMethod,
                         testing::Values(MethodKind::kKMeans, MethodKind::kNcdKMeans,
                                         MethodKind::kSpectral, MethodKind::kNcdSpectral,
                                         MethodKind::kPbn, MethodKind::kTabularNcd));

// What the latent baseline forgets is what its known classes do not need; it still has to run.
TEST(LatentBaseline, LearnsFromLabelledRowsAlone) {
  BlobProblem p = blob_problem(3, 2, 40, 7);
  const Discovery found =
      Discovery::run(method(MethodKind::kLatentBaseline), p.rows, settings(2, 4));
  ASSERT_EQ(found.end(), DiscoveryEnd::kDone);
  const Points codes = found.space_of(p.rows.known.view());
  for (float& value : p.rows.unlabelled.values) value = -value;
  const Discovery other =
      Discovery::run(method(MethodKind::kLatentBaseline), p.rows, settings(2, 4));
  EXPECT_EQ(other.space_of(p.rows.known.view()).values, codes.values);
}

TEST(Mixed, TellsRowsOfKnownClassesFromNewOnes) {
  BlobProblem p = blob_problem(3, 2, 40, 9);
  const LabelledPoints hidden = blobs(0, 3, 10, 77);  // of the known classes, without labels
  p.rows.unlabelled = stacked(p.rows.unlabelled.view(), hidden.x.view());
  for (MethodKind kind : {MethodKind::kKMeans, MethodKind::kNcdKMeans, MethodKind::kPbn}) {
    DiscoverySettings how = settings(2, 3);
    how.mixed = true;
    const Discovery found = Discovery::run(method(kind), p.rows, how);
    ASSERT_EQ(found.end(), DiscoveryEnd::kDone);
    std::size_t right = 0;
    for (std::size_t i = 0; i < 80; ++i) right += found.labels()[i] < 2;
    for (std::size_t i = 0; i < 30; ++i) right += found.labels()[80 + i] == 2 + hidden.labels[i];
    EXPECT_GE(right, 105u) << static_cast<int>(kind);
  }
}

TEST(Mixed, CountsNewClassesOnly) {
  BlobProblem p = blob_problem(3, 4, 40, 9);
  const LabelledPoints hidden = blobs(0, 3, 30, 77);
  p.rows.unlabelled = stacked(p.rows.unlabelled.view(), hidden.x.view());
  DiscoverySettings how = settings({}, 3);
  how.mixed = true;
  EXPECT_EQ(Discovery::run(method(MethodKind::kKMeans), p.rows, how).clusters(), 4u);
}

TEST(Discovery, OfManyRowsEmbedsSomeAndTheOthersFollow) {
  const BlobProblem p = blob_problem(3, 2, 60, 7);
  DiscoverySettings how = settings(2, 4);
  how.most_rows = 60;
  for (MethodKind kind : {MethodKind::kSpectral, MethodKind::kNcdSpectral}) {
    const Discovery found = Discovery::run(method(kind), p.rows, how);
    ASSERT_EQ(found.labels().size(), p.truth.size());
    EXPECT_EQ(accuracy(p.truth, found.labels()), 1);
  }
}

TEST(Discovery, EndsWhereItIsToldToOrNumbersRunAway) {
  BlobProblem p = blob_problem(3, 2, 30, 7);
  DiscoverySettings how = settings(2, 4);
  how.stop = [] { return true; };
  EXPECT_EQ(Discovery::run(method(MethodKind::kPbn), p.rows, how).end(), DiscoveryEnd::kStopped);
  how.stop = {};
  p.rows.known(0, 0) = std::numeric_limits<float>::infinity();
  EXPECT_EQ(Discovery::run(method(MethodKind::kPbn), p.rows, how).end(), DiscoveryEnd::kNonFinite);
}

TEST(KnownRegions, HoldOtherRowsOfTheirClassAndNoneOfAnother) {
  const LabelledPoints p = blobs(0, 2, 400, 3), fresh = blobs(0, 2, 400, 4),
                       novel = blobs(2, 1, 400, 4);
  const KnownRegions regions = regions_of(p.x.view(), p.labels, 2);
  const Labels inside = regions.inside(fresh.x.view());
  double own = 0;
  for (std::size_t i = 0; i < inside.size(); ++i) own += inside[i] == fresh.labels[i];
  EXPECT_NEAR(own / 800, kRegionShare, 0.04);  // standard error 0.008, and the radius has its own
  for (std::uint32_t c : regions.inside(novel.x.view())) EXPECT_EQ(c, kOutside);
  // A row is in its own region, however few there are.
  EXPECT_EQ(regions_of(p.x.view(), Labels(800, 1), 3).inside(p.x.view())[5], 1u);
}

TEST(DecisionTree, FindsARuleOfTwoColumns) {
  Points x(200, 5);
  std::vector<bool> wanted;
  hashing::Stream stream(1, hashing::Purpose::kTest, 9);
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t c = 0; c < 5; ++c) x(r, c) = static_cast<float>(stream.uniform());
    wanted.push_back(x(r, 1) > 0.5f && x(r, 3) <= 0.7f);
  }
  const TreeSettings how;
  EXPECT_GT(cross_validated_accuracy(x.view(), wanted, how), 0.9);
  const std::string text =
      tree_text(grow_tree(x.view(), wanted, how), [](std::size_t f, bool above, float v) {
        return std::string(1, "abcde"[f]) + (above ? " > " : " <= ") + std::to_string(v);
      });
  EXPECT_EQ(text.rfind("- ", 0), 0u) << text;
  EXPECT_NE(text.find("b > 0."), std::string::npos) << text;
  EXPECT_NE(text.find("d <= 0.7"), std::string::npos) << text;
  // Of labels that no column knows, cross-validation promises nothing.
  for (std::size_t r = 0; r < x.rows; ++r) wanted[r] = stream.chance(0.5);
  EXPECT_NEAR(cross_validated_accuracy(x.view(), wanted, how), 0.5, 0.15);
}

TEST(DecisionTree, IsJudgedAlikeWhereRowsComeInAnOrderThatRepeats) {
  // Each fifth row is the only one with its number: left out together, nothing would be known of
  // it.
  Points x(200, 1);
  std::vector<bool> wanted;
  for (std::size_t r = 0; r < x.rows; ++r) {
    x(r, 0) = static_cast<float>(r % 5);
    wanted.push_back(r % 5 == 2);
  }
  EXPECT_EQ(cross_validated_accuracy(x.view(), wanted, {}), 1.0);
}

TEST(Stability, IsHighOfRealClustersAndLowOfACutThroughOne) {
  const BlobProblem p = blob_problem(3, 2, 60, 7);
  const Discovery two = Discovery::run(method(MethodKind::kKMeans), p.rows, settings(2, 1));
  const auto x = p.rows.unlabelled.view();
  for (double value : cluster_stability(two, x, two.labels(), 2, 20, 1)) EXPECT_GT(value, 0.99);
  const Discovery five = Discovery::run(method(MethodKind::kKMeans), p.rows, settings(5, 1));
  double sum = 0;
  for (double value : cluster_stability(five, x, five.labels(), 5, 20, 1)) sum += value / 5;
  EXPECT_LT(sum, 0.8);
}

}  // namespace
}  // namespace equivolve::novel_class_discovery::test
