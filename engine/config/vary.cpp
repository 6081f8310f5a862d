#include "engine/config/vary.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/key_table.hpp"
#include "engine/config/node_json.hpp"

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;

// Members of a group share their file's text; what they hold together is bounded by this.
constexpr std::size_t kMostText = std::size_t{64} << 20;
constexpr std::size_t kMostVariedKeys = 100;

constexpr const char* kExpectedMap =
    "expected a map of keys as `--set` takes them, each with a list of values: "
    "{search.algorithm: [random, regularized_evolution]}";

using KeyParts = std::vector<std::string>;

struct VariedKey {
  std::string name;
  Mark mark;
  std::vector<Node> values;
  KeyParts parts;
};

/// `--set KEY=VALUE`.
struct Override {
  KeyParts parts;
  Mark mark;
};

bool lies_within(const KeyParts& part, const KeyParts& whole) {
  return part.size() >= whole.size() && std::equal(whole.begin(), whole.end(), part.begin());
}

// Everything that a group is made from, and what is wrong with it.
class Variation {
 public:
  Variation(Document document, fs::path folder, std::string default_name, ReadOptions options)
      : document_(std::move(document)),
        folder_(std::move(folder)),
        default_name_(std::move(default_name)),
        options_(std::move(options)) {
    for (const std::string& assignment : options_.overrides) {
      const Mark mark{0, 0, static_cast<std::int32_t>(overrides_.size())};
      overrides_.push_back({key_parts(assigned_key(assignment)).value_or(KeyParts()), mark});
      if (auto set = document_.set(assignment); !set) problems_.push_back(set.error());
    }
    options_.overrides.clear();
  }

  tl::expected<ReadRuns, ConfigProblems> read(std::optional<std::uint64_t> seeds) {
    if (const Node* vary = document_.root().find("vary")) take_vary(*vary);
    // From here on the document is that of a single run.
    document_.erase("vary");
    ReadRuns runs;
    runs.is_group = seeds || !keys_.empty() || seed_key_;
    if (problems_.empty()) check_size(seeds.value_or(seed_key_ ? seed_key_->values.size() : 1));
    if (seeds && seed_key_)
      complain(seed_key_->mark,
               "--seeds and vary.seed both say which seeds; leave one of them out");
    if (!problems_.empty()) return tl::unexpected(std::move(problems_));
    read_settings(runs);
    if (problems_.empty()) read_seeds(runs, seeds);
    if (problems_.empty() && runs.is_group) check_name(runs);
    if (!problems_.empty()) return tl::unexpected(std::move(problems_));
    return runs;
  }

  /// Values that cannot be set are left out: read() names them.
  ReadConfiguration first_setting() {
    if (const Node* vary = document_.root().find("vary")) take_vary(*vary);
    document_.erase("vary");
    for (const VariedKey& key : keys_) (void)document_.set(key.name, key.values.front(), key.mark);
    return walk_document(document_, folder_, default_name_, options_);
  }

 private:
  void complain(const Mark& mark, std::string message) {
    add(document_.problem_at(mark, std::move(message)));
  }
  // What several members have in common is said once.
  void add(ConfigProblem problem) {
    if (problems_.size() < kMostProblems && said_.insert(problem.text()).second)
      problems_.push_back(std::move(problem));
  }

  void take_vary(const Node& vary) {
    if (!vary.is_map())
      return complain(vary.mark, fmt::format("vary {}; {}", describe(vary), kExpectedMap));
    if (vary.entries.size() > kMostVariedKeys)
      return complain(vary.mark, fmt::format("vary has {} keys; expected at most {}",
                                             vary.entries.size(), kMostVariedKeys));
    for (const Entry& entry : vary.entries) take_key(entry);
  }

