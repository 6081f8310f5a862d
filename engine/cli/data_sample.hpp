// The beginning of a table, for guesses about it. What a table means is the evaluator's to say.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace equivolve::cli {

struct DataSample {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< whole ones, of at most the first 4 MiB
};

/// Comma, semicolon or tab; plain or gzip'ed; cells may be quoted. The error is a sentence.
tl::expected<DataSample, std::string> sample_table(const std::filesystem::path& file);

/// A column named target, label, class, y, outcome or diagnosis (in any case), else the last.
std::size_t guess_target(const DataSample& sample);

/// Whether the column looks like classes: text, or at most 20 different whole numbers.
bool looks_like_classes(const DataSample& sample, std::size_t column);

}  // namespace equivolve::cli
