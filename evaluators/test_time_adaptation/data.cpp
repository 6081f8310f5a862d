#include "evaluators/test_time_adaptation/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "evaluators/common/tables/splits.hpp"
#include "evaluators/common/tables/table_reader.hpp"
#include "evaluators/common/tables/table_report.hpp"
#include "evaluators/sdk/evaluator.hpp"
#include "evaluators/test_time_adaptation/draws.hpp"
#include "evaluators/test_time_adaptation/idx.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using sdk::Refused;
using tables::Rows;

constexpr std::size_t kMostClasses = 1000;
constexpr std::size_t kFewestTraining = 10;

/// Which sample is for what, as places.
struct Split {
  Rows training, validation, test;
};

Rows every(std::size_t count) {
  Rows rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

/// Classes with one sample in a part cannot be split further.
void check_counts(const std::vector<std::uint32_t>& labels, const std::vector<std::string>& names,
                  const std::string& pointer) {
  std::vector<std::size_t> counts(names.size(), 0);
  for (const std::uint32_t label : labels) ++counts[label];
  for (std::size_t k = 0; k < counts.size(); ++k)
    if (counts[k] < 4)
      throw Refused(pointer, fmt::format("class '{}' has {} sample{}; at least 4 are needed: 2 to "
                                         "train on, 1 for each kind of stream",
                                         names[k], counts[k], counts[k] == 1 ? "" : "s"));
}

void halve(const Rows& stream, const std::vector<std::uint32_t>& labels, std::uint64_t seed,
           Split& out) {
  hashing::Stream stream_draws = draws(seed, Draw::kStreamSplit, 1);
  tables::Cut cut = tables::cut_rows(stream, labels, 0.5, 1, stream_draws);
  out.validation = std::move(cut.rest);
  out.test = std::move(cut.part);
}

Split split_all(const std::vector<std::uint32_t>& labels, const DataSettings& settings) {
  hashing::Stream stream_draws = draws(settings.split_seed, Draw::kStreamSplit);
  const std::size_t leave = 2;
  tables::Cut cut =
      tables::cut_rows(every(labels.size()), labels, settings.stream_share, leave, stream_draws);
  Split out;
  out.training = std::move(cut.rest);
  std::vector<std::size_t> counts(*std::max_element(labels.begin(), labels.end()) + 1, 0);
  for (const std::uint32_t row : cut.part) ++counts[labels[row]];
  // A class with one sample among them stays with the validation streams.
  Rows several, single;
  for (const std::uint32_t row : cut.part)
    (counts[labels[row]] > 1 ? several : single).push_back(row);
  if (several.empty()) throw Refused("/data/stream_share", "leaves too few samples for streams");
  halve(several, labels, settings.split_seed, out);
  out.validation.insert(out.validation.end(), single.begin(), single.end());
  return out;
}

/// In an order of their own, so that the first of them are as good as any.
Rows mixed(Rows rows, const DataSettings& settings, std::uint32_t which) {
  hashing::Stream stream = draws(settings.split_seed, Draw::kStreamSplit, 3, which);
  tables::shuffle(rows, stream);
  return rows;
}

/// Each class keeps a sample to train on, or the model could never tell it.
void check_classes(const Rows& training, const std::vector<std::uint32_t>& labels,
                   const std::vector<std::string>& names) {
  std::vector<bool> seen(names.size(), false);
  for (const std::uint32_t row : training) seen[labels[row]] = true;
  for (std::size_t k = 0; k < names.size(); ++k)
    if (!seen[k])
      throw Refused("/data/training_samples",
                    fmt::format("leaves class '{}' without a sample to train on", names[k]));
}

void limit_training(Rows& training, const DataSettings& settings,
                    const std::vector<std::uint32_t>& labels,
                    const std::vector<std::string>& names) {
  if (settings.training_samples > 0 && training.size() > settings.training_samples) {
    hashing::Stream stream = draws(settings.split_seed, Draw::kStreamSplit, 2);
    tables::shuffle(training, stream);
    training.resize(settings.training_samples);
  }
  if (training.size() < kFewestTraining)
    throw Refused("/data", fmt::format("leaves {} samples to train on; at least {} are needed",
                                       training.size(), kFewestTraining));
  check_classes(training, labels, names);
}

/// From samples that are all alike nothing can be learnt.
void check_variety(const Samples& training, const char* pointer) {
  for (std::size_t i = 1; i < training.count(); ++i)
    if (!std::equal(training[i].begin(), training[i].end(), training[0].begin())) return;
  throw Refused(pointer, fmt::format("the {} samples to train on are all the same: nothing can be "
                                     "learnt from them",
                                     training.count()));
}

// ---- IDX files

IdxFile idx_at(const std::string& path, const char* pointer) {
  try {
    return read_idx(path);
  } catch (const std::runtime_error& e) {
    throw Refused(pointer, e.what());
  }
}

Samples images_at(const IdxFile& file, const std::string& path, const char* pointer) {
  try {
    return images_of(file, path);
  } catch (const std::runtime_error& e) {
    throw Refused(pointer, e.what());
  }
}

/// Images and labels of two files; adds to `digests`.
Samples labelled_images(const std::string& images, const std::string& labels,
                        const std::string& prefix, std::string& digests) {
  const std::string images_at_pointer = "/data/" + prefix + "images";
  const std::string labels_at_pointer = "/data/" + prefix + "labels";
  const IdxFile pixels = idx_at(images, images_at_pointer.c_str());
  const IdxFile classes = idx_at(labels, labels_at_pointer.c_str());
  Samples out = images_at(pixels, images, images_at_pointer.c_str());
  if (classes.sizes.size() != 1 || classes.sizes[0] != out.count())
    throw Refused(labels_at_pointer, fmt::format("has {} labels, and there are {} images",
                                                 classes.sizes[0], out.count()));
  out.labels.assign(classes.bytes.begin(), classes.bytes.end());
  for (const auto& digest : {pixels.digest, classes.digest})
    digests.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  return out;
}

std::vector<std::string> numbers_as_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < count; ++k) names.push_back(std::to_string(k));
  return names;
}

