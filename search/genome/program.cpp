#include "search/genome/program.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace equivolve::search {
namespace {

static_assert(sizeof(eqv_instruction) == 16 && sizeof(eqv_program_header) == 8);
static_assert(std::endian::native == std::endian::little, "genomes are stored little-endian");

std::array<std::size_t, kFunctionCount> lengths_of(const eqv_program_header& header) {
  return {header.setup_length, header.predict_length, header.learn_length};
}

tl::unexpected<Error> error(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

/// How many memories there are of each kind; an unused address must be 0.
using Counts = std::array<std::uint32_t, 4>;

Counts counts_of(const MemoryShape& shape) {
  return {1, shape.scalars, shape.vectors, shape.matrices};
}

/// What can be asked of an instruction without a branch: every candidate passes here.
struct FirstSight {
  std::uint8_t in1 = 0, in2 = 0, out = 0;  // kinds
  bool is_not_enough = true;               // there is more to be asked
  std::uint32_t unused_aux = 0;            // bits that must be zero
  std::uint64_t unused_value = 0;
};

FirstSight first_sight_of(const OpInfo& info) {
  const bool number = info.immediate != Immediate::kNone;
  return {static_cast<std::uint8_t>(info.in1),
          static_cast<std::uint8_t>(info.in2),
          static_cast<std::uint8_t>(info.out),
          number && info.immediate != Immediate::kConstant,
          ~std::uint32_t{0},
          number ? 0 : ~std::uint64_t{0}};
}

/// By operation; the last is for numbers that are none.
const std::array<FirstSight, kOpCount + 1>& first_sights() {
  static const auto table = [] {
    std::array<FirstSight, kOpCount + 1> out{};
    for (std::size_t op = 0; op < kOpCount; ++op) out[op] = first_sight_of(op_table()[op]);
    return out;
  }();
  return table;
}

/// Whether nothing is wrong; false may be said of good ones too.
bool is_good_at_first_sight(const ProgramView& program, const Counts& counts) {
  constexpr std::uint64_t kInfinity = 0x7ff0'0000'0000'0000;
  const auto& sights = first_sights();
  unsigned doubts = 0;
  for (const auto& function : program.functions)
    for (const eqv_instruction& i : function) {
      const FirstSight& sight = sights[std::min<std::size_t>(i.op, kOpCount)];
      const auto value = std::bit_cast<std::uint64_t>(i.value);
      doubts |= unsigned{sight.is_not_enough} | unsigned{i.in1 >= counts[sight.in1]} |
                unsigned{i.in2 >= counts[sight.in2]} | unsigned{i.out >= counts[sight.out]} |
                unsigned{(value & kInfinity) == kInfinity} |
                unsigned{((i.aux & sight.unused_aux) | (value & sight.unused_value)) != 0};
    }
  return doubts == 0;
}

/// What is wrong with one instruction; null when nothing is.
const char* fault_of(const eqv_instruction& i, const MemoryShape& shape, const Counts& counts) {
  if (i.op >= kOpCount) return "unknown operation";
  const OpInfo& info = op_table()[i.op];
  const auto count = [&](Kind kind) { return counts[static_cast<std::size_t>(kind)]; };
  if (i.in1 >= count(info.in1) || i.in2 >= count(info.in2) || i.out >= count(info.out))
    return "address beyond the memories";
  if (!std::isfinite(i.value)) return "constant is not finite";
  switch (info.immediate) {
    case Immediate::kNone:
      return i.aux != 0 || std::bit_cast<std::uint64_t>(i.value) != 0 ? "unused field is not zero"
                                                                      : nullptr;
    case Immediate::kConstant:
      return i.aux != 0 ? "unused field is not zero" : nullptr;
    case Immediate::kVectorElement:
      return i.aux >= shape.dimension ? "element beyond the vector" : nullptr;
    case Immediate::kMatrixElement:
      return aux_row(i.aux) >= shape.dimension || aux_column(i.aux) >= shape.dimension
                 ? "element beyond the matrix"
                 : nullptr;
    case Immediate::kRange:
      return !std::isfinite(aux_float(i.aux)) || aux_float(i.aux) < i.value
                 ? "high end below low end"
                 : nullptr;
    case Immediate::kMeanDeviation:
      return !std::isfinite(aux_float(i.aux)) || aux_float(i.aux) < 0
                 ? "negative standard deviation"
                 : nullptr;
  }
  return nullptr;
}

}  // namespace

std::string_view function_name(Function f) {
  constexpr std::array<std::string_view, kFunctionCount> names = {"setup", "predict", "learn"};
  return names[static_cast<std::size_t>(f)];
}

bool operator==(const Program& a, const Program& b) {
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    const auto& x = a.functions[f];
    const auto& y = b.functions[f];
    if (x.size() != y.size()) return false;
    if (!x.empty() && std::memcmp(x.data(), y.data(), x.size() * sizeof(eqv_instruction)) != 0)
      return false;
  }
  return true;
}

