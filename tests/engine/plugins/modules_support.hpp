// Short verbs for tests over the small modules beside this file.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/plugins/plugin_host.hpp"
#include "search/genome/program.hpp"

namespace equivolve::engine::test {

inline std::filesystem::path folder(const std::string& name) {
  return std::filesystem::path(EQUIVOLVE_TEST_MODULES) / name;
}

/// A fresh folder, gone when the object is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "equivolve-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A handle, and what it logged.
struct Made {
  std::unique_ptr<Evaluator> evaluator;
  std::shared_ptr<std::vector<std::string>> log = std::make_shared<std::vector<std::string>>();
  EvaluatorError error;
};

inline Made make(const std::string& id, const std::string& config = "{}", int mantissa_bits = 0) {
  Made made;
  auto module = load_plugin(id, {folder("good")});
  if (!module) {
    made.error = module.error();
    return made;
  }
  CreateOptions options;
  options.mantissa_bits = mantissa_bits;
  options.log = [log = made.log](int, std::string_view text) { log->emplace_back(text); };
  auto evaluator = (*module)->create(config, options);
  if (evaluator)
    made.evaluator = std::move(*evaluator);
  else
    made.error = evaluator.error();
  return made;
}

inline Made make_unruly(const std::string& what, int mantissa_bits = 0) {
  return make("unruly", R"({"options": {"do": ")" + what + R"("}})", mantissa_bits);
}

/// predict: n times s1 = s0 + s0.
inline search::Genome genome(std::size_t n = 1) {
  search::Program program;
  eqv_instruction sum{};
  sum.op = static_cast<std::uint8_t>(search::Op::kScalarSum);
  sum.out = 1;
  program[search::Function::kPredict].assign(n, sum);
  return search::to_genome(program);
}

inline CandidateView view(const search::Genome& genome) {
  return {genome.representation, genome.flat, ""};
}

inline TrialResult evaluate(Evaluator& evaluator, const TrialRequest& request = {},
                            bool stopped = false) {
  const std::atomic<bool> stop{stopped};
  const search::Genome one = genome();
  return evaluator.evaluate(view(one), request, stop);
}

}  // namespace equivolve::engine::test
