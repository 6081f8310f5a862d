#include "search/genome/program_analysis.hpp"

#include <bitset>
#include <cstring>

namespace equivolve::search {
namespace {

/// A set of memories of all three kinds.
struct MemorySet {
  std::array<std::bitset<256>, 3> kinds;  // scalars, vectors, matrices

  bool has(Kind kind, std::uint8_t address) const { return kinds[index(kind)][address]; }
  void set(Kind kind, std::uint8_t address, bool in) { kinds[index(kind)][address] = in; }
  bool operator==(const MemorySet&) const = default;
  MemorySet& operator|=(const MemorySet& o) {
    for (std::size_t k = 0; k < 3; ++k) kinds[k] |= o.kinds[k];
    return *this;
  }
  MemorySet& operator&=(const MemorySet& o) {
    for (std::size_t k = 0; k < 3; ++k) kinds[k] &= o.kinds[k];
    return *this;
  }
  static std::size_t index(Kind kind) { return static_cast<std::size_t>(kind) - 1; }
};

using Code = PreparedProgram::Code;

const OpInfo& info_of(const eqv_instruction& i) {
  return op_info(static_cast<Op>(i.op));
}

bool keeps_rest_of_out(const OpInfo& info) {
  return info.immediate == Immediate::kVectorElement || info.immediate == Immediate::kMatrixElement;
}

// ---- known zeros, forward
// --------------------------------------------------------------------------------------------

bool result_is_zero(const eqv_instruction& i, const OpInfo& info, const MemorySet& zeros) {
  if (info.immediate == Immediate::kConstant) return i.value == 0;
  if (keeps_rest_of_out(info)) return i.value == 0 && zeros.has(info.out, i.out);
  const bool first = info.in1 != Kind::kNone && zeros.has(info.in1, i.in1);
  const bool second = info.in2 != Kind::kNone && zeros.has(info.in2, i.in2);
  if (info.multiplies) return first || second;
  return info.keeps_zero && first && (second || info.in2 == Kind::kNone);
}

/// What is certainly zero after a function, given what was before it.
MemorySet zeros_after(std::span<const eqv_instruction> function, MemorySet zeros) {
  for (const eqv_instruction& i : function) {
    const OpInfo& info = info_of(i);
    if (info.op != Op::kNoOp) zeros.set(info.out, i.out, result_is_zero(i, info, zeros));
  }
  return zeros;
}

struct ZerosBefore {
  MemorySet setup, predict, learn;
};

MemorySet enter_predict(MemorySet zeros) {
  zeros.set(Kind::kVector, kFeaturesAddress, false);
  zeros.set(Kind::kScalar, kLabelAddress, true);
  return zeros;
}

MemorySet enter_learn(MemorySet zeros, CycleConvention convention) {
  zeros.set(Kind::kScalar, kLabelAddress, false);
  if (convention.sigmoid_before_learn) zeros.set(Kind::kScalar, kPredictionAddress, false);
  return zeros;
}

/// The greatest fixed point over setup, (predict, learn)*, predict*.
ZerosBefore find_zeros(const ProgramView& program, CycleConvention convention) {
  ZerosBefore before;
  for (auto& kind : before.setup.kinds) kind.set();
  before.predict = enter_predict(zeros_after(program[Function::kSetup], before.setup));
  for (;;) {
    const MemorySet predicted = zeros_after(program[Function::kPredict], before.predict);
    before.learn = enter_learn(predicted, convention);
    MemorySet next = before.predict;
    next &= enter_predict(predicted);
    next &= enter_predict(zeros_after(program[Function::kLearn], before.learn));
    if (next == before.predict) return before;
    before.predict = next;
  }
}

/// The function with every instruction whose result is certainly zero replaced by a fill.
Code apply_zeros(std::span<const eqv_instruction> function, MemorySet zeros) {
  Code code;
  code.instructions.reserve(function.size());
  code.zero_kind.reserve(function.size());
  code.origin.reserve(function.size());
  for (std::uint32_t at = 0; at < function.size(); ++at) {
    eqv_instruction i = function[at];
    const OpInfo& info = info_of(i);
    Kind zero_kind = Kind::kNone;
    if (info.op != Op::kNoOp) {
      const bool zero = result_is_zero(i, info, zeros);
      zeros.set(info.out, i.out, zero);
      if (zero) {
        zero_kind = info.out;
        const std::uint8_t out = i.out;
        i = eqv_instruction{};
        i.op = kZeroFill;
        i.out = out;
      }
    }
    code.instructions.push_back(i);
    code.zero_kind.push_back(zero_kind);
    code.origin.push_back(at);
  }
  return code;
}

// ---- liveness, backward
// ----------------------------------------------------------------------------------------------

/// What is live before a function, given what is after it; marks the instructions that are.
MemorySet live_before(const Code& code, MemorySet live, std::vector<bool>* marks) {
  for (std::size_t at = code.instructions.size(); at-- > 0;) {
    const eqv_instruction& i = code.instructions[at];
    const bool fill = i.op == kZeroFill;
    if (!fill && i.op == static_cast<std::uint8_t>(Op::kNoOp)) continue;
    const Kind out = fill ? code.zero_kind[at] : info_of(i).out;
    if (!live.has(out, i.out)) continue;
    if (marks) (*marks)[at] = true;
    if (fill) {
      live.set(out, i.out, false);
      continue;
    }
    const OpInfo& info = info_of(i);
    if (!keeps_rest_of_out(info)) live.set(out, i.out, false);
    if (info.in1 != Kind::kNone) live.set(info.in1, i.in1, true);
    if (info.in2 != Kind::kNone) live.set(info.in2, i.in2, true);
  }
  return live;
}

/// What outlives the writes that the cycle itself does before predict.
MemorySet carried_into_predict(MemorySet live) {
  live.set(Kind::kVector, kFeaturesAddress, false);
  live.set(Kind::kScalar, kLabelAddress, false);
  return live;
}

struct LiveAfter {
  MemorySet setup, predict, learn;
};

/// The least fixed point over the cycle.
LiveAfter find_live(const PreparedProgram& program) {
  LiveAfter after;
  after.predict.set(Kind::kScalar, kPredictionAddress, true);
  for (;;) {
    const MemorySet carried =
        carried_into_predict(live_before(program[Function::kPredict], after.predict, nullptr));
    after.learn = carried;
    MemorySet learn_needs = live_before(program[Function::kLearn], after.learn, nullptr);
    learn_needs.set(Kind::kScalar, kLabelAddress, false);
    MemorySet next = after.predict;
    next |= carried;
    next |= learn_needs;
    if (next == after.predict) {
      after.setup = carried;
      return after;
    }
    after.predict = next;
  }
}

void keep_only(Code& code, const std::vector<bool>& marks) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at < marks.size(); ++at) {
    if (!marks[at]) continue;
    code.instructions[kept] = code.instructions[at];
    code.zero_kind[kept] = code.zero_kind[at];
    code.ordinal[kept] = code.ordinal[at];
    code.origin[kept] = code.origin[at];
    ++kept;
  }
  code.instructions.resize(kept);
  code.zero_kind.resize(kept);
  code.ordinal.resize(kept);
  code.origin.resize(kept);
}

