#include "search/variation/graph_variation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace equivolve::search {
namespace {

using hashing::Stream;

constexpr int kRandomDraws = 64;
constexpr int kMutationDraws = 32;
constexpr int kSingleSteps = 64;
constexpr int kCrossoverDraws = 32;

/// Tosses the coins in `wanted`, each showing 1 with probability `p`: all at once, a bit of each
/// coin's uniform number at a time, against the bits of `p` from the highest one on. Eight words
/// decide 64 coins on average.
std::uint64_t toss(std::uint64_t wanted, double p, Stream& stream) {
  if (p >= 1) return wanted;
  std::uint64_t ones = 0;
  for (auto digits = static_cast<std::uint64_t>(std::ldexp(p, 64)); wanted != 0 && digits != 0;
       digits <<= 1) {
    const std::uint64_t drawn = stream.next();
    if (digits >> 63 != 0) {
      ones |= wanted & ~drawn;  // below p, whatever follows
      wanted &= drawn;
    } else {
      wanted &= ~drawn;  // the others are above p
    }
  }
  return ones;
}

/// Calls f(word, mask of the pairs in it) for each word of edges.
template <class F>
void each_edge_word(std::uint32_t vertices, F f) {
  const std::uint32_t pairs = pair_count(vertices);
  for (std::uint32_t word = 0; word * 64 < pairs; ++word) {
    const std::uint32_t count = std::min(pairs - word * 64, 64u);
    f(word, count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1);
  }
}

/// The vertices that have operations.
VertexSet interior(const Graph& graph) {
  return ((VertexSet{1} << graph.output()) - 1) & ~VertexSet{1};
}

template <class F>
void each_vertex(VertexSet set, F f) {
  for (; set != 0; set &= set - 1) f(static_cast<std::uint32_t>(std::countr_zero(set)));
}

void draw_operations(Graph& graph, const GraphSpace& space, Stream& stream) {
  each_vertex(interior(graph), [&](std::uint32_t v) {
    graph.operations[v] = static_cast<std::uint8_t>(stream.below(space.operations.size()));
  });
}

/// Another operation than the vertex has. [two operations or more]
void change_operation(Graph& graph, std::uint32_t vertex, const GraphSpace& space, Stream& stream) {
  const auto drawn = static_cast<std::uint8_t>(stream.below(space.operations.size() - 1));
  std::uint8_t& operation = graph.operations[vertex];
  operation = drawn < operation ? drawn : static_cast<std::uint8_t>(drawn + 1);
}

Graph random_chain(const GraphSpace& space, Stream& stream) {
  Graph graph;
  graph.vertices = space.vertices;
  draw_operations(graph, space, stream);
  const std::uint32_t between = std::min(space.vertices - 2, space.max_edges - 1);
  std::uint32_t wanted = static_cast<std::uint32_t>(stream.below(between + 1));
  std::uint32_t last = 0;
  // Of the vertices left, each is taken with the chance that makes all choices equally likely.
  for (std::uint32_t v = 1; v < graph.output() && wanted > 0; ++v)
    if (stream.below(graph.output() - v) < wanted) {
      graph.set_edge(last, v);
      last = v;
      --wanted;
    }
  graph.set_edge(last, graph.output());
  return graph;
}

/// Every edge and every operation has its chance.
void mutate_all(Graph& graph, const GraphSpace& space, Stream& stream) {
  each_edge_word(graph.vertices, [&](std::uint32_t word, std::uint64_t pairs) {
    graph.edges[word] ^= toss(pairs, 1.0 / graph.vertices, stream);
  });
  if (space.operations.size() < 2 || graph.vertices < 3) return;
  each_vertex(toss(interior(graph), 1.0 / (graph.vertices - 2), stream),
              [&](std::uint32_t v) { change_operation(graph, v, space, stream); });
}

/// One edge or one operation.
void mutate_one(Graph& graph, const GraphSpace& space, Stream& stream) {
  const std::uint32_t pairs = pair_count(graph.vertices);
  const std::uint32_t operations = space.operations.size() < 2 ? 0 : graph.vertices - 2;
  const auto at = static_cast<std::uint32_t>(stream.below(pairs + operations));
  if (at < pairs)
    graph.edges[at / 64] ^= std::uint64_t{1} << (at % 64);
  else
    change_operation(graph, at - pairs + 1, space, stream);
}

Bred copied_graph(GenomeView parent) {
  return {Genome{Representation::kGraph, {parent.begin(), parent.end()}}, Operator::kCopy};
}

}  // namespace

Graph random_graph(const GraphSpace& space, Stream& stream) {
  Graph graph;
  graph.vertices = space.vertices;
  const double p = std::min(0.5, static_cast<double>(space.max_edges) / pair_count(space.vertices));
  for (int draw = 0; draw < kRandomDraws; ++draw) {
    each_edge_word(graph.vertices, [&](std::uint32_t word, std::uint64_t pairs) {
      graph.edges[word] = toss(pairs, p, stream);
    });
    if (!is_valid(graph, space)) continue;
    draw_operations(graph, space, stream);
    return graph;
  }
  return random_chain(space, stream);
}

Genome random_genome(const GraphSpace& space, Stream& stream) {
  return to_genome(random_graph(space, stream));
}

Bred mutate_genome(GenomeView parent, const GraphSpace& space, Stream& stream,
                   const OperatorWeights& /*weights*/) {
  // Parents were bred here, so they can be read.
  const Graph original = graph_of(parent).value();
  for (int draw = 0; draw < kMutationDraws + kSingleSteps; ++draw) {
    Graph child = original;
    if (draw < kMutationDraws)
      mutate_all(child, space, stream);
    else
      mutate_one(child, space, stream);
    if (child != original && is_valid(child, space))
      return {to_genome(child), Operator::kChangeGraph};
  }
  return copied_graph(parent);
}

Bred cross_genomes(GenomeView first, GenomeView second, const GraphSpace& space, Stream& stream,
                   const OperatorWeights& /*weights*/) {
  const Graph a = graph_of(first).value(), b = graph_of(second).value();
  for (int draw = 0; draw < kCrossoverDraws; ++draw) {
    Graph child = a;
    each_edge_word(a.vertices, [&](std::uint32_t word, std::uint64_t /*pairs*/) {
      child.edges[word] ^= (a.edges[word] ^ b.edges[word]) & stream.next();
    });
    each_vertex(interior(a) & stream.next(),
                [&](std::uint32_t v) { child.operations[v] = b.operations[v]; });
    if (is_valid(child, space)) return {to_genome(child), Operator::kCrossover};
  }
  return copied_graph(first);
}

}  // namespace equivolve::search
