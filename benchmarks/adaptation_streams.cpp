// The published methods of test-time adaptation along streams, and what a step of them costs.
//
//   adaptation_streams digits [--models 3] [--rounds 5] [--json]
//       the perceptron on data/digits.csv, shuffled lifelong stream of 799 images, batches of 50
//   adaptation_streams cells [--models 5] [--json]
//       the same model, every method in shuffled and Dirichlet(0.1) order, batches of 1, 4, 16, 64
//   adaptation_streams fashion FOLDER [--models 3] [--samples 500] [--rounds 5] [--golden] [--json]
//       the convolutional model on FOLDER's fashion10k IDX files, batches of 100; --golden: the one
//       network of the golden files, which was trained elsewhere
//   adaptation_streams step [--write FOLDER] [--json]
//       CPU milliseconds of a step of PETAL-FIM: perceptron, batch 50, 8 views in place of random
//       ones; with --write the recipe, the model and the batches for PyTorch (adaptation_rival.py)
//
// Each model is trained anew with its own seed (0, 1, ..., or from --first on), which is also that
// of order and noise. Figures are means over models. Streams are made of all samples that the model
// was not trained on, up to the number named.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#define NN_TEST_DATA "tests/evaluators/nn/data"  // from the root, as the digits
#include "benchmarks/measuring.hpp"
#include "evaluators/test_time_adaptation/problem.hpp"
#include "evaluators/test_time_adaptation/python_recipe.hpp"
#include "evaluators/test_time_adaptation/references.hpp"
#include "evaluators/test_time_adaptation/stream_run.hpp"
#include "tests/evaluators/test_time_adaptation/golden.hpp"

