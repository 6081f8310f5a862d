// Takes the genome that an evaluator puts into an eqv_genome_sink.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::engine {

/// Keeps the last genome that came, of at most 16 MiB. Lives where it was made: the sink points to
/// it.
class GenomeCollector {
 public:
  GenomeCollector() = default;
  GenomeCollector(const GenomeCollector&) = delete;
  GenomeCollector& operator=(const GenomeCollector&) = delete;

  const eqv_genome_sink* sink() const { return &sink_; }
  /// Empty where none came.
  std::vector<std::byte> take() { return std::move(genome_); }
  /// A null pointer, or more than is kept.
  bool spoilt() const { return spoilt_; }

 private:
  static constexpr std::size_t kLimit = std::size_t{16} << 20;

  static void replace(void* context, const void* genome, std::size_t size) {
    auto& self = *static_cast<GenomeCollector*>(context);
    if (!genome || size == 0 || size > kLimit) {
      self.spoilt_ = true;
      return;
    }
    // The writer may be C code, which an exception must not cross.
    try {
      const auto* bytes = static_cast<const std::byte*>(genome);
      self.genome_.assign(bytes, bytes + size);
    } catch (...) {
      self.spoilt_ = true;
    }
  }

  std::vector<std::byte> genome_;
  bool spoilt_ = false;
  eqv_genome_sink sink_{sizeof(eqv_genome_sink), this, &GenomeCollector::replace};
};

}  // namespace equivolve::engine
