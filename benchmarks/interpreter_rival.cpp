// Times that the lane interpreter is faster than a straightforward one-task interpreter on Eigen
// (eigen_interpreter.hpp), on one thread: three hand-written programs on 100 tasks of dimension 4,
// 100 + 100 examples. First all must give the same figures. All in one process and in turn, so that
// ratios hold on a busy machine; times are CPU time of the thread.
//
//   interpreter_rival [--tasks 100] [--trials 100] [--rounds 15] [--seed 1] [--json]
//
// A trial goes from genome to figures on both sides: the rival decodes the program, trains and
// judges task after task; ours analyses, prunes and decodes it, runs tasks in lanes, and takes two
// more figures of each. No program has instructions that pruning takes out.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/eigen_interpreter.hpp"
#include "benchmarks/measuring.hpp"
#include "evaluators/algorithm_discovery/trial.hpp"
#include "evaluators/common/metrics/regression.hpp"

namespace equivolve::benchmarks {
namespace {

namespace domain = algorithm_discovery;
using interpreters::LaneKind;

// Gradient descent on the squared error, example by example: v1 weights, s2 rate. With classes
// predict's s1 goes through the sigmoid before learn, which makes it that of the logistic loss:
// both gradients in the score are prediction - label.
constexpr std::string_view kGradientDescent = R"(
setup:
  s2 = 0.05
predict:
  s1 = dot(v0, v1)
learn:
  s3 = s0 - s1
  s3 = s2 * s3
  v2 = s3 * v0
  v1 = v1 + v2
)";

// Two layers, ReLU between them, back-propagation: m0 hidden weights, v1 output weights, v2 hidden
// sums, v3 hidden values, v7 zero.
constexpr std::string_view kTwoLayers = R"(
setup:
  s2 = 0.01
  m0 = gaussian(0, 0.5)
  v1 = gaussian(0, 0.5)
predict:
  v2 = matvec(m0, v0)
  v3 = max(v2, v7)
  s1 = dot(v3, v1)
learn:
  s3 = s0 - s1
  s3 = s2 * s3
  v4 = s3 * v1
  v5 = heaviside(v2)
  v4 = v4 * v5
  v6 = s3 * v3
  v1 = v1 + v6
  m1 = outer(v4, v0)
  m0 = m0 + m1
)";

/// The largest relative difference that sums in another order may make.
constexpr double kTolerance = 1e-9;

struct Arguments {
  std::uint32_t tasks = 100;
  int trials = 100, rounds = 15;
  std::uint64_t seed = 1;
  bool json = false;
};

bool read_arguments(int argc, char** argv, Arguments& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string key = argv[i];
    if (key == "--json") {
      out.json = true;
      continue;
    }
    const long value = i + 1 < argc ? std::atol(argv[++i]) : 0;
    if (value <= 0) return false;
    if (key == "--tasks")
      out.tasks = static_cast<std::uint32_t>(value);
    else if (key == "--trials")
      out.trials = static_cast<int>(value);
    else if (key == "--rounds")
      out.rounds = static_cast<int>(value);
    else if (key == "--seed")
      out.seed = static_cast<std::uint64_t>(value);
    else
      return false;
  }
  return true;
}

// ---- tasks

struct Problem {
  domain::ProblemInfo info;
  domain::Tasks tasks;
};

Problem draw_tasks(const Arguments& arguments, domain::Synthetic kind) {
  domain::SyntheticData data;
  data.kind = kind;
  data.tasks = arguments.tasks;
  data.dimension = EigenInterpreter::kShape.dimension;
  const auto problem = domain::open_synthetic(data);
  return {problem->info(), problem->validation_tasks(arguments.seed)};
}

/// Class 1 is where the label is positive.
Problem by_sign(Problem problem) {
  std::vector<domain::Task> tasks(problem.tasks->begin(), problem.tasks->end());
  for (domain::Task& task : tasks) {
    task.classes = 2;
    for (domain::Examples* examples : {&task.train, &task.judged}) {
      for (double label : examples->targets) examples->classes.push_back(label > 0 ? 1 : 0);
      examples->targets.clear();
    }
  }
  problem.info.kind = domain::TaskKind::kClassification;
  problem.info.class_names = {"0", "1"};
  problem.tasks = std::make_shared<domain::TaskSet>(std::move(tasks));
  return problem;
}

constexpr std::uint32_t kPositive = 1;  // of one run a task

EigenInterpreter::Rows eigen_rows(const domain::Examples& examples) {
  const domain::Labels labels(examples, kPositive);
  EigenInterpreter::Rows rows;
  for (std::size_t r = 0; r < examples.rows(); ++r) {
    rows.features.emplace_back(examples.row(r));
    rows.labels.push_back(labels[r]);
  }
  return rows;
}

// ---- one program on its tasks

