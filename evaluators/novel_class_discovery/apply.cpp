#include "evaluators/novel_class_discovery/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "evaluators/common/tables/table_reader.hpp"
#include "evaluators/novel_class_discovery/charts.hpp"
#include "evaluators/novel_class_discovery/cluster_indices.hpp"
#include "evaluators/novel_class_discovery/decision_tree.hpp"
#include "evaluators/novel_class_discovery/known_regions.hpp"
#include "evaluators/novel_class_discovery/stability.hpp"
#include "evaluators/novel_class_discovery/trial.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using sdk::Refused;

constexpr double kSuspicious = 0.2;          // share of a cluster's rows where a known class lies
constexpr std::size_t kMostCompared = 3000;  // rows for what grows with the square of their number
constexpr std::size_t kShownRows = 5;

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

Points columns_of(const Points& x, const std::vector<std::uint32_t>& columns) {
  Points out(x.rows, columns.size());
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < columns.size(); ++c) out(r, c) = x(r, columns[c]);
  return out;
}

/// Evenly spread numbers below `rows`, at most `most`.
std::vector<std::uint32_t> spread_over(std::size_t rows, std::size_t most) {
  std::vector<std::uint32_t> out;
  const std::size_t count = std::min(rows, most);
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(static_cast<std::uint32_t>(i * rows / count));
  return out;
}

struct SpaceNames {
  std::string_view column;  ///< in count.csv
  std::string_view where;
};
SpaceNames names_of(CountingSpace space) {
  switch (space) {
    case CountingSpace::kCodes:
      return {"codes", "in the codes"};
    case CountingSpace::kJointEmbedding:
      return {"joint_embedding", "in the joint embedding of known and unlabelled rows"};
    case CountingSpace::kColumns:
      break;
  }
  return {"columns", "among the columns"};
}

/// Rows told apart, and where they lie.
struct Told {
  Points space;
  Labels labels;
  std::vector<std::uint32_t> numbers;  ///< in their file, from 1
};

class Application {
 public:
  Application(const ApplyContext& context, const Method& method)
      : context_(context),
        train_(context.problem.train),
        found_(discover(method)),
        space_(names_of(found_.counting_space())) {
    own_ = {found_.space_of(train_.unlabelled.view()), found_.labels(),
            context.problem.row_numbers};
    for (std::size_t k = 0; k < found_.clusters(); ++k)
      names_.push_back(fmt::format("novel_{}", k + 1));
    for (const std::string& name : context.problem.class_names) names_.push_back("known:" + name);
    // Centres of what was found, by the rows themselves: spectral methods have no others.
    centres_ = class_means(own_.space.view(), own_.labels, names_.size());
  }

  void write(sdk::ArtefactSink& sink) {
    count_classes();
    sink.write("predictions.csv", "text/csv", predictions(rows_told()));
    sink.write("count.csv", "text/csv", count_table());
    sink.write("count.svg", "image/svg+xml",
               count_chart(count_, context_.options.count.index, context_.options.count.repeats,
                           space_.where, found_.clusters()));
    sink.write("latent.svg", "image/svg+xml", scatter());
    sink.write("profiles.csv", "text/csv", profiles());
    sink.write("report.md", "text/markdown", report());
  }

 private:
  Discovery discover(const Method& method) const {
    DiscoverySettings how =
        discovery_settings(context_.options, context_.options.epochs, context_.seed);
    how.count.all_indices = true;
    Discovery found = Discovery::run(method, train_, how);
    if (found.end() == DiscoveryEnd::kNonFinite)
      throw Refused("", "training did not stay finite: nothing was found");
    if (found.end() != DiscoveryEnd::kDone)
      throw Refused("", "the eigensolver did not converge: nothing was found");
    return found;
  }

  CountEstimate counted_among(const Points& novel, const Points& known,
                              const CountSettings& how) const {
    return estimate_count(novel.view(), known.view(), train_.classes_of_known, train_.classes, how);
  }

