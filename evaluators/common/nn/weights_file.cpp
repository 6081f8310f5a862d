#include "evaluators/common/nn/weights_file.hpp"

#include <xxhash.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace equivolve::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie");

constexpr std::string_view kMagic = "EQVNETW\n";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kLayerBytes = 32;
constexpr std::size_t kChecksumBytes = sizeof(std::uint64_t);

class ByteWriter {
 public:
  template <class T>
  void put(const T& value) {
    put_all(std::span<const T>(&value, 1));
  }
  template <class T>
  void put_all(std::span<const T> values) {
    static_assert(std::is_arithmetic_v<T>);
    const auto bytes = std::as_bytes(values);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void put_checksum() { put<std::uint64_t>(XXH3_64bits(bytes_.data(), bytes_.size())); }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

/// The caller sees to it that there are bytes left.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::size_t left() const { return bytes_.size(); }

  template <class T>
  T take() {
    T value;
    take_all(std::span<T>(&value, 1));
    return value;
  }
  template <class T>
  void take_all(std::span<T> values) {
    if (values.empty()) return;
    std::memcpy(values.data(), bytes_.data(), values.size_bytes());
    bytes_ = bytes_.subspan(values.size_bytes());
  }

 private:
  std::span<const std::byte> bytes_;
};

void put_layer(ByteWriter& writer, const Layer& layer) {
  writer.put(static_cast<std::uint32_t>(layer.kind));
  for (const std::uint32_t field :
       {layer.units, layer.window, layer.stride, layer.padding, layer.bias})
    writer.put(field);
  writer.put(layer.value);
}

Layer take_layer(ByteReader& reader) {
  Layer layer;
  layer.kind = static_cast<LayerKind>(reader.take<std::uint32_t>());
  for (std::uint32_t* field :
       {&layer.units, &layer.window, &layer.stride, &layer.padding, &layer.bias})
    *field = reader.take<std::uint32_t>();
  layer.value = reader.take<double>();
  return layer;
}

using Fault = tl::unexpected<std::string>;

/// What to say of bytes whose frame (magic, version, checksum) is not as it should be; or nothing.
std::string frame_fault(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic)) return "this is not a file of network weights";
  constexpr std::size_t kLeast = kMagic.size() + sizeof kVersion + kChecksumBytes;
  if (bytes.size() < kLeast) return "the weights file is cut off";
  std::uint32_t version = 0;
  std::memcpy(&version, bytes.data() + kMagic.size(), sizeof version);
  if (version != kVersion)
    return "the weights file has version " + std::to_string(version) + ", this program reads " +
           std::to_string(kVersion);
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, bytes.data() + bytes.size() - kChecksumBytes, sizeof checksum);
  if (XXH3_64bits(bytes.data(), bytes.size() - kChecksumBytes) != checksum)
    return "the weights file is damaged or cut off: its checksum does not fit";
  return {};
}

tl::expected<Architecture, std::string> take_architecture(ByteReader& reader) {
  constexpr std::size_t kBytes = 4 * sizeof(std::uint32_t);
  if (reader.left() < kBytes) return Fault("the weights file ends before its layers");
  Architecture architecture;
  architecture.input.channels = reader.take<std::uint32_t>();
  architecture.input.height = reader.take<std::uint32_t>();
  architecture.input.width = reader.take<std::uint32_t>();
  const auto layers = reader.take<std::uint32_t>();
  if (reader.left() / kLayerBytes < layers) return Fault("the weights file ends within its layers");
  architecture.layers.reserve(layers);
  for (std::uint32_t i = 0; i < layers; ++i) architecture.layers.push_back(take_layer(reader));
  return architecture;
}

}  // namespace

template <class Scalar>
std::vector<std::byte> to_bytes(const Network<Scalar>& network) {
  const Architecture& architecture = network.architecture();
  ByteWriter writer;
  writer.put_all(std::span<const char>(kMagic));
  writer.put(kVersion);
  writer.put(static_cast<std::uint32_t>(sizeof(Scalar)));
  for (const std::uint32_t side :
       {architecture.input.channels, architecture.input.height, architecture.input.width})
    writer.put(side);
  writer.put(static_cast<std::uint32_t>(architecture.layers.size()));
  for (const Layer& layer : architecture.layers) put_layer(writer, layer);
  writer.put_all(network.parameters());
  writer.put_all(network.statistics());
  writer.put_checksum();
  return writer.take();
}

template <class Scalar>
tl::expected<Network<Scalar>, std::string> from_bytes(std::span<const std::byte> bytes) {
  if (std::string fault = frame_fault(bytes); !fault.empty()) return Fault(std::move(fault));
  constexpr std::size_t kBefore = kMagic.size() + sizeof kVersion;
  ByteReader reader(bytes.subspan(kBefore, bytes.size() - kBefore - kChecksumBytes));
  if (reader.left() < sizeof(std::uint32_t)) return Fault("the weights file has no layers");
  if (const auto width = reader.take<std::uint32_t>(); width != sizeof(Scalar))
    return Fault("the weights file has numbers of " + std::to_string(width) + " bytes, not " +
                 std::to_string(sizeof(Scalar)));

  auto architecture = take_architecture(reader);
  if (!architecture) return Fault(std::move(architecture.error()));
  // Before anything as large as it says is made.
  const auto plan = make_plan(*architecture);
  if (!plan) return Fault("the weights file describes no network: " + plan.error());
  if (reader.left() != (plan->parameters + plan->statistics) * sizeof(Scalar))
    return Fault("the weights file does not hold as many numbers as its layers have");
  auto network = Network<Scalar>::make(*std::move(architecture), 0);
  reader.take_all(network->parameters());
  reader.take_all(network->statistics());
  return network;
}

template <class Scalar>
tl::expected<void, std::string> save(const Network<Scalar>& network, const std::string& path) {
  const std::vector<std::byte> bytes = to_bytes(network);
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code problem;
  if (file) std::filesystem::rename(part, path, problem);
  if (file && !problem) return {};
  std::filesystem::remove(part, problem);
  return Fault(path + ": cannot be written");
}

template <class Scalar>
tl::expected<Network<Scalar>, std::string> load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code problem;
  // Reading one throws.
  if (!file || std::filesystem::is_directory(path, problem))
    return Fault(path + ": cannot be read");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto network = from_bytes<Scalar>(std::as_bytes(std::span(text)));
  if (!network) return Fault(path + ": " + network.error());
  return network;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_WEIGHTS_FILE(Scalar)                                                        \
  template std::vector<std::byte> to_bytes(const Network<Scalar>&);                           \
  template tl::expected<Network<Scalar>, std::string> from_bytes(std::span<const std::byte>); \
  template tl::expected<void, std::string> save(const Network<Scalar>&, const std::string&);  \
  template tl::expected<Network<Scalar>, std::string> load(const std::string&);
EQUIVOLVE_WEIGHTS_FILE(float)
EQUIVOLVE_WEIGHTS_FILE(double)
#undef EQUIVOLVE_WEIGHTS_FILE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
