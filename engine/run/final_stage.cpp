#include "engine/run/final_stage.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/run/batch.hpp"
#include "engine/run/seeds.hpp"
#include "engine/store/fault_point.hpp"

namespace equivolve::engine {
namespace {

/// One trial of one contender.
struct Job {
  Contender* contender;
  std::uint32_t split;
  std::uint32_t repeat;
  std::vector<double>* figures;  // where the figures go
};

CandidateView view_of(const Contender& c) {
  return {c.genome.representation, c.genome.flat,
          c.genome.flat.empty() ? std::string_view(c.name) : std::string_view()};
}

std::uint64_t own_seed_of(std::uint64_t run_seed, const Contender& c, std::uint32_t repeat) {
  if (c.leader && c.leader->has_digest) return own_seed(run_seed, c.leader->digest, repeat);
  return own_seed(run_seed, c.leader ? c.subject : ~c.subject, repeat);
}

TrialRow describe(const FinalStageParts& parts, const Job& job) {
  TrialRow row;
  const Contender& c = *job.contender;
  row.kind = c.leader ? TrialKind::kFinal : TrialKind::kReference;
  row.subject = c.subject;
  row.birth = c.leader ? c.leader->birth : kNone64;
  row.cls = c.leader ? c.leader->cls : kNone64;
  row.split = job.split;
  row.repeat = job.repeat;
  row.level = static_cast<std::uint32_t>(parts.evaluator.info().levels.size()) - 1;
  // A reference's repeat 0 on validation is what the search's own candidates went through.
  const bool as_in_search = job.repeat == 0 && job.split == 0;
  row.common_seed = as_in_search ? common_seed(parts.seed, 0) : final_seed(parts.seed, job.repeat);
  row.own_seed = own_seed_of(parts.seed, c, job.repeat);
  if (!c.genome.flat.empty())
    row.genome_checksum = static_cast<std::uint32_t>(hashing::checksum64(c.genome.flat));
  return row;
}

/// Gives why there is no worker, which is "" as a rule.
std::string evaluate(const FinalStageParts& parts, const Job& job, TrialRow& row) {
  TrialRequest request;
  request.level = row.level;
  request.repeat = row.repeat;
  request.split = row.split;
  request.common_seed = row.common_seed.value_or(0);  // describe() has set both
  request.own_seed = row.own_seed.value_or(0);
  request.deadline = parts.deadline;
  TrialResult result = parts.evaluator.evaluate(view_of(*job.contender), request, parts.cancel);
  row.status = result.status;
  row.reason = result.reason;
  row.figures = result.figures;
  row.items = result.items;
  row.seconds = result.seconds;
  row.cost = result.cost;
  row.message = result.message;
  row.log = std::move(result.log);
  row.intermediate = std::move(result.intermediate);
  return std::move(result.no_worker);
}

/// Runs the jobs, from the store where it has them. False when stopped.
bool run_jobs(const FinalStageParts& parts, std::vector<Job>& jobs, FinalResult& result) {
  std::vector<TrialRow> rows;
  rows.reserve(jobs.size());
  std::vector<bool> stored(jobs.size(), false);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    rows.push_back(describe(parts, jobs[i]));
    const TrialRow* known = parts.replay ? parts.replay->trial(rows[i].kind, rows[i].subject,
                                                               rows[i].split, rows[i].repeat)
                                         : nullptr;
    if (!known || known->genome_checksum != rows[i].genome_checksum) continue;
    rows[i] = *known;
    stored[i] = true;
  }
  std::vector<std::string> no_worker(jobs.size());
  run_batch(parts.executor, jobs.size(), [&](std::size_t i) {
    if (stored[i]) return;
    rows[i].status = Status::kCancelled;
    if (parts.gate) parts.gate->pass();
    if (!parts.stop.load()) no_worker[i] = evaluate(parts, jobs[i], rows[i]);
    if (parts.writer && rows[i].status != Status::kCancelled) parts.writer->push(rows[i]);
    rows[i].intermediate = {};  // of no use to the rest of the stage
    rows[i].log = {};
    EQV_FAULT_POINT("run.final_trial");
  });
  for (std::string& why : no_worker)
    if (result.no_worker.empty()) result.no_worker = std::move(why);
  bool complete = true;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const TrialRow& row = rows[i];
    complete = complete && row.status != Status::kCancelled;
    Contender& c = *jobs[i].contender;
    if (row.status == Status::kOk) *jobs[i].figures = row.figures;
    if (row.status != Status::kOk && row.status != Status::kCancelled && c.problem.empty())
      c.problem = row.message.empty() ? "a trial gave no figures" : row.message;
    if (row.split == 1) c.test_items = row.items;
    if (row.status == Status::kCancelled) continue;
    ++result.trials;
    result.cut_by_machine +=
        row.reason == Reason::kDeadline || row.reason == Reason::kMemory ? 1 : 0;
    result.seconds += row.seconds;
  }
  return complete;
}

