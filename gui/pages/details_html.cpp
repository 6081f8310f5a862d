#include "gui/pages/details_html.hpp"

#include <algorithm>
#include <cmath>

#include "gui/charts/chart_colours.hpp"
#include "gui/models/candidates_model.hpp"

namespace equivolve::gui {
namespace {

QString escaped(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toHtmlEscaped();
}

QString coloured(const QString& text, const QColor& colour) {
  return "<span style='color:" + colour.name() + "'>" + text + "</span>";
}

QColor dimmed(const QPalette& palette) {
  return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.6);
}

QString line_html(const TextLine& line, const QPalette& palette) {
  if (line.heading) return "<b>" + escaped(line.text) + "</b>";
  if (!line.live) return coloured(escaped(line.text), dimmed(palette));
  QString html;
  for (const Span& span : spans_of(line.text)) {
    const QString text = escaped(span.text);
    switch (span.mark) {
      case Mark::kName:
        html += coloured(text, series_colour(palette, 0));
        break;
      case Mark::kNumber:
        html += coloured(text, series_colour(palette, 2));
        break;
      case Mark::kOperand:
        html += coloured(text, series_colour(palette, 3));
        break;
      default:
        html += text;
    }
  }
  return html;
}

QString preformatted(const QString& html) {
  return "<pre style='margin:0'>" + html + "</pre>";
}

QString row(const QString& name, const QString& value) {
  return "<tr><td style='padding-right:12px'>" + name + "</td><td>" + value + "</td></tr>";
}

QString link(const char* kind, std::uint64_t number) {
  return QString("<a href='%1:%2'>%2</a>").arg(kind).arg(number);
}

QString kind_name(engine::TrialKind kind) {
  static const QStringList kNames = {"search", "verification", "final", "reference"};
  return kNames.value(static_cast<int>(kind));
}

QString status_of(const engine::TrialRow& trial) {
  return QString::fromStdString(status_text(trial.status, trial.reason));
}

QString cells(const std::vector<QString>& values, const char* tag = "td") {
  QString html = "<tr>";
  for (const QString& value : values)
    html += QString("<%1 align='right' style='padding-right:14px'>%2</%1>").arg(tag, value);
  return html + "</tr>";
}

struct Spread {
  double mean = kNothing, deviation = kNothing;
};
Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? kNothing
                                  : std::sqrt(squares / static_cast<double>(values.size() - 1))};
}

}  // namespace

QString genome_html(const std::vector<TextLine>& text, const QPalette& palette) {
  QString html;
  for (const TextLine& line : text) html += line_html(line, palette) + "\n";
  return preformatted(html);
}

QString members_html(const std::vector<ClassMember>& members, int chosen, const QPalette& palette) {
  if (members.empty()) return {};
  QString heads, texts;
  for (std::size_t m = 0; m < members.size(); ++m) {
    const QString name = QString("ticket %1").arg(members[m].ticket);
    const bool marked = static_cast<int>(m) == chosen;
    heads +=
        "<th align='left'>" + (marked ? coloured(name, series_colour(palette, 2)) : name) + "</th>";
    texts += "<td style='padding-right:16px'>" + genome_html(members[m].text, palette) + "</td>";
  }
  return "<table><tr>" + heads + "</tr><tr>" + texts + "</tr></table>";
}

QString difference_html(const CandidateDetails& details, const QPalette& palette) {
  if (!details.parent) return "<i>it has no parent: it was made at random, or given</i>";
  QString html;
  for (const ChangedLine& change : difference(details.parent_text, details.text)) {
    switch (change.side) {
      case ChangedLine::Side::kRemoved:
        html += coloured("- " + escaped(change.line.text), series_colour(palette, 2));
        break;
      case ChangedLine::Side::kAdded:
        html += coloured("+ " + escaped(change.line.text), series_colour(palette, 3));
        break;
      default:
        html += coloured("  " + escaped(change.line.text), dimmed(palette));
    }
    html += "\n";
  }
  return preformatted(html);
}

QString facts_html(const CandidateDetails& details) {
  QString html = "<table>";
  html += row("ticket, birth", QString("%1, %2").arg(details.ticket).arg(details.birth));
  html += row("status", QString::fromStdString(details.status));
  html += row("behaviour", QString::fromStdString(details.behaviour));
  if (details.parent)
    html += row("parent", link("birth", *details.parent) +
                              (details.second_parent ? ", " + link("birth", *details.second_parent)
                                                     : QString()));
  if (details.cls != engine::kNone64) {
    html += row("class",
                link("class", details.cls) + QString(", %1 members").arg(details.member_count));
    html += row("digest", QString::fromStdString(details.digest));
  }
  return html + "</table>";
}

namespace {

QString failures_html(const CandidateDetails& details) {
  QString html;
  for (const engine::TrialRow& trial : details.trials) {
    if (trial.status == engine::Status::kOk) continue;
    const auto log = std::ranges::find(details.logs, trial.number, &engine::TrialLog::trial);
    if (trial.message.empty() && log == details.logs.end()) continue;
    html += QString("<p><b>%1, repeat %2, %3</b> %4</p>")
                .arg(kind_name(trial.kind))
                .arg(trial.repeat)
                .arg(status_of(trial), escaped(trial.message));
    if (log == details.logs.end()) continue;
    html += "<p>the last of what it printed:</p>" + preformatted(escaped(log->text));
  }
  return html;
}

}  // namespace

QString trials_html(const CandidateDetails& details) {
  std::vector<QString> head = {"trial", "split", "repeat", "status", "seconds"};
  for (const engine::FigureRow& figure : details.figures)
    head.push_back(
        QString::fromStdString(figure.name + (figure.unit.empty() ? "" : " (" + figure.unit + ")"))
            .toHtmlEscaped());
  QString html = "<table>" + cells(head, "th");
  std::vector<std::vector<double>> values(details.figures.size());
  for (const engine::TrialRow& trial : details.trials) {
    std::vector<QString> line = {kind_name(trial.kind), trial.split == 0 ? "validation" : "test",
                                 QString::number(trial.repeat), status_of(trial),
                                 number_text(trial.seconds)};
    for (std::size_t f = 0; f < details.figures.size(); ++f) {
      const double value = f < trial.figures.size() ? trial.figures[f] : kNothing;
      line.push_back(number_text(value));
      if (trial.status == engine::Status::kOk && !std::isnan(value) && trial.split == 0)
        values[f].push_back(value);
    }
    html += cells(line);
  }
  std::vector<QString> mean = {"<b>mean</b>", "validation", "", "", ""},
                       deviation = {"<b>deviation</b>", "validation", "", "", ""};
  for (const auto& column : values) {
    const Spread spread = spread_of(column);
    mean.push_back("<b>" + number_text(spread.mean) + "</b>");
    deviation.push_back(number_text(spread.deviation));
  }
  html += cells(mean) + cells(deviation) + "</table>";
  if (details.trials.size() < details.trial_count)
    html += QString("<p>the first %1 of %2 trials</p>")
                .arg(details.trials.size())
                .arg(details.trial_count);
  return html + failures_html(details);
}

}  // namespace equivolve::gui
