#include "engine/store/rows.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/store/schema.hpp"

namespace equivolve::engine::store {
namespace {

constexpr std::int64_t kHit = 1, kVerified = 2, kWrong = 4;  // bits of outcomes.hit

// How far `number` lies behind `from`; NULL for none. Wraps, so that any pair survives the round
// trip.
void put_lag(RowBinder& row, std::uint64_t from, std::uint64_t number) {
  if (number == kNone64) return row.null();
  row.unsigned_integer(from - number);
}

std::uint64_t get_lagging(RowReader& row, std::uint64_t from) {
  if (row.is_null()) {
    row.skip_null();
    return kNone64;
  }
  return from - row.unsigned_integer();
}

void put_optional(RowBinder& row, std::uint64_t number) {
  if (number == kNone64) return row.null();
  row.unsigned_integer(number);
}

std::uint64_t get_optional(RowReader& row) {
  if (row.is_null()) {
    row.skip_null();
    return kNone64;
  }
  return row.unsigned_integer();
}

void put_seed(RowBinder& row, std::optional<std::uint64_t> seed) {
  if (!seed) return row.null();
  row.unsigned_integer(*seed);
}

std::optional<std::uint64_t> get_seed(RowReader& row) {
  if (row.is_null()) {
    row.skip_null();
    return std::nullopt;
  }
  return row.unsigned_integer();
}

void put_doubles(RowBinder& row, std::span<const double> values) {
  row.blob(std::as_bytes(values));  // little-endian: row.cpp refuses to compile elsewhere
}

void append_doubles(std::span<const std::byte> blob, std::vector<double>& values) {
  const std::size_t count = blob.size() / sizeof(double);
  const std::size_t start = values.size();
  values.resize(start + count);
  if (count > 0) std::memcpy(values.data() + start, blob.data(), count * sizeof(double));
}

double finite_or_none(double value) {
  return std::isfinite(value) ? value + 0.0 : std::numeric_limits<double>::quiet_NaN();
}

// The first told figure is `fitness`. `further` has the others; when it is NULL, a NULL fitness
// means that nothing was told, and an empty `further` that one figure was told which has no value.
void put_told(RowBinder& row, const std::vector<double>& told) {
  if (told.empty()) {
    row.null();
    return row.null();
  }
  row.real(told.front());
  if (told.size() == 1 && std::isfinite(told.front())) return row.null();
  // Static: bound without a copy, so it must live until the statement has run. One writer thread
  // uses it.
  thread_local std::vector<double> further;
  further.assign(told.begin() + 1, told.end());
  for (double& value : further) value = finite_or_none(value);
  put_doubles(row, further);
}

void get_told(RowReader& row, std::vector<double>& told) {
  told.clear();
  const double fitness = row.real();
  if (row.is_null()) {
    row.skip_null();
    if (!std::isnan(fitness)) told.push_back(fitness);
    return;
  }
  told.push_back(fitness);
  append_doubles(row.blob(), told);
}

// NULL for zero, which no data hash to.
void put_optional(RowBinder& row, const hashing::Digest& digest, DigestBytes& bytes) {
  if (digest == hashing::Digest{}) return row.null();
  bytes = digest_bytes(digest);
  row.blob(bytes);
}

hashing::Digest get_digest(RowReader& row) {
  hashing::Digest digest;
  const auto blob = row.blob();
  for (std::size_t i = 0; i < blob.size() && i < 16; ++i) {
    std::uint64_t& half = i < 8 ? digest.hi : digest.lo;
    half = half << 8 | static_cast<std::uint64_t>(blob[i]);
  }
  return digest;
}

hashing::Digest get_optional_digest(RowReader& row) {
  if (!row.is_null()) return get_digest(row);
  row.skip_null();
  return {};
}

}  // namespace

DigestBytes digest_bytes(const hashing::Digest& digest) {
  DigestBytes bytes;
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::byte>(digest.hi >> (56 - 8 * i));
    bytes[i + 8] = static_cast<std::byte>(digest.lo >> (56 - 8 * i));
  }
  return bytes;
}

