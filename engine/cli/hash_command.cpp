#include <cstdio>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/chosen_candidate.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"
#include "hashing/equivalence_cache.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Hash {
  CommonOptions common;
  std::string file;
  std::vector<std::string> overrides;
  std::vector<std::string> genomes;  // references' names, texts, files; "-": a list on stdin
};

struct Candidate {
  std::string name;
  Chosen chosen;
};

struct Hashed {
  std::string name;
  engine::ProbeResult probe;
  std::string same_as;  // the first candidate with this behaviour; empty: it is the first
};

/// Genomes on standard input, with lines "---" between them.
std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts(1);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line == "---")
      parts.emplace_back();
    else
      parts.back() += line + "\n";
    at = end + 1;
  }
  std::erase_if(parts, [](const std::string& part) {
    return part.find_first_not_of(" \t\r\n") == std::string::npos;
  });
  return parts;
}

tl::expected<std::vector<Candidate>, int> from_input(const engine::Preparation& preparation) {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  std::vector<Candidate> candidates;
  for (const std::string& part : split_list(text)) {
    const std::string name = "input " + std::to_string(candidates.size() + 1);
    auto chosen = parse_candidate(preparation, part, name);
    if (!chosen) return tl::unexpected<int>(chosen.error());
    candidates.push_back({name, std::move(*chosen)});
  }
  if (candidates.empty())
    return tl::unexpected<int>(fail(
        kBadInput, "--genome -: standard input holds no genome; several are parted by lines ---"));
  return candidates;
}

/// The references that have a genome.
tl::expected<std::vector<Candidate>, int> references(const engine::Preparation& preparation) {
  std::vector<Candidate> candidates;
  for (const engine::ReferenceCandidate& r : preparation.evaluator->reference_candidates()) {
    if (r.genome_text.empty()) continue;
    auto chosen = parse_candidate(preparation, r.genome_text, r.name);
    if (!chosen) return tl::unexpected<int>(chosen.error());
    candidates.push_back({r.name, std::move(*chosen)});
  }
  return candidates;
}

/// Where nobody named a candidate: the references, else the configuration that a space names by
/// its defaults.
tl::expected<std::vector<Candidate>, int> unnamed(const engine::Preparation& preparation) {
  auto candidates = references(preparation);
  if (!candidates || !candidates->empty()) return candidates;
  const auto* space = std::get_if<search::ConfigurationSpace>(preparation.space.get());
  if (!space)
    return tl::unexpected<int>(
        fail(kBadInput, "evaluator '" + preparation.config.evaluator.id +
                            "' has no reference candidate with a genome; expected --genome TEXT"));
  Chosen chosen;
  chosen.genome = search::default_genome(*space);
  candidates->push_back({"defaults", std::move(chosen)});
  return candidates;
}

tl::expected<std::vector<Candidate>, int> candidates_of(const Hash& command,
                                                        const engine::Preparation& preparation) {
  if (command.genomes.empty()) return unnamed(preparation);
  std::vector<Candidate> candidates;
  for (const std::string& genome : command.genomes) {
    if (genome == "-") {
      auto more = from_input(preparation);
      if (!more) return more;
      candidates.insert(candidates.end(), more->begin(), more->end());
      continue;
    }
    auto chosen = choose_candidate(preparation, genome);
    if (!chosen) return tl::unexpected<int>(chosen.error());
    if (!chosen->reference.empty())
      return tl::unexpected<int>(
          fail(kBadInput, "'" + genome + "' is known by name only: it has no genome to hash"));
    const bool is_text = genome.find('\n') != std::string::npos;
    candidates.push_back(
        {is_text ? "text " + std::to_string(candidates.size() + 1) : genome, std::move(*chosen)});
  }
  return candidates;
}

