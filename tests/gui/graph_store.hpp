// A results file of graph genomes, with a winner that has artefacts.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/writer.hpp"
#include "search/genome/graph.hpp"
#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {

inline const std::string kGraphConfiguration =
    R"({"space":{"operations":["conv3x3","maxpool"]},"budget":{"candidates":40}})";

/// Its third vertex, a pool, leads nowhere.
inline std::vector<std::byte> graph_genome() {
  const std::vector<std::string> operations = {"conv3x3", "maxpool"};
  const auto graph = search::parse_graph(
      "0: input\n1: conv3x3 <- 0\n2: maxpool <- 0\n3: output <- 0, 1\n", operations, 4);
  EXPECT_TRUE(graph) << graph.error().message;
  return search::to_genome(*graph).flat;
}

/// 40 candidates, all of the same graph; birth 0 is the winner.
inline void write_graph_run(const std::filesystem::path& file,
                            const std::vector<engine::ArtefactRow>& artefacts) {
  auto writer = engine::StoreWriter::open(file);
  ASSERT_TRUE(writer) << writer.error().message;
  engine::RunHead head = make_head("cells");
  head.representation = "graph";
  head.config_resolved = kGraphConfiguration;
  ASSERT_TRUE((*writer)->begin_run(head));
  for (engine::Record& record : make_records(0, 40)) {
    if (auto* genome = std::get_if<engine::GenomeRow>(&record)) genome->flat = graph_genome();
    (*writer)->push(std::move(record));
  }
  for (const engine::ArtefactRow& artefact : artefacts) (*writer)->push(artefact);
  engine::RunState state = finished_state(40);
  state.summary_json = R"({"candidates":40,"cache_hits":20,"best":{"birth":0}})";
  ASSERT_TRUE((*writer)->update_run(state));
  ASSERT_TRUE((*writer)->finish_run());
}

}  // namespace equivolve::tests
