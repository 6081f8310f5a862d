#include "gui/models/series.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::gui {
namespace {

/// A candidate that matches, where it stands along x.
struct Place {
  double x;
  std::uint32_t row;
};

struct Source {
  const RunRow& run;
  const CandidateData& data;
  std::vector<Place> places;
  ChartWishes wishes;
  std::string x_label;
  double x_end = 0;

  bool has_objective() const { return data.objective() < data.figure_rows().size(); }
  /// NaN unless the candidate is ok.
  double fitness(std::uint32_t row) const {
    return data.status(row) == engine::Status::kOk ? data.figure(data.objective(), row) : kNothing;
  }
  std::string fitness_label() const {
    const engine::FigureRow& figure = data.figure_rows()[data.objective()];
    return figure.name + (figure.unit.empty() ? "" : " (" + figure.unit + ")");
  }
  ChartData chart(const char* id, const char* title, const std::string& y_label) const {
    ChartData chart;
    chart.id = id;
    chart.title = title;
    if (data.sample_of() != 0) chart.title += ", a sample while the run is read";
    chart.empty = "no candidates to show";
    chart.x = {x_label, wishes.log_x};
    chart.y.label = y_label;
    return chart;
  }
};

/// Bins of equal width along x, each with the rows that lie in it; empty ones are left out.
struct Bin {
  double middle;
  std::vector<std::uint32_t> rows;
};

std::vector<Bin> bins_of(const Source& source) {
  const std::size_t count = std::min(kBins, std::max<std::size_t>(1, source.places.size() / 20));
  const double width = source.x_end / static_cast<double>(count);
  std::vector<Bin> bins(count);
  for (const Place& place : source.places) {
    const double at = width > 0 ? place.x / width : 0;
    bins[std::min(count - 1, static_cast<std::size_t>(at))].rows.push_back(place.row);
  }
  for (std::size_t b = 0; b < count; ++b) bins[b].middle = (static_cast<double>(b) + 0.5) * width;
  std::erase_if(bins, [](const Bin& bin) { return bin.rows.empty(); });
  return bins;
}

/// The value below which a share of `values` lies, the nearest of them. They are reordered.
double quantile(std::vector<double>& values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

ChartData best_chart(const Source& source, const std::vector<Bin>& bins) {
  ChartData chart = source.chart("best", "Best so far, and the middle 80 % of candidates", "");
  chart.y.log = source.wishes.log_y;
  if (!source.has_objective()) return chart;
  chart.y.label = source.fitness_label();
  ChartData::Line best{"best", {}, {}, true}, median{"median", {}, {}, false};
  for (const Place& place : source.places) {
    const double value = source.fitness(place.row);
    if (std::isnan(value)) continue;
    const bool better =
        best.y.empty() || (source.run.minimize ? value < best.y.back() : value > best.y.back());
    if (!better) continue;
    best.x.push_back(place.x);
    best.y.push_back(value);
  }
  if (!best.x.empty() && best.x.back() < source.x_end) {  // it holds to the end
    best.x.push_back(source.x_end);
    best.y.push_back(best.y.back());
  }
  ChartData::Band band{"middle 80 %", {}, {}, {}};
  std::vector<double> values;
  for (const Bin& bin : bins) {
    values.clear();
    for (const std::uint32_t row : bin.rows)
      if (const double value = source.fitness(row); !std::isnan(value)) values.push_back(value);
    if (values.empty()) continue;
    band.x.push_back(bin.middle);
    band.low.push_back(quantile(values, 0.1));
    band.high.push_back(quantile(values, 0.9));
    median.x.push_back(bin.middle);
    median.y.push_back(quantile(values, 0.5));
  }
  chart.bands.push_back(std::move(band));
  chart.lines.push_back(std::move(best));
  chart.lines.push_back(std::move(median));
  return chart;
}

ChartData density_chart(const Source& source) {
  ChartData chart = source.chart("density", "Every candidate", "");
  chart.y.log = source.wishes.log_y;
  if (!source.has_objective()) return chart;
  chart.y.label = source.fitness_label();
  auto cloud = std::make_shared<ChartData::Cloud>();
  cloud->name = "candidates";
  cloud->x.reserve(source.places.size());
  cloud->y.reserve(source.places.size());
  for (const Place& place : source.places) {
    const double value = source.fitness(place.row);
    if (std::isnan(value)) continue;
    cloud->x.push_back(place.x);
    cloud->y.push_back(value);
  }
  chart.cloud = std::move(cloud);
  return chart;
}

ChartData shares_chart(const Source& source, const std::vector<Bin>& bins) {
  ChartData chart = source.chart("shares", "New, duplicate and failed", "share of candidates");
  ChartData::Line fresh{"new", {}, {}, false}, duplicate{"duplicate", {}, {}, false},
      failed{"failed", {}, {}, false};
  for (const Bin& bin : bins) {
    double known = 0, bad = 0;
    for (const std::uint32_t row : bin.rows) {
      if (source.data.status(row) == engine::Status::kFailed)
        ++bad;
      else if (source.data.has(kDuplicate, row))
        ++known;
    }
    const auto all = static_cast<double>(bin.rows.size());
    for (ChartData::Line* line : {&fresh, &duplicate, &failed}) line->x.push_back(bin.middle);
    fresh.y.push_back((all - known - bad) / all);
    duplicate.y.push_back(known / all);
    failed.y.push_back(bad / all);
  }
  chart.stack.parts = {std::move(fresh), std::move(duplicate), std::move(failed)};
  return chart;
}

double seconds_or_0(const CandidateData& data, std::size_t row) {
  const double seconds = data.seconds(row);
  return std::isnan(seconds) ? 0 : seconds;
}

ChartData throughput_chart(const Source& source, const std::vector<Bin>& bins) {
  ChartData chart = source.chart("throughput", "Throughput", "candidates a second of trials");
  chart.empty = "no trial has been timed";
  chart.y.log = source.wishes.log_y;
  ChartData::Line line{"throughput", {}, {}, false};
  for (const Bin& bin : bins) {
    double seconds = 0;
    for (const std::uint32_t row : bin.rows) seconds += seconds_or_0(source.data, row);
    if (seconds <= 0) continue;
    line.x.push_back(bin.middle);
    line.y.push_back(static_cast<double>(bin.rows.size()) / seconds);
  }
  chart.lines.push_back(std::move(line));
  return chart;
}

ChartData times_chart(const Source& source) {
  ChartData chart = source.chart("trial_times", "Trial times", "trials");
  chart.empty = "no trial has been timed";
  chart.x = {"seconds of a trial", true};
  std::vector<double> logs;
  for (const Place& place : source.places)
    if (const double seconds = source.data.seconds(place.row); seconds > 0)
      logs.push_back(std::log10(seconds));
  if (logs.empty()) return chart;
  const auto [low, high] = std::ranges::minmax(logs);
  constexpr std::size_t kBars = 40;
  const double width = std::max((high - low) / kBars, 0.01);
  ChartData::Histogram histogram{"trials", {}, std::vector<double>(kBars, 0.0)};
  for (std::size_t edge = 0; edge <= kBars; ++edge)
    histogram.edges.push_back(std::pow(10.0, low + static_cast<double>(edge) * width));
  for (const double value : logs)
    ++histogram.counts[std::min(kBars - 1, static_cast<std::size_t>((value - low) / width))];
  chart.histograms.push_back(std::move(histogram));
  return chart;
}

ChartData references_chart(const Source& source) {
  ChartData chart = source.chart("references", "Found against references, 95 % intervals", "");
  chart.title = "Found against references, 95 % intervals";  // no sample, whatever the rest is
  chart.empty = "known when the run has finished";
  chart.x = {source.has_objective() ? source.fitness_label() : "", false};
  for (const bool test : {false, true}) {
    ChartData::Intervals group{test ? "test" : "confirmed", {}, {}, {}, {}};
    for (const Contender& contender : source.run.contenders) {
      const Contender::Stage& stage = test ? contender.test : contender.confirmed;
      if (std::isnan(stage.mean)) continue;
      group.rows.push_back(contender.name);
      group.mean.push_back(stage.mean);
      group.low.push_back(stage.low);
      group.high.push_back(stage.high);
    }
    if (!group.rows.empty()) chart.intervals.push_back(std::move(group));
  }
  return chart;
}

// A sample's trials stand for those between them as well.
double seconds_each(const CandidateData& data) {
  return data.sample_of() == 0 || data.rows() == 0
             ? 1
             : static_cast<double>(data.sample_of()) / static_cast<double>(data.rows());
}

std::vector<Place> places_of(const CandidateData& data, const Filter& filter, bool over_seconds,
                             const std::atomic<bool>& cancelled) {
  std::vector<Place> places;
  if (filter.is_empty()) places.reserve(data.rows());
  const double each = seconds_each(data);
  double seconds = 0;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    if (row % kChunkRows == 0 && cancelled) return {};
    if (over_seconds) seconds += each * seconds_or_0(data, row);
    if (filter.matches(data, row))
      places.push_back({over_seconds ? seconds : static_cast<double>(data.ticket(row)),
                        static_cast<std::uint32_t>(row)});
  }
  return places;
}

}  // namespace

const std::vector<std::string>& chart_ids() {
  static const std::vector<std::string> ids = {"best",       "density",     "shares",
                                               "throughput", "trial_times", "references"};
  return ids;
}

std::optional<std::vector<ChartData>> run_charts(const RunRow& run, const CandidateData& data,
                                                 const Filter& filter, ChartWishes wishes,
                                                 const std::atomic<bool>& cancelled) {
  Source source{run,
                data,
                places_of(data, filter, wishes.over_seconds, cancelled),
                wishes,
                wishes.over_seconds ? "seconds of trials" : "candidate",
                0};
  if (!source.places.empty()) source.x_end = source.places.back().x;
  const std::vector<Bin> bins = bins_of(source);
  std::vector<ChartData> charts;
  if (!cancelled) charts.push_back(best_chart(source, bins));
  if (!cancelled) charts.push_back(density_chart(source));
  if (!cancelled) charts.push_back(shares_chart(source, bins));
  if (!cancelled) charts.push_back(throughput_chart(source, bins));
  if (!cancelled) charts.push_back(times_chart(source));
  if (!cancelled) charts.push_back(references_chart(source));
  if (cancelled) return std::nullopt;
  return charts;
}

}  // namespace equivolve::gui
