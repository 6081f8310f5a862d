// Graph genomes as drawings, and tables among artefacts.
#include "gui/models/genome_graph.hpp"

#include <QProcess>
#include <QStandardPaths>

#include <gmock/gmock.h>

#include "gui/models/csv.hpp"
#include "tests/gui/graph_store.hpp"

namespace equivolve::tests {
namespace {

using gui::GenomeGraph;

GenomeGraph small_graph() {
  return *gui::genome_graph("graph", kGraphConfiguration, graph_genome());
}

std::string dot(const std::string& text) {
  QProcess process;
  process.start("dot", {"-Tplain"});
  process.write(QByteArray::fromStdString(text));
  process.closeWriteChannel();
  EXPECT_TRUE(process.waitForFinished());
  EXPECT_EQ(process.exitCode(), 0) << process.readAllStandardError().toStdString();
  return process.readAllStandardOutput().toStdString();
}

TEST(GenomeGraph, HasTheGenomesVerticesAndSaysWhatIsDead) {
  const GenomeGraph graph = small_graph();
  std::vector<std::string> names;
  std::vector<bool> live;
  for (const auto& vertex : graph.vertices) {
    names.push_back(vertex.name);
    live.push_back(vertex.live);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"input", "conv3x3", "maxpool", "output"}));
  EXPECT_EQ(live, (std::vector<bool>{true, true, false, true}));  // nothing reads the pool
  ASSERT_EQ(graph.edges.size(), 4u);
  for (const auto& edge : graph.edges) EXPECT_EQ(edge.live, edge.to != 2u) << edge.from;
}

TEST(GenomeGraph, IsNoneWhereTheGenomeIsNoGraph) {
  EXPECT_FALSE(gui::genome_graph("program", "{}", graph_genome()));
  EXPECT_FALSE(gui::genome_graph("graph", "{}", std::vector<std::byte>(7, std::byte{0xFF})));
}

TEST(GenomeGraph, IsLaidOutByGraphviz) {
  if (QStandardPaths::findExecutable("dot").isEmpty()) GTEST_SKIP() << "Graphviz is not installed";
  const GenomeGraph graph = small_graph();
  const auto layout = gui::parse_layout(graph, dot(gui::to_dot(graph)));
  ASSERT_TRUE(layout);
  ASSERT_EQ(layout->vertices.size(), 4u);
  ASSERT_EQ(layout->edges.size(), 4u);
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {  // downwards
    EXPECT_GT(layout->vertices[graph.edges[e].from].middle.y,
              layout->vertices[graph.edges[e].to].middle.y);
    EXPECT_EQ(layout->edges[e].size() % 3, 1u);
  }
  for (const auto& box : layout->vertices) {
    EXPECT_GE(box.middle.x - box.width / 2, -0.1);
    EXPECT_LE(box.middle.x + box.width / 2, layout->width + 0.1);
  }
}

TEST(GenomeGraph, ANameMayHoldWhatDotsLanguageUses) {
  if (QStandardPaths::findExecutable("dot").isEmpty()) GTEST_SKIP() << "Graphviz is not installed";
  GenomeGraph graph = small_graph();
  graph.vertices[1].name = "a \"b\" \\ ] ; -> \n";
  EXPECT_TRUE(gui::parse_layout(graph, dot(gui::to_dot(graph))));
}

TEST(GenomeGraph, WhatIsNoLayoutOfItIsNone) {
  GenomeGraph graph;
  graph.vertices = {{"input", true}, {"output", true}};
  graph.edges = {{0, 1, true}};
  const std::string good =
      "graph 1 1 2\nnode v0 0.5 1.5 1 0.5 x\nnode v1 0.5 0.5 1 0.5 x\n"
      "edge v0 v1 4 0.5 1.2 0.5 1.1 0.5 1.0 0.5 0.8 solid black\nstop\n";
  ASSERT_TRUE(gui::parse_layout(graph, good));
  EXPECT_EQ(gui::parse_layout(graph, good)->width, 72);
  // Cut anywhere before the end of the edge.
  for (std::size_t end = 0; end < good.find(" solid") - 3; ++end)
    EXPECT_FALSE(gui::parse_layout(graph, good.substr(0, end))) << end;
  for (const auto& [from, to] :
       {std::pair{"v1 0.5 0.5", "v9 0.5 0.5"}, std::pair{"v0 v1 4", "v1 v0 4"},
        std::pair{"v0 v1 4", "v0 v1 5"}, std::pair{"v0 v1 4", "v0 v1 99999999"},
        std::pair{"1.5 1 0.5", "nan 1 0.5"}, std::pair{"stop", "junk"}}) {
    std::string bad = good;
    bad.replace(bad.find(from), std::string(from).size(), to);
    EXPECT_FALSE(gui::parse_layout(graph, bad)) << to;
  }
}

TEST(Csv, IsReadAsRfc4180HasIt) {
  using Rows = std::vector<std::vector<std::string>>;
  EXPECT_EQ(gui::parse_csv("a,b\r\n1,\"x, \"\"y\"\"\nz\"\n,\n", ',', 10),
            (Rows{{"a", "b"}, {"1", "x, \"y\"\nz"}, {"", ""}}));
  EXPECT_EQ(gui::parse_csv("a\tb", '\t', 10), (Rows{{"a", "b"}}));
  EXPECT_EQ(gui::parse_csv("1\n2\n3\n", ',', 2), (Rows{{"1"}, {"2"}}));
  EXPECT_EQ(gui::parse_csv("\"never closed, \n", ',', 10), (Rows{{"never closed, \n"}}));
  EXPECT_TRUE(gui::parse_csv("", ',', 10).empty());
}

}  // namespace
}  // namespace equivolve::tests