class Contest {
 public:
  Contest(std::string contest_name, std::string_view text, Problem problem, std::uint64_t seed)
      : name(std::move(contest_name)),
        problem_(std::move(problem)),
        figures_(problem_.info, {}),
        rules_{problem_.info.kind == domain::TaskKind::kClassification, 100, 1},
        seed_(seed),
        scores_(problem_.tasks->front().judged.rows()) {
    genome_ = search::to_genome(search::parse_program(text, EigenInterpreter::kShape).value());
    for (const domain::Task& task : *problem_.tasks)
      eigen_tasks_.push_back({eigen_rows(task.train), eigen_rows(task.judged)});
  }
  Contest(const Contest&) = delete;  // figures_ points into itself
  Contest& operator=(const Contest&) = delete;

  /// Mean objective of the tasks; -1 when a run ends early.
  double run_ours(LaneKind kind) {
    const domain::TrialOutcome outcome = trial(kind);
    if (outcome.status != EQV_OK) return -1;
    std::vector<double> figures(figures_.table().size());
    figures_.aggregate(outcome.of_tasks, figures);
    return figures[0];
  }
  double run_rival() {
    if (!rival_.load(view())) return -1;
    double sum = 0;
    for (std::size_t t = 0; t < eigen_tasks_.size(); ++t) {
      const auto outcome = run_rival_on(t);
      if (outcome.ended.how != domain::End::kFinished) return -1;
      sum += objective(outcome);
    }
    return sum / static_cast<double>(eigen_tasks_.size());
  }

  /// What speaks against a comparison; empty: nothing.
  std::string disagreement(const std::vector<LaneKind>& kinds) {
    const auto plain = search::prepare_plain(view(), convention());
    const auto pruned = search::prepare_pruned(view(), convention());
    if (search::canonical_bytes(plain) != search::canonical_bytes(pruned))
      return "pruning changes the program";
    if (!rival_.load(view())) return "the rival lacks an operation";
    const domain::TrialOutcome scalar = trial(LaneKind::kScalar);
    if (scalar.status != EQV_OK) return scalar.message;
    for (LaneKind kind : kinds)
      if (trial(kind).of_tasks != scalar.of_tasks) return "lanes and scalar runs differ";
    for (std::size_t t = 0; t < eigen_tasks_.size(); ++t)
      if (!agrees(t, scalar.of_tasks[t * figures_.table().size()]))
        return "the rival differs on task " + std::to_string(t + 1);
    return "";
  }
  double largest_difference() const { return largest_difference_; }

  const std::string name;

 private:
  search::ProgramView view() const { return *search::view_program(genome_.flat); }
  search::CycleConvention convention() const { return {rules_.classification}; }

  domain::TrialOutcome trial(LaneKind kind) {
    search::prepare_pruned(view(), convention(), program_);
    return domain::Trial(figures_, rules_, domain::Options{}.max_live_instructions, kind)
        .run(program_, EigenInterpreter::kShape, *problem_.tasks, seed_, false, 1, {},
             [] { return false; });
  }

  std::uint64_t seed_of(std::size_t t) const { return domain::draw_seed(seed_, t, kPositive); }
  EigenInterpreter::Outcome run_rival_on(std::size_t t) {
    return rival_.run(eigen_tasks_[t], rules_, seed_of(t), scores_);
  }
  double objective(const EigenInterpreter::Outcome& outcome) const {
    return rules_.classification ? 1 - outcome.loss : metrics::squashed_fitness(outcome.loss);
  }

  bool close(double a, double b, double least_scale) {
    const double difference = std::abs(a - b) / std::max({least_scale, std::abs(a), std::abs(b)});
    largest_difference_ = std::max(largest_difference_, difference);
    return difference <= kTolerance;
  }

  /// Objective and every prediction of a task, against the scalar interpreter's.
  bool agrees(std::size_t t, double expected_objective) {
    const domain::Task& task = (*problem_.tasks)[t];
    const domain::Labels judged(task.judged, kPositive);
    interpreters::Machine& machine = domain::thread_machine();
    machine.load(program_, EigenInterpreter::kShape);
    domain::ProgramRun run(machine, rules_, {seed_of(t), hashing::Purpose::kEvaluate});
    std::vector<double> expected(scores_.size());
    const auto stop = [] { return false; };
    if (!run.train(task.train, domain::Labels(task.train, kPositive), stop) ||
        !run.judge(task.judged, &judged, expected, stop))
      return false;
    const EigenInterpreter::Outcome outcome = run_rival_on(t);
    bool good = outcome.ended.how == domain::End::kFinished &&
                outcome.ended.example == run.ended().example &&
                close(objective(outcome), expected_objective, 0);
    // A prediction near 0 is a difference of larger numbers: it is compared with 1.
    for (std::size_t r = 0; r < expected.size(); ++r) good &= close(scores_[r], expected[r], 1);
    return good;
  }

