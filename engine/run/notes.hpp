// What an evaluator said while it was prepared: which rows it left out, which cells it imputed.
// Kept with the run, as it is a part of what the result means.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::engine {

class Notes {
 public:
  /// A log function that also keeps what it is told until take(), on any thread; `log` may be null.
  static std::function<void(int, std::string_view)> keeping(
      const std::shared_ptr<Notes>& notes, std::function<void(int, std::string_view)> log);

  /// What was said so far. Nothing is kept from then on. [any-thread]
  std::vector<std::string> take();

 private:
  std::mutex mutex_;
  // protected by mutex_
  std::vector<std::string> texts_;
  bool taken_ = false;
};

/// {"notes": [...]}, the detail of a run's event "started".
std::string notes_json(const std::vector<std::string>& notes);

/// The notes in such a text; none in another.
std::vector<std::string> notes_of(const std::string& json);

}  // namespace equivolve::engine
