// What the dashboard's tests share: stores of real runs, and waiting for what other threads do.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <QTest>

#include <gtest/gtest.h>

#include "gui/models/store_session.hpp"
#include "tests/engine/store/store_fixture.hpp"
#include "tests/support/equivolve.hpp"

namespace equivolve::tests {

/// Whether it became true within a minute, for a machine that has much else to do; events are
/// processed meanwhile.
inline bool comes_true(const std::function<bool()>& condition) {
  return QTest::qWaitFor(condition, 60'000);
}

/// Runs the program on small_yaml.
inline void make_run(const std::filesystem::path& store, std::uint64_t candidates,
                     std::vector<std::string> more = {}) {
  const std::filesystem::path yaml = store.parent_path() / "small.yaml";
  write_file(yaml, small_yaml(candidates));
  std::vector<std::string> words = {"run", yaml, "--store", store, "--quiet"};
  words.insert(words.end(), more.begin(), more.end());
  const Finished ran = equivolve(words);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

/// All candidates of a run.
inline gui::CandidateData read_all(const std::filesystem::path& store, engine::RunId run) {
  auto session = gui::StoreSession::open(store);
  EXPECT_TRUE(session) << session.error();
  EXPECT_TRUE((*session)->follow(run));
  for (auto more = (*session)->read_piece(); more && *more; more = (*session)->read_piece()) {
  }
  return (*session)->followed()->data();
}

}  // namespace equivolve::tests
