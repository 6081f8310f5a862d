#include "search/variation/program_variation.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace equivolve::search {
namespace {

using hashing::Stream;

std::uint8_t random_address(Kind kind, const MemoryShape& shape, Stream& stream) {
  switch (kind) {
    case Kind::kScalar:
      return static_cast<std::uint8_t>(stream.below(shape.scalars));
    case Kind::kVector:
      return static_cast<std::uint8_t>(stream.below(shape.vectors));
    case Kind::kMatrix:
      return static_cast<std::uint8_t>(stream.below(shape.matrices));
    case Kind::kNone:
      break;
  }
  return 0;
}

std::uint32_t random_element(Immediate immediate, const MemoryShape& shape, Stream& stream) {
  const auto first = static_cast<std::uint32_t>(stream.below(shape.dimension));
  if (immediate == Immediate::kVectorElement) return first;
  return first << 16 | static_cast<std::uint32_t>(stream.below(shape.dimension));
}

void draw_immediate(eqv_instruction& i, Immediate immediate, const ProgramSpace& space,
                    Stream& stream) {
  const double range = space.constant_range;
  switch (immediate) {
    case Immediate::kNone:
      return;
    case Immediate::kConstant:
      i.value = stream.uniform(-range, range);
      return;
    case Immediate::kVectorElement:
    case Immediate::kMatrixElement:
      i.aux = random_element(immediate, space.memories, stream);
      i.value = stream.uniform(-range, range);
      return;
    case Immediate::kRange: {
      const auto a = static_cast<float>(stream.uniform(-range, range));
      const auto b = static_cast<float>(stream.uniform(-range, range));
      i.value = std::min(a, b);
      i.aux = float_aux(std::max(a, b));
      return;
    }
    case Immediate::kMeanDeviation:
      i.value = stream.uniform(-range, range);
      i.aux = float_aux(static_cast<float>(stream.uniform(0, range)));
      return;
  }
}

eqv_instruction random_instruction(const FunctionSpace& function, const ProgramSpace& space,
                                   Stream& stream) {
  const OpInfo& info = op_info(function.operations[stream.below(function.operations.size())]);
  eqv_instruction i{};
  i.op = static_cast<std::uint8_t>(info.op);
  i.in1 = random_address(info.in1, space.memories, stream);
  i.in2 = random_address(info.in2, space.memories, stream);
  i.out = random_address(info.out, space.memories, stream);
  draw_immediate(i, info.immediate, space, stream);
  return i;
}

void fill_random(std::span<eqv_instruction> code, const FunctionSpace& function,
                 const ProgramSpace& space, Stream& stream) {
  for (eqv_instruction& i : code) i = random_instruction(function, space, stream);
}

double perturbed(double value, Stream& stream) {
  value *= stream.uniform(0.5, 2.0);
  return stream.chance(0.1) ? -value : value;
}

/// Perturbs the numbers of a draw and keeps them in order.
void perturb_draw(eqv_instruction& i, Immediate immediate, Stream& stream) {
  auto first = static_cast<float>(i.value);
  float second = aux_float(i.aux);
  if (stream.chance(0.5))
    first = static_cast<float>(perturbed(first, stream));
  else
    second = static_cast<float>(perturbed(second, stream));
  if (immediate == Immediate::kMeanDeviation) second = second < 0 ? -second : second;
  if (immediate == Immediate::kRange && second < first) std::swap(first, second);
  i.value = first;
  i.aux = float_aux(second);
}

void perturb_immediate(eqv_instruction& i, Immediate immediate, const MemoryShape& shape,
                       Stream& stream) {
  switch (immediate) {
    case Immediate::kNone:
      return;
    case Immediate::kConstant:
      i.value = perturbed(i.value, stream);
      break;
    case Immediate::kVectorElement:
    case Immediate::kMatrixElement:
      if (stream.chance(0.5))
        i.aux = random_element(immediate, shape, stream);
      else
        i.value = perturbed(i.value, stream);
      break;
    case Immediate::kRange:
    case Immediate::kMeanDeviation:
      perturb_draw(i, immediate, stream);
      break;
  }
  // A number grown without end would leave the finite ones, which no genome may hold.
  if (!(i.value >= -1e300 && i.value <= 1e300)) i.value = 0;
}

void change_argument(eqv_instruction& i, const ProgramSpace& space, Stream& stream) {
  const OpInfo& info = op_info(static_cast<Op>(i.op));
  enum Argument { kIn1, kIn2, kOut, kNumber };
  std::array<Argument, 4> offered;
  std::size_t count = 0;
  if (info.in1 != Kind::kNone) offered[count++] = kIn1;
  if (info.in2 != Kind::kNone) offered[count++] = kIn2;
  if (info.out != Kind::kNone) offered[count++] = kOut;
  if (info.immediate != Immediate::kNone) offered[count++] = kNumber;
  if (count == 0) return;
  switch (offered[stream.below(count)]) {
    case kIn1:
      i.in1 = random_address(info.in1, space.memories, stream);
      break;
    case kIn2:
      i.in2 = random_address(info.in2, space.memories, stream);
      break;
    case kOut:
      i.out = random_address(info.out, space.memories, stream);
      break;
    case kNumber:
      perturb_immediate(i, info.immediate, space.memories, stream);
      break;
  }
}

bool allows(Operator op, const FunctionSpace& function, std::size_t length) {
  switch (op) {
    case Operator::kChangeArgument:
    case Operator::kReplaceInstruction:
    case Operator::kRandomiseFunction:
      return length > 0;
    case Operator::kInsertInstruction:
      return length < function.max_length;
    case Operator::kRemoveInstruction:
      return length > function.min_length;
    default:
      return false;
  }
}

bool lengths_vary(const ProgramSpace& space) {
  return std::any_of(space.functions.begin(), space.functions.end(),
                     [](const FunctionSpace& f) { return f.min_length != f.max_length; });
}

/// The functions that a mutation can be done to.
struct MutationPlaces {
  std::array<std::size_t, kFunctionCount> functions{};
  std::size_t count = 0;
};

using Lengths = std::array<std::size_t, kFunctionCount>;

Lengths lengths_of(const ProgramView& program) {
  Lengths lengths;
  for (std::size_t f = 0; f < kFunctionCount; ++f) lengths[f] = program.functions[f].size();
  return lengths;
}

MutationPlaces places_for(Operator op, const Lengths& lengths, const ProgramSpace& space) {
  MutationPlaces places;
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    if (allows(op, space.functions[f], lengths[f])) places.functions[places.count++] = f;
  return places;
}

OperatorDraw choices_for(const Lengths& lengths, const ProgramSpace& space,
                         const OperatorWeights& weights) {
  OperatorDraw choices(weights);
  const auto offer = [&](Operator op) {
    if (places_for(op, lengths, space).count > 0) choices.offer(op);
  };
  offer(Operator::kChangeArgument);
  offer(Operator::kReplaceInstruction);
  offer(Operator::kRandomiseFunction);
  if (lengths_vary(space)) {
    offer(Operator::kInsertInstruction);
    offer(Operator::kRemoveInstruction);
  }
  return choices;
}

/// The parent's bytes, of which a mutation changes a few: so breeding allocates the child alone.
class Child {
 public:
  Child(GenomeView parent, const Lengths& lengths) : lengths_(lengths) {
    genome_.flat.assign(parent.begin(), parent.end());
  }

