#include "search/genome/program_analysis.hpp"

#include <bit>
#include <bitset>

namespace equivolve::search {
namespace {

// Every candidate passes here, so nothing below branches on what an instruction is: each becomes a
// few sets of memories once, and a set is one word where no address passes 15, as in all but large
// spaces.

/// Sets of memories of addresses below 16; bit (kind - 1) * 16 + address. kNever is no memory.
struct Compact {
  using Set = std::uint64_t;
  static constexpr unsigned kAddresses = 16;
  static constexpr unsigned kNever = 63;
  static Set one(unsigned bit) { return Set{1} << bit; }
  static Set all() { return ~Set{0} >> 1; }
  static bool any(Set set) { return set != 0; }
  static Set when(bool yes, Set set) { return (Set{0} - static_cast<Set>(yes)) & set; }
  template <class F>
  static void each(Set set, F f) {
    for (; set != 0; set &= set - 1) f(static_cast<unsigned>(std::countr_zero(set)));
  }
};
/// Sets of all memories; bit (kind - 1) * 256 + address.
struct Wide {
  using Set = std::bitset<769>;
  static constexpr unsigned kAddresses = 256;
  static constexpr unsigned kNever = 768;
  static Set one(unsigned bit) { return Set{}.set(bit); }
  static Set all() { return Set{}.set().reset(kNever); }
  static bool any(const Set& set) { return set.any(); }
  static Set when(bool yes, const Set& set) { return yes ? set : Set{}; }
  template <class F>
  static void each(const Set& set, F f) {
    for (unsigned bit = 0; bit < set.size(); ++bit)
      if (set[bit]) f(bit);
  }
};

using Code = PreparedProgram::Code;

/// What of an operation the analyses ask for.
struct Traits {
  unsigned in1, in2, out;  // kind - 1, where there is one
  bool has_in1, has_in2, has_out;
  bool zero_with_any, zero_with_all;  // of its operands
  bool constant, element, random;
};

constexpr unsigned place(Kind kind) {
  return kind == Kind::kNone ? 0 : static_cast<unsigned>(kind) - 1;
}

Traits traits_of(const OpInfo& info) {
  const bool element =
      info.immediate == Immediate::kVectorElement || info.immediate == Immediate::kMatrixElement;
  return {place(info.in1),
          place(info.in2),
          place(info.out),
          info.in1 != Kind::kNone,
          info.in2 != Kind::kNone,
          info.out != Kind::kNone,
          info.multiplies,
          !info.multiplies && info.keeps_zero && info.in1 != Kind::kNone,
          info.immediate == Immediate::kConstant,
          element,
          info.random};
}

const std::array<Traits, kOpCount>& traits_table() {
  static const auto table = [] {
    std::array<Traits, kOpCount> out{};
    for (std::size_t op = 0; op < kOpCount; ++op) out[op] = traits_of(op_table()[op]);
    return out;
  }();
  return table;
}

/// An instruction to the analyses. Its result is certainly zero when one of `zero_with_any` is, or
/// all of `zero_with_all` are (kNever never is).
template <class Kit>
struct Row {
  typename Kit::Set in, out, kept;  // memories read and written; kept: `out` where its other
                                    // elements keep their values
  typename Kit::Set zero_with_any, zero_with_all;
  bool random = false;
  bool fills_zero = false;  // its result is certainly zero
  bool live = false;
};

template <class Kit>
Row<Kit> row_of(const eqv_instruction& i, const Traits& op) {
  const bool zero_value = i.value == 0;
  Row<Kit> row;
  row.in = Kit::when(op.has_in1, Kit::one(op.in1 * Kit::kAddresses + i.in1)) |
           Kit::when(op.has_in2, Kit::one(op.in2 * Kit::kAddresses + i.in2));
  row.out = Kit::when(op.has_out, Kit::one(op.out * Kit::kAddresses + i.out));
  row.kept = Kit::when(op.element, row.out);
  // An element that becomes 0 leaves a memory of zeros one.
  row.zero_with_any = Kit::when(op.zero_with_any, row.in) | Kit::when(zero_value, row.kept);
  row.zero_with_all =
      Kit::when(op.zero_with_all, row.in) |
      Kit::when(!op.zero_with_all && !(op.constant && zero_value), Kit::one(Kit::kNever));
  row.random = op.random;
  return row;
}

/// The two analyses of one program.
template <class Kit>
class Analysis {
  using Set = typename Kit::Set;
  using Rows = std::span<Row<Kit>>;

