// State of the process that an evaluator must leave alone. In this process nothing stops it from
// being changed, so it is looked at after each call and put back.
#pragma once

#include <immintrin.h>

#include <string>

namespace equivolve::engine {

/// Rounding mode, flush-to-zero and exception masks of this thread, as they were when this was
/// made. A comparison costs a few nanoseconds, so every call of an evaluator has one.
class FloatingPointState {
 public:
  FloatingPointState() : control_(control()) {}
  /// True when the state had changed; it is then as before.
  bool restore() const {
    if (control() == control_) return false;
    put_back();
    return true;
  }

 private:
  // The low six bits of MXCSR only note what has happened.
  static unsigned control() { return _mm_getcsr() & ~0x3fu; }
  void put_back() const;

  unsigned control_;
};

/// The process's locale when this was made. Reading it takes a lock, so it is checked after create
/// and after the first trial only.
class LocaleState {
 public:
  LocaleState();
  bool restore() const;  ///< true when it had changed; it is then as before

 private:
  std::string name_;
};

}  // namespace equivolve::engine
