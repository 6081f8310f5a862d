// Memories and decoded code of one program that runs over several lanes in lock step: tasks,
// resamplings or classes. A lane gives what Machine gives, bit for bit.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "evaluators/common/interpreters/lane_dispatch.hpp"
#include "evaluators/common/interpreters/machine.hpp"
#include "evaluators/common/interpreters/setup_draws.hpp"

namespace equivolve::interpreters {

/// Lanes rounded up to a multiple of 4. Those added do as the last one does and are never told of.
inline std::uint32_t padded_lanes(std::uint32_t lanes) {
  return (lanes + 3u) & ~3u;
}

/// Doubles that a program over all memories of a shape needs.
std::size_t lane_doubles(const search::MemoryShape& shape, std::uint32_t lanes);

/// Reusable: load() forgets what was there and allocates only when something grows. Only memories
/// that the program names get room, next to each other. Not synchronised.
class LaneMachine {
 public:
  /// Takes over a program; its addresses must lie within `shape`. 1 <= lanes <= kMostLanes; `kind`
  /// is not kScalar.
  void load(const search::PreparedProgram& program, const search::MemoryShape& shape,
            std::uint32_t lanes, LaneKind kind);

  /// All memories become zero, the step 0. One seed a lane.
  void reset(std::span<const std::uint64_t> seeds, hashing::Purpose purpose);

  /// Calls a function once.
  void run(search::Function function);

  /// A cycle over this program, without rows, labels and rules.
  LaneCycle cycle(FeatureLayout layout);
  /// Runs rows until the cycle's end or until a live lane fails (LaneCycle::failed).
  void run(LaneCycle& cycle) { kernel_->run(cycle, block_); }

  /// Where a memory starts; null when the program does not name it (it is zero then). s0, s1 and v0
  /// are always there.
  double* memory(search::Kind kind, std::uint8_t address);
  /// Element e (row-major) of a memory in one lane.
  double value(search::Kind kind, std::uint8_t address, std::size_t e, std::uint32_t lane);

  /// About how many vector operations a call of predict and one of learn take.
  std::uint64_t example_cost() const { return cost_; }

  std::uint32_t lanes() const { return lanes_; }
  std::uint32_t padded() const { return block_.lanes; }

 private:
  static constexpr std::uint32_t kNoRoom = ~0u;
  /// Who reads and writes what the cycle writes.
  struct Uses {
    bool reads_label = false, reads_prediction = false, reads_features = false;
    bool writes_prediction = false, writes_features = false;
  };

  std::uint32_t size_of(search::Kind kind) const { return sizes_[static_cast<std::size_t>(kind)]; }
  std::uint32_t& room(search::Kind kind, std::uint8_t address) {
    return rooms_[static_cast<std::size_t>(kind) - 1][address];
  }
  void make_room(search::Kind kind, std::uint8_t address);
  std::uint16_t& reads(search::Kind kind, std::uint8_t address) {
    return reads_[static_cast<std::size_t>(kind)][address];
  }
  std::uint64_t cost_of(const search::OpInfo& info) const;
  void find_memories(const search::PreparedProgram& program);
  void note_reads(Uses& uses, const eqv_instruction& i, const search::OpInfo& info);
  void note_write(Uses& uses, search::Kind kind, std::uint8_t address);
  void decode(const search::PreparedProgram& program, search::Function function);
  LaneStep step_of(const search::PreparedProgram::Code& code, std::size_t at);
  bool fuse(const eqv_instruction& product, const eqv_instruction& sum);
  /// Points the operands that a cycle may have pointed at its rows back at v0.
  void read_own_features();
  LaneCode code(search::Function function) const;

  const LaneKernel* kernel_ = nullptr;
  search::MemoryShape shape_;
  std::uint32_t lanes_ = 0;
  std::array<std::uint32_t, 4> sizes_{};                   // doubles a memory takes, by kind
  std::array<std::array<std::uint32_t, 256>, 3> rooms_{};  // where a memory starts, or kNoRoom
  std::array<std::array<std::uint16_t, 256>, 4> reads_{};  // operands that are it, by kind
  std::uint32_t used_ = 0;                                 // doubles
  std::uint64_t cost_ = 1;
  std::array<Uses, search::kFunctionCount> uses_{};
  std::vector<LaneStep> steps_;      // of predict, learn and setup, one after the other
  std::vector<LaneStep> constants_;  // of predict and learn; become the end of setup
  std::array<std::uint32_t, search::kFunctionCount> begins_{}, ends_{};
  std::vector<const double**> features_read_;  // operands that are v0, in predict and learn
  std::vector<double> store_;  // memories, then scratch; with room to begin at a cache line
  double* memory_ = nullptr;
  std::array<std::uint64_t, kMostLanes> seeds_{};
  std::array<double, kMostLanes> told_{};
  SetupDraws draws_;
  LaneBlock block_;
};

}  // namespace equivolve::interpreters
