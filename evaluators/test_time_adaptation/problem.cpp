#include "evaluators/test_time_adaptation/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/common/nn/onnx/onnx_network.hpp"
#include "evaluators/common/nn/weights_file.hpp"
#include "evaluators/common/tables/names.hpp"
#include "evaluators/sdk/evaluator.hpp"
#include "evaluators/test_time_adaptation/draws.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using sdk::Refused;

/// Streams kept: both orders of a search's seed and of the seeds of a few repeats.
constexpr std::size_t kMostStreams = 8;

std::string bytes_of(const std::string& file, const std::string& pointer) {
  std::ifstream in(file, std::ios::binary);
  std::error_code problem;
  // Reading a directory throws.
  if (!in || std::filesystem::is_directory(file, problem))
    throw Refused(pointer, file + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// In the project's format, of either scalar, or ONNX. Adds the file to `digest`.
nn::Network<double> load_network(const std::string& file, const std::string& pointer,
                                 tables::DataDigest& digest) {
  const std::string bytes = bytes_of(file, pointer);
  std::string both(digest.begin(), digest.end());
  digest = tables::digest_of(both + bytes);
  if (!bytes.starts_with("EQVNETW")) {
    auto foreign = nn::network_from_onnx(bytes);
    if (!foreign) throw Refused(pointer, fmt::format("{}: {}", file, foreign.error()));
    return *std::move(foreign);
  }
  auto wide = nn::from_bytes<double>(std::as_bytes(std::span(bytes)));
  if (wide) return *std::move(wide);
  const auto narrow = nn::from_bytes<float>(std::as_bytes(std::span(bytes)));
  if (!narrow) throw Refused(pointer, fmt::format("{}: {}", file, wide.error()));
  return narrow->as<double>();
}

}  // namespace

std::string Cell::name() const {
  return fmt::format("{}.{}", label_order == LabelOrder::kShuffled ? "shuffled" : "dirichlet",
                     batch);
}

Problem::Problem(const Settings& settings)
    : model_(settings.options.model),
      stream_(settings.options.stream),
      screening_samples_(settings.options.screening_samples),
      data_(open_data(settings.data)) {
  const SampleShape& shape = data_.training.shape;
  convolutional_ = model_.kind == ModelKind::kConvolutional ||
                   (model_.kind == ModelKind::kAuto && shape.family == Family::kImages);
  if (convolutional_ && shape.family == Family::kTable)
    throw Refused("/options/model/kind", "is convolutional, and samples are rows of a table");
  for (const LabelOrder order : stream_.label_orders)
    for (const std::uint32_t batch : stream_.batches) cells_.push_back({order, batch});
  choose_corruptions();
  read_model();
}

std::vector<std::uint32_t> Problem::positions(const std::vector<std::string>& names,
                                              const std::string& pointer) const {
  const auto family = corruption_names(data_.training.shape.family);
  const std::vector<std::string> known(family.begin(), family.end());
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), names[i]);
    const auto at = static_cast<std::uint32_t>(found - known.begin());
    if (found == known.end())
      throw Refused(fmt::format("{}/{}", pointer, i),
                    fmt::format("no corruption of these data is called '{}'{}", names[i],
                                tables::suggestion(names[i], known)));
    if (std::find(out.begin(), out.end(), at) != out.end())
      throw Refused(fmt::format("{}/{}", pointer, i), "names a corruption twice");
    out.push_back(at);
  }
  return out;
}

void Problem::choose_corruptions() {
  std::vector<std::uint32_t> all = positions(stream_.corruptions, "/options/stream/corruptions");
  if (all.empty()) {
    all.resize(corruption_names(data_.training.shape.family).size());
    std::iota(all.begin(), all.end(), 0U);
  }
  const auto unseen = positions(stream_.unseen, "/options/stream/unseen_corruptions");
  for (const std::uint32_t corruption : all)
    if (std::find(unseen.begin(), unseen.end(), corruption) == unseen.end())
      seen_.push_back(corruption);
  if (seen_.empty())
    throw Refused("/options/stream/unseen_corruptions", "leaves the search no corruption");
  reported_ = unseen.empty() || stream_.report_on_all ? seen_ : std::vector<std::uint32_t>{};
  reported_.insert(reported_.end(), unseen.begin(), unseen.end());
}

