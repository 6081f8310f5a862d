#include "gui/export.hpp"

#include "gui/charts/chart.hpp"
#include "gui/models/series.hpp"
#include "gui/models/store_session.hpp"

namespace equivolve::gui {
namespace {

tl::expected<std::vector<ChartData>, std::string> charts_of(const std::filesystem::path& store,
                                                            const std::string& run) {
  auto session = StoreSession::open(store);
  if (!session) return tl::unexpected(session.error());
  const auto info = (*session)->find_run(run);
  if (!info) return tl::unexpected(info.error());
  if (auto followed = (*session)->follow(info->id); !followed)
    return tl::unexpected(followed.error());
  for (;;) {
    const auto more = (*session)->read_piece();
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  const std::atomic<bool> cancelled = false;
  return *run_charts(run_row(*info, nullptr), (*session)->followed()->data(), Filter(), {},
                     cancelled);
}

}  // namespace

std::string export_charts(const std::filesystem::path& store, const std::string& run,
                          const std::filesystem::path& folder) {
  const auto charts = charts_of(store, run);
  if (!charts) return charts.error();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return folder.string() + ": cannot be made: " + error.message();
  for (const ChartData& data : *charts) {
    Chart chart;
    chart.set_chart(data);
    for (const char* suffix : {".png", ".svg", ".pdf", ".csv"}) {
      const QString problem =
          chart.save(QString::fromStdString((folder / (data.id + suffix)).string()));
      if (!problem.isEmpty()) return problem.toStdString();
    }
  }
  return {};
}

}  // namespace equivolve::gui
