// Short verbs for tests over configuration texts.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/config/reader.hpp"

namespace equivolve::engine::test {

inline ReadOptions options(std::vector<std::string> overrides = {}) {
  ReadOptions out;
  out.overrides = std::move(overrides);
  out.store = "results.db";
  out.current_folder = "/here";
  return out;
}

/// Read as the file /runs/run.yaml, called run.yaml in messages.
inline tl::expected<ReadConfiguration, ConfigProblems> read(
    const std::string& text, std::vector<std::string> overrides = {}) {
  return read_configuration_text(text, "run.yaml", "/runs", options(std::move(overrides)));
}

/// The configuration of a text that must be fine.
inline Configuration configuration(const std::string& text,
                                   std::vector<std::string> overrides = {}) {
  auto result = read(text, std::move(overrides));
  if (result) return std::move(result->configuration);
  ADD_FAILURE() << text_of(result.error());
  return {};
}

/// All problems as text, "" when there are none.
inline std::string problems(const std::string& text, std::vector<std::string> overrides = {}) {
  const auto result = read(text, std::move(overrides));
  return result ? "" : text_of(result.error());
}

/// The first line of the first problem.
inline std::string first_line(const std::string& text, std::vector<std::string> overrides = {}) {
  const std::string all = problems(text, std::move(overrides));
  return all.substr(0, all.find('\n'));
}

/// The key with each of its letters dropped, doubled, and swapped with the next.
inline std::vector<std::string> misspelt(const std::string& key) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string dropped = key, doubled = key, swapped = key;
    dropped.erase(i, 1);
    doubled.insert(i, 1, key[i]);
    if (i + 1 < key.size()) std::swap(swapped[i], swapped[i + 1]);
    for (const std::string& one : {dropped, doubled, swapped})
      if (one != key) out.push_back(one);
  }
  return out;
}

}  // namespace equivolve::engine::test
