#include "evaluators/novel_class_discovery/code_network.hpp"

#include <algorithm>

#include "hashing/stream.hpp"
#include "search/genome/graph_hash.hpp"

namespace equivolve::novel_class_discovery {
namespace {

constexpr std::size_t kActivationKinds = 3;

/// What a vertex does, by its position in kCellOperations.
std::vector<nn::Layer> layers_of(const CodeSettings& settings, std::size_t operation,
                                 std::uint32_t width) {
  if (operation == 0) return {nn::dense(width)};
  CodeSettings own = settings;
  own.activation = static_cast<Activation>((operation - 1) % kActivationKinds);
  own.batch_norm = operation > kActivationKinds;
  return hidden_layers(own, width);
}

std::uint64_t seed_of_part(std::uint64_t seed, hashing::Purpose purpose, std::size_t part) {
  return part == 0 ? seed : hashing::derive_seed(seed, purpose, part);
}

/// The live part of a cell, its vertices in an order that does not depend on their numbers.
search::Graph ordered(const search::Graph& cell) {
  const search::Graph graph = search::pruned(cell);
  const auto hashes = search::vertex_hashes(graph);
  std::vector<std::uint32_t> order;
  std::vector<bool> placed(graph.vertices, false);
  const auto ready = [&](std::uint32_t v) {
    if (placed[v]) return false;
    for (std::uint32_t from = 0; from < v; ++from)
      if (graph.has_edge(from, v) && !placed[from]) return false;
    return true;
  };
  while (order.size() < graph.vertices) {
    std::uint32_t next = graph.vertices;
    for (std::uint32_t v = 0; v < graph.vertices; ++v)
      if (ready(v) && (next == graph.vertices || hashes[v] < hashes[next])) next = v;
    placed[next] = true;
    order.push_back(next);
  }
  search::Graph out;
  out.vertices = graph.vertices;
  for (std::uint32_t to = 0; to < graph.vertices; ++to) {
    out.operations[to] = graph.operations[order[to]];
    for (std::uint32_t from = 0; from < to; ++from)
      if (order[from] < order[to] && graph.has_edge(order[from], order[to])) out.set_edge(from, to);
  }
  return out;
}

std::vector<CodePart> parts_of_cell(const CodeSettings& settings) {
  const search::Graph cell = ordered(settings.cell->graph);
  const auto width = static_cast<std::uint32_t>(settings.cell->width);
  std::vector<CodePart> parts;
  for (std::uint32_t v = 1; v < cell.vertices; ++v) {
    CodePart part;
    std::uint32_t columns = 0;
    for (std::uint32_t from = 0; from < v; ++from) {
      if (!cell.has_edge(from, v)) continue;
      part.sources.push_back(from);
      columns += from == 0 ? static_cast<std::uint32_t>(settings.inputs) : width;
    }
    part.architecture = {{columns, 1, 1},
                         v == cell.output()
                             ? std::vector{nn::dense(static_cast<std::uint32_t>(settings.code))}
                             : layers_of(settings, cell.operations[v], width)};
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

std::vector<CodePart> code_parts(const CodeSettings& settings) {
  if (settings.cell) return parts_of_cell(settings);
  return {{{0}, encoder_of(settings)}};
}

template <class Scalar>
CodeNetwork<Scalar>::CodeNetwork(const CodeSettings& settings, std::uint64_t seed)
    : inputs_(settings.inputs) {
  for (CodePart& part : code_parts(settings)) {
    networks_.push_back(
        network_of<Scalar>(std::move(part.architecture),
                           seed_of_part(seed, hashing::Purpose::kWeights, networks_.size())));
    sources_.push_back(std::move(part.sources));
  }
}

template <class Scalar>
typename CodeNetwork<Scalar>::Memory CodeNetwork<Scalar>::memory(std::size_t batch) const {
  Memory memory;
  for (const nn::Network<Scalar>& network : networks_)
    memory.works_.emplace_back(network.plan(), batch);
  memory.joined_.resize(networks_.size());
  memory.outputs_.resize(networks_.size());
  memory.by_output_.resize(networks_.size());
  return memory;
}

/// What a part reads; in its own buffer where that is several things.
template <class Scalar>
std::span<const Scalar> CodeNetwork<Scalar>::read(std::size_t part, std::span<const Scalar> x,
                                                  Memory& memory) const {
  const auto values = [&](std::uint32_t source) {
    return source == 0 ? x : memory.outputs_[source - 1];
  };
  const std::vector<std::uint32_t>& sources = sources_[part];
  if (sources.size() == 1) return values(sources[0]);
  std::vector<Scalar>& joined = memory.joined_[part];
  joined.clear();
  for (std::size_t r = 0; r < x.size() / inputs_; ++r)
    for (std::uint32_t source : sources) {
      const std::size_t width = width_of(source);
      const auto row = values(source).subspan(r * width, width);
      joined.insert(joined.end(), row.begin(), row.end());
    }
  return joined;
}

template <class Scalar>
std::span<const Scalar> CodeNetwork<Scalar>::forward(std::span<const Scalar> x,
                                                     const nn::Pass& pass, Memory& memory) const {
  for (std::size_t p = 0; p < networks_.size(); ++p) {
    nn::Pass own = pass;
    own.seed = seed_of_part(pass.seed, hashing::Purpose::kDropout, p);
    memory.outputs_[p] = networks_[p].forward(read(p, x, memory), own, memory.works_[p]);
  }
  return memory.outputs_.back();
}

/// Adds a part's gradient at what it read to those of the parts that it read.
template <class Scalar>
void CodeNetwork<Scalar>::hand_back(std::size_t part, std::span<const Scalar> gradient,
                                    Memory& memory) const {
  const std::size_t all = networks_[part].inputs();
  std::size_t first = 0;
  for (std::uint32_t source : sources_[part]) {
    const std::size_t width = width_of(source);
    if (source > 0)
      for (std::size_t r = 0; r < gradient.size() / all; ++r)
        for (std::size_t i = 0; i < width; ++i)
          memory.by_output_[source - 1][r * width + i] += gradient[r * all + first + i];
    first += width;
  }
}

template <class Scalar>
void CodeNetwork<Scalar>::backward(Memory& memory) {
  for (std::size_t p = 0; p + 1 < networks_.size(); ++p)
    memory.by_output_[p].assign(memory.outputs_[p].size(), Scalar(0));
  for (std::size_t p = networks_.size(); p-- > 0;) {
    if (p + 1 < networks_.size())
      std::copy(memory.by_output_[p].begin(), memory.by_output_[p].end(),
                memory.works_[p].output_gradient().begin());
    const bool reads_parts = sources_[p].back() > 0;
    const auto gradient = networks_[p].backward(memory.works_[p], {.input = reads_parts});
    if (reads_parts) hand_back(p, gradient, memory);
  }
}

template <class Scalar>
void CodeNetwork<Scalar>::update_statistics(const Memory& memory) {
  for (std::size_t p = 0; p < networks_.size(); ++p)
    networks_[p].update_statistics(memory.works_[p]);
}

template class CodeNetwork<float>;
template class CodeNetwork<double>;

Points codes_of(const CodeNetwork<float>& network, PointsView x) {
  auto memory = network.memory(kCodedAtOnce);
  return codes_in_chunks(x, network.outputs(), [&](std::span<const float> rows) {
    return network.forward(rows, nn::Pass::prediction(), memory);
  });
}

}  // namespace equivolve::novel_class_discovery
