#include "gui/models/candidate_details.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <QJsonDocument>
#include <QJsonObject>

namespace equivolve::gui {
namespace {

class Collector {
 public:
  Collector(const engine::StoreReader& reader, const engine::RunInfo& run,
            const RunFollower& follower, std::uint64_t ticket)
      : reader_(reader), run_(run), follower_(follower), data_(follower.data()) {
    found_.run = run.id;
    found_.ticket = ticket;
    found_.birth = data_.birth(ticket);
    found_.cls = data_.cls(ticket);
    found_.figures = data_.figure_rows();
    found_.status = status_text(data_.status(ticket), data_.reason(ticket));
    found_.behaviour = data_.has(kDuplicate, ticket) ? "duplicate" : "new";
    if (data_.has(kVerified, ticket))
      found_.behaviour +=
          data_.has(kWrong, ticket) ? ", repeated and different" : ", repeated and equal";
  }

  tl::expected<CandidateDetails, std::string> collect() {
    add_genomes();
    add_class();
    add_trials();
    add_logs();
    add_artefacts();
    if (!error_.empty()) return tl::unexpected(error_);
    return std::move(found_);
  }

 private:
  // The first error is kept, and what follows does nothing.
  template <class Value>
  bool ok(const tl::expected<Value, engine::StoreError>& read) {
    if (!read && error_.empty()) error_ = read.error().message;
    return error_.empty();
  }

  std::vector<TextLine> text_of(const engine::GenomeRow& genome) const {
    return genome_text(run_.head.representation, run_.head.config_resolved, genome.flat);
  }

  std::optional<GenomeGraph> graph_of(const engine::GenomeRow& genome) const {
    return genome_graph(run_.head.representation, run_.head.config_resolved, genome.flat);
  }

  void add_genomes() {
    const auto genome = reader_.genome(run_.id, found_.birth);
    if (!ok(genome)) return;
    found_.text = text_of(*genome);
    found_.graph = graph_of(*genome);
    if (genome->second_parent != engine::kNone64) found_.second_parent = genome->second_parent;
    if (genome->parent == engine::kNone64) return;
    found_.parent = genome->parent;
    for (std::size_t row = 0; row < data_.rows() && !found_.parent_ticket; ++row)
      if (data_.birth(row) == genome->parent) found_.parent_ticket = row;
    if (const auto parent = reader_.genome(run_.id, genome->parent); ok(parent))
      found_.parent_text = text_of(*parent);
  }

  bool in_class(std::uint64_t cls, std::uint64_t birth) const {
    return found_.cls == engine::kNone64 ? birth == found_.birth : cls == found_.cls;
  }

  void add_class() {
    if (found_.cls == engine::kNone64) {
      found_.member_count = 1;
      return;
    }
    if (const auto row = reader_.class_row(run_.id, found_.cls); ok(row) && *row)
      found_.digest = hex((*row)->digest);
    std::vector<std::uint64_t> births = {found_.birth};
    found_.member_count = 1;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      const std::uint64_t birth = data_.birth(row);
      // Repeats of one candidate are told one after the other; it is one member.
      if (data_.cls(row) != found_.cls || birth == births.back() || birth == found_.birth) continue;
      births.push_back(birth);
      ++found_.member_count;
      if (found_.members.size() < kMostMembers) found_.members.push_back({row, birth, {}, {}});
    }
    for (ClassMember& member : found_.members)
      if (const auto genome = reader_.genome(run_.id, member.birth); ok(genome)) {
        member.text = text_of(*genome);
        member.graph = graph_of(*genome);
      }
  }

  void add_trials() {
    std::vector<std::uint64_t> numbers;
    for (std::size_t row = 0; row < data_.rows(); ++row)
      if (data_.trial(row) != engine::kNone64 && in_class(data_.cls(row), data_.birth(row)))
        numbers.push_back(data_.trial(row));
    for (const SideTrial& trial : follower_.side_trials())
      if (trial.kind != engine::TrialKind::kReference && in_class(trial.cls, trial.birth))
        numbers.push_back(trial.number);
    std::ranges::sort(numbers);
    found_.trial_count = numbers.size();
    if (numbers.size() > kMostTrials) numbers.resize(kMostTrials);
    for (const std::uint64_t number : numbers)
      if (auto trial = reader_.trials(run_.id, number, 1); ok(trial) && !trial->empty())
        found_.trials.push_back(std::move(trial->front()));
  }

  void add_logs() {
    std::set<std::uint64_t> failed;
    for (const engine::TrialRow& trial : found_.trials)
      if (trial.status == engine::Status::kFailed) failed.insert(trial.number);
    if (failed.empty()) return;
    auto logs = reader_.trial_logs(run_.id, std::numeric_limits<std::size_t>::max());
    if (!ok(logs)) return;
    for (engine::TrialLog& log : *logs)
      if (failed.contains(log.trial)) found_.logs.push_back(std::move(log));
  }

  void add_artefacts() {
    const QJsonObject summary =
        QJsonDocument::fromJson(QByteArray::fromStdString(run_.state.summary_json)).object();
    const QJsonValue winner = summary["best"].toObject()["birth"];
    if (!winner.isDouble() || winner.toDouble() != static_cast<double>(found_.birth)) return;
    if (auto artefacts = reader_.artefacts(run_.id); ok(artefacts))
      found_.artefacts = std::move(*artefacts);
  }

  static std::string hex(const hashing::Digest& digest) {
    return QString("%1%2")
        .arg(digest.hi, 16, 16, QChar('0'))
        .arg(digest.lo, 16, 16, QChar('0'))
        .toStdString();
  }

  const engine::StoreReader& reader_;
  const engine::RunInfo& run_;
  const RunFollower& follower_;
  const CandidateData& data_;
  CandidateDetails found_;
  std::string error_;
};

}  // namespace

tl::expected<CandidateDetails, std::string> candidate_details(const engine::StoreReader& reader,
                                                              const engine::RunInfo& run,
                                                              const RunFollower& follower,
                                                              std::uint64_t ticket) {
  if (ticket >= follower.data().rows())
    return tl::unexpected("run " + std::to_string(run.id) + " has no ticket " +
                          std::to_string(ticket));
  return Collector(reader, run, follower, ticket).collect();
}

}  // namespace equivolve::gui
