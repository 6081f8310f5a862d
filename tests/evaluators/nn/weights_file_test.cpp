// Weights in files: the bytes as documented (docs/networks.md), round trips bit for bit, and every
// way in which a file can be wrong.
#include "evaluators/common/nn/weights_file.hpp"

#include <unistd.h>
#include <xxhash.h>

#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

const Architecture kArchitecture{{1, 4, 4},
                                 {convolution(2), batch_norm(1e-3), relu(), mean_pool(2), dense(3),
                                  dropout(0.5), row_normalize()}};

template <class Scalar>
Network<Scalar> odd_network() {
  auto network = *Network<Scalar>::make(kArchitecture, 3);
  using Limits = std::numeric_limits<Scalar>;
  const Scalar odd[] = {Scalar(-0.0), Limits::quiet_NaN(), Limits::infinity(),
                        Limits::denorm_min()};
  std::copy(std::begin(odd), std::end(odd), network.parameters().begin());
  network.statistics()[1] = Scalar(0.1);
  return network;
}

template <class Scalar>
bool same_bits(std::span<const Scalar> a, std::span<const Scalar> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

template <class T>
void put(Bytes& bytes, std::size_t place, T value) {
  std::memcpy(bytes.data() + place, &value, sizeof value);
}

void renew_checksum(Bytes& bytes) {
  put(bytes, bytes.size() - 8, XXH3_64bits(bytes.data(), bytes.size() - 8));
}

std::string error_of(const Bytes& bytes) {
  const auto network = from_bytes<float>(bytes);
  return network ? "accepted" : network.error();
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("nn_test_" + std::to_string(getpid()))) {
    fs::create_directory(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

TEST(WeightsFile, RoundTripsBitForBit) {
  const auto check = []<class Scalar>(const Network<Scalar>& network) {
    const Bytes bytes = to_bytes(network);
    const auto back = from_bytes<Scalar>(bytes);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->architecture(), network.architecture());
    EXPECT_TRUE(same_bits(back->parameters(), network.parameters()));
    EXPECT_TRUE(same_bits(back->statistics(), network.statistics()));
    EXPECT_EQ(to_bytes(*back), bytes);
  };
  check(odd_network<float>());
  check(odd_network<double>());
}

TEST(WeightsFile, HasTheDocumentedBytes) {
  auto network = *Network<float>::make({{2, 1, 1}, {dense(1)}}, 1);
  network.parameters()[0] = 1;
  network.parameters()[1] = -2;
  network.parameters()[2] = 0.5;
  const Bytes bytes = to_bytes(network);
  // Magic and version; bytes a number; shape; layers; one layer; three numbers; checksum.
  const unsigned char expected[] = {
      'E', 'Q', 'V', 'N', 'E', 'T', 'W', '\n', 1, 0,    0,    0, 4, 0, 0,    0, 2, 0, 0,
      0,   1,   0,   0,   0,   1,   0,   0,    0, 1,    0,    0, 0, 1, 0,    0, 0, 1, 0,
      0,   0,   0,   0,   0,   0,   0,   0,    0, 0,    0,    0, 0, 0, 1,    0, 0, 0, 0,
      0,   0,   0,   0,   0,   0,   0,   0,    0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f};
  ASSERT_EQ(bytes.size(), sizeof expected + 8);
  EXPECT_EQ(std::memcmp(bytes.data(), expected, sizeof expected), 0);
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, bytes.data() + sizeof expected, 8);
  EXPECT_EQ(checksum, XXH3_64bits(expected, sizeof expected));
}

TEST(WeightsFile, AnyChangedByteIsNoticed) {
  const Bytes good = to_bytes(odd_network<float>());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int bit : {0, 7}) {
      Bytes bad = good;
      bad[i] ^= std::byte{1} << bit;
      const std::string error = error_of(bad);
      EXPECT_NE(error, "accepted") << "byte " << i;
      EXPECT_EQ(error.find('\n'), std::string::npos);
    }
  }
}

TEST(WeightsFile, AnyCutIsNoticed) {
  const Bytes good = to_bytes(odd_network<float>());
  for (std::size_t length = 0; length < good.size(); ++length) {
    Bytes bad(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_NE(error_of(bad), "accepted") << length;
    if (length < 20) continue;
    renew_checksum(bad);  // cut by a program that knows the format
    EXPECT_NE(error_of(bad), "accepted") << length;
  }
  Bytes longer = good;
  longer.resize(good.size() + 4);
  renew_checksum(longer);
  EXPECT_EQ(error_of(longer), "the weights file does not hold as many numbers as its layers have");
}

TEST(WeightsFile, SaysWhatIsWrong) {
  const Bytes good = to_bytes(odd_network<float>());
  const auto changed = [&](std::size_t place, auto value) {
    Bytes bad = good;
    put(bad, place, value);
    renew_checksum(bad);
    return error_of(bad);
  };
  EXPECT_EQ(error_of(good), "accepted");
  EXPECT_EQ(error_of({}), "this is not a file of network weights");
  EXPECT_EQ(error_of(to_bytes(odd_network<double>())),
            "the weights file has numbers of 8 bytes, not 4");
  EXPECT_EQ(changed(8, std::uint32_t{2}), "the weights file has version 2, this program reads 1");
  EXPECT_EQ(changed(28, std::uint32_t{0xffffffff}), "the weights file ends within its layers");
  EXPECT_EQ(changed(32, std::uint32_t{77}),
            "the weights file describes no network: layer 1: its kind is unknown");
  // As large as it may be: found out before it is made.
  EXPECT_EQ(changed(36, std::uint32_t{1 << 20}),
            "the weights file does not hold as many numbers as its layers have");
  EXPECT_EQ(changed(16, std::uint32_t{0xffffffff}),
            "the weights file describes no network: the shape of the input has no or too many "
            "numbers");
  EXPECT_EQ(changed(32 + 32 + 24, std::numeric_limits<double>::quiet_NaN()),
            "the weights file describes no network: layer 2: epsilon must be above 0");
  Bytes damaged = good;
  damaged[100] ^= std::byte{1};
  EXPECT_EQ(error_of(damaged), "the weights file is damaged or cut off: its checksum does not fit");
}

TEST(WeightsFile, IsSavedAndLoaded) {
  const Folder folder;
  const std::string path = folder.file("weights.eqvnet");
  const auto network = odd_network<double>();
  ASSERT_TRUE(save(*Network<double>::make({{1, 1, 1}, {dense(1)}}, 1), path));
  ASSERT_TRUE(save(network, path));  // over the other
  const auto back = load<double>(path);
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(to_bytes(*back), to_bytes(network));
  EXPECT_FALSE(fs::exists(path + ".part"));
}

TEST(WeightsFile, ErrorsNameTheFile) {
  const Folder folder;
  const std::string path = folder.file("missing");
  EXPECT_EQ(load<float>(path).error(), path + ": cannot be read");
  EXPECT_EQ(load<float>(folder.file("")).error(), folder.file("") + ": cannot be read");
  EXPECT_EQ(save(odd_network<float>(), folder.file("no/such/folder")).error(),
            folder.file("no/such/folder") + ": cannot be written");
  std::ofstream(path) << "something else, and long enough to be a header";
  EXPECT_EQ(load<float>(path).error(), path + ": this is not a file of network weights");
}

}  // namespace
}  // namespace equivolve::nn