namespace equivolve::benchmarks {
namespace {

using namespace equivolve::test_time_adaptation;  // NOLINT: a program of one file
using nlohmann::json;

json digits_config(std::uint64_t seed) {
  return {{"data",
           {{"file", "data/digits.csv"},
            {"target", "digit"},
            {"pixels", {{"rows", 8}, {"columns", 8}, {"white", 16}}},
            {"stream_share", 0.445}}},
          {"options", {{"model", {{"seed", seed}}}}}};
}

json fashion_config(const std::string& folder, std::uint64_t seed) {
  const auto file = [&](const char* part, const char* what) {
    return folder + "/fashion10k-" + part + "-" + what + "-ubyte.gz";
  };
  return {{"data",
           {{"images", file("train", "images-idx3")},
            {"labels", file("train", "labels-idx1")},
            {"stream_images", file("test", "images-idx3")},
            {"stream_labels", file("test", "labels-idx1")}}},
          {"options", {{"model", {{"seed", seed}}}}}};
}

json stream_options(std::uint32_t samples, std::uint32_t rounds, const json& orders,
                    const json& batches) {
  return {{"samples", samples}, {"rounds", rounds}, {"label_orders", orders}, {"batches", batches}};
}

/// Means over models, of one method in one cell.
struct Row {
  std::vector<double> errors, losses;  // of each round
  double brier = 0, calibration = 0, ms = 0, idle = 0;
};

void add(Row& row, const StreamRun& run, double share) {
  row.errors.resize(run.by_round.size());
  row.losses.resize(run.by_round.size());
  for (std::size_t r = 0; r < run.by_round.size(); ++r) {
    row.errors[r] += share * run.of_round(r).error();
    row.losses[r] += share * run.of_round(r).mean_nll();
  }
  row.brier += share * run.all().mean_brier();
  row.calibration += share * run.calibration.error();
  row.idle += share * static_cast<double>(run.counts.idle);
  row.ms += share * 1000 * run.cpu_seconds / static_cast<double>(run.counts.batches);
}

using Table = std::map<std::string, std::map<std::string, Row>>;  // by method, by cell

/// Up to `most` samples that the model was not trained on.
Samples unseen(const CleanData& data, std::size_t most) {
  Samples out = data.validation;
  out.values.insert(out.values.end(), data.test.values.begin(), data.test.values.end());
  out.labels.insert(out.labels.end(), data.test.labels.begin(), data.test.labels.end());
  std::vector<std::uint32_t> first(std::min(most, out.count()));
  std::iota(first.begin(), first.end(), 0U);
  return out.chosen(first);
}

SampleStream stream_of(const Problem& problem, LabelOrder order, std::size_t samples,
                       std::uint64_t seed) {
  StreamSettings settings;
  settings.label_order = order;
  settings.seed = seed;
  settings.corruptions.resize(corruption_names(problem.data().training.shape.family).size());
  std::iota(settings.corruptions.begin(), settings.corruptions.end(), 0U);
  return make_stream(unseen(problem.data(), samples), settings);
}

std::shared_ptr<const SourceModel> golden_source() {
  return std::make_shared<const SourceModel>(golden_convolutional().model);
}

/// Every method in every cell, for one model; errors by model go to `each`. `given`: a model that
/// is not to be trained; may be null.
void add_model(const json& config, std::shared_ptr<const SourceModel> given, std::uint64_t seed,
               double share, const Views& views, Table& table, json& each) {
  const Settings settings = read_settings(config.dump());
  const Problem problem(settings);
  const auto never = [] { return false; };
  const auto source = given ? given : problem.source(never);
  each["clean_error"].push_back(clean_error(*source, unseen(problem.data(), 1 << 20)));
  for (const LabelOrder order : settings.options.stream.label_orders) {
    const SampleStream stream = stream_of(problem, order, settings.options.stream.samples, seed);
    for (const Cell& cell : problem.cells()) {
      if (cell.label_order != order) continue;
      for (const std::string_view method : kMethodNames) {
        const StreamRun run = run_along(
            *source, stream,
            {*reference_recipe(method, views), {}, cell.batch, problem.rounds(false), seed}, never);
        add(table[std::string(method)][cell.name()], run, share);
        json errors;
        for (std::size_t r = 0; r < run.by_round.size(); ++r)
          errors.push_back(run.of_round(r).error());
        each[std::string(method)][cell.name()].push_back(errors);
      }
    }
  }
}

/// Of the first cell, over rounds: how much a method's loss and error grow, and by how much its
/// error exceeds that of plain batch statistics in the worst round.
void add_growth(const Table& table, json& out) {
  const Row& norm = table.at("batch_norm").begin()->second;
  for (const auto& [method, cells] : table) {
    const Row& row = cells.begin()->second;
    double gap = -1;
    for (std::size_t r = 0; r < row.errors.size(); ++r)
      gap = std::max(gap, row.errors[r] - norm.errors[r]);
    out["nll_growth"][method] = row.losses.back() - row.losses.front();
    out["error_growth"][method] = row.errors.back() - row.errors.front();
    out["worst_gap"][method] = gap;
  }
}

json as_json(const Table& table, const json& each) {
  json out{{"each_model", each}};
  for (const auto& [method, cells] : table)
    for (const auto& [cell, row] : cells)
      out[method][cell] = {{"error", row.errors},      {"nll", row.losses},
                           {"brier", row.brier},       {"calibration_error", row.calibration},
                           {"idle_batches", row.idle}, {"cpu_ms_per_batch", row.ms}};
  add_growth(table, out);
  return out;
}

void print(const Table& table, const json& each) {
  std::printf("clean error of each model: %s\n", each["clean_error"].dump().c_str());
  for (const std::string_view method : kMethodNames)
    for (const auto& [cell, row] : table.at(std::string(method))) {
      std::printf("%-13s %-13s error %%", std::string(method).c_str(), cell.c_str());
      for (const double error : row.errors) std::printf(" %6.2f", 100 * error);
      std::printf("   nll %.3f .. %.3f  brier %.3f  ece %.3f  idle %.0f  %.3f ms\n",
                  row.losses.front(), row.losses.back(), row.brier, row.calibration, row.idle,
                  row.ms);
    }
}

// ---- the cost of a step

/// Views that a rival can make as well: x times 1 - v / 100.
MakeView<float> scaled_views() {
  return [](std::uint32_t, std::uint32_t view, std::span<const float> x, std::span<float> out) {
    const float factor = 1 - static_cast<float>(view) / 100;
    for (std::size_t i = 0; i < x.size(); ++i) out[i] = x[i] * factor;
  };
}

json step_cost(const std::string& folder) {
  constexpr std::size_t kBatch = 50, kSteps = 240;
  json config = digits_config(0);
  config["options"]["stream"] = stream_options(400, 1, {"shuffled"}, {kBatch});
  const Problem problem(read_settings(config.dump()));
  const auto source = problem.source([] { return false; });
  const auto stream = problem.stream(LabelOrder::kShuffled, 0, false, false);
  const auto recipe = *reference_recipe("petal_fim", {8, 1, 1});
  const Samples& samples = stream->segments[0].samples;
  const auto first = std::span(samples.values).first(kBatch * samples.shape.size());
  std::vector<double> rounds;
  for (int round = 0; round < 5; ++round) {
    Adapter<float> adapter(*source, recipe, kBatch, 1, scaled_views());
    const double start = cpu_seconds();
    for (std::size_t step = 0; step < kSteps; ++step) adapter.step(first);
    rounds.push_back(1000 * (cpu_seconds() - start) / kSteps);
  }
  if (!folder.empty()) {
    const auto write = [&](const char* name, const std::string& text) {
      std::ofstream(folder + "/" + name) << text;
    };
    write("recipe.py", python_recipe({recipe, {}}, {}, samples.shape));
    write("source_model.json", model_json(*source));
    write("batch.json", json(std::vector<float>(first.begin(), first.end())).dump());
  }
  return {{"ms", median(rounds)},
          {"least_ms", *std::min_element(rounds.begin(), rounds.end())},
          {"most_ms", *std::max_element(rounds.begin(), rounds.end())}};
}

const char* option(int argc, char** argv, const char* name, const char* fallback) {
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], name) == 0) return argv[i + 1];
  return fallback;
}

