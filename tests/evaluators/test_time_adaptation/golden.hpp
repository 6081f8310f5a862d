// The golden files of two trained classifiers (tests/evaluators/nn/data/README.md).
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluators/test_time_adaptation/source_model.hpp"

namespace equivolve::test_time_adaptation {

struct Golden {
  nlohmann::json expected;
  SourceModel model;
  std::vector<double> x;  ///< the input batch
};

/// From images x channels x pixels to channels varying fastest.
inline std::vector<double> channels_last(const std::vector<double>& values, std::size_t channels,
                                         std::size_t pixels) {
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t image = i / (channels * pixels), within = i % (channels * pixels);
    result[image * channels * pixels + within % pixels * channels + within / pixels] = values[i];
  }
  return result;
}

inline Golden load_golden(const std::string& file, const nn::Architecture& architecture) {
  std::ifstream in(std::string(NN_TEST_DATA) + "/" + file);
  const auto json = nlohmann::json::parse(in);
  Golden golden{json["golden"], {*nn::Network<double>::make(architecture, 1), {}, "golden"}, {}};
  auto place = golden.model.network.parameters().begin();
  for (const auto& layer : json["layers"]) {
    auto mean = layer["mean"].get<std::vector<double>>();
    auto variance = layer["variance"].get<std::vector<double>>();
    const auto shape = layer["shape"].get<std::vector<std::size_t>>();
    if (shape.size() == 4) {
      mean = channels_last(mean, shape[1], shape[2] * shape[3]);
      variance = channels_last(variance, shape[1], shape[2] * shape[3]);
    }
    place = std::copy(mean.begin(), mean.end(), place);
    golden.model.variance.insert(golden.model.variance.end(), variance.begin(), variance.end());
  }
  auto statistic = golden.model.network.statistics().begin();
  for (const char* name : {"b1", "b2", "b3"})
    for (const char* moment : {"mean", "var"})
      if (json["running"].contains(name)) {
        const auto values = json["running"][name][moment].get<std::vector<double>>();
        statistic = std::copy(values.begin(), values.end(), statistic);
      }
  golden.x = golden.expected["input_u8"].get<std::vector<double>>();
  for (double& pixel : golden.x) pixel /= 255;
  return golden;
}

inline Golden golden_perceptron() {
  return load_golden("golden-digits-mlp.json", perceptron(64, 10, {64, 64}));
}
inline Golden golden_convolutional() {
  return load_golden("golden-fashion-conv.json", convolutional(28, 28, 10, {8, 16, 32}));
}

}  // namespace equivolve::test_time_adaptation