  void take_key(const Entry& entry) {
    const auto parts = key_parts(entry.key);
    if (!parts)
      return complain(entry.key_mark,
                      "the key has an empty part; expected names with dots between them, as in "
                      "budget.candidates");
    const std::string& top = parts->front();
    static constexpr std::array<std::string_view, 3> kFixed = {"name", "store", "vary"};
    if (std::find(kFixed.begin(), kFixed.end(), top) != kFixed.end())
      return complain(entry.key_mark,
                      fmt::format("'{}' cannot vary; expected a key that changes what a run does "
                                  "(its name and its store are the group's)",
                                  entry.key));
    if (entry.value.is_map())
      return complain(entry.value.mark,
                      fmt::format("vary.{} is a map; expected a list of values; a key within it is "
                                  "written with a dot: {}.KEY: [...]",
                                  entry.key, entry.key));
    if (entry.value.kind != Node::Kind::kSequence || entry.value.items.empty())
      return complain(
          entry.value.mark,
          fmt::format("vary.{} {}; expected a list of values, as in [1, 2]", entry.key,
                      entry.value.kind == Node::Kind::kSequence ? "is an empty list"
                                                                : describe(entry.value)));
    check_distinct(entry);
    VariedKey key{entry.key, entry.key_mark, entry.value.items, *parts};
    check_alone(key);
    if (key.parts == KeyParts{"seed"})
      seed_key_ = std::move(key);
    else
      keys_.push_back(std::move(key));
  }

  /// No value may be set over silently by another.
  void check_alone(const VariedKey& key) {
    for (const Override& given : overrides_)
      if (!given.parts.empty() &&
          (lies_within(given.parts, key.parts) || lies_within(key.parts, given.parts)))
        complain(given.mark,
                 fmt::format("{0} varies in this group (vary.{0}); expected this left out, or "
                             "other values to vary: --set 'vary.\"{0}\"=[...]'",
                             key.name));
    for (const VariedKey& other : keys_) check_beside(key, other);
    if (seed_key_) check_beside(key, *seed_key_);
  }

  void check_beside(const VariedKey& key, const VariedKey& other) {
    if (lies_within(other.parts, key.parts))
      complain(key.mark,
               fmt::format("vary.{} sets {} as well; expected one of them", key.name, other.name));
  }

  void check_distinct(const Entry& entry) {
    std::set<std::string> seen;
    for (const Node& value : entry.value.items)
      if (!seen.insert(json_text(value)).second)
        complain(value.mark,
                 fmt::format("vary.{} has this value twice; expected each once", entry.key));
  }

