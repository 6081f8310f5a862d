// The classifier that meets a stream: trained once on clean samples, with a diagonal Gaussian
// posterior of its weights (SWAG's diagonal variant: Maddox et al. 2019, NeurIPS, section 3.2).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/test_time_adaptation/samples.hpp"

namespace equivolve::test_time_adaptation {

/// Parameters are the posterior's mean, statistics those of the training samples. Kept in double,
/// as variances are tiny (about 1e-5).
struct SourceModel {
  nn::Network<double> network;
  std::vector<double> variance;  ///< of each parameter; at least 0
  std::string posterior;         ///< what the variances are from, in words
};

/// Two hidden layers without bias, batch norm, ReLU.
nn::Architecture perceptron(std::uint32_t inputs, std::uint32_t classes,
                            const std::vector<std::uint32_t>& widths);
/// Convolutions 3 x 3 with batch norm and ReLU, a pool of 2 after all but the last, the mean over
/// pixels, a dense layer.
nn::Architecture convolutional(std::uint32_t height, std::uint32_t width, std::uint32_t classes,
                               const std::vector<std::uint32_t>& channels,
                               std::uint32_t input_channels = 1);

/// How it is trained: SGD with momentum 0.9 and weight decay 5e-4; `epochs` with a cosine from
/// 0.1 to 0.01, then `averaged_epochs` at 0.01 with `snapshots` an epoch.
struct SourceTraining {
  std::uint32_t batch = 50;
  std::uint32_t epochs = 40, averaged_epochs = 10, snapshots = 2;
  double input_noise = 0.05;  ///< deviation
  std::uint32_t shift = 0;    ///< pixels
  bool flip = false;
};
SourceTraining perceptron_training();
SourceTraining convolutional_training();

/// `cancelled` is asked before each batch; then, or when training does not stay finite, the text
/// says why there is no model. A function of the samples, the architecture, the training and the
/// seed. [any-thread]
struct TrainedSource {
  std::vector<SourceModel> model;  ///< one, or none
  std::string why_not;
};
TrainedSource train_source(const Samples& samples, const nn::Architecture& architecture,
                           const SourceTraining& training, std::uint64_t seed,
                           const std::function<bool()>& cancelled);

/// Share of samples told wrong, with the statistics of the training samples.
double clean_error(const SourceModel& model, const Samples& samples);

}  // namespace equivolve::test_time_adaptation
