#include "engine/run/initial_candidates.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/config/initial_key.hpp"
#include "engine/config/search_keys_in_use.hpp"
#include "engine/config/space.hpp"
#include "engine/run/best_candidates.hpp"

namespace equivolve::engine {
namespace {

/// Of references, or of an earlier run: how many there are of use, and why the first of the others
/// is not.
struct Taken {
  std::size_t taken = 0, left_out = 0;
  std::string reason;
};

class InitialGathering {
 public:
  InitialGathering(ReadConfiguration& read, const Evaluator& evaluator, const search::Space& space)
      : read_(read), evaluator_(evaluator), space_(space) {}

  tl::expected<search::GivenGenomes, ConfigProblems> go(
      const std::function<void(int, std::string_view)>& log) {
    const InitialConfig initial = read_.configuration.search.initial;
    if (initial.is_empty()) return search::GivenGenomes();
    take_list(initial);
    if (initial.references) take_references();
    if (!initial.run.empty()) take_earlier(initial);
    if (!problems_.empty()) return tl::unexpected(std::move(problems_));
    if (initial.references || !initial.run.empty()) log(0, note());
    warn_of_those_left();
    settle();
    return std::move(genomes_);
  }

 private:
  void refuse(const char* part, std::string message) {
    problems_.push_back(read_.document.problem_at_pointer(std::string("/search/initial/") + part,
                                                          false, std::move(message)));
  }

  tl::expected<search::Genome, search::Error> read_text(const std::string& text) const {
    auto genome = search::parse_genome(text, space_);
    if (!genome) return genome;
    if (auto fits = search::check_limits(genome->flat, space_); !fits)
      return tl::unexpected<search::Error>(fits.error());
    return genome;
  }

  void add(search::Genome genome) {
    const bool known = std::any_of(genomes_.begin(), genomes_.end(),
                                   [&](const auto& other) { return *other == genome; });
    if (!known) genomes_.push_back(std::make_shared<const search::Genome>(std::move(genome)));
  }

  /// Of what has no place in the file.
  void offer(const std::string& text, Taken& taken) {
    auto genome = read_text(text);
    if (genome) {
      ++taken.taken;
      return add(std::move(*genome));
    }
    if (taken.left_out++ == 0) taken.reason = genome.error().message;
  }

  void take_list(const InitialConfig& initial) {
    for (std::size_t i = 0; i < initial.candidates.size(); ++i) {
      auto genome = read_text(initial.candidates[i]);
      if (genome)
        add(std::move(*genome));
      else if (problems_.size() < kMostProblems)
        problems_.push_back(problem_of_candidate(read_.document, i, genome.error()));
    }
    if (!initial.candidates.empty())
      parts_.push_back(fmt::format("{} of the list", initial.candidates.size()));
  }

  /// "2 do not lie in the space, the first because REASON".
  static std::string left_out_text(const Taken& taken) {
    return fmt::format("{} {} not lie in the space (the first: {})", taken.left_out,
                       taken.left_out == 1 ? "does" : "do", taken.reason);
  }

  void take_references() {
    Taken taken;
    for (const ReferenceCandidate& one : evaluator_.reference_candidates())
      if (!one.genome_text.empty()) offer(one.genome_text, taken);
    const std::string& id = evaluator_.descriptor().id;
    if (taken.taken == 0)
      return refuse(
          "references",
          fmt::format("search.initial.references is true, and evaluator '{}' has no "
                      "reference of representation '{}' in this space{}; expected false, or {}",
                      id, read_.configuration.representation,
                      taken.left_out > 0 ? ": " + left_out_text(taken) : "",
                      taken.left_out > 0 ? "a space that holds one" : "search.initial.candidates"));
    parts_.push_back(fmt::format("{} reference{} of evaluator '{}'{}", taken.taken,
                                 taken.taken == 1 ? "" : "s", id,
                                 taken.left_out > 0 ? "; " + left_out_text(taken) : ""));
  }

  void take_earlier(const InitialConfig& initial) {
    const auto& store = initial.store.empty() ? read_.configuration.store.file : initial.store;
    const auto fail = [&](const std::string& why) {
      refuse("from", fmt::format("search.initial.from names run '{}'; {}", initial.run, why));
    };
    auto reader = StoreReader::open(store);
    if (!reader) return fail(reader.error().message);
    auto run = (*reader)->find_run(initial.run);
    if (!run) return fail(run.error().message);
    const std::string& representation = read_.configuration.representation;
    if (run->head.representation != representation)
      return fail(fmt::format("its space.representation is '{}'; expected a run of '{}'",
                              run->head.representation, representation));
    auto births = best_candidates(**reader, *run, initial.top);
    if (!births) return fail(births.error().message);
    if (births->empty()) return fail("it has no candidate with a value; expected another run");
    const auto space = space_of_resolved(run->head.config_resolved);
    Taken taken;
    for (const std::uint64_t birth : *births) {
      auto genome = (*reader)->genome(run->id, birth);
      if (!genome) return fail(genome.error().message);
      // Its numbers mean what its own space says; the text says it in words.
      offer(genome_text(genome->flat, space.get()), taken);
    }
    if (taken.taken == 0)
      return fail("none of its best candidates is of use: " + left_out_text(taken) +
                  "; expected a run of the same space");
    parts_.push_back(fmt::format("the best {} of run {} \"{}\"{}", births->size(), run->id,
                                 run->head.name,
                                 taken.left_out > 0 ? "; " + left_out_text(taken) : ""));
  }

  std::string note() const {
    return fmt::format("search.initial: the search begins with {} given candidate{}: {}",
                       genomes_.size(), genomes_.size() == 1 ? "" : "s", fmt::join(parts_, "; "));
  }

  /// Random candidates are asked for until the first population is full, and after a restart.
  void warn_of_those_left() {
    const SearchConfig& search = read_.configuration.search;
    if (!has_effect(search, "population_size") || search.restart_after > 0) return;
    const std::uint64_t islands = search.algorithm == "islands" ? search.islands : 1;
    const std::uint64_t asked = search.population_size * islands;
    if (genomes_.size() <= asked) return;
    read_.warnings.push_back(read_.document.problem_at_pointer(
        "/search/initial", false,
        fmt::format("search.initial has {} candidates, the first population {}; the last {} are "
                    "not looked at",
                    genomes_.size(), asked, genomes_.size() - asked)));
  }

  void settle() {
    InitialConfig settled;
    for (const auto& genome : genomes_)
      settled.candidates.push_back(search::genome_text(genome->flat, space_));
    read_.configuration.search.initial = std::move(settled);
  }

  ReadConfiguration& read_;
  const Evaluator& evaluator_;
  const search::Space& space_;
  search::GivenGenomes genomes_;
  std::vector<std::string> parts_;  // of the note
  ConfigProblems problems_;
};

}  // namespace

tl::expected<search::GivenGenomes, ConfigProblems> settle_initial(
    ReadConfiguration& read, const Evaluator& evaluator, const search::Space& space,
    const std::function<void(int severity, std::string_view text)>& log) {
  return InitialGathering(read, evaluator, space).go(log);
}

}  // namespace equivolve::engine