  // Numbers that are none safely are the walk's to report.
  static std::string json_text(const Node& value) {
    return json_of(value, [](const Mark&, const std::string&) {})
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  void check_size(std::uint64_t seeds) {
    const Mark mark = keys_.empty() ? Mark{} : keys_.front().mark;
    std::uint64_t settings = 1;
    for (const VariedKey& key : keys_)
      settings = std::min<std::uint64_t>(settings * key.values.size(), 1'000'000'000);
    if (seeds == 0) return complain(mark, "--seeds is 0; expected a number from 1 to 1000");
    if (seeds > kMostGroupRuns || settings * seeds > kMostGroupRuns)
      return complain(mark, fmt::format("{} settings with {} seeds each; expected at most {} runs "
                                        "in a group",
                                        settings, seeds, kMostGroupRuns));
    if (settings * document_.text().size() > kMostText)
      complain(mark, fmt::format("{} settings of a file of {} bytes; expected fewer, or a shorter "
                                 "file",
                                 settings, document_.text().size()));
  }

  /// The document with one value for each varied key.
  Document document_of(const std::vector<std::size_t>& choice, nlohmann::ordered_json& values) {
    Document document = document_;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const Node& value = keys_[i].values[choice[i]];
      if (auto set = document.set(keys_[i].name, value, keys_[i].mark); !set) {
        add(set.error());
        unsettable_ = true;
      }
      values[keys_[i].name] = nlohmann::ordered_json::parse(json_text(value));
    }
    return document;
  }

  void read_settings(ReadRuns& runs) {
    std::vector<std::size_t> choice(keys_.size(), 0);
    for (bool more = true; more;) {
      nlohmann::ordered_json values = nlohmann::ordered_json::object();
      Document document = document_of(choice, values);
      if (unsettable_) return;
      auto read = read_document(std::move(document), folder_, default_name_, options_);
      if (read)
        runs.settings.push_back({values.dump(), std::move(*read)});
      else
        for (const ConfigProblem& problem : read.error()) add(problem);
      more = false;
      for (std::size_t i = keys_.size(); i-- > 0 && !more;) {
        choice[i] = (choice[i] + 1) % keys_[i].values.size();
        more = choice[i] != 0;
      }
    }
  }

  void read_seeds(ReadRuns& runs, std::optional<std::uint64_t> count) {
    const std::uint64_t first = runs.settings.front().read.configuration.seed;
    if (seed_key_) return read_listed_seeds(runs);
    const std::uint64_t seeds = count.value_or(1);
    if (seeds - 1 > std::numeric_limits<std::uint64_t>::max() - first)
      return complain(
          {}, fmt::format("--seeds {} from seed {} on; expected seeds below 2^64", seeds, first));
    for (std::uint64_t i = 0; i < seeds; ++i) runs.seeds.push_back(first + i);
  }

  // By the reader of the key itself, so that messages are the same.
  void read_listed_seeds(ReadRuns& runs) {
    for (const Node& value : seed_key_->values) {
      Document document = runs.settings.front().read.document;
      if (auto set = document.set("seed", value, seed_key_->mark); !set) return add(set.error());
      auto read = read_document(std::move(document), folder_, default_name_, options_);
      if (read)
        runs.seeds.push_back(read->configuration.seed);
      else
        for (const ConfigProblem& problem : read.error()) add(problem);
    }
  }

  // Runs are called NAME/1, NAME/2, ...
  void check_name(const ReadRuns& runs) {
    constexpr std::size_t kLongest = 190;
    const std::string& name = runs.settings.front().read.configuration.name;
    if (name.size() <= kLongest) return;
    add(document_.problem_at_pointer(
        "/name", false,
        fmt::format("name has {} bytes; expected at most {} for a group of runs", name.size(),
                    kLongest)));
  }

  Document document_;
  const fs::path folder_;
  const std::string default_name_;
  ReadOptions options_;
  std::vector<Override> overrides_;
  std::vector<VariedKey> keys_;
  std::optional<VariedKey> seed_key_;
  ConfigProblems problems_;
  bool unsettable_ = false;  // a varied key that cannot be set is so in every setting
  std::set<std::string> said_;
};

}  // namespace

bool varies(const fs::path& file, const ReadOptions& options) {
  auto document = Document::read(file);
  if (!document) return false;
  for (const std::string& assignment : options.overrides) (void)document->set(assignment);
  const Node* vary = document->root().find("vary");
  return vary && vary->is_map() && !vary->entries.empty();
}

tl::expected<ReadRuns, ConfigProblems> read_runs_file(const fs::path& file,
                                                      const ReadOptions& options,
                                                      std::optional<std::uint64_t> seeds) {
  auto document = Document::read(file);
  if (!document) return tl::unexpected(ConfigProblems{document.error()});
  const fs::path start =
      options.current_folder.empty() ? fs::current_path() : options.current_folder;
  const fs::path absolute = (start / file).lexically_normal();
  auto runs =
      Variation(std::move(*document), absolute.parent_path(), default_run_name(file), options)
          .read(seeds);
  if (runs)
    for (Setting& setting : runs->settings) setting.read.configuration.file = absolute;
  return runs;
}

tl::expected<ReadConfiguration, ConfigProblem> read_first_setting(const fs::path& file,
                                                                  const ReadOptions& options) {
  auto document = Document::read(file);
  if (!document) return tl::unexpected(document.error());
  const fs::path start =
      options.current_folder.empty() ? fs::current_path() : options.current_folder;
  const fs::path absolute = (start / file).lexically_normal();
  ReadConfiguration read =
      Variation(std::move(*document), absolute.parent_path(), default_run_name(file), options)
          .first_setting();
  read.configuration.file = absolute;
  return read;
}

tl::expected<ReadRuns, ConfigProblems> read_runs_text(const std::string& text,
                                                      const std::string& place,
                                                      const fs::path& folder,
                                                      const ReadOptions& options,
                                                      std::optional<std::uint64_t> seeds) {
  auto document = Document::parse(text, place);
  if (!document) return tl::unexpected(ConfigProblems{document.error()});
  return Variation(std::move(*document), folder, "run", options).read(seeds);
}

}  // namespace equivolve::engine
