// IDX files, the format of MNIST (LeCun, Cortes, Burges): big-endian; 0, 0, 8 (unsigned bytes), the
// number of dimensions, each size in 32 bits, then the bytes. Gzip'ed files are unpacked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/test_time_adaptation/samples.hpp"

namespace equivolve::test_time_adaptation {

struct IdxFile {
  std::vector<std::uint32_t> sizes;
  std::vector<std::uint8_t> bytes;
  tables::DataDigest digest{};  ///< of the file as it lies on the disk
};

/// Throws std::runtime_error with one sentence that names the file: no such file, not IDX, other
/// numbers than unsigned bytes, truncated, longer than its sizes say.
IdxFile read_idx(const std::string& path);

/// Images, from 0 .. 255 to 0 .. 1; without labels or classes. Grey: count x height x width;
/// colour: count x height x width x 3 or, as CIFAR has them, count x 3 x height x width. Throws as
/// read_idx, and where they are no images of 2 x 2 to 256 x 256.
Samples read_images(const std::string& path);
Samples images_of(const IdxFile& file, const std::string& path);

}  // namespace equivolve::test_time_adaptation
