#include "gui/models/store_session.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>

#include "gui/models/run_sample.hpp"

namespace equivolve::gui {
namespace {

std::optional<StoreSession::Identity> identity_of(const std::filesystem::path& file) {
  struct statx is {};
  if (::statx(AT_FDCWD, file.c_str(), 0, STATX_INO | STATX_BTIME, &is) != 0) return std::nullopt;
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  const bool has_birth = (is.stx_mask & STATX_BTIME) != 0;
  return StoreSession::Identity{
      std::uint64_t{is.stx_dev_major} << 32 | is.stx_dev_minor, is.stx_ino,
      has_birth ? is.stx_btime.tv_sec * kNanoseconds + is.stx_btime.tv_nsec : 0};
}

}  // namespace

StoreSession::Result<std::unique_ptr<StoreSession>> StoreSession::open(
    const std::filesystem::path& file) {
  const auto identity = identity_of(file);
  auto reader = engine::StoreReader::open(file, std::chrono::milliseconds(500));
  if (!reader) return tl::unexpected(reader.error().message);
  if (!identity) return tl::unexpected(file.string() + ": it has only just been made");
  std::unique_ptr<StoreSession> session(new StoreSession);
  session->file_ = file;
  session->identity_ = *identity;
  session->reader_ = std::move(*reader);
  return session;
}

StoreSession::Result<bool> StoreSession::changed() {
  const auto identity = identity_of(file_);
  if (!identity)
    return tl::unexpected(file_.string() +
                          ": the file is gone; what was read of it is still shown");
  if (identity_ != *identity)
    return tl::unexpected(file_.string() + ": another file has taken its place; it is opened anew");
  const auto version = reader_->data_version();
  if (!version) return tl::unexpected(version.error().message);
  const bool changed = version_ != *version;
  version_ = *version;
  return changed;
}

StoreSession::Result<std::vector<RunRow>> StoreSession::runs() {
  auto infos = reader_->runs();
  if (!infos) return tl::unexpected(infos.error().message);
  const auto groups = reader_->groups();
  if (!groups) return tl::unexpected(groups.error().message);
  infos_ = std::move(*infos);
  std::vector<RunRow> rows;
  for (const engine::RunInfo& info : infos_) {
    const auto tally = tallies_.find(info.id);
    rows.push_back(run_row(info, tally == tallies_.end() ? nullptr : &tally->second));
    for (const engine::GroupInfo& group : *groups)
      if (group.id == info.head.origin.group) rows.back().group = group.name;
  }
  return rows;
}

StoreSession::Result<bool> StoreSession::tally_one() {
  for (auto info = infos_.rbegin(); info != infos_.rend(); ++info) {
    RunTally& tally = tallies_[info->id];
    if (tally.is_current(*info)) continue;
    if (auto updated = tally.update(*reader_, *info); !updated)
      return tl::unexpected(updated.error());
    return true;
  }
  return false;
}

StoreSession::Result<engine::RunInfo> StoreSession::find_run(const std::string& run) const {
  auto info = reader_->find_run(run);
  if (!info) return tl::unexpected(info.error().message);
  return std::move(*info);
}

StoreSession::Result<void> StoreSession::follow(engine::RunId run) {
  follower_.reset();
  const auto info = find_run(std::to_string(run));
  if (!info) return tl::unexpected(info.error());
  follower_ = std::make_unique<RunFollower>(*reader_, run, info->head.figures);
  return {};
}

StoreSession::Result<std::optional<CandidateData>> StoreSession::sample() const {
  const auto info = find_run(std::to_string(follower_->run()));
  if (!info) return tl::unexpected(info.error());
  if (info->state.told < kLeastToSample) return std::nullopt;
  return run_sample(*reader_, info->id, info->head.figures, info->state.told);
}

StoreSession::Result<bool> StoreSession::read_piece() {
  if (!follower_) return false;
  return follower_->read_piece();
}

StoreSession::Result<CandidateDetails> StoreSession::details(std::uint64_t ticket) const {
  if (!follower_) return tl::unexpected(std::string("no run is chosen"));
  const auto info = find_run(std::to_string(follower_->run()));
  if (!info) return tl::unexpected(info.error());
  return candidate_details(*reader_, *info, *follower_, ticket);
}

}  // namespace equivolve::gui