  Problem problem_;
  domain::Figures figures_;
  domain::Rules rules_;
  std::uint64_t seed_;
  search::Genome genome_;
  search::PreparedProgram program_;
  EigenInterpreter rival_;
  std::vector<EigenInterpreter::Task> eigen_tasks_;
  std::vector<double> scores_;
  double largest_difference_ = 0;
};

// ---- measuring

/// Microseconds of a trial, by round.
using Rounds = std::vector<double>;

double microseconds_of_a_trial(int trials, const std::function<double()>& trial) {
  const double expected = trial(), start = cpu_seconds();
  for (int n = 0; n < trials; ++n)
    if (trial() != expected) std::abort();
  return 1e6 * (cpu_seconds() - start) / trials;
}

double median_ratio(const Rounds& slow, const Rounds& fast) {
  std::vector<double> ratios;
  for (std::size_t r = 0; r < slow.size(); ++r) ratios.push_back(slow[r] / fast[r]);
  return median(ratios);
}

struct Measured {
  Rounds rival;
  std::vector<Rounds> ours;  // one a kind
};

void measure_round(Contest& contest, const std::vector<LaneKind>& kinds, int trials,
                   Measured& into) {
  into.rival.push_back(microseconds_of_a_trial(trials, [&] { return contest.run_rival(); }));
  into.ours.resize(kinds.size());
  for (std::size_t k = 0; k < kinds.size(); ++k)
    into.ours[k].push_back(
        microseconds_of_a_trial(trials, [&] { return contest.run_ours(kinds[k]); }));
}

std::vector<LaneKind> supported_kinds() {
  std::vector<LaneKind> kinds;
  for (LaneKind kind : {LaneKind::kScalar, LaneKind::kAvx2, LaneKind::kAvx512})
    if (interpreters::is_supported(kind)) kinds.push_back(kind);
  return kinds;
}

// ---- printing; the last kind is the widest

void print_text(const Contest& contest, const std::vector<LaneKind>& kinds,
                const Measured& measured) {
  std::printf("%-9s rival %8.2f us", contest.name.c_str(), median(measured.rival));
  for (std::size_t k = 0; k < kinds.size(); ++k)
    std::printf("   %s %8.2f us, %5.2f times", std::string(lane_kind_name(kinds[k])).c_str(),
                median(measured.ours[k]), median_ratio(measured.rival, measured.ours[k]));
  std::printf("   (predictions differ by %.0e at most)\n", contest.largest_difference());
}

void print_json(const Contest& contest, const std::vector<LaneKind>& kinds,
                const Measured& measured) {
  const char* name = contest.name.c_str();
  std::printf("\"%s_rival_us\": %.3f, ", name, median(measured.rival));
  for (std::size_t k = 0; k < kinds.size(); ++k)
    std::printf("\"%s_%s_us\": %.3f, ", name, std::string(lane_kind_name(kinds[k])).c_str(),
                median(measured.ours[k]));
  std::printf("\"%s_over_rival\": %.3f, ", name,
              median_ratio(measured.rival, measured.ours.back()));
}

int main_of(const Arguments& arguments) {
  const std::vector<LaneKind> kinds = supported_kinds();
  const Problem linear = draw_tasks(arguments, domain::Synthetic::kLinear);
  std::deque<Contest> contests;
  contests.emplace_back("linear", kGradientDescent, linear, arguments.seed);
  contests.emplace_back("logistic", kGradientDescent, by_sign(linear), arguments.seed);
  contests.emplace_back("network", kTwoLayers,
                        draw_tasks(arguments, domain::Synthetic::kTwoLayerTeacher), arguments.seed);
  for (Contest& contest : contests) {
    const std::string against = contest.disagreement(kinds);
    if (against.empty()) continue;
    std::fprintf(stderr, "interpreter_rival: %s: %s\n", contest.name.c_str(), against.c_str());
    return 1;
  }

  std::vector<Measured> measured(contests.size());
  for (int round = 0; round < arguments.rounds; ++round)
    for (std::size_t c = 0; c < contests.size(); ++c)
      measure_round(contests[c], kinds, arguments.trials, measured[c]);

  double least = HUGE_VAL;
  if (arguments.json)
    std::printf("{\"rival\": \"Eigen %d.%d.%d\", ", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION,
                EIGEN_MINOR_VERSION);
  for (std::size_t c = 0; c < contests.size(); ++c) {
    (arguments.json ? print_json : print_text)(contests[c], kinds, measured[c]);
    least = std::min(least, median_ratio(measured[c].rival, measured[c].ours.back()));
  }
  std::printf(arguments.json ? "\"least_over_rival\": %.3f}\n" : "at least %.2f times\n", least);
  return 0;
}

}  // namespace
}  // namespace equivolve::benchmarks

int main(int argc, char** argv) {
  equivolve::benchmarks::Arguments arguments;
  if (!equivolve::benchmarks::read_arguments(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: interpreter_rival [--tasks N] [--trials N] [--rounds N] [--seed N] "
                 "[--json]\n");
    return 2;
  }
  return equivolve::benchmarks::main_of(arguments);
}
