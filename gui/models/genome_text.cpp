#include "gui/models/genome_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <sstream>

#include <QJsonArray>
#include <QJsonObject>

#include "gui/models/space_names.hpp"
#include "search/genome/expression.hpp"
#include "search/genome/graph.hpp"
#include "search/genome/program.hpp"
#include "search/genome/program_analysis.hpp"
#include "search/genome/sequence.hpp"

namespace equivolve::gui {
namespace {

using Lines = std::vector<TextLine>;

Lines unreadable(const std::string& why) {
  return {{"the genome cannot be read: " + why, true, false}};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// An instruction is dimmed only when it is dead under both conventions of the cycle: which of them
// holds is the evaluator's business.
Lines program_lines(const std::vector<std::byte>& flat) {
  const auto program = search::view_program(flat);
  if (!program) return unreadable(program.error().message);
  std::array<std::vector<bool>, search::kFunctionCount> live;
  for (std::size_t f = 0; f < live.size(); ++f) {
    live[f].resize(program->functions[f].size());
    for (const eqv_instruction& instruction : program->functions[f])
      if (instruction.op >= search::kOpCount) return unreadable("it has an unknown operation");
  }
  for (const bool sigmoid : {false, true}) {
    const auto pruned = search::prepare_pruned(*program, {sigmoid});
    for (std::size_t f = 0; f < live.size(); ++f)
      for (const std::uint32_t origin : pruned.functions[f].origin) live[f][origin] = true;
  }
  Lines lines;
  std::size_t function = 0, instruction = 0;
  for (const std::string& text : split(search::to_text(*program))) {
    if (!text.starts_with(' ')) {
      for (std::size_t f = 0; f < live.size(); ++f)
        if (text.starts_with(search::function_name(static_cast<search::Function>(f)))) function = f;
      instruction = 0;
      lines.push_back({text, true, true});
    } else {
      lines.push_back({text, live[function][instruction++], false});
    }
  }
  return lines;
}

Lines expression_lines(const std::vector<std::byte>& flat, const QJsonObject& space) {
  const auto expression = search::view_expression(flat);
  if (!expression) return unreadable(expression.error().message);
  std::vector<std::string> inputs = names_in(space["inputs"]);
  for (const eqv_expression_token& token : *expression)
    if (token.op == 0) name_up_to(inputs, token.input + std::size_t{1}, "x");
  if (auto checked = search::check_expression(flat, inputs.size()); !checked)
    return unreadable(checked.error().message);
  return {{search::to_text(*expression, inputs), true, false}};
}

Lines graph_lines(const std::vector<std::byte>& flat, const QJsonObject& space) {
  const auto graph = search::graph_of(flat);
  if (!graph) return unreadable(graph.error().message);
  const std::vector<std::string> operations = operation_names(*graph, space);
  const search::VertexSet live = search::live_vertices(*graph);
  Lines lines;
  for (const std::string& text : split(search::to_text(*graph, operations)))
    lines.push_back({text, (live >> lines.size() & 1) != 0, false});
  return lines;
}

Lines sequence_lines(const std::vector<std::byte>& flat, const QJsonObject& space) {
  const auto tokens = search::view_sequence(flat);
  if (!tokens) return unreadable(tokens.error().message);
  std::vector<std::string> alphabet = names_in(space["alphabet"]);
  const bool letters =
      std::ranges::all_of(alphabet, [](const auto& name) { return name.size() == 1; });
  constexpr std::size_t kTokensPerLine = 60;
  Lines lines;
  for (std::size_t t = 0; t < tokens->size(); ++t) {
    if (t % kTokensPerLine == 0) lines.push_back({});
    name_up_to(alphabet, (*tokens)[t] + std::size_t{1}, "#");
    if (!letters && t % kTokensPerLine != 0) lines.back().text += ' ';
    lines.back().text += alphabet[(*tokens)[t]];
  }
  return lines;
}

std::string value_text(const eqv_parameter_value& value, const QJsonObject& parameter) {
  const auto number = [&] { return QString::number(value.number, 'g', 10).toStdString(); };
  if (value.kind == EQV_BOOLEAN) return value.number != 0 ? "true" : "false";
  if (value.kind != EQV_CHOICE) return number();
  const QJsonValue choice = parameter["values"].toArray().at(static_cast<qsizetype>(value.number));
  if (choice.isString()) return choice.toString().toStdString();
  if (choice.isDouble()) return QString::number(choice.toDouble(), 'g', 10).toStdString();
  if (choice.isBool()) return choice.toBool() ? "true" : "false";
  return "choice " + number();
}

Lines configuration_lines(const std::vector<std::byte>& flat, const QJsonObject& space) {
  if (flat.size() % sizeof(eqv_parameter_value) != 0) return unreadable("its size is wrong");
  const QJsonObject parameters = space["parameters"].toObject();
  const QStringList names = parameters.keys();  // sorted, as the space sorts them
  Lines lines;
  for (std::size_t p = 0; p < flat.size() / sizeof(eqv_parameter_value); ++p) {
    eqv_parameter_value value;
    std::memcpy(&value, flat.data() + p * sizeof value, sizeof value);
    const auto at = static_cast<qsizetype>(p);
    const QString name = at < names.size() ? names[at] : "parameter_" + QString::number(p);
    const bool active = value.active != 0;
    lines.push_back({name.toStdString() + ": " +
                         (active ? value_text(value, parameters[name].toObject()) : "inactive"),
                     active, false});
  }
  return lines;
}

}  // namespace

std::vector<TextLine> genome_text(const std::string& representation,
                                  const std::string& config_resolved,
                                  const std::vector<std::byte>& flat) {
  const QJsonObject space = space_of(config_resolved);
  if (representation == "program") return program_lines(flat);
  if (representation == "expression") return expression_lines(flat, space);
  if (representation == "graph") return graph_lines(flat, space);
  if (representation == "sequence") return sequence_lines(flat, space);
  if (representation == "configuration") return configuration_lines(flat, space);
  return unreadable("its representation, " + representation + ", is not known here");
}

std::vector<Span> spans_of(std::string_view line) {
  std::vector<Span> spans;
  const auto is = [&](std::size_t at, int (*kind)(int)) {
    return kind(static_cast<unsigned char>(line[at])) != 0;
  };
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at + 1;
    Mark mark = Mark::kSign;
    if (is(at, std::isspace)) {
      mark = Mark::kPlain;
      while (end < line.size() && is(end, std::isspace)) ++end;
    } else if (is(at, std::isalpha) || line[at] == '_' ||
               static_cast<unsigned char>(line[at]) >= 0x80) {
      while (end < line.size() && (is(end, std::isalnum) || line[end] == '_' ||
                                   static_cast<unsigned char>(line[end]) >= 0x80))
        ++end;
      const bool memory = std::string_view("svm").find(line[at]) != std::string_view::npos &&
                          end > at + 1 &&
                          std::all_of(line.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                      line.begin() + static_cast<std::ptrdiff_t>(end),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
      mark = memory ? Mark::kOperand : Mark::kName;
    } else if (is(at, std::isdigit)) {
      mark = Mark::kNumber;
      while (end < line.size() &&
             (is(end, std::isalnum) || line[end] == '.' ||
              ((line[end] == '-' || line[end] == '+') && line[end - 1] == 'e')))
        ++end;
    }
    spans.push_back({line.substr(at, end - at), mark});
    at = end;
  }
  return spans;
}

std::vector<ChangedLine> difference(const std::vector<TextLine>& before,
                                    const std::vector<TextLine>& after) {
  const std::size_t n = before.size(), m = after.size();
  // common[i][j]: the longest common subsequence of what follows before[i] and after[j].
  std::vector<std::vector<std::size_t>> common(n + 1, std::vector<std::size_t>(m + 1));
  for (std::size_t i = n; i-- > 0;)
    for (std::size_t j = m; j-- > 0;)
      common[i][j] = before[i].text == after[j].text ? common[i + 1][j + 1] + 1
                                                     : std::max(common[i + 1][j], common[i][j + 1]);
  using Side = ChangedLine::Side;
  std::vector<ChangedLine> lines;
  for (std::size_t i = 0, j = 0; i < n || j < m;) {
    if (i < n && j < m && before[i].text == after[j].text) {
      lines.push_back({Side::kBoth, after[j]});
      ++i, ++j;
    } else if (j == m || (i < n && common[i + 1][j] >= common[i][j + 1])) {
      lines.push_back({Side::kRemoved, before[i++]});
    } else {
      lines.push_back({Side::kAdded, after[j++]});
    }
  }
  return lines;
}

}  // namespace equivolve::gui
