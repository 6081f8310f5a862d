#include "search/genome/program_analysis.hpp"

#include <bit>
#include <bitset>
#include <cstring>

namespace equivolve::search {
namespace {

// Every candidate passes here, so nothing below branches on what an instruction is: each becomes a
// few sets of memories once, and a set is one word where no address passes 15, as in all but large
// spaces.

/// Sets of memories of addresses below 16; bit (kind - 1) * 16 + address.
struct Compact {
  using Set = std::uint64_t;
  using Mask = std::uint64_t;  ///< all bits or none
  static constexpr unsigned kAddresses = 16;
  static Set all() { return ~Set{0}; }
  static Mask mask(bool yes) { return Mask{0} - static_cast<Mask>(yes); }
  static Mask any(Set set) { return mask(set != 0); }
  static bool is_set(Mask mask) { return mask != 0; }
  template <class F>
  static void each(Set set, F f) {
    for (; set != 0; set &= set - 1) f(static_cast<unsigned>(std::countr_zero(set)));
  }
};
/// Sets of all memories; bit (kind - 1) * 256 + address.
struct Wide {
  using Set = std::bitset<768>;
  using Mask = Set;
  static constexpr unsigned kAddresses = 256;
  static Set all() { return Set{}.set(); }
  static Mask mask(bool yes) { return yes ? all() : Set{}; }
  static Mask any(const Set& set) { return mask(set.any()); }
  static bool is_set(const Mask& mask) { return mask.any(); }
  template <class F>
  static void each(const Set& set, F f) {
    for (unsigned bit = 0; bit < set.size(); ++bit)
      if (set[bit]) f(bit);
  }
};

using Code = PreparedProgram::Code;

/// What of an operation the analyses ask for. Of its memories the bit of address 0, none where
/// there is no memory.
template <class Kit>
struct Traits {
  typename Kit::Set in1, in2, out;
  typename Kit::Mask multiplies, keeps_zero;  // certainly zero when an operand is, or all are
  typename Kit::Mask constant, element;
};

template <class Kit>
typename Kit::Set first_of(Kind kind) {
  if (kind == Kind::kNone) return {};
  return typename Kit::Set{1} << (static_cast<unsigned>(kind) - 1) * Kit::kAddresses;
}

template <class Kit>
Traits<Kit> traits_of(const OpInfo& info) {
  const bool keeps_zero = !info.multiplies && info.keeps_zero && info.in1 != Kind::kNone;
  const bool element =
      info.immediate == Immediate::kVectorElement || info.immediate == Immediate::kMatrixElement;
  return {first_of<Kit>(info.in1), first_of<Kit>(info.in2),
          first_of<Kit>(info.out), Kit::mask(info.multiplies),
          Kit::mask(keeps_zero),   Kit::mask(info.immediate == Immediate::kConstant),
          Kit::mask(element)};
}

template <class Kit>
const std::array<Traits<Kit>, kOpCount>& traits_table() {
  static const auto table = [] {
    std::array<Traits<Kit>, kOpCount> out{};
    for (std::size_t op = 0; op < kOpCount; ++op) out[op] = traits_of<Kit>(op_table()[op]);
    return out;
  }();
  return table;
}

/// An instruction to the analyses. Its result is certainly zero when one of `zero_by` is, or one of
/// `not_zero_by` is not; or, with `otherwise`, when neither holds.
template <class Kit>
struct Row {
  typename Kit::Set reads, out;  // `out` is read as well where its other elements keep their values
  typename Kit::Set zero_by, not_zero_by;
  typename Kit::Mask otherwise;
  typename Kit::Mask fills_zero;  // found: its result is certainly zero
  typename Kit::Mask live;
};

bool is_zero(double value) {
  return std::bit_cast<std::uint64_t>(value) << 1 == 0;
}

template <class Kit>
void set_row(Row<Kit>& row, const eqv_instruction& i, const Traits<Kit>& op) {
  const typename Kit::Mask zero_value = Kit::mask(is_zero(i.value));
  const typename Kit::Set in = op.in1 << i.in1 | op.in2 << i.in2, out = op.out << i.out,
                          kept = out & op.element;
  row.reads = in | kept;
  row.out = out;
  // An element that becomes 0 leaves a memory of zeros one.
  row.zero_by = (in & op.multiplies) | (kept & zero_value);
  row.not_zero_by = in & op.keeps_zero;
  row.otherwise = op.keeps_zero | (op.constant & zero_value);
}

/// The two analyses of one program.
template <class Kit>
class Analysis {
  using Set = typename Kit::Set;
  using Rows = std::span<Row<Kit>>;

