// One file, many runs: the `vary` section and `--seeds`.
//
//   vary: {search.algorithm: [random, regularized_evolution], search.population_size: [50, 200]}
//
// makes a run of each combination. Keys are those that `--set` takes, but for `name`, `store` and
// `vary`; `seed` is the same as a list of seeds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/reader.hpp"

namespace equivolve::engine {

/// Runs that one group may hold.
inline constexpr std::size_t kMostGroupRuns = 1000;

/// One combination of varied values.
struct Setting {
  std::string
      values_json;  ///< {"search.algorithm":"random"}: key -> value; "{}" when only seeds vary
  ReadConfiguration read;  ///< with these values, and `vary` taken out
};

/// What a file asks for.
struct ReadRuns {
  bool is_group = false;          ///< false: one setting, one seed, an ordinary run
  std::vector<Setting> settings;  ///< the last varied key changes fastest
  std::vector<std::uint64_t> seeds;
  std::size_t runs() const { return settings.size() * seeds.size(); }
};

/// Whether the file, with the overrides over it, varies something. False also for a file that
/// cannot be read: reading it says why.
bool varies(const std::filesystem::path& file, const ReadOptions& options);

/// Reads every run that the file describes, and finds what is wrong with any of them: each problem
/// once, at the value that makes it. `seeds`: that many, from the file's seed on.
tl::expected<ReadRuns, ConfigProblems> read_runs_file(const std::filesystem::path& file,
                                                      const ReadOptions& options = {},
                                                      std::optional<std::uint64_t> seeds = {});

/// Beside problems of the runs: the first setting as far as it goes, with `vary` taken out, so that
/// all that is wrong with the rest of the file can be said with them. Fails as
/// read_as_far_as_it_goes does.
tl::expected<ReadConfiguration, ConfigProblem> read_first_setting(const std::filesystem::path& file,
                                                                  const ReadOptions& options);

/// read_runs_file from text; as read_configuration_text.
tl::expected<ReadRuns, ConfigProblems> read_runs_text(const std::string& text,
                                                      const std::string& place,
                                                      const std::filesystem::path& folder,
                                                      const ReadOptions& options = {},
                                                      std::optional<std::uint64_t> seeds = {});

}  // namespace equivolve::engine
