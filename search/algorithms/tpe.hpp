// TPE, the tree-structured Parzen estimator, for configurations: what was told is divided into few
// good trials and the bad rest, a density is estimated of each, and of some samples from the good
// one the sample with the best ratio good / bad is proposed. Source: Bergstra, Bardenet, Bengio,
// Kegl 2011, "Algorithms for hyper-parameter optimization" (NIPS 24); Bergstra, Yamins, Cox 2013,
// "Making a science of model search" (ICML), for conditional parameters; Falkner, Klein, Hutter
// 2018, "BOHB" (ICML), for whole configurations. How many are good and how old trials fade is as in
// TPESampler of Optuna 3.1 (Akiba et al. 2019, KDD), and so is all else without `multivariate`, but
// for the window, the lie, and logarithmic integers, which count by the mass of their cells.
//
// - Start: random candidates until `startup` were told with a rank.
// - Good: the best min(25, ceil(n / 10)) of the n told with a rank; kernels of weight 1.
// - Bad: all others of the last 1,024 asked, so that a proposal's cost is bounded. The newest 25
//   weigh 1, older ones ever less down to 1 / (how many they are).
// - Not told yet counts as bad, at the place that was proposed (a constant lie): those in flight
//   keep away from each other. So do trials without a rank: failed, not finite.
// - A parameter that is active under conditions is learnt from the trials in which it was active.
// - `multivariate`: densities of whole configurations, whose kernels narrow as the good draw
//   together (parzen.hpp). A fifth of the proposals, by chance, are still made one parameter at a
//   time: they combine what no good trial had together, and lead out where the joint model is
//   stuck. Widths and share were chosen on other functions than the benchmark's ten.
//
// The candidate is chosen when it is asked, one at a time: the next choice has to know it. The
// first objective counts; infeasible after feasible, by how far the constraints are missed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "search/algorithms/outcome_order.hpp"
#include "search/algorithms/request.hpp"
#include "search/space/configuration_draft.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::search {

class TpeModel;

struct TpeSettings {
  std::uint32_t startup = 10;     ///< told with a rank before the first proposal
  std::uint32_t candidates = 24;  ///< samples, the best of which is proposed, >= 1
  bool multivariate = true;       ///< else one parameter at a time
};

class Tpe {
 public:
  static constexpr std::size_t kMostGood = 25;
  static constexpr std::size_t kWindow = 1024;  ///< trials that the bad are taken from

  Tpe(std::shared_ptr<const ConfigurationSpace> space, TpeSettings settings);

  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);
  /// Another candidate than was proposed has this birth: it stands where it is until it is told.
  void put(Birth birth, const Genome& genome) { move(birth, unit_places(genome.flat, *space_)); }

 private:
  struct Best {
    Score score;
    Birth birth;
    std::vector<double> places;
  };
  struct SortedPlace {
    double place;
    Birth birth;
  };
  static bool is_before(const SortedPlace& a, const SortedPlace& b) {
    return a.place < b.place || (a.place == b.place && a.birth < b.birth);
  }
  bool is_in_window(Birth birth) const { return birth < births_ && births_ - birth <= kWindow; }
  std::vector<double>& places_of(Birth birth) { return window_[birth % kWindow]; }
  const std::vector<double>& places_of(Birth birth) const { return window_[birth % kWindow]; }
  void enter(Birth birth, std::vector<double> places);
  void move(Birth birth, const std::vector<double>& places);
  void sort(Birth birth);    // into sorted_
  void unsort(Birth birth);  // out of it
  void rank(Best told);
  std::shared_ptr<const TpeModel> make_model(bool is_joint) const;
  std::size_t count_good() const;
  void add_parameter(TpeModel& model, std::size_t at, std::span<const Birth> bad) const;
  void set_joint(TpeModel& model, std::span<const Birth> bad) const;

  std::shared_ptr<const ConfigurationSpace> space_;
  TpeSettings settings_;
  Birth births_ = 0;
  std::uint64_t ranked_ = 0;                      // told with a rank
  std::vector<Best> best_;                        // kMostGood at most, best first
  std::vector<std::vector<double>> window_;       // unit places, by birth modulo kWindow
  std::vector<std::vector<SortedPlace>> sorted_;  // of the window, by parameter, ascending
};

}  // namespace equivolve::search