 public:
  Analysis(const ProgramView& program, CycleConvention convention, std::vector<Row<Kit>>& rows)
      : convention_(convention) {
    const auto& traits = traits_table<Kit>();
    rows.resize(program.functions[0].size() + program.functions[1].size() +
                program.functions[2].size());
    std::size_t at = 0;
    for (std::size_t f = 0; f < kFunctionCount; ++f) {
      functions_[f] = Rows(rows).subspan(at, program.functions[f].size());
      for (const eqv_instruction& i : program.functions[f]) set_row(rows[at++], i, traits[i.op]);
    }
    mark_zeros();
    mark_live();
  }

  Rows function(std::size_t f) const { return functions_[f]; }
  /// Live between learn and the next predict.
  const Set& live_state() const { return live_state_; }

 private:
  static Set memory(Kind kind, std::uint8_t address) { return first_of<Kit>(kind) << address; }

  // ---- known zeros, forward

  /// What is certainly zero after a function, given what was before it. Its rows remember what they
  /// were found to be.
  static Set zeros_after(Rows rows, Set zeros) {
    for (Row<Kit>& row : rows) {
      row.fills_zero = Kit::any((row.zero_by & zeros) | (row.not_zero_by & ~zeros)) ^ row.otherwise;
      zeros = (zeros & ~row.out) | (row.fills_zero & row.out);
    }
    return zeros;
  }

  Set enter_predict(const Set& zeros) const { return (zeros & ~features_) | label_; }
  Set enter_learn(const Set& zeros) const {
    return zeros & ~(label_ | (Kit::mask(convention_.sigmoid_before_learn) & prediction_));
  }

  /// The greatest fixed point over setup, (predict, learn)*, predict*; the last round's marks hold.
  void mark_zeros() {
    Set before = enter_predict(zeros_after(functions_[0], Kit::all()));
    for (;;) {
      const Set predicted = zeros_after(functions_[1], before);
      const Set learned = zeros_after(functions_[2], enter_learn(predicted));
      const Set next = before & enter_predict(predicted) & enter_predict(learned);
      if (next == before) return;
      before = next;
    }
  }

  // ---- liveness, backward

  /// What is live before a function, given what is after it; marks the instructions that are.
  static Set live_before(Rows rows, Set live) {
    for (std::size_t at = rows.size(); at-- > 0;) {
      Row<Kit>& row = rows[at];
      row.live = Kit::any(row.out & live);
      live = (live & ~row.out) | (row.live & row.reads & ~row.fills_zero);
    }
    return live;
  }

  /// The least fixed point over the cycle; the last round's marks hold.
  void mark_live() {
    Set after_predict = prediction_;
    for (;;) {
      // What the cycle itself writes before predict does not outlive it.
      live_state_ = live_before(functions_[1], after_predict) & ~(features_ | label_);
      const Set next =
          after_predict | live_state_ | (live_before(functions_[2], live_state_) & ~label_);
      if (next == after_predict) break;
      after_predict = next;
    }
    live_before(functions_[0], live_state_);
  }

  CycleConvention convention_;
  Set label_ = memory(Kind::kScalar, kLabelAddress);
  Set prediction_ = memory(Kind::kScalar, kPredictionAddress);
  Set features_ = memory(Kind::kVector, kFeaturesAddress);
  std::array<Rows, kFunctionCount> functions_;
  Set live_state_{};
};

/// Live draws are numbered first, in order, so that dead ones do not shift what live ones draw.
class DrawNumbers {
 public:
  std::uint32_t next(bool live) { return live ? live_++ : dead_++; }

