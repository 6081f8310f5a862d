#include "gui/export.hpp"

#include <array>
#include <fstream>

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

// The CSV last: where it is there, the others are whole.
constexpr std::array kSuffixes = {".png", ".svg", ".pdf", ".csv"};

bool is_earlier_csv(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  return std::getline(in, line) && line + '\n' == kCsvHeader;
}

// "" where all files may be written.
std::string refusal(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const std::string& id : chart_ids()) {
    if (is_earlier_csv(folder / (id + ".csv"))) continue;
    for (const char* suffix : kSuffixes) {
      const std::filesystem::path file = folder / (id + suffix);
      if (std::filesystem::exists(std::filesystem::symlink_status(file, ignored)))
        return file.string() + " is there and is no earlier export; --force writes over it";
    }
  }
  return {};
}

}  // namespace

tl::expected<void, ExportError> export_charts(const std::filesystem::path& store,
                                              const std::string& run,
                                              const std::filesystem::path& folder, bool force) {
  const auto trouble = [](std::string message) {
    return tl::unexpected(ExportError{std::move(message), false});
  };
  const auto charts = charts_of(store, run);
  if (!charts) return trouble(charts.error());
  if (std::string why = refusal(folder); !why.empty() && !force)
    return tl::unexpected(ExportError{std::move(why), true});
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return trouble(folder.string() + ": cannot be made: " + error.message());
  for (const ChartData& data : *charts) {
    Chart chart;
    chart.set_chart(data);
    for (const char* suffix : kSuffixes) {
      const QString problem =
          chart.save(QString::fromStdString((folder / (data.id + suffix)).string()));
      if (!problem.isEmpty()) return trouble(problem.toStdString());
    }
  }
  return {};
}

}  // namespace equivolve::gui
