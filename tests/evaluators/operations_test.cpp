// Each of the 65 operations against its definition, written out naively.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "evaluators/common/interpreters/machine.hpp"
#include "tests/evaluators/support/cases.hpp"

namespace equivolve::interpreters {
namespace {

using search::Function;
using search::Immediate;
using search::Kind;
using search::Op;
using Values = std::vector<double>;  // a scalar, a vector, or a matrix row by row

constexpr std::uint64_t kSeed = 99;

/// What an operation may look at.
struct Given {
  Values a, b, out;
  std::size_t d;
  const eqv_instruction& i;
  double at(const Values& m, std::size_t r, std::size_t c) const { return m[r * d + c]; }
};

double total(const Values& x) {
  double sum = x[0];
  for (std::size_t i = 1; i < x.size(); ++i) sum += x[i];
  return sum;
}
double mean(const Values& x) {
  return total(x) / static_cast<double>(x.size());
}
double deviation(const Values& x) {
  Values squares;
  for (double v : x) squares.push_back((v - mean(x)) * (v - mean(x)));
  return std::sqrt(mean(squares));
}
double norm(const Values& x) {
  Values squares;
  for (double v : x) squares.push_back(v * v);
  return std::sqrt(total(squares));
}
Values row(const Given& g, const Values& m, std::size_t r) {
  return Values(m.begin() + r * g.d, m.begin() + (r + 1) * g.d);
}
Values column(const Given& g, const Values& m, std::size_t c) {
  Values out;
  for (std::size_t r = 0; r < g.d; ++r) out.push_back(g.at(m, r, c));
  return out;
}
Values each(const Values& a, const std::function<double(double)>& f) {
  Values out;
  for (double x : a) out.push_back(f(x));
  return out;
}
Values pairs(const Values& a, const Values& b, const std::function<double(double, double)>& f) {
  Values out;
  for (std::size_t i = 0; i < a.size(); ++i) out.push_back(f(a[i], b[i]));
  return out;
}
Values square(const Given& g, const std::function<double(std::size_t, std::size_t)>& f) {
  Values out;
  for (std::size_t r = 0; r < g.d; ++r)
    for (std::size_t c = 0; c < g.d; ++c) out.push_back(f(r, c));
  return out;
}
Values lines(const Given& g, const std::function<double(std::size_t)>& f) {
  Values out;
  for (std::size_t r = 0; r < g.d; ++r) out.push_back(f(r));
  return out;
}
Values draws(const Given& g) {
  // The first random instruction of setup: step 0, ordinal 0.
  hashing::Stream stream(kSeed, hashing::Purpose::kEvaluate, 0);
  const bool uniform = search::op_info(static_cast<Op>(g.i.op)).immediate == Immediate::kRange;
  const double second = search::aux_float(g.i.aux);
  return each(g.out, [&](double) {
    return uniform ? stream.uniform(g.i.value, second) : g.i.value + second * stream.gaussian();
  });
}

using Definition = std::function<Values(const Given&)>;

const auto kHeaviside = [](const Given& g) {
  return each(g.a, [](double x) { return x > 0 ? 1.0 : 0.0; });
};
const auto kAbs = [](const Given& g) { return each(g.a, [](double x) { return std::fabs(x); }); };
const auto kReciprocal = [](const Given& g) { return each(g.a, [](double x) { return 1 / x; }); };
const auto kSum = [](const Given& g) {
  return pairs(g.a, g.b, [](double x, double y) { return x + y; });
};
const auto kDifference = [](const Given& g) {
  return pairs(g.a, g.b, [](double x, double y) { return x - y; });
};
const auto kProduct = [](const Given& g) {
  return pairs(g.a, g.b, [](double x, double y) { return x * y; });
};
const auto kQuotient = [](const Given& g) {
  return pairs(g.a, g.b, [](double x, double y) { return x / y; });
};
const auto kMin = [](const Given& g) {
  return pairs(g.a, g.b, [](double x, double y) { return x < y ? x : y; });
};
const auto kMax = [](const Given& g) {
  return pairs(g.a, g.b, [](double x, double y) { return x > y ? x : y; });
};
const auto kScale = [](const Given& g) { return each(g.b, [&](double x) { return g.a[0] * x; }); };
const auto kNorm = [](const Given& g) { return Values{norm(g.a)}; };
const auto kMean = [](const Given& g) { return Values{mean(g.a)}; };
const auto kDeviation = [](const Given& g) { return Values{deviation(g.a)}; };
Definition scalar(double (*f)(double)) {
  return [f](const Given& g) { return Values{f(g.a[0])}; };
}

const std::map<Op, Definition>& definitions() {
  static const std::map<Op, Definition> all = {
      {Op::kNoOp, [](const Given& g) { return g.out; }},
      {Op::kScalarSum, kSum},
      {Op::kScalarDifference, kDifference},
      {Op::kScalarProduct, kProduct},
      {Op::kScalarQuotient, kQuotient},
      {Op::kScalarAbs, kAbs},
      {Op::kScalarReciprocal, kReciprocal},
      {Op::kScalarSin, scalar(std::sin)},
      {Op::kScalarCos, scalar(std::cos)},
      {Op::kScalarTan, scalar(std::tan)},
      {Op::kScalarArcsin, scalar(std::asin)},
      {Op::kScalarArccos, scalar(std::acos)},
      {Op::kScalarArctan, scalar(std::atan)},
      {Op::kScalarExp, scalar(std::exp)},
      {Op::kScalarLog, scalar(std::log)},
      {Op::kScalarHeaviside, kHeaviside},
      {Op::kVectorHeaviside, kHeaviside},
      {Op::kMatrixHeaviside, kHeaviside},
      {Op::kScalarVectorProduct, kScale},
      {Op::kScalarMatrixProduct, kScale},
      {Op::kBroadcastScalar, [](const Given& g) { return Values(g.d, g.a[0]); }},
      {Op::kVectorReciprocal, kReciprocal},
      {Op::kMatrixReciprocal, kReciprocal},
      {Op::kVectorNorm, kNorm},
      {Op::kMatrixNorm, kNorm},
      {Op::kVectorAbs, kAbs},
      {Op::kMatrixAbs, kAbs},
      {Op::kVectorSum, kSum},
      {Op::kVectorDifference, kDifference},
      {Op::kVectorProduct, kProduct},
      {Op::kVectorQuotient, kQuotient},
      {Op::kMatrixSum, kSum},
      {Op::kMatrixDifference, kDifference},
      {Op::kMatrixProduct, kProduct},
      {Op::kMatrixQuotient, kQuotient},
      {Op::kScalarMin, kMin},
      {Op::kVectorMin, kMin},
      {Op::kMatrixMin, kMin},
      {Op::kScalarMax, kMax},
      {Op::kVectorMax, kMax},
      {Op::kMatrixMax, kMax},
      {Op::kVectorMean, kMean},
      {Op::kMatrixMean, kMean},
      {Op::kVectorDeviation, kDeviation},
      {Op::kMatrixDeviation, kDeviation},
      {Op::kDot, [](const Given& g) { return Values{total(kProduct(g))}; }},
      {Op::kOuter,
       [](const Given& g) { return square(g, [&](auto r, auto c) { return g.a[r] * g.b[c]; }); }},
      {Op::kMatrixVectorProduct,
       [](const Given& g) {
         return lines(g, [&](auto r) {
           return total(pairs(row(g, g.a, r), g.b, [](double x, double y) { return x * y; }));
         });
       }},
      {Op::kMatrixMatrixProduct,
       [](const Given& g) {
         return square(g, [&](auto r, auto c) {
           return total(
               pairs(row(g, g.a, r), column(g, g.b, c), [](double x, double y) { return x * y; }));
         });
       }},
      {Op::kTranspose,
       [](const Given& g) { return square(g, [&](auto r, auto c) { return g.at(g.a, c, r); }); }},
      {Op::kBroadcastRows,
       [](const Given& g) { return square(g, [&](auto, auto c) { return g.a[c]; }); }},
      {Op::kBroadcastColumns,
       [](const Given& g) { return square(g, [&](auto r, auto) { return g.a[r]; }); }},
      {Op::kRowNorm,
       [](const Given& g) { return lines(g, [&](auto r) { return norm(row(g, g.a, r)); }); }},
      {Op::kColumnNorm,
       [](const Given& g) { return lines(g, [&](auto c) { return norm(column(g, g.a, c)); }); }},
      {Op::kRowMean,
       [](const Given& g) { return lines(g, [&](auto r) { return mean(row(g, g.a, r)); }); }},
      {Op::kRowDeviation,
       [](const Given& g) { return lines(g, [&](auto r) { return deviation(row(g, g.a, r)); }); }},
      {Op::kScalarConstant, [](const Given& g) { return Values{g.i.value}; }},
      {Op::kVectorConstant,
       [](const Given& g) {
         Values out = g.out;
         out[g.i.aux] = g.i.value;
         return out;
       }},
      {Op::kMatrixConstant,
       [](const Given& g) {
         Values out = g.out;
         out[search::aux_row(g.i.aux) * g.d + search::aux_column(g.i.aux)] = g.i.value;
         return out;
       }},
      {Op::kScalarUniform, draws},
      {Op::kVectorUniform, draws},
      {Op::kMatrixUniform, draws},
      {Op::kScalarGaussian, draws},
      {Op::kVectorGaussian, draws},
      {Op::kMatrixGaussian, draws}};
  return all;
}

constexpr std::uint8_t kMemories = 3;

/// A machine with three memories of each kind that holds one instruction, taken as it stands (no
/// known zeros).
struct OneInstruction {
  OneInstruction(const eqv_instruction& i, std::uint32_t d) : dimension(d) {
    search::PreparedProgram program;
    program.functions[0].instructions = {i};
    program.functions[0].ordinals = {0};
    program.functions[0].origin = {0};
    machine.load(program, {kMemories, kMemories, kMemories, d});
    machine.reset({kSeed, hashing::Purpose::kEvaluate});
  }
  void put(Kind kind, std::uint8_t address, const Values& values) {
    for (std::size_t e = 0; e < values.size(); ++e) at(kind, address, e) = values[e];
  }
  Values get(Kind kind, std::uint8_t address) {
    Values out(size(kind));
    for (std::size_t e = 0; e < out.size(); ++e) out[e] = at(kind, address, e);
    return out;
  }
  std::size_t size(Kind kind) const {
    return kind == Kind::kScalar   ? 1
           : kind == Kind::kVector ? dimension
           : kind == Kind::kMatrix ? dimension * dimension
                                   : 0;
  }
  double& at(Kind kind, std::uint8_t address, std::size_t e) {
    if (kind == Kind::kScalar) return machine.scalar(address);
    if (kind == Kind::kVector) return machine.vector(address)[e];
    return machine.matrix(address)[e / dimension * padded(dimension) + e % dimension];
  }
  std::size_t dimension;
  Machine machine;
};

double any_value(hashing::Stream& stream) {
  static const double special[] = {0.0,       -0.0, 1.0,    -1.0,  INFINITY,
                                   -INFINITY, NAN,  1e-310, 1e300, -1e300};
  return stream.chance(0.15) ? special[stream.below(std::size(special))] : 2 * stream.gaussian();
}

bool same(double x, double y) {
  return (std::isnan(x) && std::isnan(y)) ||
         std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
}

eqv_instruction instruction_of(const search::OpInfo& info, std::uint32_t d,
                               hashing::Stream& stream) {
  eqv_instruction i{};
  i.op = static_cast<std::uint8_t>(info.op);
  if (info.in1 != Kind::kNone) i.in1 = static_cast<std::uint8_t>(stream.below(kMemories));
  if (info.in2 != Kind::kNone) i.in2 = static_cast<std::uint8_t>(stream.below(kMemories));
  if (info.out != Kind::kNone) i.out = static_cast<std::uint8_t>(stream.below(kMemories));
  if (info.immediate != Immediate::kNone) i.value = stream.gaussian();
  if (info.immediate == Immediate::kVectorElement)
    i.aux = static_cast<std::uint32_t>(stream.below(d));
  if (info.immediate == Immediate::kMatrixElement)
    i.aux = static_cast<std::uint32_t>(stream.below(d) << 16 | stream.below(d));
  if (info.immediate == Immediate::kRange)
    i.aux = search::float_aux(static_cast<float>(i.value) + 1);
  if (info.immediate == Immediate::kMeanDeviation) i.aux = search::float_aux(0.5f);
  return i;
}

class Operations : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Operations, MeansItsDefinition) {
  const search::OpInfo& info = search::op_table()[GetParam()];
  const auto definition = definitions().find(info.op);
  ASSERT_NE(definition, definitions().end());
  for (std::uint32_t d : {1u, 2u, 3u, 4u, 5u, 8u, 13u}) {
    for (std::uint64_t round = 0; round < 40; ++round) {
      auto stream = test::test_stream(6, GetParam() << 32 | d << 16 | round);
      const eqv_instruction i = instruction_of(info, d, stream);
      OneInstruction one(i, d);
      std::map<std::pair<Kind, int>, Values> before;
      for (Kind kind : {Kind::kScalar, Kind::kVector, Kind::kMatrix})
        for (std::uint8_t address = 0; address < kMemories; ++address) {
          Values values(one.size(kind));
          for (double& v : values) v = any_value(stream);
          one.put(kind, address, values);
          before[{kind, address}] = values;
        }
      auto expected = before;
      if (info.out != Kind::kNone)
        expected[{info.out, i.out}] =
            definition->second({before[{info.in1, i.in1}], before[{info.in2, i.in2}],
                                before[{info.out, i.out}], d, i});
      one.machine.run(Function::kSetup);
      for (const auto& [place, values] : expected) {
        if (place.first == Kind::kNone) continue;
        const Values got = one.get(place.first, static_cast<std::uint8_t>(place.second));
        for (std::size_t e = 0; e < values.size(); ++e)
          ASSERT_TRUE(same(got[e], values[e]))
              << info.name << " d=" << d << " round=" << round << " element " << e << ": " << got[e]
              << " instead of " << values[e];
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Operations, ::testing::Range<std::size_t>(0, search::kOpCount),
                         [](const auto& info) {
                           return std::string(search::op_table()[info.param].name);
                         });

TEST(Machine, ZeroFillWritesZerosOfItsKind) {
  for (Kind kind : {Kind::kScalar, Kind::kVector, Kind::kMatrix}) {
    eqv_instruction fill{};
    fill.op = search::kZeroFill;
    fill.out = 1;
    fill.aux = static_cast<std::uint32_t>(kind);
    search::PreparedProgram program;
    program.functions[0].instructions = {fill};
    program.functions[0].origin = {0};
    OneInstruction one(eqv_instruction{}, 5);
    one.machine.load(program, {kMemories, kMemories, kMemories, 5});
    for (std::uint8_t address = 0; address < kMemories; ++address)
      one.put(kind, address, Values(one.size(kind), 7));
    one.machine.run(Function::kSetup);
    EXPECT_EQ(one.get(kind, 1), Values(one.size(kind), 0));
    EXPECT_EQ(one.get(kind, 0), Values(one.size(kind), 7));
    EXPECT_EQ(one.get(kind, 2), Values(one.size(kind), 7));
  }
}

TEST(Machine, DrawsAreKeyedByStepAndOrdinal) {
  // Two draws in predict: no number comes twice, neither within a step nor in another step, and
  // reset brings them back.
  const search::MemoryShape shape{4, 2, 0, 6};
  auto program = search::parse_program(
      "setup:\npredict:\n v0 = gaussian(0, 1)\n v1 = gaussian(0, 1)\n s1 = dot(v0, v1)\nlearn:\n",
      shape);
  ASSERT_TRUE(program);
  const search::Genome genome = search::to_genome(*program);
  const auto prepared = search::prepare_plain(*search::view_program(genome.flat), {});
  Machine machine;
  machine.load(prepared, shape);
  auto run_steps = [&](std::uint64_t seed) {
    machine.reset({seed, hashing::Purpose::kEvaluate});
    Values all;
    for (int step = 0; step < 3; ++step) {
      machine.run(Function::kPredict);
      for (int v = 0; v < 2; ++v) all.insert(all.end(), machine.vector(v), machine.vector(v) + 6);
    }
    return all;
  };
  const Values first = run_steps(1);
  for (std::size_t i = 0; i < first.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(first[i], first[j]) << i << " " << j;
  EXPECT_EQ(run_steps(1), first);
  EXPECT_NE(run_steps(2), first);
  hashing::Stream second_step(1, hashing::Purpose::kEvaluate, std::uint64_t{1} << 32 | 1);
  EXPECT_EQ(first[12 + 6], second_step.gaussian());
}

TEST(Machine, IsReusableForAnotherShape) {
  const std::string text = "setup:\n s2 = 3\npredict:\n s1 = dot(v0, v0)\nlearn:\n";
  Machine machine;
  for (std::uint32_t d : {5u, 2u, 9u}) {
    const search::MemoryShape shape{4, 1, 0, d};
    const search::Genome genome = search::to_genome(*search::parse_program(text, shape));
    machine.load(search::prepare_plain(*search::view_program(genome.flat), {}), shape);
    machine.reset({});
    machine.run(Function::kSetup);
    std::fill_n(machine.vector(0), d, 2.0);
    machine.run(Function::kPredict);
    EXPECT_EQ(machine.scalar(1), 4.0 * d);
    EXPECT_EQ(machine.scalar(2), 3);
  }
}

}  // namespace
}  // namespace equivolve::interpreters
