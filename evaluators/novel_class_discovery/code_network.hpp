// What turns rows into codes: the chain of layers of encoder.hpp, or a cell whose vertices are
// small networks of their own. Source of the cells: Ying et al. 2019, "NAS-Bench-101: Towards
// Reproducible Neural Architecture Search" (arXiv 1902.09635).
//
// A vertex reads the numbers of all vertices with an edge to it, one after the other, the input's
// columns among them where it has an edge from there; its linear layer brings them to the cell's
// width. The output's linear layer brings what it reads to the length of a code. Only live vertices
// exist. They are ordered by what refinement tells of them (search/genome/graph_hash.hpp), and
// first weights go by that order: isomorphic cells are the same network, number for number, but for
// the few that refinement cannot tell apart.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/novel_class_discovery/encoder.hpp"

namespace equivolve::novel_class_discovery {

/// Of the vertices between input and output: a linear layer, and but for the first one an
/// activation, a batch norm where the name says so, and dropout.
inline constexpr std::array<std::string_view, 7> kCellOperations{
    "linear", "relu", "tanh", "sigmoid", "relu_norm", "tanh_norm", "sigmoid_norm"};

/// One network and what it reads.
struct CodePart {
  std::vector<std::uint32_t> sources;  ///< 0: the rows; 1 + p: part p, an earlier one; ascending
  nn::Architecture architecture;
};
/// In the order in which they run; the last one gives the codes. A chain is one part.
std::vector<CodePart> code_parts(const CodeSettings& settings);

/// Copies are independent. Const members may run in several threads at once, each with a memory of
/// its own. Scalar: float or double.
template <class Scalar>
class CodeNetwork {
 public:
  /// What passes write to. One pass at a time.
  class Memory {
   public:
    /// Samples x outputs of the last pass, for a loss to write.
    std::span<Scalar> output_gradient() { return works_.back().output_gradient(); }

   private:
    friend class CodeNetwork;
    std::vector<nn::Workspace<Scalar>> works_;      // of each part
    std::vector<std::vector<Scalar>> joined_;       // what it reads, where that is several things
    std::vector<std::span<const Scalar>> outputs_;  // of the last forward pass
    std::vector<std::vector<Scalar>> by_output_;    // gradients
  };

  CodeNetwork(const CodeSettings& settings, std::uint64_t seed);

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return networks_.back().outputs(); }
  std::vector<nn::Network<Scalar>>& networks() { return networks_; }

  /// For batches of up to `batch` rows.
  Memory memory(std::size_t batch) const;
  /// `x`: rows after each other; it stays as it is until the backward pass. Rows x outputs(), in
  /// the memory.
  std::span<const Scalar> forward(std::span<const Scalar> x, const nn::Pass& pass,
                                  Memory& memory) const;
  /// After a forward pass, with the loss's derivatives in memory.output_gradient(). Replaces the
  /// networks' gradients.
  void backward(Memory& memory);
  void update_statistics(const Memory& memory);

 private:
  std::size_t width_of(std::uint32_t source) const {
    return source == 0 ? inputs_ : networks_[source - 1].outputs();
  }
  std::span<const Scalar> read(std::size_t part, std::span<const Scalar> x, Memory& memory) const;
  void hand_back(std::size_t part, std::span<const Scalar> gradient, Memory& memory) const;

  std::size_t inputs_;
  std::vector<std::vector<std::uint32_t>> sources_;  // as CodePart's
  std::vector<nn::Network<Scalar>> networks_;
};

extern template class CodeNetwork<float>;
extern template class CodeNetwork<double>;

/// What the network makes of rows, as it stands: stored statistics, no dropout. [any-thread]
Points codes_of(const CodeNetwork<float>& network, PointsView x);

}  // namespace equivolve::novel_class_discovery
