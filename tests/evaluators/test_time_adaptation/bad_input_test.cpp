// What cannot be adapted to is refused in one line that says where and why; the rest is predicted.
#include "tests/evaluators/test_time_adaptation/module_support.hpp"

#include <algorithm>
#include <fstream>

namespace equivolve::test {
namespace {

TEST(Refusals, OfImagesInFiles) {
  const TemporaryFolder folder;
  folder.write("short.idx", idx({4, 8, 8}, std::string(200, 'x')));
  folder.write("long.idx", idx({1, 8, 8}, std::string(65, 'x')));
  folder.write("text.idx", "no images");
  folder.write("images.idx", idx({20, 8, 8}, std::string(20 * 64, 'x')));
  folder.write("three.idx", idx({3}, std::string("\0\1\0", 3)));
  std::string gap, two;
  for (int i = 0; i < 20; ++i) {
    gap += static_cast<char>(i % 2 * 2);
    two += static_cast<char>(i % 2);
  }
  folder.write("gap.idx", idx({20}, gap));
  folder.write("labels.idx", idx({20}, two));
  const auto with = [&](const char* images, const char* labels) {
    return json{{"data", {{"images", folder.path(images)}, {"labels", folder.path(labels)}}}};
  };
  expect_refused(with("absent.idx", "labels.idx"), "/data/images", "no such file");
  expect_refused(with("short.idx", "labels.idx"), "/data/images", "truncated");
  expect_refused(with("long.idx", "labels.idx"), "/data/images", "longer");
  expect_refused(with("text.idx", "labels.idx"), "/data/images", "no IDX file");
  expect_refused(with("labels.idx", "labels.idx"), "/data/images", "dimensions");
  expect_refused(with("images.idx", "three.idx"), "/data/labels", "3 labels");
  expect_refused(with("images.idx", "gap.idx"), "/data/labels", "none of class 1");
  expect_refused(with("images.idx", "labels.idx"), "/data/images", "all the same");
}

TEST(Refusals, OfSettings) {
  json config = digits();
  config["options"]["stream"]["corruptions"] = {"fogg"};
  expect_refused(config, "/options/stream/corruptions/0", "did you mean 'fog'");
  config = digits();
  config["options"]["stream"]["unseen_corruptions"] = {"gaussian_noise", "fog", "translate"};
  expect_refused(config, "/options/stream/unseen_corruptions", "no corruption");
  config = digits();
  config["data"]["pixels"]["rows"] = 7;
  expect_refused(config, "/data/pixels", "7 x 8");
  config = digits({{"stream", {{"label_orders", {"dirichle"}}}}});
  expect_refused(config, "/options/stream/label_orders/0", "dirichlet");
  config = digits({{"stream", {{"batches", {4, 0}}}}});
  expect_refused(config, "/options/stream/batches/1", "from 1 to 4096");
  config = digits({{"stream", {{"protocol", "endless"}}}});
  expect_refused(config, "/options/stream/protocol", "lifelong");
  config = digits({{"screening_samples", 40}});
  expect_refused(config, "/options/screening_samples", "fewer");
  config = digits({{"model", {{"file", "/no/such/model"}}}});
  expect_refused(config, "/options/model/file", "/no/such/model");
  const TemporaryFolder folder;
  folder.write("holes.csv", "a,b,c\n1,2,x\nnan,4,y\n");
  expect_refused({{"data", {{"file", folder.path("holes.csv")}, {"target", "c"}}}}, "/data/file",
                 "missing value");
}

TEST(Refusals, OfAPersonsStream) {
  const TemporaryFolder folder;
  folder.write("other.csv", "a,b\n1,2\n");
  folder.write("small.idx", idx({2, 7, 7}, std::string(98, 'x')));
  Session session(adaptation(), digits());
  for (const auto& [file, word] :
       {std::pair{"other.csv", "column"}, std::pair{"small.idx", "7 x 7"}}) {
    try {
      session.apply("tent", {{"data", folder.path(file)}});
      ADD_FAILURE() << file;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.pointer, "/data");
      EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
    }
  }
}

TEST(BadInput, TruncatedAndDamagedGzip) {
  const TemporaryFolder folder;
  folder.write("whole.idx", idx({40, 8, 8}, std::string(40 * 64, 'x')));
  folder.write("labels.idx", idx({40}, std::string(40, '\0')));
  std::string output;
  ASSERT_EQ(run_command("cd '" + folder.path("") +
                            "' && gzip -k whole.idx && head -c 40 whole.idx.gz > short.idx.gz",
                        output),
            0)
      << output;
  // After a header of gzip a block of a kind that there is not.
  folder.write("bad.idx.gz",
               std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + std::string(40, '\xff'));
  const auto with = [&](const char* images) {
    return json{{"data", {{"images", folder.path(images)}, {"labels", folder.path("labels.idx")}}}};
  };
  expect_refused(with("short.idx.gz"), "/data/images", "end early");
  expect_refused(with("bad.idx.gz"), "/data/images", "damaged");
}

TEST(BadInput, AStreamMayLackClasses) {
  const TemporaryFolder folder;
  write_images(folder, "train", 60, true);
  write_images(folder, "stream", 30, false);
  json config = of_files(folder, "train");
  config["data"]["stream_images"] = folder.path("stream.images.idx");
  config["data"]["stream_labels"] = folder.path("stream.labels.idx");
  Session session(adaptation(), config);
  for (const char* name : kMethods) EXPECT_EQ(session.evaluate(name).status, EQV_OK) << name;
  // The other way round the model could not tell them.
  json turned = of_files(folder, "stream");
  turned["data"]["stream_images"] = folder.path("train.images.idx");
  turned["data"]["stream_labels"] = folder.path("train.labels.idx");
  expect_refused(turned, "/data/stream_labels", "a class that 'labels' does not have");
  json few = of_files(folder, "train");
  few["data"]["training_samples"] = 10;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {  // one of these draws leaves a class out
    few["data"]["split_seed"] = seed;
    try {
      Session drawn(adaptation(), few);
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.pointer, "/data/training_samples");
      EXPECT_NE(refusal.message.find("without a sample"), std::string::npos);
      return;
    }
  }
  ADD_FAILURE() << "no draw left a class out";
}