 private:
  std::uint32_t live_ = 0, dead_ = kDeadOrdinal;
};

/// Two words, so that what becomes of an instruction is chosen without a branch.
struct Words {
  std::uint64_t low, high;
};

eqv_instruction zero_fill(std::uint8_t out, Kind kind) {
  eqv_instruction fill{};
  fill.op = kZeroFill;
  fill.out = out;
  fill.aux = static_cast<std::uint32_t>(kind);
  return fill;
}

eqv_instruction filled_or_kept(bool fills, const eqv_instruction& i, Kind kind) {
  const auto fill = std::bit_cast<Words>(zero_fill(i.out, kind)), own = std::bit_cast<Words>(i);
  const std::uint64_t choice = Compact::mask(fills);
  return std::bit_cast<eqv_instruction>(Words{(fill.low & choice) | (own.low & ~choice),
                                              (fill.high & choice) | (own.high & ~choice)});
}

template <class Kit>
void number_draws(std::span<const eqv_instruction> function, std::span<const Row<Kit>> rows,
                  bool prune, Code& code) {
  DrawNumbers draws;
  for (std::size_t at = 0; at < function.size(); ++at) {
    const bool live = Kit::is_set(rows[at].live);
    const std::uint32_t ordinal = op_table()[function[at].op].random ? draws.next(live) : 0;
    if (live || !prune) code.ordinals.push_back(ordinal);
  }
}

/// Each instruction is written behind the last one that stays, where the next takes the place of
/// one that does not.
template <class Kit>
void write(std::span<const eqv_instruction> function, std::span<const Row<Kit>> rows, bool prune,
           Code& code) {
  code.instructions.resize(function.size());
  code.origin.resize(function.size());
  code.ordinals.clear();
  const auto& ops = op_table();
  std::size_t written = 0;
  bool draws = false;
  for (std::size_t at = 0; at < function.size(); ++at) {
    const Row<Kit>& row = rows[at];
    const eqv_instruction& i = function[at];
    const OpInfo& op = ops[i.op];
    code.instructions[written] = filled_or_kept(Kit::is_set(row.fills_zero), i, op.out);
    code.origin[written] = static_cast<std::uint32_t>(at);
    written += static_cast<std::size_t>(!prune) | static_cast<std::size_t>(Kit::is_set(row.live));
    draws |= op.random;
  }
  code.instructions.resize(written);
  code.origin.resize(written);
  if (draws) number_draws<Kit>(function, rows, prune, code);
}

template <class Kit>
void prepare(const ProgramView& program, CycleConvention convention, bool prune,
             PreparedProgram& out) {
  thread_local std::vector<Row<Kit>> rows;
  const Analysis<Kit> analysis(program, convention, rows);
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    write<Kit>(program.functions[f], analysis.function(f), prune, out.functions[f]);
  for (auto& addresses : out.live_state) addresses.clear();
  Kit::each(analysis.live_state(), [&](unsigned bit) {
    out.live_state[bit / Kit::kAddresses].push_back(
        static_cast<std::uint8_t>(bit % Kit::kAddresses));
  });
}

void prepare(const ProgramView& program, CycleConvention convention, bool prune,
             PreparedProgram& out) {
  unsigned addresses = 0;
  for (const auto& function : program.functions)
    for (const eqv_instruction& i : function) addresses |= unsigned{i.in1} | i.in2 | i.out;
  if (addresses < Compact::kAddresses)
    prepare<Compact>(program, convention, prune, out);
  else
    prepare<Wide>(program, convention, prune, out);
}

}  // namespace

PreparedProgram prepare_plain(const ProgramView& program, CycleConvention convention) {
  PreparedProgram out;
  prepare(program, convention, false, out);
  return out;
}

PreparedProgram prepare_pruned(const ProgramView& program, CycleConvention convention) {
  PreparedProgram out;
  prepare(program, convention, true, out);
  return out;
}

void prepare_pruned(const ProgramView& program, CycleConvention convention, PreparedProgram& out) {
  prepare(program, convention, true, out);
}

bool draws_at_random(const PreparedProgram& program) {
  const auto& ops = op_table();
  for (const Code& code : program.functions)
    for (const eqv_instruction& i : code.instructions)
      if (i.op != kZeroFill && ops[i.op].random) return true;
  return false;
}

std::vector<std::byte> canonical_bytes(const PreparedProgram& program) {
  std::vector<std::byte> bytes;
  canonical_bytes(program, bytes);
  return bytes;
}

void canonical_bytes(const PreparedProgram& program, std::vector<std::byte>& bytes) {
  constexpr std::size_t kLength = sizeof(std::uint32_t), kEach = sizeof(eqv_instruction) + 1;
  std::size_t size = 0;
  for (const Code& code : program.functions) size += kLength + code.instructions.size() * kEach;
  bytes.resize(size);
  std::byte* to = bytes.data();
  for (const Code& code : program.functions) {
    const auto length = static_cast<std::uint32_t>(code.instructions.size());
    std::memcpy(to, &length, kLength);
    to += kLength;
    for (eqv_instruction i : code.instructions) {
      const Kind zero = i.op == kZeroFill ? zero_kind(i) : Kind::kNone;
      if (i.op == kZeroFill) i.aux = 0;
      std::memcpy(to, &i, sizeof i);
      to[sizeof i] = static_cast<std::byte>(zero);
      to += kEach;
    }
  }
}

}  // namespace equivolve::search
