// Short verbs for tests of the output sink.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "hashing/sink.hpp"

namespace equivolve::hashing {

using Fill = std::function<void(OutputSink&)>;

inline ProbeDigest probe(const Fill& fill, SinkSettings settings = {}) {
  OutputSink sink(settings);
  fill(sink);
  return sink.finish();
}

inline Digest key(const Fill& fill, SinkSettings settings = {}) {
  return probe(fill, settings).key;
}

inline Digest values(const std::vector<double>& group, SinkSettings settings = {}) {
  return key([&](OutputSink& sink) { sink.values(group); }, settings);
}

inline ProbeDigest probe_values(const std::vector<double>& group, SinkSettings settings = {}) {
  return probe([&](OutputSink& sink) { sink.values(group); }, settings);
}

/// Would a newcomer find the class that a founder stored?
inline bool finds(const ProbeDigest& newcomer, const ProbeDigest& founder) {
  return newcomer.key == founder.key ||
         std::find(newcomer.alternatives.begin(), newcomer.alternatives.end(), founder.key) !=
             newcomer.alternatives.end();
}

inline bool meet(const ProbeDigest& a, const ProbeDigest& b) {
  return finds(a, b) && finds(b, a);
}

inline constexpr SinkSettings kExact{24, 40, true};

}  // namespace equivolve::hashing
