// MAP-Elites: a grid over what candidates are like (the outcomes' descriptors), in each cell the
// best candidate of its kind. A parent is drawn from the filled cells, each equally likely. Source:
// Mouret, Clune 2015, "Illuminating search spaces by mapping elites" (arXiv 1504.04909), figure 2.
//
// It never waits: random candidates are asked until `population_size` were, and further while no
// cell is filled.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "search/algorithms/population.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::search {

/// [low, high] in cells of one width, each with its lower end; the last has its upper end too.
/// Values beyond an end belong to the cell there.
struct DescriptorRange {
  double low = 0;
  double high = 1;          ///< above low; both finite
  std::uint32_t bins = 10;  ///< >= 1
};

struct MapElitesSettings {
  std::vector<DescriptorRange> descriptors;  ///< one a descriptor; at most 2^63 cells
  std::uint32_t population_size = 100;       ///< random candidates at the start, >= 1
  double mutation_probability = 0.9;         ///< else the child is its parent's copy; [0, 1]
  double crossover_probability = 0.0;        ///< drawn first; [0, 1]
};

class MapElites {
 public:
  explicit MapElites(MapElitesSettings settings) : settings_(std::move(settings)) {}

  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  /// Unranked candidates and descriptors that are no numbers have no cell.
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

  /// The cell that descriptors belong to, row by row; the first descriptor is the slowest.
  std::optional<std::uint64_t> cell_of(const std::vector<double>& descriptors) const;

  /// Of the whole grid, filled or not.
  std::uint64_t cells() const;

  struct Elite {
    std::uint64_t cell;
    Member member;
  };
  /// In the order in which their cells were filled first.
  const std::vector<Elite>& elites() const { return elites_; }

 private:
  MapElitesSettings settings_;
  std::vector<Elite> elites_;
  std::unordered_map<std::uint64_t, std::size_t> places_;  // of cells among elites_
  Birth births_ = 0;
};

}  // namespace equivolve::search