  std::span<eqv_instruction> function(std::size_t f) {
    return {reinterpret_cast<eqv_instruction*>(genome_.flat.data() + byte_of(f, 0)), lengths_[f]};
  }
  void insert(std::size_t f, std::size_t at, const eqv_instruction& instruction) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&instruction);
    genome_.flat.insert(place(f, at), bytes, bytes + sizeof instruction);
    ++lengths_[f];
  }
  void remove(std::size_t f, std::size_t at) {
    const auto from = place(f, at);
    genome_.flat.erase(from, from + sizeof(eqv_instruction));
    --lengths_[f];
  }
  Genome take() {
    const eqv_program_header header = {static_cast<std::uint16_t>(lengths_[0]),
                                       static_cast<std::uint16_t>(lengths_[1]),
                                       static_cast<std::uint16_t>(lengths_[2]), 0};
    std::memcpy(genome_.flat.data(), &header, sizeof header);
    return std::move(genome_);
  }

 private:
  std::size_t byte_of(std::size_t f, std::size_t at) const {
    for (std::size_t before = 0; before < f; ++before) at += lengths_[before];
    return sizeof(eqv_program_header) + at * sizeof(eqv_instruction);
  }
  std::vector<std::byte>::iterator place(std::size_t f, std::size_t at) {
    return genome_.flat.begin() + static_cast<std::ptrdiff_t>(byte_of(f, at));
  }

  Genome genome_;
  Lengths lengths_;
};

}  // namespace

