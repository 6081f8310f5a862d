// Small formulas, all of whose inputs are the probe: Boolean ones (the truth table of parity), or
// arithmetic ones (x0 * x1 + x2 on a grid). Pure: the same seed or another, the same answer.
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "evaluators/common/interpreters/expression_machine.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace {

namespace interpreters = equivolve::interpreters;
namespace sdk = equivolve::sdk;
namespace search = equivolve::search;

class ToyExpression {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_EXPRESSION};
    static const eqv_descriptor one{
        sizeof one,
        "toy_expression",
        "1",
        "formulas against a truth table, or against x0 * x1 + x2",
        EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
        representations,
        1};
    return one;
  }
  static std::string config_schema() {
    return R"({"type": "object", "properties": {"options": {"type": "object", "additionalProperties": false, "properties": {
      "inputs": {"type": "integer", "minimum": 2, "maximum": 3, "default": 3, "description": "x0, x1, x2"},
      "arithmetic": {"type": "boolean", "default": false, "description": "numbers instead of truth values"},
      "refine": {"enum": ["none", "round", "broken", "refused", "nothing", "throws"], "default": "none", "description": "round: whole numbers in the place of others; those after it break the rules"}}}}})";
  }

  ToyExpression(sdk::Host, std::string_view config_json) {
    const auto config = nlohmann::json::parse(config_json, nullptr, false);
    const auto options = config.is_object() ? config.value("options", nlohmann::json::object())
                                            : nlohmann::json::object();
    inputs_ = options.value("inputs", 3u);
    arithmetic_ = options.value("arithmetic", false);
    if (inputs_ < 2 || inputs_ > 3) throw sdk::Refused("/options/inputs", "must be 2 or 3");
    refine_ = options.value("refine", "none");
    list_rows();
    info_.struct_size = sizeof info_;
    info_.figures = &figure_;
    info_.figure_count = 1;
    info_.levels = &level_;
    info_.level_count = 1;
    info_.data_digest[0] = static_cast<std::uint8_t>(inputs_ + (arithmetic_ ? 10 : 0));
    info_.probe_exact = 1;
    info_.refines_genomes = refine_ == "none" ? 0 : 1;
  }
  const eqv_instance_info& instance_info() const { return info_; }

  std::string default_space(std::uint32_t) const {
    nlohmann::json space = {{"representation", "expression"}, {"max_size", 25}, {"max_depth", 6}};
    space["inputs"] = {"x0", "x1"};
    if (inputs_ == 3) space["inputs"].push_back("x2");
    space["initial_depth"] = {{"low", 1}, {"high", 4}};
    if (arithmetic_) {
      space["operations"] = {"add", "sub", "mul", "div", "min", "max", "sin"};
    } else {
      space["operations"] = {"and", "or", "not", "xor", "nand"};
      space["constants"] = false;
    }
    return space.dump();
  }
  std::string reference_candidates() const {
    const std::string known = arithmetic_ ? (inputs_ == 3 ? "x0 * x1 + x2" : "x0 * x1")
                                          : (inputs_ == 3 ? "xor(xor(x0, x1), x2)" : "xor(x0, x1)");
    return nlohmann::json::array(
               {{{"name", "target"}, {"summary", "what is looked for"}, {"genome", known}},
                {{"name", "first"}, {"summary", "the first input"}, {"genome", "x0"}}})
        .dump();
  }

  eqv_status refine(const sdk::Candidate& candidate, sdk::GenomeSink& sink) const {
    if (refine_ == "refused") return EQV_INTERNAL;
    if (refine_ == "throws") throw std::runtime_error("no");
    if (refine_ == "nothing") {
      sink.replace({});
      return EQV_OK;
    }
    const auto formula = *search::view_expression(candidate.genome());
    std::vector<eqv_expression_token> tokens(formula.begin(), formula.end());
    for (eqv_expression_token& token : tokens)
      if (search::op_of(token) == search::ExpressionOp::kConstant)
        token = search::constant_token(std::round(token.value));
    if (refine_ == "broken") tokens.push_back(tokens.front());
    sink.replace(search::to_genome(tokens).flat);
    return EQV_OK;
  }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) const {
    std::vector<double> values;
    if (!compute(candidate, values)) return EQV_INVALID_CANDIDATE;
    sink.values(values);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request&,
                      sdk::Result& result) const {
    std::vector<double> values;
    if (!compute(candidate, values)) return EQV_INVALID_CANDIDATE;
    double sum = 0;
    for (std::size_t r = 0; r < rows_; ++r)
      sum += (values[r] - target_[r]) * (values[r] - target_[r]);
    const double mean = sum / static_cast<double>(rows_);
    result.figures()[0] = std::isfinite(mean) ? 1 / (1 + mean) : 0;
    return std::isfinite(mean) ? EQV_OK : EQV_NON_FINITE;
  }

  eqv_status apply(const sdk::Candidate& candidate, const eqv_apply_request&,
                   sdk::ArtefactSink& sink) const {
    sink.write("formula.txt", "text/plain", candidate.text() + "\n");
    return EQV_OK;
  }

 private:
  void list_rows() {
    const std::vector<double> levels =
        arithmetic_ ? std::vector<double>{-2, -0.5, 0, 1, 3} : std::vector<double>{0, 1};
    rows_ = 1;
    for (std::uint32_t i = 0; i < inputs_; ++i) rows_ *= levels.size();
    columns_.resize(inputs_ * rows_);
    for (std::size_t r = 0; r < rows_; ++r) {
      std::size_t rest = r;
      for (std::uint32_t i = 0; i < inputs_; ++i, rest /= levels.size())
        columns_[i * rows_ + r] = levels[rest % levels.size()];
      const double a = columns_[r], b = columns_[rows_ + r],
                   c = inputs_ == 3 ? columns_[2 * rows_ + r] : 0;
      target_.push_back(arithmetic_ ? a * b + c : std::fmod(a + b + c, 2));
    }
  }

  bool compute(const sdk::Candidate& candidate, std::vector<double>& values) const {
    if (candidate.representation() != EQV_EXPRESSION ||
        !search::check_expression(candidate.genome(), inputs_))
      return false;
    thread_local interpreters::ExpressionMachine machine;
    machine.load(*search::view_expression(candidate.genome()));
    values.resize(rows_);
    machine.evaluate({columns_.data(), rows_, rows_}, values);
    return true;
  }

  std::uint32_t inputs_ = 3;
  bool arithmetic_ = false;
  std::string refine_;
  std::size_t rows_ = 0;
  std::vector<double> columns_, target_;
  eqv_figure figure_{sizeof figure_, "likeness", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1};
  eqv_level level_{sizeof level_, "full", 1, 0};
  eqv_instance_info info_{};
};

}  // namespace

EQUIVOLVE_EVALUATOR(ToyExpression)
