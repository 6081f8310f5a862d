#include "gui/models/store_session.hpp"

#include <sys/stat.h>

namespace equivolve::gui {

StoreSession::Result<std::unique_ptr<StoreSession>> StoreSession::open(
    const std::filesystem::path& file) {
  struct stat is {};
  const bool there = ::stat(file.c_str(), &is) == 0;
  auto reader = engine::StoreReader::open(file);
  if (!reader) return tl::unexpected(reader.error().message);
  if (!there) return tl::unexpected(file.string() + ": it has only just been made");
  std::unique_ptr<StoreSession> session(new StoreSession);
  session->file_ = file;
  session->device_ = is.st_dev;
  session->inode_ = is.st_ino;
  session->reader_ = std::move(*reader);
  return session;
}

StoreSession::Result<bool> StoreSession::changed() {
  struct stat is {};
  if (::stat(file_.c_str(), &is) != 0)
    return tl::unexpected(file_.string() +
                          ": the file is gone; what was read of it is still shown");
  if (is.st_dev != device_ || is.st_ino != inode_)
    return tl::unexpected(file_.string() + ": another file has taken its place; it is opened anew");
  const auto version = reader_->data_version();
  if (!version) return tl::unexpected(version.error().message);
  const bool changed = version_ != *version;
  version_ = *version;
  return changed;
}

// Counting reads every outcome of a run, so a growing one is counted again only when it has grown
// by a tenth.
const engine::RunCounts* StoreSession::counted(const engine::RunInfo& run) {
  if (!run.state.summary_json.empty()) return nullptr;
  const auto known = counts_.find(run.id);
  if (known != counts_.end() && run.state.told < known->second.told + known->second.told / 10 + 1)
    return &known->second;
  auto counts = reader_->counts(run);
  if (!counts) return nullptr;
  return &counts_.insert_or_assign(run.id, std::move(*counts)).first->second;
}

StoreSession::Result<std::vector<RunRow>> StoreSession::runs() {
  const auto infos = reader_->runs();
  if (!infos) return tl::unexpected(infos.error().message);
  const auto groups = reader_->groups();
  if (!groups) return tl::unexpected(groups.error().message);
  std::vector<RunRow> rows;
  for (const engine::RunInfo& info : *infos) {
    rows.push_back(run_row(info, counted(info)));
    for (const engine::GroupInfo& group : *groups)
      if (group.id == info.head.origin.group) rows.back().group = group.name;
  }
  return rows;
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
