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

/// Evenly spread numbers below `rows`, at most `most`.
std::vector<std::uint32_t> spread_over(std::size_t rows, std::size_t most) {
  std::vector<std::uint32_t> out;
  const std::size_t count = std::min(rows, most);
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(static_cast<std::uint32_t>(i * rows / count));
  return out;
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
        has_codes_(method.kind == MethodKind::kPbn || method.kind == MethodKind::kLatentBaseline) {
    own_ = {found_.space_of(train_.unlabelled.view()), found_.labels(),
            context.problem.row_numbers};
    for (std::size_t k = 0; k < found_.clusters(); ++k)
      names_.push_back(fmt::format("novel_{}", k + 1));
    for (const std::string& name : context.problem.class_names) names_.push_back("known:" + name);
    // Centres of what was found, by the rows themselves: spectral methods have no others.
    centres_ = class_means(own_.space.view(), own_.labels, names_.size());
  }

  void write(sdk::ArtefactSink& sink) {
    count_ = counted(found_.counting_space_of(train_.unlabelled.view()),
                     found_.counting_space_of(train_.known.view()));
    if (has_codes_) count_of_columns_ = counted(train_.unlabelled, train_.known);
    sink.write("predictions.csv", "text/csv", predictions(rows_told()));
    sink.write("count.csv", "text/csv", count_table());
    sink.write("count.svg", "image/svg+xml",
               count_chart(count_, context_.options.count.index, context_.options.count.repeats));
    sink.write("latent.svg", "image/svg+xml", scatter());
    sink.write("profiles.csv", "text/csv", profiles());
    sink.write("report.md", "text/markdown", report());
  }

 private:
  Discovery discover(const Method& method) const {
    DiscoverySettings how =
        discovery_settings(context_.options, context_.options.epochs, context_.seed);
    Discovery found = Discovery::run(method, train_, how);
    if (found.end() == DiscoveryEnd::kNonFinite)
      throw Refused("", "training did not stay finite: nothing was found");
    if (found.end() != DiscoveryEnd::kDone)
      throw Refused("", "the eigensolver did not converge: nothing was found");
    return found;
  }

  /// With all indices, whatever the number of classes was set to.
  CountEstimate counted(const Points& novel, const Points& known) const {
    CountSettings how = context_.options.count;
    how.all_indices = true;
    how.attract = context_.options.mixed;
    how.seed = context_.seed;
    return estimate_count(novel.view(), known.view(), train_.classes_of_known, train_.classes, how);
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
    const auto add = [&](const char* space, const CountEstimate& count) {
      for (const CountRow& row : count.rows) {
        out += fmt::format("{},{}", space, row.classes);
        for (std::size_t i = 0; i < kIndexCount; ++i)
          out += fmt::format(",{:.6g},{:.6g}", row.mean[i], row.deviation[i]);
        out += "\n";
      }
    };
    add(has_codes_ ? "codes" : "columns", count_);
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

  std::string counts_text() const {
    const CountIndex index = context_.options.count.index;
    std::string out = fmt::format(
        "{} classes were looked for. By {} there are {} ({} to {} within one standard error). "
        "By each index:\n\n",
        found_.clusters(), kIndexNames[static_cast<std::size_t>(index)], count_.classes, count_.low,
        count_.high);
    for (std::size_t i = 0; i < kIndexCount; ++i) {
      out += fmt::format("- {}: {}", kIndexNames[i], count_.by_index[i]);
      if (count_of_columns_)
        out += fmt::format(" in the codes, {} among the columns", count_of_columns_->by_index[i]);
      out += "\n";
    }
    return out;
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
          "balanced accuracy {:.1f} %):\n\n{}\n",
          how.depth, 100 * cross_validated_accuracy(x.view(), wanted, how),
          tree_text(grow_tree(x.view(), wanted, how), features.names,
                    [&](std::size_t f, float v) { return features.in_own_units(f, v); }));
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
  const bool has_codes_;  // rows are compared by codes, not by the columns themselves
  CountEstimate count_;
  std::optional<CountEstimate> count_of_columns_;  // where there are codes
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