/// Digests, and who behaves like whom, decided as a run decides it: in this order, by the cache.
std::vector<Hashed> hashed(const engine::Preparation& preparation,
                           const std::vector<Candidate>& candidates) {
  hashing::CacheSettings settings;
  settings.policy = hashing::Policy::kReuse;
  settings.capacity = candidates.size() + 1;
  settings.two_keys = hashing::has_two_keys(preparation.evaluator->info().sink);
  hashing::EquivalenceCache cache(settings);
  std::vector<Hashed> out;
  std::map<std::uint64_t, std::string> founders;
  for (const Candidate& candidate : candidates) {
    Hashed h{candidate.name,
             preparation.evaluator->probe(candidate.chosen.view(),
                                          engine::probe_seed(preparation.context)),
             ""};
    if (h.probe.status == engine::Status::kOk) {
      const hashing::Verdict verdict = cache.look_up(h.probe.digest, 0, out.size());
      const auto [founder, is_new] = founders.emplace(verdict.cls, h.name);
      if (!is_new) h.same_as = founder->second;
    }
    out.push_back(std::move(h));
  }
  return out;
}

void print_json(const engine::Preparation& preparation, const std::vector<Hashed>& all) {
  Json list = Json::array();
  for (const Hashed& h : all) {
    const bool ok = h.probe.status == engine::Status::kOk;
    Json one{{"name", h.name}, {"status", status_name(h.probe.status)}};
    one["digest"] = ok ? Json(hashing::to_hex(h.probe.digest.key)) : Json();
    one["same_as"] = h.same_as.empty() ? Json() : Json(h.same_as);
    if (!h.probe.message.empty()) one["message"] = h.probe.message;
    list.push_back(std::move(one));
  }
  std::printf(
      "%s\n",
      Json{{"context", hashing::to_hex(preparation.context)}, {"candidates", list}}.dump().c_str());
}

int carry_out(const Hash& command) {
  auto preparation = prepared_file(command.common, command.file, command.overrides);
  if (!preparation) return preparation.error();
  if (!preparation->evaluator->descriptor().offers_probe)
    return fail(kBadInput, "evaluator '" + preparation->config.evaluator.id +
                               "' offers no probe: its candidates are told apart by their genomes");
  auto candidates = candidates_of(command, *preparation);
  if (!candidates) return candidates.error();
  const std::vector<Hashed> all = hashed(*preparation, *candidates);
  if (command.common.json) {
    print_json(*preparation, all);
    return kFinished;
  }
  for (const Hashed& h : all) {
    const std::string digest = h.probe.status == engine::Status::kOk
                                   ? hashing::to_hex(h.probe.digest.key)
                                   : fmt::format("{:<32}", status_name(h.probe.status));
    std::printf("%s  %s%s%s\n", digest.c_str(), h.name.c_str(),
                h.same_as.empty() ? "" : ", behaves like ", h.same_as.c_str());
  }
  say_next(command.common, "equivolve run " + shell_word(command.file));
  return kFinished;
}

}  // namespace

CommandSpec hash_command() {
  auto c = std::make_shared<Hash>();
  return {
      .name = "hash",
      .part = Part::kSearch,
      .summary = "Print the functional hash of candidates, and which behave alike",
      .description =
          "Runs each candidate on the probe inputs of the configuration, as a run does before it "
          "evaluates, and prints the digest of what comes out. Candidates with one digest are one "
          "behaviour; the first of them is named. Without --genome: the reference candidates that "
          "have a genome, else the configuration that has the space's defaults. A list on standard "
          "input (`--genome -`) has lines `---` between "
          "the candidates.",
      .options = with_common({{.name = "FILE",
                               .value = "",
                               .help = "Configuration",
                               .into = &c->file,
                               .completes = Completes::kFile,
                               .required = true},
                              {.name = "--genome",
                               .value = "TEXT",
                               .help = "A reference's name, a genome's text, a file with it, or - "
                                       "for a list on standard input (may be repeated)",
                               .into = &c->genomes,
                               .completes = Completes::kFile},
                              {.name = "--set",
                               .value = "KEY=VALUE",
                               .help = "Override a key (may be repeated)",
                               .into = &c->overrides,
                               .completes = Completes::kSetting}},
                             c->common),
      .examples = {{"equivolve hash examples/quickstart.yaml", ""},
                   {"equivolve hash search.yaml --genome mine.txt --genome theirs.txt",
                    "do the two behave alike?"}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