/// Every number below the greatest is a class; one without a sample would never be told.
std::size_t class_count(const std::vector<std::uint32_t>& labels, const char* pointer) {
  const std::size_t count = *std::max_element(labels.begin(), labels.end()) + std::size_t{1};
  std::vector<bool> seen(count, false);
  for (const std::uint32_t label : labels) seen[label] = true;
  if (count < 2) throw Refused(pointer, "has one class only");
  for (std::size_t k = 0; k < count; ++k)
    if (!seen[k])
      throw Refused(pointer, fmt::format("has labels up to {} but none of class {}", count - 1, k));
  return count;
}

CleanData open_images(const DataSettings& settings) {
  CleanData out;
  std::string digests;
  Samples all = labelled_images(settings.images, settings.labels, "", digests);
  const std::size_t classes = class_count(all.labels, "/data/labels");
  all.classes = static_cast<std::uint32_t>(classes);
  out.class_names = numbers_as_names(classes);
  if (settings.stream_images.empty()) {
    check_counts(all.labels, out.class_names, "/data/labels");
    Split split = split_all(all.labels, settings);
    limit_training(split.training, settings, all.labels, out.class_names);
    out.training = all.chosen(split.training);
    out.validation = all.chosen(mixed(split.validation, settings, 0));
    out.test = all.chosen(mixed(split.test, settings, 1));
  } else {
    Samples stream =
        labelled_images(settings.stream_images, settings.stream_labels, "stream_", digests);
    if (!(stream.shape == all.shape))
      throw Refused("/data/stream_images", "has images of another size or colour than 'images'");
    if (*std::max_element(stream.labels.begin(), stream.labels.end()) >= classes)
      throw Refused("/data/stream_labels", "has a class that 'labels' does not have");
    stream.classes = all.classes;
    Split split;
    split.training = every(all.count());
    limit_training(split.training, settings, all.labels, out.class_names);
    if (stream.count() < 4) throw Refused("/data/stream_images", "has fewer than 4 images");
    hashing::Stream order = draws(settings.split_seed, Draw::kStreamSplit, 1);
    tables::Cut cut = tables::cut_rows(every(stream.count()), {}, .5, 1, order);
    out.training = all.chosen(split.training);
    out.validation = stream.chosen(mixed(cut.rest, settings, 0));
    out.test = stream.chosen(mixed(cut.part, settings, 1));
  }
  check_variety(out.training, "/data/images");
  out.digest = tables::digest_of(digests);
  return out;
}

// ---- tables

/// Classes of a column, ascending: as numbers where all are, else bytewise.
struct Target {
  std::vector<std::string> names;
  std::vector<std::uint32_t> labels;
};

Target read_target(const tables::Column& column) {
  Target out;
  if (column.is_numeric()) {
    std::map<double, std::uint32_t> classes;
    for (const double value : column.numbers) classes[value] = 0;
    if (classes.size() <= kMostClasses)
      for (auto& [value, label] : classes) {
        label = static_cast<std::uint32_t>(out.names.size());
        out.names.push_back(fmt::format("{}", value));
      }
    else
      out.names.resize(classes.size());
    for (const double value : column.numbers) out.labels.push_back(classes[value]);
  } else {
    std::map<std::string, std::uint32_t> classes;
    for (const std::string& level : column.levels) classes[level] = 0;
    for (auto& [level, label] : classes) {
      label = static_cast<std::uint32_t>(out.names.size());
      out.names.push_back(level);
    }
    for (const std::uint32_t code : column.codes)
      out.labels.push_back(classes[column.levels[code]]);
  }
  if (out.names.size() < 2) throw Refused("/data/target", "has one class only");
  if (out.names.size() > kMostClasses)
    throw Refused("/data/target", fmt::format("has {} different values; at most {} classes can be "
                                              "told apart",
                                              out.names.size(), kMostClasses));
  return out;
}

