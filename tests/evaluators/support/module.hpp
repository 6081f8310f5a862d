// The evaluator module as a host sees it: loaded from its file, driven through the C interface
// only.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/sdk/equivolve_evaluator.h"
#include "hashing/sink.hpp"
#include "search/genome/program.hpp"

namespace equivolve::test {

/// The table of a module; fails the test program when it cannot be loaded.
const eqv_evaluator& load_module(const std::string& file);

struct Refusal {
  eqv_status status = EQV_OK;
  std::string pointer;
  std::string message;
};

struct Trial {
  eqv_status status = EQV_INTERNAL;
  std::vector<double> figures;
  std::vector<double> items;
  std::uint64_t cost = 0;
  std::string message;
};

struct TrialSettings {
  std::uint64_t common_seed = 1;
  std::uint64_t own_seed = 2;
  std::uint32_t level = 0;
  std::uint32_t split = EQV_VALIDATION;
  std::uint32_t threads = 1;
  bool cancelled = false;
};

/// A handle and the host behind it. Calls may come from many threads.
class Session {
 public:
  /// Throws Refusal.
  Session(const eqv_evaluator& table, const nlohmann::json& config);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const eqv_instance_info& info() const { return *table_.instance_info(handle_); }
  nlohmann::json default_space(
      search::Representation representation = search::Representation::kProgram) const;
  /// Empty pointer and EQV_OK when accepted.
  Refusal bind(const nlohmann::json& space);
  nlohmann::json references() const;

  /// `candidate`: a genome's bytes, or a reference's name.
  Trial evaluate(const search::Genome& genome, const TrialSettings& settings = {});
  Trial evaluate(const std::string& reference, const TrialSettings& settings = {});
  /// What takes the genome's place when it was just bred; itself where nothing does.
  search::Genome refine(const search::Genome& genome);
  /// The digest; the status goes to *status when given, else must be EQV_OK.
  hashing::Digest probe(const search::Genome& genome, std::uint64_t seed = 77,
                        eqv_status* status = nullptr);
  /// Name -> content. Throws Refusal.
  std::map<std::string, std::string> apply(const search::Genome& genome,
                                           const nlohmann::json& options = nlohmann::json::object(),
                                           std::uint64_t common_seed = 5);
  std::map<std::string, std::string> apply(const std::string& reference,
                                           const nlohmann::json& options = nlohmann::json::object(),
                                           std::uint64_t common_seed = 5);
  std::string log() const;

 private:
  Trial run(const eqv_candidate& candidate, const TrialSettings& settings);
  std::map<std::string, std::string> run_apply(const eqv_candidate& candidate,
                                               const nlohmann::json& options, std::uint64_t seed);

  const eqv_evaluator& table_;
  struct HostState;
  std::unique_ptr<HostState> state_;
  eqv_handle* handle_ = nullptr;
};

/// Text of a function that writes into a text sink.
std::string text_of(void (*write)(const eqv_text_sink*));

/// A genome from its text form; fails the test on an error.
search::Genome genome_of(const std::string& text, const search::MemoryShape& shape);

}  // namespace equivolve::test
