// Makes a new results file, whole or not at all.
#pragma once

#include <filesystem>
#include <string>

#include <tl/expected.hpp>

#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

/// The file is made complete under a temporary name and then linked to its own, so that no crash
/// leaves half of one. When another process made it meanwhile, theirs stays and the call succeeds.
tl::expected<void, StoreError> create_store(const std::filesystem::path& file,
                                            const std::string& vfs);

}  // namespace equivolve::engine::store