void put(RowBinder& row, RunId run, const OutcomeRow& outcome) {
  row.integer(row_id(run, outcome.ticket));
  put_lag(row, outcome.ticket, outcome.birth);
  put_optional(row, outcome.cls);
  row.integer(outcome.level);
  row.integer((outcome.hit ? kHit : 0) | (outcome.verified ? kVerified : 0) |
              (outcome.wrong ? kWrong : 0));
  row.integer(static_cast<std::int64_t>(outcome.status));
  row.integer(static_cast<std::int64_t>(outcome.reason));
  put_told(row, outcome.told);
  row.unsigned_integer(outcome.genome_checksum);
}

bool get(RowReader& row, OutcomeRow& outcome) {
  outcome.ticket = number_of(row.integer());
  outcome.birth = get_lagging(row, outcome.ticket);
  outcome.cls = get_optional(row);
  outcome.level = row.small<std::uint32_t>();
  const std::int64_t bits = row.integer();
  outcome.hit = (bits & kHit) != 0;
  outcome.verified = (bits & kVerified) != 0;
  outcome.wrong = (bits & kWrong) != 0;
  outcome.status = row.small<Status>();
  outcome.reason = row.small<Reason>();
  get_told(row, outcome.told);
  outcome.genome_checksum = row.unsigned_integer();
  return row.intact();
}

void put(RowBinder& row, RunId run, const GenomeRow& genome) {
  row.integer(row_id(run, genome.birth));
  put_lag(row, genome.birth, genome.parent);
  put_lag(row, genome.birth, genome.second_parent);
  row.integer(genome.operator_id);
  row.blob(genome.flat);
}

bool get(RowReader& row, GenomeRow& genome) {
  genome.birth = number_of(row.integer());
  genome.parent = get_lagging(row, genome.birth);
  genome.second_parent = get_lagging(row, genome.birth);
  genome.operator_id = row.small<std::uint8_t>();
  const auto flat = row.blob();
  genome.flat.assign(flat.begin(), flat.end());
  return row.intact();
}

void put(RowBinder& row, RunId run, const ClassRow& cls) {
  row.integer(row_id(run, cls.cls));
  row.unsigned_integer(cls.founder);
  thread_local DigestBytes digest;  // bound without a copy
  digest = digest_bytes(cls.digest);
  row.blob(digest);
}

bool get(RowReader& row, ClassRow& cls) {
  cls.cls = number_of(row.integer());
  cls.founder = row.unsigned_integer();
  cls.digest = get_digest(row);
  return row.intact();
}

void put(RowBinder& row, RunId run, std::uint64_t number, const TrialRow& trial) {
  row.integer(row_id(run, number));
  row.integer(static_cast<std::int64_t>(trial.kind));
  row.unsigned_integer(trial.subject);
  put_lag(row, trial.subject, trial.birth);
  put_optional(row, trial.cls);
  row.integer(trial.level);
  row.integer(trial.split);
  row.integer(trial.repeat);
  put_seed(row, trial.common_seed);
  put_seed(row, trial.own_seed);
  row.integer(static_cast<std::int64_t>(trial.status));
  row.integer(static_cast<std::int64_t>(trial.reason));
  row.real(trial.seconds);
  row.unsigned_integer(trial.cost);
  row.integer(static_cast<std::int32_t>(trial.genome_checksum));
  if (trial.message.empty()) {
    row.null();
  } else {
    row.text(trial.message);
  }
  if (trial.items.empty()) {
    row.null();
  } else {
    put_doubles(row, trial.items);
  }
  row.unsigned_integer(trial.figures.size());
  for (std::size_t i = 0; i < kMaxFigures; ++i) {
    if (i < trial.figures.size()) {
      row.real(trial.figures[i]);
    } else {
      row.null();
    }
  }
}

