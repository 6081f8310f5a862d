#include "search/variation/program_variation.hpp"

#include <algorithm>
#include <array>

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

void fill_random(std::vector<eqv_instruction>& code, const FunctionSpace& function,
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

MutationPlaces places_for(Operator op, const Program& program, const ProgramSpace& space) {
  MutationPlaces places;
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    if (allows(op, space.functions[f], program.functions[f].size()))
      places.functions[places.count++] = f;
  return places;
}

OperatorDraw choices_for(const Program& program, const ProgramSpace& space,
                         const OperatorWeights& weights) {
  OperatorDraw choices(weights);
  const auto offer = [&](Operator op) {
    if (places_for(op, program, space).count > 0) choices.offer(op);
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

}  // namespace

Program random_program(const ProgramSpace& space, Stream& stream) {
  Program program;
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    program.functions[f].resize(space.functions[f].initial_length);
    fill_random(program.functions[f], space.functions[f], space, stream);
  }
  return program;
}

VariedProgram mutate(Program parent, const ProgramSpace& space, Stream& stream,
                     const OperatorWeights& weights) {
  VariedProgram child{std::move(parent), Operator::kCopy};
  const OperatorDraw choices = choices_for(child.program, space, weights);
  if (choices.is_empty()) return child;
  child.op = choices.draw(stream);
  const MutationPlaces places = places_for(child.op, child.program, space);
  const std::size_t f = places.functions[stream.below(places.count)];
  std::vector<eqv_instruction>& code = child.program.functions[f];
  const FunctionSpace& function = space.functions[f];
  const bool inserts = child.op == Operator::kInsertInstruction;
  const std::size_t at = stream.below(code.size() + (inserts ? 1 : 0));
  const auto place = code.begin() + static_cast<std::ptrdiff_t>(at);
  switch (child.op) {
    case Operator::kChangeArgument:
      change_argument(*place, space, stream);
      break;
    case Operator::kReplaceInstruction:
      *place = random_instruction(function, space, stream);
      break;
    case Operator::kRandomiseFunction:
      fill_random(code, function, space, stream);
      break;
    case Operator::kInsertInstruction:
      code.insert(place, random_instruction(function, space, stream));
      break;
    case Operator::kRemoveInstruction:
      code.erase(place);
      break;
    default:
      break;
  }
  return child;
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
  VariedProgram child = mutate(program_of(parent).value(), space, stream, weights);
  return {to_genome(child.program), child.op};
}

Bred cross_genomes(GenomeView first, GenomeView second, const ProgramSpace& /*space*/,
                   Stream& stream, const OperatorWeights& /*weights*/) {
  return {to_genome(crossover(program_of(first).value(), program_of(second).value(), stream)),
          Operator::kCrossover};
}

}  // namespace equivolve::search
