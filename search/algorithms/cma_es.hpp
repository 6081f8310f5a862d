// CMA-ES, the covariance matrix adaptation evolution strategy, for configurations of numbers: a
// generation of lambda candidates is drawn from a normal distribution, whose mean, step size and
// covariances then move towards the better ones. Source: Hansen 2016, "The CMA evolution strategy:
// a tutorial" (arXiv 1604.00772), whose equations and default parameters these are, negative
// weights (active CMA) included. The search starts anew with twice the population where its
// appendix B.3 says that a run has ended: Auger, Hansen 2005, "A restart CMA evolution strategy
// with increasing population size" (IEEE CEC).
//
// On the unit scales of the parameters: the first mean is the default value of each, else the
// middle; later ones are drawn at random. Beyond the ends the scale is mirrored, so that an optimum
// on the edge is found as one in the middle. But each optimum comes again behind every end, and a
// wide distribution would settle between the two: as long as a standard deviation is above a
// twentieth of the scale, the strategy goes on with the mirrored place itself (on the Rastrigin
// function in ten dimensions that is ten times fewer evaluations). No standard deviation grows
// beyond the whole scale. Counted values are the cells of their scale: the strategy goes on with
// the place it drew. Candidates in forbidden combinations are drawn again.
//
// Generations do not overlap: ask is empty while all of one are out, so more than lambda workers
// have nothing to do. The first objective counts; ranked before unranked, then the smaller
// violation.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "search/algorithms/outcome_order.hpp"
#include "search/algorithms/request.hpp"
#include "search/space/configuration_draft.hpp"

namespace equivolve::search {

struct CmaEsSettings {
  double initial_step = 0.3;     ///< standard deviation on the unit scale, above 0
  std::uint32_t population = 0;  ///< lambda of the first run, at least 2; 0: 4 + floor(3 ln n)
};

/// What follows from the dimension n and lambda: table 1 of the tutorial, in its names.
struct CmaConstants {
  std::size_t n = 1;
  std::uint32_t lambda = 2;
  std::uint32_t mu = 1;
  std::vector<double> weights;  ///< best first; the first mu add up to 1, the rest is not above 0
  double mu_eff = 1;
  double c_sigma = 0, d_sigma = 1, c_c = 0, c_1 = 0, c_mu = 0;
  double chi = 1;  ///< expected length of a standard normal vector
};
CmaConstants cma_constants(std::size_t n, std::uint32_t lambda);
std::uint32_t default_cma_population(std::size_t n);

/// Whether the strategy has anything to work on: "" or why not, as in "parameter 'kind' is a
/// choice". Needed of every space given to CmaEs.
std::string refused_by_cma_es(const ConfigurationSpace& space);

class CmaEs {
 public:
  CmaEs(std::shared_ptr<const ConfigurationSpace> space, CmaEsSettings settings);

  /// Empty while a whole generation is out.
  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

  // For tests and reports.
  std::uint32_t restarts() const { return restarts_; }
  double step() const { return sigma_; }

 private:
  /// What candidates are drawn from: mean + sigma * scaled * z.
  struct Normal {
    std::vector<double> mean;
    std::vector<double> scaled;  // n x n: eigenvectors times roots of the eigenvalues
    std::vector<char> is_wide;   // of each parameter: whether places are kept within the scale
    double sigma = 1;
  };
  struct Drawn {
    std::vector<double> place;  // on the unit scales, or mirrored beyond them
    Genome genome;
    bool is_allowed = true;
  };
  struct Member {
    Birth birth;
    std::vector<double> place;
    Score score;
    bool is_told = false;
  };
  static Drawn draw(const ConfigurationSpace& space, const std::vector<std::uint32_t>& searched,
                    const Normal& normal, hashing::Stream& stream);
  static Bred propose_again(const ConfigurationSpace& space,
                            const std::vector<std::uint32_t>& searched, const Normal& normal,
                            hashing::Stream& stream);

  void begin_run(hashing::Stream& stream);
  void begin_generation();
  void end_generation();
  void move_mean(const std::vector<const Member*>& ranked, std::vector<double>& step);
  void adapt(const std::vector<const Member*>& ranked, const std::vector<double>& step);
  void limit_step();
  void decompose();
  bool has_ended() const;
  bool is_flat() const;
  bool stagnates() const;
  double mahalanobis_squared(const std::vector<double>& y) const;  // |C^-1/2 y|^2

  std::shared_ptr<const ConfigurationSpace> space_;
  std::shared_ptr<const std::vector<std::uint32_t>> searched_;  // parameters that vary
  CmaEsSettings settings_;
  CmaConstants constants_;
  std::uint32_t restarts_ = 0;
  bool is_begun_ = false;  // a run; else the next ask begins one
  Birth births_ = 0;

  std::vector<double> mean_, sigma_path_, covariance_path_;
  std::vector<double> covariance_;  // n x n
  double sigma_ = 0.3;
  std::vector<double> roots_;  // of the eigenvalues of the covariance, when last decomposed
  std::vector<double> basis_;  // n x n, column k belongs to roots_[k]
  std::uint64_t generation_ = 0, decomposed_at_ = 0;  // of this run
  std::shared_ptr<const Normal> normal_;              // of this generation
  std::vector<Member> members_;                       // of this generation, as asked
  std::uint32_t told_ = 0;                            // of them
  std::vector<double> last_fitness_;                  // of the last generation, best first
  std::deque<double> best_history_, median_history_;  // newest last
};

}  // namespace equivolve::search