/// Live draws are numbered first, in order, so that dead ones do not shift what live ones draw.
void number_draws(Code& code, const std::vector<bool>& live) {
  std::uint32_t live_draws = 0, dead_draws = kDeadOrdinal;
  code.ordinal.assign(code.instructions.size(), 0);
  for (std::size_t at = 0; at < code.instructions.size(); ++at) {
    const eqv_instruction& i = code.instructions[at];
    if (i.op == kZeroFill || !info_of(i).random) continue;
    code.ordinal[at] = live[at] ? live_draws++ : dead_draws++;
  }
}

PreparedProgram prepare(const ProgramView& program, CycleConvention convention, bool prune) {
  const ZerosBefore zeros = find_zeros(program, convention);
  PreparedProgram out;
  out.functions[0] = apply_zeros(program[Function::kSetup], zeros.setup);
  out.functions[1] = apply_zeros(program[Function::kPredict], zeros.predict);
  out.functions[2] = apply_zeros(program[Function::kLearn], zeros.learn);

  const LiveAfter live = find_live(out);
  const std::array<const MemorySet*, kFunctionCount> after = {&live.setup, &live.predict,
                                                              &live.learn};
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    Code& code = out.functions[f];
    std::vector<bool> marks(code.instructions.size(), false);
    live_before(code, *after[f], &marks);
    number_draws(code, marks);
    if (prune) keep_only(code, marks);
  }
  for (std::size_t k = 0; k < 3; ++k)
    for (unsigned address = 0; address < 256; ++address)
      if (live.learn.kinds[k][address])
        out.live_state[k].push_back(static_cast<std::uint8_t>(address));
  return out;
}

}  // namespace

PreparedProgram prepare_plain(const ProgramView& program, CycleConvention convention) {
  return prepare(program, convention, false);
}

PreparedProgram prepare_pruned(const ProgramView& program, CycleConvention convention) {
  return prepare(program, convention, true);
}

std::vector<std::byte> canonical_bytes(const PreparedProgram& program) {
  std::vector<std::byte> bytes;
  auto append = [&](const void* data, std::size_t size) {
    const auto* from = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), from, from + size);
  };
  for (const Code& code : program.functions) {
    const auto length = static_cast<std::uint32_t>(code.instructions.size());
    append(&length, sizeof length);
    for (std::size_t at = 0; at < code.instructions.size(); ++at) {
      append(&code.instructions[at], sizeof(eqv_instruction));
      append(&code.zero_kind[at], 1);
    }
  }
  return bytes;
}

}  // namespace equivolve::search