tl::expected<ProgramView, Error> view_program(GenomeView flat) {
  if (flat.size() < sizeof(eqv_program_header)) return error("too short for a program");
  if (reinterpret_cast<std::uintptr_t>(flat.data()) % alignof(eqv_instruction) != 0)
    return error("program is not aligned to 8 bytes");
  eqv_program_header header;
  std::memcpy(&header, flat.data(), sizeof header);
  if (header.reserved != 0) return error("reserved field is not zero");
  std::size_t total = 0;
  for (std::size_t length : lengths_of(header)) total += length;
  if (flat.size() != sizeof header + total * sizeof(eqv_instruction))
    return error("program's size does not fit its header");
  ProgramView view;
  const auto* at = reinterpret_cast<const eqv_instruction*>(flat.data() + sizeof header);
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    view.functions[f] = {at, lengths_of(header)[f]};
    at += view.functions[f].size();
  }
  return view;
}

Genome to_genome(const Program& program) {
  eqv_program_header header{};
  header.setup_length = static_cast<std::uint16_t>(program.functions[0].size());
  header.predict_length = static_cast<std::uint16_t>(program.functions[1].size());
  header.learn_length = static_cast<std::uint16_t>(program.functions[2].size());
  std::size_t total = 0;
  for (const auto& f : program.functions) total += f.size();
  Genome genome;
  genome.flat.resize(sizeof header + total * sizeof(eqv_instruction));
  std::memcpy(genome.flat.data(), &header, sizeof header);
  std::byte* at = genome.flat.data() + sizeof header;
  for (const auto& f : program.functions) {
    if (f.empty()) continue;
    std::memcpy(at, f.data(), f.size() * sizeof(eqv_instruction));
    at += f.size() * sizeof(eqv_instruction);
  }
  return genome;
}

tl::expected<Program, Error> program_of(GenomeView flat) {
  auto view = view_program(flat);
  if (!view) return tl::unexpected<Error>(view.error());
  Program program;
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    program.functions[f].assign(view->functions[f].begin(), view->functions[f].end());
  return program;
}

tl::expected<ProgramView, Error> check_program(GenomeView flat, const MemoryShape& shape) {
  auto view = view_program(flat);
  if (!view) return view;
  const Counts counts = counts_of(shape);
  if (is_good_at_first_sight(*view, counts)) return view;
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    for (std::size_t i = 0; i < view->functions[f].size(); ++i)
      if (const char* fault = fault_of(view->functions[f][i], shape, counts))
        return error(std::string(function_name(static_cast<Function>(f))) + ", instruction " +
                     std::to_string(i + 1) + ": " + fault);
  return view;
}

float aux_float(std::uint32_t aux) {
  return std::bit_cast<float>(aux);
}
std::uint32_t float_aux(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

}  // namespace equivolve::search
