#include "engine/plugins/probe_sink.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace equivolve::engine {
namespace {

constexpr std::size_t kMostOutputs = std::size_t{1} << 24;

hashing::OutputSink& threads_own_sink(const hashing::SinkSettings& settings) {
  thread_local std::optional<std::pair<hashing::SinkSettings, hashing::OutputSink>> kept;
  if (!kept || !(kept->first == settings)) kept.emplace(settings, hashing::OutputSink(settings));
  kept->second.clear();
  return kept->second;
}

}  // namespace

// Every callback is entered from code that may be C, so none lets an exception out.
struct ProbeSink::Callbacks {
  static ProbeSink& self(void* context) { return *static_cast<ProbeSink*>(context); }

  template <class T, class Put>
  static void group(void* context, const T* data, std::size_t count, Put put) {
    ProbeSink& probe = self(context);
    if (!probe.take(data, count)) return;
    try {
      put(probe.sink_, std::span<const T>(data, count));
    } catch (...) {
      probe.fault_ = "put out more than there is memory for";
    }
  }
  static void values(void* context, const double* data, std::size_t count) {
    group(context, data, count, [](auto& sink, auto all) { sink.values(all); });
  }
  static void direction(void* context, const double* data, std::size_t count) {
    group(context, data, count, [](auto& sink, auto all) { sink.direction(all); });
  }
  static void ranking(void* context, const double* data, std::size_t count) {
    group(context, data, count, [](auto& sink, auto all) { sink.ranking(all); });
  }
  static void labels(void* context, const std::int64_t* data, std::size_t count) {
    group(context, data, count, [](auto& sink, auto all) { sink.labels(all); });
  }
  static void bytes(void* context, const void* data, std::size_t count) {
    group(context, static_cast<const std::byte*>(data), count,
          [](auto& sink, auto all) { sink.bytes(all); });
  }
  static void text(void* context, const char* data, std::size_t count) {
    group(context, data, count,
          [](auto& sink, auto all) { sink.text(std::string_view(all.data(), all.size())); });
  }
  static void integer(void* context, std::int64_t value) {
    group(context, &value, 1, [](auto& sink, auto all) { sink.integer(all[0]); });
  }
  static void open_set(void* context) {
    const char nothing = 0;
    group(context, &nothing, 1, [](auto& sink, auto) { sink.open_set(); });
    ++self(context).depth_;
  }
  static void end_item(void* context) {
    ProbeSink& probe = self(context);
    probe.used_ = true;
    if (probe.depth_ == 0) probe.fault_ = "ended an item outside any set";
    const char nothing = 0;
    group(context, &nothing, 1, [](auto& sink, auto) { sink.end_item(); });
  }
  static void close_set(void* context) {
    ProbeSink& probe = self(context);
    probe.used_ = true;
    if (probe.depth_ == 0) probe.fault_ = "closed a set that was not open";
    const char nothing = 0;
    group(context, &nothing, 1, [](auto& sink, auto) { sink.close_set(); });
    if (!probe.fault_) --probe.depth_;
  }
  static int known(void* context, const void* key, std::size_t size) {
    ProbeSink& probe = self(context);
    if (probe.known_ == nullptr || key == nullptr || probe.used_ || probe.key_) return 0;
    probe.key_ = KnownProbes::key_of({static_cast<const std::byte*>(key), size}, probe.seed_);
    probe.answer_ = probe.known_->find(*probe.key_);
    return probe.answer_ ? 1 : 0;
  }
};

ProbeSink::ProbeSink(const hashing::SinkSettings& settings, KnownProbes* known, std::uint64_t seed)
    : sink_(threads_own_sink(settings)),
      known_(known),
      seed_(seed),
      face_{sizeof(eqv_output_sink), this,
            &Callbacks::values,      &Callbacks::direction,
            &Callbacks::ranking,     &Callbacks::labels,
            &Callbacks::bytes,       &Callbacks::text,
            &Callbacks::integer,     &Callbacks::open_set,
            &Callbacks::end_item,    &Callbacks::close_set,
            &Callbacks::known} {}

bool ProbeSink::take(const void* group, std::size_t count) {
  used_ = true;
  if (fault_ || answer_) return false;
  if (!group && count > 0) fault_ = "gave a null pointer as output";
  if (count > kMostOutputs - taken_) fault_ = "put out more than 16 Mi values";
  if (fault_) return false;
  taken_ += count;
  return true;
}

hashing::ProbeDigest ProbeSink::finish() const {
  if (answer_) return {*answer_, {}};
  hashing::ProbeDigest digest = sink_.finish();
  // Near a cell's edge the behaviour has several readings; those are not kept.
  if (key_ && digest.alternatives.empty()) known_->keep(*key_, digest.key);
  return digest;
}

std::string ProbeSink::fault() const {
  if (answer_) return "";
  if (fault_) return fault_;
  return depth_ == 0 ? "" : "left a set open";
}

hashing::SinkSettings sink_settings(std::uint32_t evaluator_bits, bool evaluator_exact,
                                    const SinkWishes& wishes) {
  constexpr int kFloatBits = 12;
  hashing::SinkSettings settings;
  settings.exact = evaluator_exact && wishes.mantissa_bits == 0 && !wishes.grid;
  settings.grid = wishes.grid.value_or(hashing::GridKind::kScaled);
  if (wishes.mantissa_bits != 0)
    settings.mantissa_bits = wishes.mantissa_bits;
  else if (evaluator_bits != 0)
    settings.mantissa_bits = static_cast<int>(evaluator_bits);
  settings.edge_bits =
      settings.mantissa_bits <= kFloatBits ? 20 : std::max(40, settings.mantissa_bits + 16);
  return settings;
}

}  // namespace equivolve::engine
