#include "evaluators/test_time_adaptation/idx.hpp"

#include <fmt/format.h>

#include <zlib.h>
#include <algorithm>
#include <stdexcept>

#include <fstream>
#include <memory>

namespace equivolve::test_time_adaptation {
namespace {

constexpr std::uint32_t kSmallestFamilyImage = 12;
constexpr std::size_t kMostBytes = std::size_t{1} << 31;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error(fmt::format("{}: {}", path, why));
}

std::string raw_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) refuse(path, "no such file, or it cannot be read");
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (in.bad()) refuse(path, "cannot be read");
  return bytes;
}

std::string unpacked(const std::string& path, const std::string& packed) {
  const bool gzip = packed.size() > 1 && packed[0] == '\x1f' && packed[1] == '\x8b';
  if (!gzip) return packed;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  std::string out;
  std::vector<char> piece(1 << 18);
  for (int got; file && (got = gzread(file.get(), piece.data(),
                                      static_cast<unsigned>(piece.size()))) != 0;) {
    if (got < 0) refuse(path, "its gzip data are damaged");
    out.append(piece.data(), static_cast<std::size_t>(got));
    if (out.size() > kMostBytes) refuse(path, "holds more than 2 GiB");
  }
  int error = Z_OK;
  if (!file || (gzerror(file.get(), &error), error == Z_BUF_ERROR))
    refuse(path, "its gzip data end early");
  return out;
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return out;
}

}  // namespace

IdxFile read_idx(const std::string& path) {
  const std::string packed = raw_bytes(path), bytes = unpacked(path, packed);
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0) refuse(path, "is no IDX file");
  if (bytes[2] != 8)
    refuse(path, fmt::format("holds numbers of type {}; expected 8, unsigned bytes",
                             static_cast<int>(static_cast<std::uint8_t>(bytes[2]))));
  const auto dimensions = static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[3]));
  const std::size_t start = 4 + 4 * dimensions;
  if (dimensions == 0 || bytes.size() < start) refuse(path, "ends within its header");
  IdxFile file;
  std::size_t count = 1;
  for (std::size_t d = 0; d < dimensions; ++d) {
    file.sizes.push_back(big_endian(bytes, 4 + 4 * d));
    if (file.sizes.back() == 0 || count > kMostBytes / file.sizes.back())
      refuse(path, "says sizes that cannot be");
    count *= file.sizes.back();
  }
  if (bytes.size() - start < count)
    refuse(path, fmt::format("is truncated: {} of {} bytes", bytes.size() - start, count));
  if (bytes.size() - start > count)
    refuse(path, fmt::format("is longer than its sizes say: {} bytes, not {}", bytes.size() - start,
                             count));
  file.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(start), bytes.end());
  file.digest = tables::digest_of(packed);
  return file;
}

Samples images_of(const IdxFile& file, const std::string& path) {
  const auto& sizes = file.sizes;
  const bool colour = sizes.size() == 4, planes = colour && sizes[3] != 3;
  if (sizes.size() != 3 && !colour)
    refuse(path, fmt::format("has {} dimensions; expected 3 (images, rows, columns) or, of colour "
                             "images, 4",
                             sizes.size()));
  if (planes && sizes[1] != 3)
    refuse(path, "has 4 dimensions, none of them 3 channels of colour in front or behind");
  const std::uint32_t height = sizes[planes ? 2 : 1], width = sizes[planes ? 3 : 2];
  if (std::min(height, width) < 2 || std::max(height, width) > 256)
    refuse(path, fmt::format("has images of {} x {}; expected 2 x 2 to 256 x 256", height, width));
  const bool large = std::min(height, width) >= kSmallestFamilyImage;
  const std::uint32_t channels = colour ? 3 : 1;
  Samples out{{large ? Family::kImages : Family::kDigits, height, width, channels}, 0, {}, {}};
  out.values.resize(file.bytes.size());
  const std::size_t pixels = std::size_t{height} * width, size = out.shape.size();
  for (std::size_t i = 0; i < file.bytes.size(); ++i) {
    const std::size_t within = i % size;
    const std::size_t to = planes ? within % pixels * channels + within / pixels : within;
    out.values[i - within + to] = static_cast<float>(file.bytes[i] / 255.);
  }
  return out;
}

Samples read_images(const std::string& path) {
  return images_of(read_idx(path), path);
}

}  // namespace equivolve::test_time_adaptation
