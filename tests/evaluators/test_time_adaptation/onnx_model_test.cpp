// Networks from ONNX files: adapted with each posterior, told apart by their bytes, refused by
// name.
#include "tests/evaluators/test_time_adaptation/module_support.hpp"

#include <fstream>
#include <iterator>
#include <set>

namespace equivolve::test {
namespace {

std::string onnx_file(const std::string& name) {
  return std::string(NN_TEST_DATA) + "/onnx/" + name;
}

/// 60 rows of 6 numbers in 3 classes.
json six_columns(const TemporaryFolder& folder, const json& model) {
  std::string rows = "a,b,c,d,e,f,kind\n";
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j < 6; ++j)
      rows += std::to_string((i * 7 + j * 5) % 11 + (j == i % 3 ? 9 : 0)) + ",";
    rows += static_cast<char>('x' + i % 3);
    rows += '\n';
  }
  folder.write("rows.csv", rows);
  return {{"data", {{"file", folder.path("rows.csv")}, {"target", "kind"}}},
          {"options",
           {{"model", model},
            {"stream", {{"batches", {4}}, {"samples", 10}}},
            {"views", {{"augmentations", 1}}}}}};
}

TEST(Onnx, AModelIsAdaptedWithEachPosteriorAndSaysWhich) {
  const TemporaryFolder folder;
  const std::string file = onnx_file("rows.onnx");
  std::set<std::vector<double>> found;
  std::string variances;
  for (const char* posterior : {"fisher", "isotropic", "file"}) {
    json model{{"file", file}, {"posterior", posterior}};
    if (std::string(posterior) == "file") {
      folder.write("variance.nn", variances);
      model["posterior_file"] = folder.path("variance.nn");
    }
    Session session(adaptation(), six_columns(folder, model));
    EXPECT_NE(session.log().find(std::string("posterior: ") + posterior), std::string::npos)
        << session.log();
    const auto space = "method: petal_sres\naugmentations: 1\nprior_weight: 0.01\n";
    const Trial trial = session.evaluate(recipe(session, space));
    ASSERT_EQ(trial.status, EQV_OK) << trial.message;
    found.insert(reproducible(session, trial));
    const auto files = session.apply("petal_fim");
    const json taken = json::parse(files.at("source_model.json"));
    EXPECT_EQ(taken["posterior"].get<std::string>().rfind(posterior, 0), 0U);
    EXPECT_EQ(taken["classes"], json({"x", "y", "z"}));
    if (std::string(posterior) == "isotropic") variances = files.at("source_variance.nn");
  }
  EXPECT_EQ(found.size(), 2U) << "the file holds the isotropic variances, the Fisher ones differ";
}

TEST(Onnx, AnotherModelFileIsOtherData) {
  const TemporaryFolder folder;
  const auto digest = [&](const json& model) {
    Session session(adaptation(), six_columns(folder, model));
    return std::vector<std::uint8_t>(
        session.info().data_digest, session.info().data_digest + sizeof session.info().data_digest);
  };
  const auto one = digest({{"file", onnx_file("rows.onnx")}});
  EXPECT_EQ(one, digest({{"file", onnx_file("rows.onnx")}}));
  EXPECT_NE(one, digest(json::object()));
}

TEST(Onnx, ForeignAndUnfitFilesAreRefusedInOneLine) {
  const TemporaryFolder folder;
  const auto with = [&](const std::string& file) { return six_columns(folder, {{"file", file}}); };
  const char* const at = "/options/model/file";
  expect_refused(with(onnx_file("residual.onnx")), at, "Add");
  expect_refused(with(onnx_file("pooled.onnx")), at, "takes 36 numbers");
  expect_refused(with(onnx_file("expected.json")), at, "no ONNX model");
  std::ifstream in(onnx_file("rows.onnx"), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  folder.write("cut.onnx", bytes.substr(0, bytes.size() / 2));
  expect_refused(with(folder.path("cut.onnx")), at, "cut off");
  folder.write("empty.onnx", "");
  expect_refused(with(folder.path("empty.onnx")), at, "no ONNX model");
  expect_refused(with(folder.path("")), at, "cannot be read");
  // Batch norms that PyTorch folded away: what to do about it.
  json images{{"data",
               {{"file", folder.path("flat.csv")},
                {"target", "k"},
                {"pixels", {{"rows", 6}, {"columns", 6}}}}},
              {"options", {{"model", {{"file", onnx_file("folded.onnx")}}}}}};
  std::string rows = "k";
  for (int j = 0; j < 36; ++j) rows += ",p" + std::to_string(j);
  rows += '\n';
  for (int i = 0; i < 30; ++i) {
    rows += std::to_string(i % 3);
    for (int j = 0; j < 36; ++j) rows += "," + std::to_string((i * j) % 200);
    rows += '\n';
  }
  folder.write("flat.csv", rows);
  expect_refused(images, at, "TrainingMode.PRESERVE");
}

}  // namespace
}  // namespace equivolve::test
