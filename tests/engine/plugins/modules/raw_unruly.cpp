// Misbehaves where the C++ face would not let it: at the C line itself. Not thread-safe, and
// notices when that is ignored.
#include <atomic>
#include <stdexcept>
#include <string>

#include "evaluators/sdk/equivolve_evaluator.h"
#include "search/genome/equivolve_genome.h"

namespace {

enum class Mode { kPlain, kThrow, kTooFew, kOverflow };
Mode mode = Mode::kPlain;
std::atomic<int> inside{0};

const eqv_descriptor* describe() {
  static const std::uint32_t representations[] = {EQV_PROGRAM};
  static const eqv_descriptor one{sizeof one,       "raw_unruly",    "1", "",
                                  EQV_OFFERS_PROBE, representations, 1};
  return &one;
}

eqv_status create(const eqv_host*, eqv_text config, eqv_handle** handle, eqv_error*) {
  const std::string text(config.data, config.size);
  if (text.find("throw") != std::string::npos)
    mode = Mode::kThrow;
  else if (text.find("too_few") != std::string::npos)
    mode = Mode::kTooFew;
  else if (text.find("overflow") != std::string::npos)
    mode = Mode::kOverflow;
  else
    mode = Mode::kPlain;
  *handle = reinterpret_cast<eqv_handle*>(&mode);
  return EQV_OK;
}
void destroy(eqv_handle*) {}

// An older module's layout: figures without their last member, an array with a shorter stride.
struct OldFigure {
  std::uint32_t struct_size;
  const char* name;
  const char* unit;
  std::uint32_t role, direction;
  double low, high;
};
static_assert(sizeof(OldFigure) == offsetof(eqv_figure, reproducible));

const eqv_instance_info* instance_info(eqv_handle*) {
  static const OldFigure figures[] = {
      {sizeof(OldFigure), "first", "", EQV_OBJECTIVE, EQV_MINIMIZE, 0, 1},
      {sizeof(OldFigure), "second", "", EQV_CONSTRAINT, EQV_MINIMIZE, 0, 1}};
  static const eqv_level level{sizeof(eqv_level), "full", 1, 0};
  static const eqv_instance_info info{offsetof(eqv_instance_info, probe_mantissa_bits),
                                      reinterpret_cast<const eqv_figure*>(figures),
                                      2,
                                      &level,
                                      1,
                                      0,
                                      0,
                                      {},
                                      99,
                                      1,
                                      0};
  return &info;
}

class Visit {
 public:
  Visit() : alone_(inside.fetch_add(1) == 0) {}
  ~Visit() { inside.fetch_sub(1); }
  bool alone() const { return alone_ && inside.load() == 1; }

 private:
  bool alone_;
};

eqv_status evaluate(eqv_handle*, const eqv_candidate* candidate, const eqv_trial_request*,
                    eqv_trial_result* result) {
  const Visit visit;
  if (mode == Mode::kThrow) throw std::runtime_error("across the line");
  result->figures[0] = static_cast<double>(candidate->genome_size);
  result->figures[1] = 0;
  if (mode == Mode::kTooFew) result->figure_count = 1;
  if (mode == Mode::kOverflow) result->figures[2] = 1;
  for (int i = 0; i < 2000; ++i)
    if (!visit.alone()) return EQV_INTERNAL;
  return EQV_OK;
}

eqv_status probe(eqv_handle*, const eqv_candidate*, const eqv_probe_request*,
                 const eqv_output_sink* sink) {
  const Visit visit;
  sink->integer(sink->context, 1);
  for (int i = 0; i < 2000; ++i)
    if (!visit.alone()) return EQV_INTERNAL;
  return EQV_OK;
}

}  // namespace

EQV_ENTRY {
  static eqv_evaluator table{};
  table.struct_size = sizeof table;
  table.abi_major = host_abi;
  table.describe = describe;
  table.create = create;
  table.destroy = destroy;
  table.instance_info = instance_info;
  table.probe = probe;
  table.evaluate = evaluate;
  return &table;
}