nn::Architecture Problem::architecture() const {
  const SampleShape& shape = data_.training.shape;
  return convolutional_
             ? convolutional(shape.height, shape.width, classes(), model_.channels, shape.channels)
             : perceptron(static_cast<std::uint32_t>(shape.size()), classes(), model_.widths);
}

SourceTraining Problem::training() const {
  SourceTraining out = convolutional_ ? convolutional_training() : perceptron_training();
  out.epochs = model_.epochs.value_or(out.epochs);
  out.averaged_epochs = model_.averaged_epochs.value_or(out.averaged_epochs);
  return out;
}

void Problem::read_model() {
  if (model_.file.empty()) {
    if (const auto plan = nn::make_plan(architecture()); !plan)
      throw Refused("/options/model", plan.error());
    return;
  }
  nn::Network<double> network = load_network(model_.file, "/options/model/file", data_.digest);
  if (network.inputs() != data_.training.shape.size() || network.outputs() != classes())
    throw Refused(
        "/options/model/file",
        fmt::format("takes {} numbers and tells {} classes; the data have {} and {}",
                    network.inputs(), network.outputs(), data_.training.shape.size(), classes()));
  if (network.statistics().empty())
    throw Refused("/options/model/file",
                  "has no batch norm, so there is nothing to adapt by (PyTorch's ONNX export folds "
                  "them into convolutions; give it training=torch.onnx.TrainingMode.PRESERVE)");
  SourceModel model{std::move(network), {}, {}};
  give_posterior(model);
  source_ = std::make_shared<const SourceModel>(std::move(model));
}

void Problem::give_posterior(SourceModel& model) {
  const std::size_t weights = model.network.parameters().size();
  if (model_.posterior == PosteriorKind::kIsotropic) {
    model.posterior = fmt::format("isotropic, variance {}", model_.posterior_variance);
    model.variance.assign(weights, model_.posterior_variance);
    return;
  }
  if (model_.posterior == PosteriorKind::kFisher) {
    model.posterior = fmt::format("fisher, of {} training samples", data_.training.count());
    model.variance = laplace_variances(model.network, data_.training);
    return;
  }
  const char* const pointer = "/options/model/posterior_file";
  const auto other = load_network(model_.posterior_file, pointer, data_.digest);
  if (!(other.architecture() == model.network.architecture()))
    throw Refused(pointer, "has other layers than the model");
  for (const double variance : other.parameters())
    if (!(variance >= 0 && std::isfinite(variance)))
      throw Refused(pointer, "holds a variance that is none");
  model.posterior = "file " + model_.posterior_file;
  model.variance.assign(other.parameters().begin(), other.parameters().end());
}

std::string Problem::model_report() const {
  if (model_.file.empty()) return "";
  std::lock_guard lock(source_mutex_);
  return fmt::format("{}: {} layers, {} weights; posterior: {}", model_.file,
                     source_->network.plan().layers.size(), source_->network.parameters().size(),
                     source_->posterior);
}

std::size_t Problem::samples(bool test, bool screening) const {
  const Samples& from = test ? data_.test : data_.validation;
  return std::min<std::size_t>(screening ? screening_samples_ : stream_.samples, from.count());
}

