#include "engine/run/probe_time.hpp"

#include <nlohmann/json.hpp>

namespace equivolve::engine {
namespace {

constexpr char kProbed[] = "probed";
constexpr char kProbingStopped[] = "probing_stopped";

}  // namespace

std::optional<double> ProbeTime::of_all(std::uint64_t all) const {
  if (all == 0) return 0;
  if (probes == 0) return std::nullopt;
  return seconds * (static_cast<double>(all) / static_cast<double>(probes));
}

EventRow probed_event(const ProbeTime& time) {
  const nlohmann::ordered_json detail{{"probes", time.probes}, {"seconds", time.seconds}};
  return {kProbed, detail.dump()};
}

ProbeTime last_probed(const std::vector<EventRow>& events) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->kind != kProbed) continue;
    const auto detail = nlohmann::json::parse(event->detail, nullptr, false);
    const auto probes = detail.find("probes"), seconds = detail.find("seconds");
    if (probes == detail.end() || !probes->is_number_unsigned()) break;
    if (seconds == detail.end() || !seconds->is_number()) break;
    return {probes->get<std::uint64_t>(), seconds->get<double>()};
  }
  return {};
}

EventRow probing_stopped_event(std::uint64_t ticket, bool digests_differ) {
  nlohmann::ordered_json detail{{"ticket", ticket}};
  if (digests_differ) detail["digests_differ"] = true;
  return {kProbingStopped, detail.dump()};
}

std::optional<ProbingStopped> probing_stopped(const std::vector<EventRow>& events) {
  for (const EventRow& event : events) {
    if (event.kind != kProbingStopped) continue;
    const auto detail = nlohmann::json::parse(event.detail, nullptr, false);
    const auto ticket = detail.find("ticket");
    if (ticket != detail.end() && ticket->is_number_unsigned())
      return ProbingStopped{ticket->get<std::uint64_t>(), detail.contains("digests_differ")};
  }
  return std::nullopt;
}

}  // namespace equivolve::engine