Program random_program(const ProgramSpace& space, Stream& stream) {
  Program program;
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    program.functions[f].resize(space.functions[f].initial_length);
    fill_random(program.functions[f], space.functions[f], space, stream);
  }
  return program;
}

Program crossover(const Program& first, const Program& second, Stream& stream) {
  Program child;
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    const auto& a = first.functions[f];
    const auto& b = second.functions[f];
    // Cutting both at one place gives the second parent's length, which the space allows.
    const std::size_t cut = stream.below(std::min(a.size(), b.size()) + 1);
    const auto from_a = a.begin() + static_cast<std::ptrdiff_t>(cut);
    const auto from_b = b.begin() + static_cast<std::ptrdiff_t>(cut);
    child.functions[f].assign(a.begin(), from_a);
    child.functions[f].insert(child.functions[f].end(), from_b, b.end());
  }
  return child;
}

Genome random_genome(const ProgramSpace& space, Stream& stream) {
  return to_genome(random_program(space, stream));
}

Bred mutate_genome(GenomeView parent, const ProgramSpace& space, Stream& stream,
                   const OperatorWeights& weights) {
  // Parents were bred here, so they parse.
  const Lengths lengths = lengths_of(view_program(parent).value());
  Child child(parent, lengths);
  const OperatorDraw choices = choices_for(lengths, space, weights);
  if (choices.is_empty()) return {child.take(), Operator::kCopy};
  const Operator op = choices.draw(stream);
  const MutationPlaces places = places_for(op, lengths, space);
  const std::size_t f = places.functions[stream.below(places.count)];
  const FunctionSpace& function = space.functions[f];
  const bool inserts = op == Operator::kInsertInstruction;
  const std::size_t at = stream.below(lengths[f] + (inserts ? 1 : 0));
  switch (op) {
    case Operator::kChangeArgument:
      change_argument(child.function(f)[at], space, stream);
      break;
    case Operator::kReplaceInstruction:
      child.function(f)[at] = random_instruction(function, space, stream);
      break;
    case Operator::kRandomiseFunction:
      fill_random(child.function(f), function, space, stream);
      break;
    case Operator::kInsertInstruction:
      child.insert(f, at, random_instruction(function, space, stream));
      break;
    case Operator::kRemoveInstruction:
      child.remove(f, at);
      break;
    default:
      break;
  }
  return {child.take(), op};
}

VariedProgram mutate(const Program& parent, const ProgramSpace& space, Stream& stream,
                     const OperatorWeights& weights) {
  const Bred child = mutate_genome(to_genome(parent).flat, space, stream, weights);
  return {program_of(child.genome.flat).value(), child.op};
}

Bred cross_genomes(GenomeView first, GenomeView second, const ProgramSpace& /*space*/,
                   Stream& stream, const OperatorWeights& /*weights*/) {
  return {to_genome(crossover(program_of(first).value(), program_of(second).value(), stream)),
          Operator::kCrossover};
}

}  // namespace equivolve::search
