#include "gui/models/space_names.hpp"

#include <QJsonArray>
#include <QJsonDocument>

namespace equivolve::gui {

QJsonObject space_of(const std::string& config_resolved) {
  return QJsonDocument::fromJson(QByteArray::fromStdString(config_resolved))
      .object()["space"]
      .toObject();
}

std::vector<std::string> names_in(const QJsonValue& value) {
  std::vector<std::string> names;
  for (const QJsonValue& name : value.toArray()) names.push_back(name.toString().toStdString());
  for (const QChar c : value.toString()) names.push_back(QString(c).toStdString());
  return names;
}

void name_up_to(std::vector<std::string>& names, std::size_t count, const std::string& prefix) {
  while (names.size() < count) names.push_back(prefix + std::to_string(names.size()));
}

std::vector<std::string> operation_names(const search::Graph& graph, const QJsonObject& space) {
  std::vector<std::string> operations = names_in(space["operations"]);
  for (std::uint32_t v = 0; v < graph.vertices; ++v)
    name_up_to(operations, graph.operations[v] + std::size_t{1}, "operation_");
  return operations;
}

}  // namespace equivolve::gui
