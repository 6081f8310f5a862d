// Networks in files. docs/networks.md describes the format, byte by byte.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "evaluators/common/nn/network.hpp"

namespace equivolve::nn {

/// Layers, parameters and running statistics, bit for bit; equal networks give equal bytes.
/// [any-thread]
template <class Scalar>
std::vector<std::byte> to_bytes(const Network<Scalar>& network);

/// The network that to_bytes wrote, its gradients 0. Any other bytes give an error of one line; of
/// a network of the other scalar too (load it as what it is, then Network::as). [any-thread]
template <class Scalar>
tl::expected<Network<Scalar>, std::string> from_bytes(std::span<const std::byte> bytes);

/// Replaces the file at once: it is the old or the new one, never a part. An error is one line that
/// names the file.
template <class Scalar>
tl::expected<void, std::string> save(const Network<Scalar>& network, const std::string& path);

template <class Scalar>
tl::expected<Network<Scalar>, std::string> load(const std::string& path);

}  // namespace equivolve::nn