double score_of(const std::vector<double>& figures, std::size_t objective, bool minimize) {
  return minimize ? -figures[objective] : figures[objective];
}

/// The first objective of each repeat that has figures, to be maximised.
std::vector<double> scores_of(const Contender& c, std::size_t objective, bool minimize) {
  std::vector<double> scores;
  for (const auto& figures : c.repeats)
    if (!figures.empty()) scores.push_back(score_of(figures, objective, minimize));
  return scores;
}

/// How a contender stands: one that fails now and then is worse than one that never does, but
/// better than nothing.
struct Standing {
  std::size_t failed = std::numeric_limits<std::size_t>::max();
  double figure = -std::numeric_limits<double>::infinity();
  bool better_than(const Standing& other) const {
    return failed != other.failed ? failed < other.failed : figure > other.figure;
  }
};

/// By the lower confidence bound.
void choose_winner(FinalResult& result, std::size_t objective, bool minimize) {
  Standing best;
  for (std::size_t i = 0; i < result.found.size(); ++i) {
    const Contender& c = result.found[i];
    const std::vector<double> scores = scores_of(c, objective, minimize);
    if (scores.empty() && !c.repeats.empty()) continue;
    const Standing own{failed_repeats(c),
                       scores.empty() ? c.leader->score : t_interval(scores).low};
    if (result.winner >= 0 && !own.better_than(best)) continue;
    best = own;
    result.winner = static_cast<int>(i);
  }
}

/// By the mean.
void choose_rival(FinalResult& result, std::size_t objective, bool minimize) {
  Standing best;
  for (std::size_t i = 0; i < result.references.size(); ++i) {
    const std::vector<double> scores = scores_of(result.references[i], objective, minimize);
    Standing own;
    own.failed = failed_repeats(result.references[i]);
    if (!scores.empty()) own.figure = t_interval(scores).mean;
    if (result.best_reference >= 0 && !own.better_than(best)) continue;
    best = own;
    result.best_reference = static_cast<int>(i);
  }
}

/// Differences over the repeats that both ended well.
std::vector<double> paired_differences(const Contender& a, const Contender& b,
                                       std::size_t objective, bool minimize) {
  std::vector<double> out;
  for (std::size_t r = 0; r < a.repeats.size() && r < b.repeats.size(); ++r)
    if (!a.repeats[r].empty() && !b.repeats[r].empty())
      out.push_back(score_of(a.repeats[r], objective, minimize) -
                    score_of(b.repeats[r], objective, minimize));
  return out;
}

std::vector<Job> repeat_jobs(FinalResult& result, std::uint32_t repeats) {
  std::vector<Job> jobs;
  auto add = [&](Contender& c) {
    c.repeats.resize(repeats);
    for (std::uint32_t r = 0; r < repeats; ++r) jobs.push_back({&c, 0, r + 1, &c.repeats[r]});
  };
  for (Contender& c : result.found) add(c);
  for (Contender& c : result.references) {
    jobs.push_back({&c, 0, 0, &c.validation});
    add(c);
  }
  return jobs;
}

std::vector<Job> test_jobs(FinalResult& result) {
  std::vector<Job> jobs;
  if (result.winner >= 0) {
    Contender& winner = result.found[static_cast<std::size_t>(result.winner)];
    jobs.push_back({&winner, 1, 0, &winner.test});
  }
  for (Contender& c : result.references) jobs.push_back({&c, 1, 0, &c.test});
  return jobs;
}

