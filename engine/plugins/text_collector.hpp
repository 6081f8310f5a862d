// Takes the text that an evaluator writes into an eqv_text_sink.
#pragma once

#include <string>

#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::engine {

/// Collects at most 16 MiB; what is longer is dropped and `overflowed` says so. Lives where it was
/// made: the sink points to it.
class TextCollector {
 public:
  TextCollector() = default;
  TextCollector(const TextCollector&) = delete;
  TextCollector& operator=(const TextCollector&) = delete;

  const eqv_text_sink* sink() const { return &sink_; }
  const std::string& text() const { return text_; }
  bool overflowed() const { return overflowed_; }

 private:
  static constexpr std::size_t kLimit = std::size_t{16} << 20;

  static void write(void* context, const char* data, std::size_t size) {
    auto& self = *static_cast<TextCollector*>(context);
    if (!data || size > kLimit - self.text_.size()) {
      self.overflowed_ = self.overflowed_ || size > 0;
      return;
    }
    // The writer may be C code, which an exception must not cross.
    try {
      self.text_.append(data, size);
    } catch (...) {
      self.overflowed_ = true;
    }
  }

  std::string text_;
  bool overflowed_ = false;
  eqv_text_sink sink_{sizeof(eqv_text_sink), this, &TextCollector::write};
};

}  // namespace equivolve::engine