TEST(BadInput, AStreamShorterThanABatchAndConstantImagesArePredicted) {
  const TemporaryFolder folder;
  write_images(folder, "train", 60, true);
  folder.write("one.idx", idx({1, 8, 8}, std::string(64, '\x20')));
  folder.write("constant.idx", idx({7, 8, 8}, std::string(7 * 64, '\x80')));
  Session session(adaptation(), of_files(folder, "train"));
  for (const char* name : kMethods)
    for (const auto& [file, lines] : {std::pair{"one.idx", 2}, std::pair{"constant.idx", 8}}) {
      const auto files = session.apply(name, {{"data", folder.path(file)}, {"batch", 64}});
      ASSERT_TRUE(files.contains("predictions.csv")) << name << ' ' << session.log();
      const std::string& csv = files.at("predictions.csv");
      EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), lines) << name;
      EXPECT_EQ(csv.find("nan"), std::string::npos) << name;
    }
}

TEST(BadInput, ATableOfConstantsIsRefused) {
  const TemporaryFolder folder;
  std::string rows = "a,b,c\n";
  for (int i = 0; i < 40; ++i) rows += i % 2 ? "1,2,x\n" : "1,2,y\n";
  folder.write("constants.csv", rows);
  expect_refused({{"data", {{"file", folder.path("constants.csv")}, {"target", "c"}}}},
                 "/data/file", "all the same");
}

TEST(BadInput, PixelsThatAreNoNumbersAreRefused) {
  const TemporaryFolder folder;
  Session session(adaptation(), digits());
  std::string header, row;
  std::ifstream in(EQUIVOLVE_DATA_DIR "/digits.csv");
  std::getline(in, header);
  std::getline(in, row);
  for (const auto& [cell, word] : {std::pair{"nan", "missing value"}, std::pair{"inf", "inf"}}) {
    folder.write("mine.csv", header + "\n" + cell + row.substr(row.find(',')) + "\n");
    try {
      session.apply("tent", {{"data", folder.path("mine.csv")}});
      ADD_FAILURE() << cell;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.pointer, "/data");
      EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
      EXPECT_NE(refusal.message.find("row 1"), std::string::npos) << refusal.message;
    }
  }
}

}  // namespace
}  // namespace equivolve::test