  /// The estimate by which the number was chosen, or would have been, had it not been given; and
  /// beside it what the columns say.
  void count_classes() {
    const auto own = found_.count() ? found_.count() : found_.estimated();
    if (!own) throw Refused("", "the eigensolver did not converge: the classes were not counted");
    count_ = *own;
    CountSettings how = found_.count_settings();
    if (found_.counting_space() != CountingSpace::kColumns)
      count_of_columns_ = counted_among(train_.unlabelled, train_.known, how);
    const auto& levels = context_.problem.features.levels;
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t f = 0; f < levels.size(); ++f)
      if (!levels[f]) numbers.push_back(f);
    if (numbers.empty() || numbers.size() == levels.size()) return;
    how.all_indices = false;
    count_of_numbers_ = counted_among(columns_of(train_.unlabelled, numbers),
                                      columns_of(train_.known, numbers), how);
  }

  /// All rows without a label, in the order of the file: those of the test part are told what was
  /// learnt without them.
  Told rows_of_table() const {
    const PointsView test = context_.problem.test.view();
    if (test.rows == 0) return own_;
    Labels labels = own_.labels;
    std::vector<std::uint32_t> numbers = own_.numbers;
    const Labels told = found_.assign(test);
    labels.insert(labels.end(), told.begin(), told.end());
    numbers.insert(numbers.end(), context_.problem.test_numbers.begin(),
                   context_.problem.test_numbers.end());
    const Points space = stacked(own_.space.view(), found_.space_of(test).view());
    std::vector<std::uint32_t> order(numbers.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return numbers[a] < numbers[b]; });
    Told out{rows_of(space.view(), order), {}, {}};
    for (std::uint32_t r : order) {
      out.labels.push_back(labels[r]);
      out.numbers.push_back(numbers[r]);
    }
    return out;
  }

  /// A person may want to know what became of these cells.
  void warn_of_cells(const std::string& path, const tables::Table& table) const {
    if (table.rows < table.rows_in_file)
      context_.warn(fmt::format("'{}': {} of {} rows have missing values and get no prediction",
                                path, table.rows_in_file - table.rows, table.rows_in_file));
    for (const tables::Column& column : table.features)
      if (column.unseen > 0)
        context_.warn(
            fmt::format("'{}': column '{}' has {} cell{} with a level that the run's "
                        "data does not have; such a row is of none of the levels",
                        path, column.name, column.unseen, column.unseen == 1 ? "" : "s"));
  }

  Told rows_told() const {
    if (!context_.settings.data) {
      Told out = rows_of_table();
      context_.note(
          fmt::format("predictions.csv: the {} unlabelled rows of {}; another file's "
                      "with --data FILE",
                      out.numbers.size(), context_.file));
      return out;
    }
    const Features& features = context_.problem.features;
    const std::string& path = *context_.settings.data;
    const auto table = tables::read_rows(path, features.format, features.header, features.encoding);
    if (!table) throw Refused("/data", table.error().text);
    warn_of_cells(path, *table);
    std::vector<std::uint32_t> rows(table->rows);
    std::iota(rows.begin(), rows.end(), 0u);
    const Points x = features.points_of(table->features, rows, path, "/data");
    Told out{found_.space_of(x.view()), found_.assign(x.view()), {}};
    for (std::uint32_t r : rows) out.numbers.push_back(table->row_number(r));
    context_.note(fmt::format("predictions.csv: {} rows of {}", rows.size(), path));
    return out;
  }

  double distance(const Told& told, std::size_t r) const {
    return std::sqrt(squared_distance(told.space.values.data() + r * told.space.columns,
                                      centres_.values.data() + told.labels[r] * centres_.columns,
                                      centres_.columns));
  }

  std::string predictions(const Told& told) const {
    const std::size_t n = told.labels.size();
    std::vector<double> widths;
    if (n <= kMostCompared && n > 1)
      widths = silhouettes(distances_of(told.space.view()), told.labels, names_.size());
    std::string out = "row,cluster,distance,silhouette\n";
    for (std::size_t r = 0; r < n; ++r)
      out += fmt::format("{},{},{:.6g},{}\n", told.numbers[r], csv_cell(names_[told.labels[r]]),
                         distance(told, r), widths.empty() ? "" : fmt::format("{:.4f}", widths[r]));
    return out;
  }

  std::string count_table() const {
    std::string out = "space,classes";
    for (std::string_view name : kIndexNames)
      out += fmt::format(",{0},{0}_deviation", name == "elbow" ? "inertia" : name);
    out += "\n";
    const auto add = [&](std::string_view space, const CountEstimate& count) {
      for (const CountRow& row : count.rows) {
        out += fmt::format("{},{}", space, row.classes);
        for (std::size_t i = 0; i < kIndexCount; ++i)
          out += fmt::format(",{:.6g},{:.6g}", row.mean[i], row.deviation[i]);
        out += "\n";
      }
    };
    add(space_.column, count_);
    if (count_of_columns_) add("columns", *count_of_columns_);
    return out;
  }

  std::string scatter() const {
    const auto rows = spread_over(own_.labels.size(), kMostCompared);
    Labels labels;
    for (std::uint32_t r : rows) labels.push_back(own_.labels[r]);
    std::vector<std::string> shown(
        names_.begin(),
        names_.begin() + static_cast<std::ptrdiff_t>(context_.options.mixed ? names_.size()
                                                                            : found_.clusters()));
    return scatter_chart(rows_of(own_.space.view(), rows).view(), labels, shown);
  }

  std::size_t rows_of_cluster(std::size_t cluster) const {
    return static_cast<std::size_t>(
        std::count(own_.labels.begin(), own_.labels.end(), static_cast<std::uint32_t>(cluster)));
  }

  /// Means of every feature in its own units, and how far from all unlabelled rows'.
  std::string profiles() const {
    const Features& features = context_.problem.features;
    const Points means = class_means(train_.unlabelled.view(), own_.labels, names_.size());
    const Points all = class_means(train_.unlabelled.view(), Labels(own_.labels.size(), 0), 1);
    std::vector<double> variance(features.names.size(), 0.0);
    for (std::size_t r = 0; r < train_.unlabelled.rows; ++r)
      for (std::size_t f = 0; f < variance.size(); ++f) {
        const double d = train_.unlabelled(r, f) - all(0, f);
        variance[f] += d * d / static_cast<double>(train_.unlabelled.rows);
      }
    std::string out = "cluster,feature,mean,mean_of_all,difference_in_deviations\n";
    for (std::size_t k = 0; k < found_.clusters(); ++k)
      for (std::size_t f = 0; f < features.names.size() && rows_of_cluster(k) > 0; ++f) {
        const double deviation = std::sqrt(variance[f]);
        out +=
            fmt::format("{},{},{:.6g},{:.6g},{:.3f}\n", names_[k], csv_cell(features.names[f]),
                        features.in_own_units(f, means(k, f)), features.in_own_units(f, all(0, f)),
                        deviation > 0 ? (means(k, f) - all(0, f)) / deviation : 0.0);
      }
    return out;
  }

  /// Of each cluster, the share of its rows that lie where a known class does.
  std::vector<double> suspicion(std::vector<std::string>& classes) const {
    const Points known = found_.space_of(train_.known.view());
    const Labels inside =
        regions_of(known.view(), train_.classes_of_known, train_.classes).inside(own_.space.view());
    std::vector<double> shares(found_.clusters(), 0.0), sizes(found_.clusters(), 0.0);
    std::vector<std::vector<std::size_t>> by_class(found_.clusters(),
                                                   std::vector<std::size_t>(train_.classes, 0));
    for (std::size_t r = 0; r < inside.size(); ++r) {
      if (own_.labels[r] >= found_.clusters()) continue;
      sizes[own_.labels[r]] += 1;
      if (inside[r] == kOutside) continue;
      shares[own_.labels[r]] += 1;
      ++by_class[own_.labels[r]][inside[r]];
    }
    for (std::size_t k = 0; k < shares.size(); ++k) {
      shares[k] /= std::max(sizes[k], 1.0);
      const auto most = std::max_element(by_class[k].begin(), by_class[k].end());
      classes.push_back(
          context_.problem.class_names[static_cast<std::size_t>(most - by_class[k].begin())]);
    }
    return shares;
  }

  std::string_view index_name() const {
    return kIndexNames[static_cast<std::size_t>(context_.options.count.index)];
  }

  /// How many classes were looked for, why, and what else could be said.
  std::string counts_text() const {
    const bool given = !found_.count();
    const std::size_t all = train_.unlabelled.rows;
    std::string out = fmt::format("{} classes were looked for", found_.clusters());
    out += given ? fmt::format(", as the configuration says; by {} {} there are {}", index_name(),
                               space_.where, count_.classes)
                 : fmt::format(": so many there are by {} {}", index_name(), space_.where);
    out += fmt::format(" ({} to {} within one standard error{}).", count_.low, count_.high,
                       count_.looked_at < all
                           ? fmt::format("; {} of {} rows were looked at", count_.looked_at, all)
                           : "");
    if (count_of_columns_)
      out += fmt::format(" Among the columns themselves it says {}.", count_of_columns_->classes);
    if (!given)
      out +=
          " Trials estimate anew, by rows and draws of their own, so their novel_classes may be "
          "another number.";
    for (const std::string& remark : count_remarks()) out += "\n\n**" + remark + "**";
    out += "\n\nBy each index:\n\n";
    for (std::size_t i = 0; i < kIndexCount; ++i) {
      out += fmt::format("- {}: {}", kIndexNames[i], count_.by_index[i]);
      if (count_of_columns_)
        out +=
            fmt::format(" {}, {} among the columns", space_.where, count_of_columns_->by_index[i]);
      out += "\n";
    }
    return out;
  }

  /// Reasons to doubt the estimate, where one was used.
  std::vector<std::string> count_remarks() const {
    std::vector<std::string> out;
    if (!found_.count()) return out;
    const std::size_t most = context_.options.count.most;
    if (count_.classes == most)
      out.push_back(fmt::format(
          "{} is the most that was looked for, so by {} {} there may be more, or no classes that "
          "it can count: raise options.k.max, choose another options.k.index, or give "
          "options.k.classes",
          most, index_name(), space_.where));
    if (!count_of_numbers_) return out;
    const CountEstimate& columns = count_of_columns_ ? *count_of_columns_ : count_;
    if (columns.classes != count_of_numbers_->classes)
      out.push_back(fmt::format(
          "Categories weigh heavily: {} says {} among all columns and {} without {}; rows may "
          "only be grouped by their words (data.drop leaves a column out)",
          index_name(), columns.classes, count_of_numbers_->classes, names_of_categories()));
    return out;
  }

  std::string names_of_categories() const {
    std::vector<std::string> names;
    for (const auto& level : context_.problem.features.levels)
      if (level && (names.empty() || names.back() != "'" + level->column + "'"))
        names.push_back("'" + level->column + "'");
    return fmt::format("{}", fmt::join(names, ", "));
  }

  /// Rows of a cluster by their share of distance to the own and the next centre: the typical ones,
  /// and those that could as well be another's.
  std::string typical_rows(std::size_t cluster) const {
    std::vector<std::pair<double, std::uint32_t>> near, between;
    for (std::size_t r = 0; r < own_.labels.size(); ++r) {
      if (own_.labels[r] != cluster) continue;
      double next = std::numeric_limits<double>::infinity();
      for (std::size_t k = 0; k < found_.clusters(); ++k)
        if (k != cluster)
          next = std::min(next,
                          std::sqrt(static_cast<double>(squared_distance(
                              own_.space.values.data() + r * own_.space.columns,
                              centres_.values.data() + k * centres_.columns, centres_.columns))));
      near.emplace_back(distance(own_, r), own_.numbers[r]);
      between.emplace_back(next - distance(own_, r), own_.numbers[r]);
    }
    const auto first = [](std::vector<std::pair<double, std::uint32_t>>& rows) {
      std::sort(rows.begin(), rows.end());
      std::string out;
      for (std::size_t i = 0; i < std::min(kShownRows, rows.size()); ++i)
        out += fmt::format("{}{}", i ? ", " : "", rows[i].second);
      return out;
    };
    return fmt::format("Typical rows: {}. Borderline rows: {}.\n", first(near), first(between));
  }

  std::string cluster_text(std::size_t cluster, double stability, double suspicious,
                           const std::string& nearest_class) const {
    const auto rows = spread_over(own_.labels.size(), kMostCompared);
    const Points x = rows_of(train_.unlabelled.view(), rows);
    std::vector<bool> wanted;
    for (std::uint32_t r : rows) wanted.push_back(own_.labels[r] == cluster);
    const std::size_t count = rows_of_cluster(cluster);
    if (count == 0)
      return fmt::format("\n## {}: no rows\n\nFewer classes were found than were asked for.\n",
                         names_[cluster]);
    std::string out = fmt::format("\n## {}: {} rows\n\n", names_[cluster], count);
    if (!std::isnan(stability))
      out += fmt::format("Stability (mean Jaccard over {} resamples): {:.2f}{}.\n",
                         context_.settings.resamples, stability,
                         stability >= 0.75 ? "" : ", below 0.75: not found again reliably");
    if (suspicious > kSuspicious)
      out += fmt::format(
          "**{:.0f} % of its rows lie where known classes do, most of them '{}': it "
          "may be no new class.**\n",
          100 * suspicious, nearest_class);
    const bool both = std::count(wanted.begin(), wanted.end(), true) > 0 &&
                      std::count(wanted.begin(), wanted.end(), false) > 0;
    if (both) {
      const Features& features = context_.problem.features;
      const TreeSettings how;
      out += fmt::format(
          "Told apart from the other unlabelled rows by a tree of depth {} (cross-validated "
          "balanced accuracy {:.1f} %). Of each rule: how many of these rows follow it, and the "
          "share of them that is of {}, as if there were as many rows of it as others:\n\n{}\n",
          how.depth, 100 * cross_validated_accuracy(x.view(), wanted, how), names_[cluster],
          tree_text(grow_tree(x.view(), wanted, how), [&](std::size_t f, bool above, float value) {
            return features.condition(f, above, value);
          }));
    }
    return out + typical_rows(cluster);
  }

  std::string report() const {
    std::vector<std::string> nearest;
    const std::vector<double> suspicious = suspicion(nearest);
    const auto sample = spread_over(own_.labels.size(), kMostCompared);
    Labels labels;
    for (std::uint32_t r : sample) labels.push_back(own_.labels[r]);
    const auto stability =
        cluster_stability(found_, rows_of(train_.unlabelled.view(), sample).view(), labels,
                          found_.clusters(), context_.settings.resamples, context_.seed);
    std::string out = "# Novel classes\n\n" + counts_text();
    for (const std::string& remark : count_remarks()) context_.warn(remark);
    if (context_.options.mixed) {
      const auto known = std::count_if(own_.labels.begin(), own_.labels.end(),
                                       [&](std::uint32_t l) { return l >= found_.clusters(); });
      out += fmt::format("\n{} of {} unlabelled rows were told to be of known classes.\n", known,
                         own_.labels.size());
    }
    for (std::size_t k = 0; k < found_.clusters(); ++k) {
      out += cluster_text(k, stability[k], suspicious[k], nearest[k]);
      if (suspicious[k] > kSuspicious)
        context_.warn(
            fmt::format("{}: {:.0f} % of its rows lie where known classes do, most of "
                        "them '{}'; it may be no new class",
                        names_[k], 100 * suspicious[k], nearest[k]));
    }
    return out;
  }

  const ApplyContext& context_;
  const LearningRows& train_;
  Discovery found_;
  Told own_;                        // the unlabelled training rows
  std::vector<std::string> names_;  // of clusters, then of known classes
  Points centres_;
  const SpaceNames space_;                         // in which the method counts classes
  CountEstimate count_;                            // there
  std::optional<CountEstimate> count_of_columns_;  // where the method counts elsewhere
  std::optional<CountEstimate> count_of_numbers_;  // where there are categories beside numbers
};

}  // namespace

ApplySettings read_apply_settings(std::string_view options_json) {
  const auto options =
      nlohmann::json::parse(options_json.empty() ? "{}" : options_json, nullptr, false);
  if (!options.is_object()) throw Refused("", "the options are not a JSON object");
  ApplySettings settings;
  if (options.contains("data")) settings.data = options["data"].get<std::string>();
  settings.resamples = options.value("resamples", settings.resamples);
  return settings;
}

void apply_method(const ApplyContext& context, const Method& method, sdk::ArtefactSink& sink) {
  Application(context, method).write(sink);
}

}  // namespace equivolve::novel_class_discovery