bool get(RowReader& row, TrialRow& trial) {
  trial.number = number_of(row.integer());
  trial.kind = row.small<TrialKind>();
  trial.subject = row.unsigned_integer();
  trial.birth = get_lagging(row, trial.subject);
  trial.cls = get_optional(row);
  trial.level = row.small<std::uint32_t>();
  trial.split = row.small<std::uint32_t>();
  trial.repeat = row.small<std::uint32_t>();
  trial.common_seed = get_seed(row);
  trial.own_seed = get_seed(row);
  trial.status = row.small<Status>();
  trial.reason = row.small<Reason>();
  trial.seconds = row.real();
  trial.cost = row.unsigned_integer();
  trial.genome_checksum = row.small<std::uint32_t>();  // schema 2 had both halves
  trial.message.clear();
  if (row.is_null()) {
    row.skip_null();
  } else {
    trial.message = row.text();
  }
  trial.items.clear();
  if (row.is_null()) {
    row.skip_null();
  } else {
    append_doubles(row.blob(), trial.items);
  }
  const std::uint64_t count = row.unsigned_integer();
  trial.figures.clear();
  for (std::size_t i = 0; i < kMaxFigures; ++i) {
    const double figure = row.real();
    if (i < count) trial.figures.push_back(figure);
  }
  return row.intact();
}

void put(RowBinder& row, RunId run, std::uint64_t number, const IntermediateRow& value) {
  row.integer(row_id(run, number));
  row.integer(row_id(run, value.trial));
  row.unsigned_integer(value.value.step);
  row.integer(value.value.figure);
  row.real(value.value.value);
}

bool get(RowReader& row, IntermediateRow& value) {
  row.integer();
  value.trial = number_of(row.integer());
  value.value.step = row.unsigned_integer();
  value.value.figure = row.small<std::uint32_t>();
  value.value.value = row.real();
  return row.intact();
}

void put(RowBinder& row, RunId run, std::uint64_t number, const StoredEvent& event) {
  row.integer(row_id(run, number));
  row.text(event.time);
  row.text(event.event.kind);
  row.text(event.event.detail);
}

bool get(RowReader& row, StoredEvent& event) {
  row.integer();
  event.time = row.text();
  event.event.kind = row.text();
  event.event.detail = row.text();
  return row.intact();
}

void put(RowBinder& row, RunId run, std::uint64_t number, const ArtefactRow& artefact) {
  row.integer(row_id(run, number));
  row.text(artefact.name);
  row.text(artefact.media_type);
  row.blob(std::as_bytes(std::span(artefact.content)));
}

bool get(RowReader& row, ArtefactRow& artefact) {
  row.integer();
  artefact.name = row.text();
  artefact.media_type = row.text();
  const auto content = row.blob();
  artefact.content.assign(reinterpret_cast<const char*>(content.data()), content.size());
  return row.intact();
}

void put(RowBinder& row, RunId run, std::uint64_t number, const FigureRow& figure) {
  row.integer(row_id(run, number));
  row.text(figure.name);
  row.text(figure.unit);
  row.integer(figure.role);
  row.integer(figure.minimize ? 1 : 0);
  row.integer(figure.reproducible ? 1 : 0);
}

bool get(RowReader& row, FigureRow& figure) {
  row.integer();
  figure.name = row.text();
  figure.unit = row.text();
  figure.role = row.small<std::uint32_t>();
  figure.minimize = row.integer() != 0;
  figure.reproducible = row.integer() != 0;
  return row.intact();
}

void put(RowBinder& row, RunId run, const std::string& created, const RunHead& head) {
  row.integer(run);
  row.text(head.name);
  row.unsigned_integer(head.seed);
  row.text(head.evaluator);
  row.text(head.evaluator_version);
  row.text(head.representation);
  row.text(head.config_as_written);
  row.text(head.config_resolved);
  thread_local DigestBytes context;  // bound without a copy
  context = digest_bytes(head.context);
  row.blob(context);
  row.text(head.engine_version);
  row.text(head.kernel);
  row.text(created);
}

