// `--events FD`: one JSON object a line for every outcome, written after the commit that made it
// durable.
#pragma once

#include <string>
#include <vector>

#include "engine/store/records.hpp"

namespace equivolve::cli {

class EventStream {
 public:
  explicit EventStream(int descriptor) : descriptor_(descriptor) {}
  void run_started(engine::RunId run);
  void committed(
      const std::vector<engine::OutcomeRow>& outcomes);  ///< on the store's writer thread

 private:
  void write(const std::string& lines);
  int descriptor_;
  bool closed_ = false;
};

}  // namespace equivolve::cli