 public:
  Analysis(const ProgramView& program, CycleConvention convention, std::vector<Row<Kit>>& rows)
      : convention_(convention) {
    const auto& traits = traits_table();
    rows.resize(program.functions[0].size() + program.functions[1].size() +
                program.functions[2].size());
    std::size_t at = 0;
    for (std::size_t f = 0; f < kFunctionCount; ++f) {
      functions_[f] = Rows(rows).subspan(at, program.functions[f].size());
      for (const eqv_instruction& i : program.functions[f])
        rows[at++] = row_of<Kit>(i, traits[i.op]);
    }
    mark_zeros();
    mark_live();
  }

  Rows function(std::size_t f) const { return functions_[f]; }
  /// Live between learn and the next predict.
  const Set& live_state() const { return live_state_; }

 private:
  static Set memory(Kind kind, std::uint8_t address) {
    return Kit::one(place(kind) * Kit::kAddresses + address);
  }

  // ---- known zeros, forward

  /// What is certainly zero after a function, given what was before it. Its rows remember what they
  /// were found to be.
  static Set zeros_after(Rows rows, Set zeros) {
    for (Row<Kit>& row : rows) {
      const bool any = Kit::any(row.zero_with_any & zeros),
                 all = !Kit::any(row.zero_with_all & ~zeros);
      row.fills_zero = (int{any} | int{all}) != 0;
      zeros = (zeros & ~row.out) | Kit::when(row.fills_zero, row.out);
    }
    return zeros;
  }

  Set enter_predict(const Set& zeros) const { return (zeros & ~features_) | label_; }
  Set enter_learn(const Set& zeros) const {
    return zeros & ~(label_ | Kit::when(convention_.sigmoid_before_learn, prediction_));
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
      const Set reads = Kit::when(!row.fills_zero, row.in | row.kept);
      live = (live & ~row.out) | Kit::when(row.live, reads);
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

eqv_instruction zero_fill(std::uint8_t out) {
  eqv_instruction fill{};
  fill.op = kZeroFill;
  fill.out = out;
  return fill;
}

template <class Kit>
void write(std::span<const eqv_instruction> function, std::span<const Row<Kit>> rows, bool prune,
           Code& code) {
  code.instructions.clear();
  code.zero_kind.clear();
  code.ordinal.clear();
  code.origin.clear();
  DrawNumbers draws;
  for (std::size_t at = 0; at < function.size(); ++at) {
    const Row<Kit>& row = rows[at];
    const std::uint32_t ordinal = row.random ? draws.next(row.live) : 0;
    if (prune && !row.live) continue;
    const eqv_instruction& i = function[at];
    code.instructions.push_back(row.fills_zero ? zero_fill(i.out) : i);
    code.zero_kind.push_back(row.fills_zero ? op_table()[i.op].out : Kind::kNone);
    code.ordinal.push_back(ordinal);
    code.origin.push_back(static_cast<std::uint32_t>(at));
  }
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
    for (const eqv_instruction& i : function) addresses |= i.in1 | i.in2 | i.out;
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
  for (const Code& code : program.functions)
    for (const eqv_instruction& i : code.instructions)
      if (i.op != kZeroFill && op_table()[i.op].random) return true;
  return false;
}

std::vector<std::byte> canonical_bytes(const PreparedProgram& program) {
  std::vector<std::byte> bytes;
  canonical_bytes(program, bytes);
  return bytes;
}

void canonical_bytes(const PreparedProgram& program, std::vector<std::byte>& bytes) {
  bytes.clear();
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
}

}  // namespace equivolve::search