/// Features of some rows, by what the training rows said.
Samples samples_of(const std::vector<tables::Column>& columns, const Rows& rows,
                   const CleanData& data, const DataSettings& settings, const SampleShape& shape) {
  const std::size_t width = data.encoding.width();
  Samples out{shape, static_cast<std::uint32_t>(data.class_names.size()), {}, {}};
  out.values.resize(rows.size() * width);
  std::vector<double> values(rows.size());
  std::size_t feature = 0;
  for (std::size_t c = 0; c < data.encoding.columns.size(); ++c)
    for (std::size_t level = 0; level < data.encoding.columns[c].width(); ++level, ++feature) {
      tables::encode(data.encoding.columns[c], columns[c], level, data.fills[feature], rows,
                     values);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const double value = data.scales.empty() ? values[i] / settings.white
                                                 : data.scales[feature].apply(values[i]);
        out.values[i * width + feature] = static_cast<float>(value);
      }
    }
  return out;
}

SampleShape shape_of(const DataSettings& settings, std::size_t width) {
  if (settings.pixel_rows == 0) return {Family::kTable, 1, static_cast<std::uint32_t>(width)};
  const std::uint32_t rows = settings.pixel_rows, columns = settings.pixel_columns;
  if (std::size_t{rows} * columns != width)
    throw Refused("/data/pixels", fmt::format("says {} x {} pixels, and there are {} features",
                                              rows, columns, width));
  return {std::min(rows, columns) >= 12 ? Family::kImages : Family::kDigits, rows, columns};
}

void fit_scales(const std::vector<tables::Column>& columns, const Rows& training, CleanData& data) {
  const Rows every_one = every(training.size());
  std::vector<double> values(training.size());
  std::size_t feature = 0;
  for (std::size_t c = 0; c < data.encoding.columns.size(); ++c)
    for (std::size_t level = 0; level < data.encoding.columns[c].width(); ++level, ++feature) {
      tables::encode(data.encoding.columns[c], columns[c], level, data.fills[feature], training,
                     values);
      data.scales.push_back(tables::fit_scale(values, 1, every_one));
    }
}

CleanData open_table(const DataSettings& settings) {
  tables::SpecialColumn special;
  special.pointer = "/target";
  special.name = settings.target;
  special.max_levels = kMostClasses;
  if (settings.columns.drop_missing_target) special.missing = tables::OnMissing::kDrop;
  auto table = tables::read_table(settings.file, settings.columns, {special});
  if (!table) throw Refused("/data" + table.error().pointer, table.error().text);
  CleanData out;
  out.digest = table->digest;
  out.header = table->header;
  out.encoding = tables::encoding_of(table->features, settings.columns);
  out.report = tables::report_of(*table, out.encoding);
  const Target target = read_target(table->specials[0]);
  out.class_names = target.names;
  check_counts(target.labels, target.names, "/data/target");
  Split split = split_all(target.labels, settings);
  limit_training(split.training, settings, target.labels, target.names);
  std::sort(split.training.begin(), split.training.end());
  out.fills = tables::fit_fills(out.encoding, table->features, split.training);
  const SampleShape shape = shape_of(settings, out.encoding.width());
  if (shape.family == Family::kTable) fit_scales(table->features, split.training, out);
  const auto made = [&](const Rows& rows) {
    Samples samples = samples_of(table->features, rows, out, settings, shape);
    for (const std::uint32_t row : rows) samples.labels.push_back(target.labels[row]);
    return samples;
  };
  out.training = made(split.training);
  check_variety(out.training, "/data/file");
  out.validation = made(mixed(split.validation, settings, 0));
  out.test = made(mixed(split.test, settings, 1));
  return out;
}

std::string described(const SampleShape& shape) {
  return fmt::format("{}images of {} x {}", shape.channels == 3 ? "colour " : "", shape.height,
                     shape.width);
}

bool is_idx(const std::string& path) {
  return path.find("idx") != std::string::npos || path.ends_with("ubyte") ||
         path.ends_with("ubyte.gz");
}

}  // namespace

CleanData open_data(const DataSettings& settings) {
  return settings.is_table() ? open_table(settings) : open_images(settings);
}

Samples read_own_stream(const std::string& path, const CleanData& data,
                        const DataSettings& settings) {
  const SampleShape& shape = data.training.shape;
  if (!settings.is_table() || is_idx(path)) {
    Samples out = images_at(idx_at(path, "/data"), path, "/data");
    if (out.shape.height != shape.height || out.shape.width != shape.width ||
        out.shape.channels != shape.channels)
      throw Refused("/data", fmt::format("{}: {}; the run has {}", path, described(out.shape),
                                         described(shape)));
    out.shape = shape;
    out.classes = data.training.classes;
    return out;
  }
  const auto table = tables::read_rows(path, settings.columns.format, data.header, data.encoding);
  if (!table) throw Refused("/data", table.error().text);
  Samples out = samples_of(table->features, every(table->rows), data, settings, shape);
  for (const float value : out.values)
    if (!std::isfinite(value)) throw Refused("/data", path + ": holds a number that is not finite");
  return out;
}

}  // namespace equivolve::test_time_adaptation
