// The rival of the lane interpreter: a straightforward interpreter that runs a program on one task
// at a time, with a vector of four doubles in one register.
//
// Modelled on the executor of AutoML-Zero (Real et al. 2020, arXiv 2003.03384; google-research,
// automl_zero/executor.h and memory.h): typed memories of Eigen's fixed-size vectors and matrices,
// wiped once a task, one dispatch an instruction, no allocation while it runs. Better than that
// where it costs nothing: instructions are decoded into one array a program, dispatch is a switch,
// the rows lie as aligned Eigen vectors, and matrices are column-major, Eigen's default, in which
// products with vectors need no sums across a register. Built with the flags of the release build
// (-O3, its architecture). Eigen: Debian's libeigen3-dev, 3.4.0-4 when this was written.
//
// It means what interpreters::Machine means, with known zeros left out: products with what is
// certainly zero are computed. Predictions agree to about 1e-14, not bit by bit: Eigen adds the
// products of a dot product in pairs and fuses those of a matrix and a vector.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluators/algorithm_discovery/program_run.hpp"

namespace equivolve::benchmarks {

class EigenInterpreter {
 public:
  static constexpr search::MemoryShape kShape{4, 8, 2, 4};
  using Vector = Eigen::Matrix<double, kShape.dimension, 1>;
  using Matrix = Eigen::Matrix<double, kShape.dimension, kShape.dimension>;

  struct Rows {
    std::vector<Vector> features;
    std::vector<double> labels;  ///< 0 or 1 for classes
  };
  struct Task {
    Rows train, judged;
  };
  struct Outcome {
    algorithm_discovery::Ended ended;
    double loss = 0;  ///< over the judged rows: mean squared error, or share told wrong
  };

  /// Takes over a program within kShape (search::check_program). False: it has an operation that
  /// this interpreter lacks. Reusable: allocates only when something grows.
  bool load(const search::ProgramView& program);

  /// Trains and judges by the rules of algorithm_discovery::ProgramRun. `scores`: room for the
  /// prediction (before any sigmoid) of each judged row.
  Outcome run(const Task& task, const algorithm_discovery::Rules& rules, std::uint64_t seed,
              std::span<double> scores);

 private:
  struct Step {
    search::Op op;
    std::uint8_t in1, in2, out;
    std::uint32_t ordinal;  // of a random draw, within its function
    double value, deviation;
  };
  using Code = std::vector<Step>;
  struct Memory {
    std::array<double, kShape.scalars> scalars;
    std::array<Vector, kShape.vectors> vectors;
    std::array<Matrix, kShape.matrices> matrices;
  };

  void wipe();
  /// Row after row, as interpreters::Machine does.
  template <class Elements>
  void draw(const Step& step, Elements& out) const;
  bool execute(const Code& code);
  void call(search::Function function);
  double predict(const Vector& features);

  std::array<Code, search::kFunctionCount> code_;
  Memory memory_;
  std::uint64_t seed_ = 0, step_ = 0;
};

}  // namespace equivolve::benchmarks
