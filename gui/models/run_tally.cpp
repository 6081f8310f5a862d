#include "gui/models/run_tally.hpp"

#include <algorithm>

namespace equivolve::gui {
namespace {

std::optional<double> better(std::optional<double> a, std::optional<double> b, bool minimize) {
  if (!a || !b) return a ? a : b;
  return minimize ? std::min(*a, *b) : std::max(*a, *b);
}

bool minimizes(const engine::RunInfo& run) {
  const auto told = std::ranges::find_if(
      run.head.figures, [](const auto& figure) { return figure.role < engine::kMetricRole; });
  return told != run.head.figures.end() && told->minimize;
}

}  // namespace

tl::expected<void, std::string> RunTally::update(const engine::StoreReader& reader,
                                                 const engine::RunInfo& run) {
  if (run.state.summary_json.empty()) {
    auto counts = reader.counts(run, counts_ ? std::move(*counts_) : engine::RunCounts());
    counts_.reset();
    if (!counts) return tl::unexpected(counts.error().message);
    counts_ = std::move(*counts);
  } else {
    counts_.reset();
  }
  if (auto extended = extend(reader, run); !extended) return extended;
  told_ = run.state.told;
  return {};
}

tl::expected<void, std::string> RunTally::extend(const engine::StoreReader& reader,
                                                 const engine::RunInfo& run) {
  const std::uint64_t told = run.state.told;
  const bool minimize = minimizes(run);
  if (ends_.empty())
    while (told / stride_ >= kMostPoints) stride_ *= 2;
  const auto best_of = [&](std::uint64_t first,
                           std::uint64_t end) -> tl::expected<std::optional<double>, std::string> {
    const auto best = reader.best_between(run, first, end - 1);
    if (!best) return tl::unexpected(best.error().message);
    return *best ? std::optional((*best)->told.front()) : std::nullopt;
  };
  while ((ends_.size() + 1) * stride_ <= told) {
    const auto best = best_of(ends_.size() * stride_, (ends_.size() + 1) * stride_);
    if (!best) return tl::unexpected(best.error());
    add_stride(*best, minimize);
  }
  Curve curve;
  for (std::size_t i = 0; i < ends_.size(); ++i)
    if (ends_[i]) curve.push_back({(i + 1) * stride_, *ends_[i]});
  const std::uint64_t whole = ends_.size() * stride_;
  if (told > whole) {
    const auto rest = best_of(whole, told);
    if (!rest) return tl::unexpected(rest.error());
    const auto last = better(ends_.empty() ? std::nullopt : ends_.back(), *rest, minimize);
    if (last) curve.push_back({told, *last});
  }
  curve_ = std::make_shared<const Curve>(std::move(curve));
  return {};
}

// Where there would be too many, two strides become one.
void RunTally::add_stride(std::optional<double> best, bool minimize) {
  ends_.push_back(better(ends_.empty() ? std::nullopt : ends_.back(), best, minimize));
  if (ends_.size() < kMostPoints) return;
  for (std::size_t i = 0; i < ends_.size() / 2; ++i) ends_[i] = ends_[2 * i + 1];
  ends_.resize(ends_.size() / 2);
  stride_ *= 2;
}

}  // namespace equivolve::gui
