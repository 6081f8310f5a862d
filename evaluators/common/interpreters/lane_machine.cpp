#include "evaluators/common/interpreters/lane_machine.hpp"

#include <algorithm>
#include <cassert>

namespace equivolve::interpreters {
namespace {

using search::Function;
using search::Kind;
using search::Op;
using search::OpInfo;

constexpr std::size_t kLine = 64 / sizeof(double);

const OpInfo& info_of(const eqv_instruction& i) {
  return search::op_info(static_cast<Op>(i.op));
}

bool reads_memory(const eqv_instruction& i, const OpInfo& info, Kind kind, std::uint8_t address) {
  return (info.in1 == kind && i.in1 == address) || (info.in2 == kind && i.in2 == address);
}

/// What the cycle itself writes.
bool is_cycles_own(Kind kind, std::uint8_t address) {
  return kind == Kind::kScalar
             ? address == search::kLabelAddress || address == search::kPredictionAddress
             : kind == Kind::kVector && address == search::kFeaturesAddress;
}

/// Whether an instruction of predict or learn writes the same in every row, and nobody sees what
/// its memory was before: then setup can do it.
bool is_constant(const search::PreparedProgram& program, Function function, std::size_t at) {
  const auto& own = program[function];
  const bool zero = own.instructions[at].op == search::kZeroFill;
  if (!zero && static_cast<Op>(own.instructions[at].op) != Op::kScalarConstant) return false;
  const Kind kind = zero ? search::zero_kind(own.instructions[at]) : Kind::kScalar;
  const std::uint8_t address = own.instructions[at].out;
  if (is_cycles_own(kind, address)) return false;
  bool before = true;
  for (const Function of : {Function::kPredict, Function::kLearn}) {
    const auto& code = program[of];
    for (std::size_t k = 0; k < code.instructions.size(); ++k) {
      if (of == function && k == at) {
        before = false;
        continue;
      }
      const eqv_instruction& i = code.instructions[k];
      const bool fills = i.op == search::kZeroFill;
      const Kind out = fills ? search::zero_kind(i) : info_of(i).out;
      if (out == kind && i.out == address) return false;
      if (before && !fills && reads_memory(i, info_of(i), kind, address)) return false;
    }
  }
  return true;
}

double* at_line(double* from) {
  const auto address = reinterpret_cast<std::uintptr_t>(from);
  return from + (0 - address) % 64 / sizeof(double);
}

}  // namespace

std::size_t lane_doubles(const search::MemoryShape& shape, std::uint32_t lanes) {
  const std::size_t d = shape.dimension, square = d * d;
  const std::size_t scratch = shape.matrices > 0 ? square : d;
  return padded_lanes(lanes) *
         (shape.scalars + d * shape.vectors + square * shape.matrices + scratch);
}

void LaneMachine::load(const search::PreparedProgram& program, const search::MemoryShape& shape,
                       std::uint32_t lanes, LaneKind kind) {
  assert(lanes >= 1 && lanes <= kMostLanes && kind != LaneKind::kScalar);
  kernel_ = lane_kernel(kind);
  shape_ = shape;
  lanes_ = lanes;
  block_.dimension = shape.dimension;
  block_.lanes = padded_lanes(lanes);
  const std::uint32_t row = block_.lanes * shape.dimension;
  sizes_ = {0, block_.lanes, row, row * shape.dimension};
  find_memories(program);

  const std::size_t scratch = size_of(shape.matrices > 0 ? Kind::kMatrix : Kind::kVector);
  if (store_.size() < used_ + scratch + kLine) store_.resize(used_ + scratch + kLine);
  memory_ = at_line(store_.data());
  block_.scratch = memory_ + used_;

  steps_.clear();
  constants_.clear();
  for (const Function function : {Function::kPredict, Function::kLearn, Function::kSetup})
    decode(program, function);

  features_read_.clear();
  const double* features = memory(Kind::kVector, search::kFeaturesAddress);
  for (std::size_t at = 0; at < begins_[static_cast<std::size_t>(Function::kSetup)]; ++at)
    for (const double** operand : {&steps_[at].in1, &steps_[at].in2})
      if (*operand == features) features_read_.push_back(operand);
}

void LaneMachine::make_room(Kind kind, std::uint8_t address) {
  if (kind == Kind::kNone || room(kind, address) != kNoRoom) return;
  room(kind, address) = used_;
  used_ += size_of(kind);
}

void LaneMachine::note_reads(Uses& uses, const eqv_instruction& i, const OpInfo& info) {
  uses.reads_label |= reads_memory(i, info, Kind::kScalar, search::kLabelAddress);
  uses.reads_prediction |= reads_memory(i, info, Kind::kScalar, search::kPredictionAddress);
  uses.reads_features |= reads_memory(i, info, Kind::kVector, search::kFeaturesAddress);
}

void LaneMachine::note_write(Uses& uses, Kind kind, std::uint8_t address) {
  uses.writes_prediction |= kind == Kind::kScalar && address == search::kPredictionAddress;
  uses.writes_features |= kind == Kind::kVector && address == search::kFeaturesAddress;
}

std::uint64_t LaneMachine::cost_of(const OpInfo& info) const {
  std::uint64_t doubles = std::max({size_of(info.in1), size_of(info.in2), size_of(info.out)});
  if (info.op == Op::kMatrixMatrixProduct) doubles *= shape_.dimension;
  return info.random ? doubles * 16 : doubles / 4;
}

void LaneMachine::find_memories(const search::PreparedProgram& program) {
  const std::array<std::uint32_t, 3> counts = {shape_.scalars, shape_.vectors, shape_.matrices};
  for (std::size_t k = 0; k < 3; ++k) {
    std::fill_n(rooms_[k].begin(), counts[k], kNoRoom);
    std::fill_n(reads_[k + 1].begin(), counts[k], std::uint16_t{0});
  }
  used_ = 0;
  cost_ = 1;
  uses_ = {};
  make_room(Kind::kScalar, search::kLabelAddress);
  make_room(Kind::kScalar, search::kPredictionAddress);
  make_room(Kind::kVector, search::kFeaturesAddress);
  for (std::size_t f = 0; f < search::kFunctionCount; ++f) {
    const auto& code = program.functions[f];
    for (std::size_t at = 0; at < code.instructions.size(); ++at) {
      const eqv_instruction& i = code.instructions[at];
      if (i.op == search::kZeroFill) {
        make_room(search::zero_kind(i), i.out);
        note_write(uses_[f], search::zero_kind(i), i.out);
        continue;
      }
      const OpInfo& info = info_of(i);
      make_room(info.in1, i.in1);
      make_room(info.in2, i.in2);
      make_room(info.out, i.out);
      ++reads(info.in1, i.in1);
      ++reads(info.in2, i.in2);
      note_reads(uses_[f], i, info);
      note_write(uses_[f], info.out, i.out);
      if (f > 0) cost_ += cost_of(info);
    }
  }
}

LaneStep LaneMachine::step_of(const search::PreparedProgram::Code& code, std::size_t at) {
  const eqv_instruction& i = code.instructions[at];
  LaneStep step;
  step.op = i.op;
  if (i.op == search::kZeroFill) {
    step.out = memory(search::zero_kind(i), i.out);
    step.aux = size_of(search::zero_kind(i)) / block_.lanes;
    return step;
  }
  const OpInfo& info = info_of(i);
  step.in1 = memory(info.in1, i.in1);
  step.in2 = memory(info.in2, i.in2);
  step.out = memory(info.out, i.out);
  step.value = i.value;
  step.aux = i.aux;
  step.ordinal = code.ordinal(at);
  return step;
}

void LaneMachine::decode(const search::PreparedProgram& program, Function function) {
  const auto f = static_cast<std::size_t>(function);
  const auto& code = program[function];
  begins_[f] = static_cast<std::uint32_t>(steps_.size());
  for (std::size_t at = 0; at < code.instructions.size(); ++at) {
    const eqv_instruction& i = code.instructions[at];
    const bool sums = at > 0 && i.op != search::kZeroFill;
    if (sums && fuse(code.instructions[at - 1], i)) continue;
    const bool once = function != Function::kSetup && is_constant(program, function, at);
    (once ? constants_ : steps_).push_back(step_of(code, at));
  }
  if (function == Function::kSetup)
    steps_.insert(steps_.end(), constants_.begin(), constants_.end());
  ends_[f] = static_cast<std::uint32_t>(steps_.size());
}

/// Makes the last step, of `product`, the sum (or difference) that `sum` is. What the product would
/// have left in its memory nobody misses: the sum alone reads it.
bool LaneMachine::fuse(const eqv_instruction& product, const eqv_instruction& sum) {
  const Op first = static_cast<Op>(product.op), second = static_cast<Op>(sum.op);
  const bool adds = second == Op::kVectorSum || second == Op::kMatrixSum;
  if (!adds && second != Op::kVectorDifference && second != Op::kMatrixDifference) return false;
  if (first != Op::kScalarVectorProduct && first != Op::kScalarMatrixProduct && first != Op::kOuter)
    return false;
  const Kind kind = info_of(sum).out;
  if (info_of(product).out != kind || reads(kind, product.out) != 1) return false;
  const bool in_place = (sum.in1 == sum.out && sum.in2 == product.out) ||
                        (adds && sum.in2 == sum.out && sum.in1 == product.out);
  if (!in_place || sum.out == product.out) return false;
  const bool outer = first == Op::kOuter;
  LaneStep& step = steps_.back();
  step.op =
      static_cast<std::uint8_t>(outer ? (adds ? FusedOp::kAddOuter : FusedOp::kSubtractOuter)
                                      : (adds ? FusedOp::kAddScaled : FusedOp::kSubtractScaled));
  step.aux = size_of(kind) / block_.lanes;
  step.out = memory(kind, sum.out);
  return true;
}

void LaneMachine::reset(std::span<const std::uint64_t> seeds, hashing::Purpose purpose) {
  assert(seeds.size() == lanes_);
  std::fill_n(memory_, used_, 0.0);
  for (std::uint32_t l = 0; l < block_.lanes; ++l) seeds_[l] = seeds[std::min(l, lanes_ - 1)];
  block_.seeds = seeds_.data();
  block_.purpose = static_cast<std::uint32_t>(purpose);
  read_own_features();
  block_.step = 0;
  block_.draws = &draws_;
}

void LaneMachine::read_own_features() {
  const double* features = memory(Kind::kVector, search::kFeaturesAddress);
  for (const double** operand : features_read_) *operand = features;
}

LaneCode LaneMachine::code(Function function) const {
  const auto f = static_cast<std::size_t>(function);
  return {steps_.data() + begins_[f], ends_[f] - begins_[f]};
}

void LaneMachine::run(Function function) {
  kernel_->execute(code(function), block_);
  ++block_.step;
}

LaneCycle LaneMachine::cycle(FeatureLayout layout) {
  const Uses &predict = uses_[static_cast<std::size_t>(Function::kPredict)],
             &learn = uses_[static_cast<std::size_t>(Function::kLearn)];
  LaneCycle cycle;
  cycle.predict = code(Function::kPredict);
  cycle.learn = code(Function::kLearn);
  cycle.told = told_.data();
  cycle.prediction = memory(Kind::kScalar, search::kPredictionAddress);
  double* label = memory(Kind::kScalar, search::kLabelAddress);
  if (predict.reads_label) cycle.label_in_predict = label;
  if (learn.reads_label) cycle.label_in_learn = label;
  // Where predict leaves s1 alone, it is the prediction for the next row.
  if (predict.reads_prediction || learn.reads_prediction || !predict.writes_prediction)
    cycle.sigmoid = cycle.prediction;
  if (!predict.reads_features && !learn.reads_features) return cycle;

  const bool written = predict.writes_features || learn.writes_features;
  if (written || layout != FeatureLayout::kInterleaved) {
    cycle.features_at = memory(Kind::kVector, search::kFeaturesAddress);
    read_own_features();
    return cycle;
  }
  cycle.features_read = features_read_.data();
  cycle.features_reads = static_cast<std::uint32_t>(features_read_.size());
  return cycle;
}

double* LaneMachine::memory(Kind kind, std::uint8_t address) {
  if (kind == Kind::kNone || room(kind, address) == kNoRoom) return nullptr;
  return memory_ + room(kind, address);
}

double LaneMachine::value(Kind kind, std::uint8_t address, std::size_t e, std::uint32_t lane) {
  const double* at = memory(kind, address);
  return at ? at[e * block_.lanes + lane] : 0.0;
}

}  // namespace equivolve::interpreters