Comparison against(const Contender& winner, const Contender& reference, std::size_t objective,
                   bool minimize, std::uint64_t seed) {
  Comparison comparison;
  const std::vector<double> paired = paired_differences(winner, reference, objective, minimize);
  if (!paired.empty()) comparison.confirmed = t_interval(paired);
  if (!winner.test_items.empty() && winner.test_items.size() == reference.test_items.size()) {
    std::vector<double> d = differences(winner.test_items, reference.test_items);
    if (minimize)
      for (double& v : d) v = -v;
    comparison.test = bootstrap_interval(d, seed);
  }
  return comparison;
}

/// Repeats without any spread, or a single one, say nothing of chance: then the test rows decide,
/// and without them nothing does. A test that points the other way, or a repeat of either that
/// failed, is no improvement.
bool is_improvement(const Comparison& rival, const Contender& winner, const Contender& reference) {
  const Interval& decisive = rival.confirmed.has_spread ? rival.confirmed : rival.test;
  const bool whole = failed_repeats(winner) == 0 && failed_repeats(reference) == 0;
  const bool test_agrees = rival.test.count == 0 || rival.test.mean > 0;
  return whole && test_agrees && decisive.has_spread && decisive.low > 0;
}

void compare(FinalResult& result, std::size_t objective, bool minimize, std::uint64_t seed) {
  choose_rival(result, objective, minimize);
  const Contender* winner =
      result.winner < 0 ? nullptr : &result.found[static_cast<std::size_t>(result.winner)];
  for (const Contender& reference : result.references) {
    result.comparisons.push_back(winner ? against(*winner, reference, objective, minimize, seed)
                                        : Comparison());
    result.comparisons.back().reference = reference.name;
  }
  if (result.best_reference < 0 || !winner) return;
  const auto rival = static_cast<std::size_t>(result.best_reference);
  result.improved = is_improvement(result.comparisons[rival], *winner, result.references[rival]);
}

}  // namespace

std::size_t failed_repeats(const Contender& contender) {
  return static_cast<std::size_t>(std::ranges::count_if(
      contender.repeats, [](const auto& figures) { return figures.empty(); }));
}

std::size_t objective_position(const std::vector<NamedFigure>& figures) {
  for (std::size_t i = 0; i < figures.size(); ++i)
    if (figures[i].role == Role::kObjective) return i;
  return 0;
}

tl::expected<FinalResult, std::string> run_final_stage(const FinalStageParts& parts,
                                                       const std::vector<Leader>& leaders) {
  FinalResult result;
  const std::size_t kept =
      std::min<std::size_t>(leaders.size(), std::max<std::uint32_t>(parts.config.top, 1));
  for (std::size_t i = 0; i < kept; ++i) {
    Contender c;
    c.subject = leaders[i].birth;
    c.leader = &leaders[i];
    c.genome = *leaders[i].genome;
    c.validation = leaders[i].figures;
    result.found.push_back(std::move(c));
  }
  for (const ReferenceCandidate& r : parts.evaluator.reference_candidates()) {
    Contender c;
    c.name = r.name;
    c.subject = result.references.size();
    if (!r.genome_text.empty()) {
      auto genome = search::parse_genome(r.genome_text, parts.space);
      if (!genome)
        return tl::unexpected<std::string>("reference candidate '" + r.name +
                                           "': " + genome.error().message);
      c.genome = std::move(*genome);
    }
    result.references.push_back(std::move(c));
  }
  const std::vector<NamedFigure>& figures = parts.evaluator.info().figures;
  const std::size_t objective = objective_position(figures);
  const bool minimize = figures[objective].minimize;

  std::vector<Job> repeats = repeat_jobs(result, parts.config.repeats);
  if (!run_jobs(parts, repeats, result)) return result;
  choose_winner(result, objective, minimize);
  EQV_FAULT_POINT("run.before_test");
  if (parts.evaluator.info().offers_test_split) {
    // Written down before anything is seen of it.
    if (parts.writer) {
      const std::uint64_t winner =
          result.winner < 0 ? kNone64
                            : result.found[static_cast<std::size_t>(result.winner)].subject;
      parts.writer->push(TestOpeningRow{parts.evaluator.info().data_digest, parts.context, winner});
    }
    std::vector<Job> tests = test_jobs(result);
    if (!run_jobs(parts, tests, result)) return result;
  }
  compare(result, objective, minimize, parts.seed);
  result.complete = true;
  return result;
}

}  // namespace equivolve::engine