std::uint64_t Problem::most_batches() const {
  std::uint64_t smallest = cells_.front().batch;
  for (const Cell& cell : cells_) smallest = std::min<std::uint64_t>(smallest, cell.batch);
  const auto batches = [&](bool test) {
    const std::uint64_t corruptions = (test ? reported_ : seen_).size();
    const std::uint64_t segments =
        stream_.protocol == Protocol::kGradual ? 9 * corruptions : corruptions;
    return segments * ((samples(test, false) + smallest - 1) / smallest) * stream_.rounds;
  };
  return std::max(batches(false), batches(true));
}

std::shared_ptr<const SourceModel> Problem::source(const Cancelled& cancelled) const {
  std::unique_lock lock(source_mutex_, std::defer_lock);
  // Not a timed_mutex: g++ 12's thread sanitizer does not see its locks.
  while (!lock.try_lock()) {
    if (cancelled()) return nullptr;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (source_) return source_;
  TrainedSource trained =
      train_source(data_.training, architecture(), training(), model_.seed, cancelled);
  if (trained.model.empty()) {
    if (cancelled()) return nullptr;
    throw std::runtime_error(trained.why_not);
  }
  source_ = std::make_shared<const SourceModel>(std::move(trained.model.front()));
  return source_;
}

SampleStream Problem::make(const Key& key) const {
  StreamSettings settings;
  settings.protocol = stream_.protocol;
  settings.severity = stream_.severity;
  settings.label_order = key.order;
  settings.delta = stream_.delta;
  settings.seed = hashing::derive_seed(key.seed, hashing::Purpose::kTask, key.test ? 1 : 0);
  settings.corruptions = key.test ? reported_ : seen_;
  if (key.test) {  // other images, another seed, another order
    hashing::Stream order = draws(settings.seed, Draw::kCorruptionOrder);
    for (std::size_t i = settings.corruptions.size(); i > 1; --i)
      std::swap(settings.corruptions[i - 1], settings.corruptions[order.below(i)]);
  }
  const Samples& from = key.test ? data_.test : data_.validation;
  std::vector<std::uint32_t> first(samples(key.test, key.screening));
  std::iota(first.begin(), first.end(), 0U);
  return make_stream(from.chosen(first), settings);
}

std::shared_ptr<const SampleStream> Problem::stream(LabelOrder order, std::uint64_t common_seed,
                                                    bool test, bool screening) const {
  const Key key{order, common_seed, test, screening};
  std::lock_guard lock(streams_mutex_);
  for (auto entry = streams_.begin(); entry != streams_.end(); ++entry) {
    if (!(entry->key == key)) continue;
    streams_.splice(streams_.begin(), streams_, entry);
    return entry->stream;
  }
  streams_.push_front({key, std::make_shared<const SampleStream>(make(key))});
  if (streams_.size() > kMostStreams) streams_.pop_back();
  return streams_.front().stream;
}

std::string Problem::name_of(const Segment& segment) const {
  const auto name = corruption_names(data_.training.shape.family)[segment.corruption];
  return stream_.protocol == Protocol::kGradual ? fmt::format("{} at {}", name, segment.severity)
                                                : std::string(name);
}

std::vector<double> laplace_variances(const nn::Network<double>& network, const Samples& samples) {
  constexpr double kPriorVariance = 0.01;
  nn::Network<double> net = network;
  nn::Workspace<double> work(net.plan(), 1);
  std::vector<double> precision(net.parameters().size(), 1 / kPriorVariance), x;
  for (std::size_t i = 0; i < samples.count(); ++i) {
    x.assign(samples[i].begin(), samples[i].end());
    const auto logits = net.forward(x, nn::Pass::prediction(), work);
    nn::cross_entropy<double>(logits, net.outputs(),
                              std::span<const std::uint32_t>(&samples.labels[i], 1),
                              work.output_gradient());
    net.backward(work);
    for (std::size_t j = 0; j < precision.size(); ++j)
      precision[j] += net.gradients()[j] * net.gradients()[j];
  }
  for (double& value : precision) value = 1 / value;
  return precision;
}

}  // namespace equivolve::test_time_adaptation
