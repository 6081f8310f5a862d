#include "engine/study/boolean_study.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/plugins/probe_sink.hpp"
#include "evaluators/common/interpreters/expression_machine.hpp"
#include "hashing/equivalence_cache.hpp"
#include "hashing/stream.hpp"
#include "search/variation/expression_variation.hpp"

namespace equivolve::study {
namespace {

using search::ExpressionOp;
using Tokens = std::vector<eqv_expression_token>;

constexpr ExpressionOp kBooleanOps[] = {ExpressionOp::kAnd, ExpressionOp::kOr, ExpressionOp::kNot,
                                        ExpressionOp::kXor};

search::ExpressionSpace boolean_space(std::uint32_t inputs) {
  search::ExpressionSpace space;
  for (std::uint32_t i = 0; i < inputs; ++i) space.inputs.push_back("x" + std::to_string(i));
  space.operations.assign(std::begin(kBooleanOps), std::end(kBooleanOps));
  space.constants = false;
  return space;
}

/// One column an input, one row for each choice of their values.
std::vector<double> all_inputs(std::uint32_t inputs) {
  const std::size_t rows = std::size_t{1} << inputs;
  std::vector<double> columns(rows * inputs);
  for (std::uint32_t i = 0; i < inputs; ++i)
    for (std::size_t r = 0; r < rows; ++r) columns[i * rows + r] = (r >> i & 1) != 0 ? 1 : 0;
  return columns;
}

/// Hashes expressions as a run does, and keeps count of what is found out against their tables.
class BooleanCensus {
 public:
  explicit BooleanCensus(std::uint32_t inputs)
      : inputs_(inputs), columns_(all_inputs(inputs)), outputs_(std::size_t{1} << inputs) {}

  void take(search::ExpressionView expression) {
    const std::uint32_t table = truth_table(expression, inputs_);
    const hashing::ClassId cls = class_of(expression);
    ++counts_.expressions;
    if (of_class_.emplace(cls, table).first->second != table) ++counts_.merged_but_different;
    if (of_table_.emplace(table, cls).first->second != cls) ++counts_.equal_but_apart;
    if (first_.emplace(table, Tokens(expression.begin(), expression.end())).second)
      found_.push_back(table);
  }

  /// The functions met so far, in the order in which they were met.
  std::size_t found() const { return found_.size(); }
  const Tokens& first(std::size_t i) const { return first_.at(found_[i]); }

  BooleanCounts counts() const {
    BooleanCounts counts = counts_;
    counts.truth_tables = found_.size();
    counts.classes = cache_.accounting().classes;
    return counts;
  }

 private:
  hashing::ClassId class_of(search::ExpressionView expression) {
    machine_.load(expression);
    machine_.evaluate({columns_.data(), outputs_.size(), outputs_.size()}, outputs_);
    sink_.clear();
    sink_.values(outputs_);
    return cache_.look_up(sink_.finish(), 0, counts_.expressions).cls;
  }

  std::uint32_t inputs_;
  std::vector<double> columns_;
  std::vector<double> outputs_;
  interpreters::ExpressionMachine machine_;
  hashing::OutputSink sink_{engine::sink_settings(0, false, {})};
  hashing::EquivalenceCache cache_{hashing::CacheSettings{}};
  std::unordered_map<hashing::ClassId, std::uint32_t> of_class_;
  std::unordered_map<std::uint32_t, hashing::ClassId> of_table_;
  std::map<std::uint32_t, Tokens> first_;
  std::vector<std::uint32_t> found_;
  BooleanCounts counts_;
};

Tokens composed(ExpressionOp op, const Tokens& left, const Tokens& right) {
  Tokens tokens = left;
  if (search::expression_op_info(op).arity == 2)
    tokens.insert(tokens.end(), right.begin(), right.end());
  tokens.push_back(search::operation_token(op));
  return tokens;
}

/// Goes on while functions are found: the later of each pair is the newest one looked at.
void take_compositions(BooleanCensus& census) {
  for (std::size_t i = 0; i < census.found(); ++i)
    for (std::size_t j = 0; j <= i; ++j)
      for (const ExpressionOp op : kBooleanOps) {
        if (search::expression_op_info(op).arity == 1 && j != i) continue;
        census.take(composed(op, census.first(j), census.first(i)));
        if (j != i && search::expression_op_info(op).arity == 2)
          census.take(composed(op, census.first(i), census.first(j)));
      }
}

}  // namespace

std::uint32_t truth_table(search::ExpressionView expression, std::uint32_t inputs) {
  const std::uint32_t rows = 1u << inputs;
  const std::uint32_t all = rows == 32 ? ~0u : (1u << rows) - 1;
  std::vector<std::uint32_t> stack;
  for (const eqv_expression_token& token : expression) {
    if (search::op_of(token) == ExpressionOp::kInput) {
      std::uint32_t bits = 0;
      for (std::uint32_t r = 0; r < rows; ++r) bits |= (r >> token.input & 1u) << r;
      stack.push_back(bits);
      continue;
    }
    const std::uint32_t last = stack.back();
    if (search::op_of(token) == ExpressionOp::kNot) {
      stack.back() = ~last & all;
      continue;
    }
    stack.pop_back();
    if (search::op_of(token) == ExpressionOp::kAnd) stack.back() &= last;
    if (search::op_of(token) == ExpressionOp::kOr) stack.back() |= last;
    if (search::op_of(token) == ExpressionOp::kXor) stack.back() ^= last;
  }
  return stack.back();
}

BooleanCounts count_boolean_classes(std::uint32_t inputs, std::uint64_t random,
                                    std::uint64_t seed) {
  const search::ExpressionSpace space = boolean_space(inputs);
  BooleanCensus census(inputs);
  for (std::uint16_t i = 0; i < inputs; ++i) census.take(Tokens{search::input_token(i)});
  for (std::uint64_t i = 0; i < random; ++i) {
    hashing::Stream stream(seed, hashing::Purpose::kStudy, (std::uint64_t{inputs} << 32) + i);
    const search::Genome genome = search::random_genome(space, stream);
    census.take(*search::view_expression(genome.flat));
  }
  take_compositions(census);
  return census.counts();
}

StudyResult boolean_study(const StudySettings& settings) {
  StudyTable table{"classes",
                   "Boolean expressions of and, or, not, xor; all inputs are probes",
                   {"inputs", "expressions", "truth_tables", "classes", "merged_but_different",
                    "equal_but_apart"},
                   {}};
  for (const std::uint32_t inputs : {2u, 3u}) {
    const BooleanCounts c =
        count_boolean_classes(inputs, settings.quick ? 2'000 : 100'000, settings.seed);
    table.rows.push_back({std::uint64_t{inputs}, c.expressions, c.truth_tables, c.classes,
                          c.merged_but_different, c.equal_but_apart});
  }
  return {{}, {table}};
}

}  // namespace equivolve::study
