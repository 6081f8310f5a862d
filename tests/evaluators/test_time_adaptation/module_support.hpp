// What the tests of this evaluator's module share.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "evaluators/common/configurations/bound_space.hpp"
#include "search/genome/genome.hpp"
#include "search/space/space.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/module.hpp"

namespace equivolve::test {

using nlohmann::json;

inline const eqv_evaluator& adaptation() {
  static const eqv_evaluator& table = load_module(TEST_TIME_ADAPTATION_MODULE);
  return table;
}

/// Small enough for a test: 3 corruptions, 40 samples, a few epochs.
inline json digits(const json& options = json::object()) {
  json config = {{"representation", "configuration"},
                 {"data",
                  {{"file", EQUIVOLVE_DATA_DIR "/digits.csv"},
                   {"target", "digit"},
                   {"pixels", {{"rows", 8}, {"columns", 8}, {"white", 16}}}}},
                 {"options",
                  {{"model", {{"epochs", 6}, {"averaged_epochs", 2}}},
                   {"stream",
                    {{"samples", 40},
                     {"corruptions", {"gaussian_noise", "fog", "translate"}},
                     {"batches", {16}}}},
                   {"views", {{"augmentations", 2}}}}}};
  config["options"].merge_patch(options);
  return config;
}

inline search::Genome recipe(Session& session, const std::string& text) {
  const auto space = configurations::read_bound_space(
      session.default_space(search::Representation::kConfiguration).dump());
  EXPECT_TRUE(space) << space.error();
  const auto genome = search::parse_genome(text, *space);
  EXPECT_TRUE(genome) << genome.error().message;
  return *genome;
}

/// All but the measured time.
inline std::vector<double> reproducible(const Session& session, const Trial& trial) {
  std::vector<double> out;
  for (std::size_t f = 0; f < session.info().figure_count; ++f)
    if (session.info().figures[f].reproducible) out.push_back(trial.figures[f]);
  return out;
}

inline const char* const kMethods[] = {"source", "batch_norm", "pseudo_label", "tent",
                                       "cotta",  "petal_sres", "petal_fim"};

inline void expect_refused(const json& config, const std::string& pointer,
                           const std::string& word) {
  try {
    Session session(adaptation(), config);
    ADD_FAILURE() << "accepted; expected a refusal with " << word;
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.pointer, pointer) << refusal.message;
    EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
    EXPECT_EQ(refusal.message.find('\n'), std::string::npos);
  }
}

inline std::string idx(const std::vector<std::uint32_t>& sizes, const std::string& bytes) {
  std::string out("\0\0\x08", 3);
  out += static_cast<char>(sizes.size());
  for (const std::uint32_t size : sizes)
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift);
  return out + bytes;
}

/// Images of 8 x 8 whose columns say their class, 0 or 1; every fifth is of class 2 if `third`.
inline void write_images(const TemporaryFolder& folder, const std::string& name, std::size_t count,
                         bool third) {
  std::string pixels, labels;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t label = third && i % 5 == 4 ? 2 : i % 2;
    labels += static_cast<char>(label);
    for (std::size_t j = 0; j < 64; ++j)
      pixels += static_cast<char>((j % 3 == label ? 180 : 20) + (7 * i + j) % 40);
  }
  const auto n = static_cast<std::uint32_t>(count);
  folder.write(name + ".images.idx", idx({n, 8, 8}, pixels));
  folder.write(name + ".labels.idx", idx({n}, labels));
}

inline json of_files(const TemporaryFolder& folder, const std::string& name) {
  return {{"data",
           {{"images", folder.path(name + ".images.idx")},
            {"labels", folder.path(name + ".labels.idx")}}},
          {"options",
           {{"model", {{"epochs", 2}, {"averaged_epochs", 1}, {"widths", {8}}}},
            {"stream", {{"batches", {4}}, {"samples", 10}}},
            {"views", {{"augmentations", 1}}}}}};
}

/// 60 colour images of 14 x 14 in three classes, each of a colour of its own; pixel after pixel, or
/// plane after plane.
inline void write_colours(const TemporaryFolder& folder, const std::string& name, bool planes) {
  constexpr std::size_t kCount = 60, kPixels = 14 * 14;
  std::string bytes(kCount * kPixels * 3, 0), labels;
  for (std::size_t i = 0; i < kCount; ++i) {
    labels += static_cast<char>(i % 3);
    for (std::size_t p = 0; p < kPixels; ++p)
      for (std::size_t c = 0; c < 3; ++c)
        bytes[i * kPixels * 3 + (planes ? c * kPixels + p : p * 3 + c)] =
            static_cast<char>((c == i % 3 ? 160 : 20) + (11 * i + 3 * p + p / 14) % 90);
  }
  folder.write(name + ".images.idx",
               planes ? idx({kCount, 3, 14, 14}, bytes) : idx({kCount, 14, 14, 3}, bytes));
  folder.write(name + ".labels.idx", idx({kCount}, labels));
}

}  // namespace equivolve::test