int run(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const auto has = [&](const char* flag) {
    return std::any_of(argv + 1, argv + argc,
                       [&](const char* a) { return a == std::string(flag); });
  };
  const bool wants_json = has("--json");
  if (what == "step") {
    const json cost = step_cost(option(argc, argv, "--write", ""));
    std::printf("%s\n", cost.dump().c_str());
    return 0;
  }
  if (what != "digits" && what != "cells" && what != "fashion") {
    std::fprintf(stderr, "usage: adaptation_streams digits | cells | fashion FOLDER | step\n");
    return 2;
  }
  const int models = std::atoi(option(argc, argv, "--models", what == "cells" ? "5" : "3"));
  const int first = std::atoi(option(argc, argv, "--first", "0"));
  const auto samples =
      static_cast<std::uint32_t>(std::atoi(option(argc, argv, "--samples", "500")));
  const auto rounds = static_cast<std::uint32_t>(std::atoi(option(argc, argv, "--rounds", "5")));
  Table table;
  json each;
  for (int model = 0; model < models; ++model) {
    const auto seed = static_cast<std::uint64_t>(first + model);
    json config = what == "fashion" ? fashion_config(argv[2], seed) : digits_config(seed);
    config["options"]["stream"] =
        what == "fashion" ? stream_options(samples, rounds, {"shuffled"}, {100})
        : what == "cells" ? stream_options(400, 1, {"shuffled", "dirichlet"}, {1, 4, 16, 64})
                          : stream_options(800, rounds, {"shuffled"}, {50});
    add_model(config, has("--golden") ? golden_source() : nullptr, seed, 1.0 / models,
              views_of({}, what == "fashion"), table, each);
  }
  if (wants_json)
    std::printf("%s\n", as_json(table, each).dump().c_str());
  else
    print(table, each);
  return 0;
}

}  // namespace
}  // namespace equivolve::benchmarks

int main(int argc, char** argv) {
  return equivolve::benchmarks::run(argc, argv);
}
