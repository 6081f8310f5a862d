#include "gui/models/run_row.hpp"

#include <algorithm>

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

#include "gui/models/candidate_data.hpp"

namespace equivolve::gui {
namespace {

QJsonObject object_of(const std::string& json) {
  return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

std::optional<double> number(const QJsonObject& object, const char* key) {
  const QJsonValue value = object[QLatin1String(key)];
  return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

Contender::Stage stage_of(const QJsonObject& contender, const char* interval, const char* figures,
                          const std::string& objective) {
  const QJsonObject stored = contender[QLatin1String(interval)].toObject();
  const double mean =
      contender[QLatin1String(figures)].toObject()[QString::fromStdString(objective)].toDouble(
          kNothing);
  return {number(stored, "mean").value_or(mean), number(stored, "low").value_or(kNothing),
          number(stored, "high").value_or(kNothing)};
}

Contender contender_of(const std::string& name, const QJsonObject& stored,
                       const std::string& objective) {
  return {name, stage_of(stored, "confirmed_interval", "confirmed", objective),
          stage_of(stored, "test_interval", "test", objective)};
}

std::string state_of(const engine::RunInfo& info) {
  switch (info.state.status) {
    case engine::RunStatus::kRunning:
      return info.locked ? "running" : "interrupted";
    case engine::RunStatus::kPaused:
      return info.locked ? "paused" : "interrupted";
    case engine::RunStatus::kStopped:
      return "stopped";
    case engine::RunStatus::kFinished:
      return "finished";
    default:
      return "failed";
  }
}

void add_summary(RunRow& row, const QJsonObject& summary) {
  const auto hits = number(summary, "cache_hits"), all = number(summary, "candidates");
  if (hits && all && *all > 0) row.duplicates = *hits / *all;
  row.seconds_saved = number(summary, "seconds_saved");
  const QJsonObject best = summary["best"].toObject();
  row.best = number(best["validation"].toObject(), row.objective.c_str());
  if (!best.isEmpty()) row.contenders.push_back(contender_of("found", best, row.objective));
  const QJsonObject references = summary["references"].toObject();
  for (auto it = references.begin(); it != references.end(); ++it)
    row.contenders.push_back(
        contender_of(it.key().toStdString(), it.value().toObject(), row.objective));
}

void add_counts(RunRow& row, const engine::RunCounts& counts) {
  if (counts.told > 0)
    row.duplicates = static_cast<double>(counts.cache_hits) / static_cast<double>(counts.told);
  if (counts.best && !counts.best->told.empty()) row.best = counts.best->told.front();
}

}  // namespace

RunRow run_row(const engine::RunInfo& info, const RunTally* tally) {
  RunRow row;
  row.info = info;
  row.state = state_of(info);
  row.objective = engine::objective_of(info.head);
  for (const engine::FigureRow& figure : info.head.figures)
    if (figure.name == row.objective) row.minimize = figure.minimize;
  row.budget = number(object_of(info.head.config_resolved)["budget"].toObject(), "candidates");
  if (info.state.seconds > 0) row.rate = static_cast<double>(info.state.told) / info.state.seconds;
  if (!info.state.summary_json.empty())
    add_summary(row, object_of(info.state.summary_json));
  else if (tally != nullptr && tally->counts() != nullptr)
    add_counts(row, *tally->counts());
  if (tally != nullptr) row.curve = tally->curve();
  return row;
}

std::optional<double> seconds_silent(const RunRow& run, double now) {
  if (!run.is_live()) return std::nullopt;
  const QDateTime beat =
      QDateTime::fromString(QString::fromStdString(run.info.heartbeat), Qt::ISODateWithMs);
  if (!beat.isValid()) return std::nullopt;
  return std::max(0.0, now - static_cast<double>(beat.toMSecsSinceEpoch()) / 1000);
}

std::string state_text(const RunRow& run, double now) {
  constexpr double kLongSilence = 5;  // seconds
  const auto silent = seconds_silent(run, now);
  if (!silent || *silent < kLongSilence) return run.state;
  return run.state + ", no sign for " + std::to_string(static_cast<long long>(*silent)) + " s";
}

}  // namespace equivolve::gui