bool get(RowReader& row, RunId& run, std::string& created, RunHead& head) {
  run = row.integer();
  head.name = row.text();
  head.seed = row.unsigned_integer();
  head.evaluator = row.text();
  head.evaluator_version = row.text();
  head.representation = row.text();
  head.config_as_written = row.text();
  head.config_resolved = row.text();
  head.context = get_digest(row);
  head.engine_version = row.text();
  head.kernel = row.text();
  created = row.text();
  return row.intact();
}

void put(RowBinder& row, const ProgressRow& progress) {
  row.integer(progress.run);
  row.integer(static_cast<std::int64_t>(progress.state.status));
  row.text(progress.state.stopped_by);
  row.unsigned_integer(progress.state.told);
  row.real(progress.state.seconds);
  row.text(progress.heartbeat);
  row.unsigned_integer(progress.commits);
  row.text(progress.state.summary_json);
}

bool get(RowReader& row, ProgressRow& progress) {
  progress.run = row.integer();
  progress.state.status = row.small<RunStatus>();
  progress.state.stopped_by = row.text();
  progress.state.told = row.unsigned_integer();
  progress.state.seconds = row.real();
  progress.heartbeat = row.text();
  progress.commits = row.unsigned_integer();
  progress.state.summary_json = row.text();
  return row.intact();
}

void put(RowBinder& row, GroupId group, std::uint64_t position, const PlannedRun& planned) {
  row.integer(row_id(group, position));
  row.text(planned.name);
  row.unsigned_integer(planned.seed);
  row.text(planned.settings);
  row.text(planned.config_resolved);
  thread_local DigestBytes context;  // bound without a copy
  context = digest_bytes(planned.context);
  row.blob(context);
}

bool get(RowReader& row, PlannedRun& planned) {
  row.integer();
  planned.name = row.text();
  planned.seed = row.unsigned_integer();
  planned.settings = row.text();
  planned.config_resolved = row.text();
  planned.context = get_digest(row);
  return row.intact();
}

void put(RowBinder& row, const OriginRow& origin) {
  row.integer(origin.run);
  thread_local DigestBytes data;  // bound without a copy
  put_optional(row, origin.data, data);
  if (origin.origin.group != 0) {
    row.integer(origin.origin.group);
    row.unsigned_integer(origin.origin.position);
  } else {
    row.null();
    row.null();
  }
  if (origin.origin.parent != 0) {
    row.integer(origin.origin.parent);
  } else {
    row.null();
  }
}

bool get(RowReader& row, OriginRow& origin) {
  const auto optional_integer = [&row]() -> std::int64_t {
    if (!row.is_null()) return row.integer();
    row.skip_null();
    return 0;
  };
  origin.run = row.integer();
  origin.data = get_optional_digest(row);
  origin.origin.group = optional_integer();
  origin.origin.position = static_cast<std::uint64_t>(optional_integer());
  origin.origin.parent = optional_integer();
  return row.intact();
}

void put(RowBinder& row, const GroupRow& group) {
  row.integer(group.number);
  row.text(group.name);
  row.unsigned_integer(group.runs);
  row.text(group.config_as_written);
  row.text(group.created);
}

bool get(RowReader& row, GroupRow& group) {
  group.number = row.integer();
  group.name = row.text();
  group.runs = row.unsigned_integer();
  group.config_as_written = row.text();
  group.created = row.text();
  return row.intact();
}

void put(RowBinder& row, const StoredOpening& opening) {
  row.integer(row_id(opening.run, opening.number));
  row.text(opening.time);
  thread_local DigestBytes data, context;  // bound without a copy
  put_optional(row, opening.opening.data, data);
  context = digest_bytes(opening.opening.context);
  row.blob(context);
  put_optional(row, opening.opening.winner);
}

bool get(RowReader& row, StoredOpening& opening) {
  const std::int64_t id = row.integer();
  opening.run = run_of(id);
  opening.number = number_of(id);
  opening.time = row.text();
  opening.opening.data = get_optional_digest(row);
  opening.opening.context = get_digest(row);
  opening.opening.winner = get_optional(row);
  return row.intact();
}

}  // namespace equivolve::engine::store
