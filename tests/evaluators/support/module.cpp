#include "tests/evaluators/support/module.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <limits>
#include <mutex>
#include <thread>

namespace equivolve::test {
namespace {

eqv_text text(const std::string& s) {
  return {s.data(), s.size()};
}

eqv_text_sink sink_into(std::string& out) {
  return {sizeof(eqv_text_sink), &out, [](void* context, const char* data, std::size_t size) {
            static_cast<std::string*>(context)->append(data, size);
          }};
}

eqv_candidate candidate_of(const search::Genome& genome) {
  eqv_candidate c{};
  c.struct_size = sizeof c;
  c.representation = static_cast<std::uint32_t>(genome.representation);
  c.genome = genome.flat.data();
  c.genome_size = genome.flat.size();
  return c;
}

eqv_candidate candidate_of(const std::string& reference) {
  eqv_candidate c{};
  c.struct_size = sizeof c;
  c.representation = EQV_PROGRAM;
  c.reference = text(reference);
  return c;
}

hashing::OutputSink& sink_of(void* context) {
  return *static_cast<hashing::OutputSink*>(context);
}

eqv_output_sink output_sink(hashing::OutputSink& sink) {
  eqv_output_sink out{};
  out.struct_size = sizeof out;
  out.context = &sink;
  out.values = [](void* c, const double* g, std::size_t n) { sink_of(c).values({g, n}); };
  out.bytes = [](void* c, const void* g, std::size_t n) {
    sink_of(c).bytes({static_cast<const std::byte*>(g), n});
  };
  out.integer = [](void* c, std::int64_t v) { sink_of(c).integer(v); };
  return out;
}

struct Artefacts {
  std::map<std::string, std::string> files;
  std::string current;
};

}  // namespace

struct Session::HostState {
  eqv_host host{};
  std::mutex mutex;
  std::string log;
  std::map<std::uint64_t, std::vector<double>> items;
  std::map<std::uint64_t, bool> cancelled;
  std::map<std::uint64_t, std::uint32_t> threads;
  std::uint64_t next_trial = 1;
};

const eqv_evaluator& load_module(const std::string& file) {
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(dlerror());
  auto entry = reinterpret_cast<eqv_entry>(dlsym(library, "equivolve_evaluator_entry"));
  if (!entry) throw std::runtime_error(dlerror());
  const eqv_evaluator* table = entry(EQV_ABI_MAJOR);
  if (!table) throw std::runtime_error("this version is not served");
  return *table;
}

Session::Session(const eqv_evaluator& table, const nlohmann::json& config)
    : table_(table), state_(std::make_unique<HostState>()) {
  eqv_host& host = state_->host;
  host.struct_size = sizeof host;
  host.context = state_.get();
  host.log = [](void* c, int, const char* t, std::size_t n) {
    auto* state = static_cast<HostState*>(c);
    std::lock_guard lock(state->mutex);
    state->log.append(t, n).append("\n");
  };
  host.is_cancelled = [](void* c, std::uint64_t trial) -> int {
    auto* state = static_cast<HostState*>(c);
    std::lock_guard lock(state->mutex);
    return state->cancelled[trial];
  };
  host.items = [](void* c, std::uint64_t trial, std::size_t figure, const double* values,
                  std::size_t n) {
    auto* state = static_cast<HostState*>(c);
    std::lock_guard lock(state->mutex);
    if (figure == 0) state->items[trial].assign(values, values + n);
  };
  host.parallel_for = [](void* c, std::uint64_t trial, std::size_t n,
                         void (*body)(void*, std::size_t), void* context) {
    auto* state = static_cast<HostState*>(c);
    std::uint32_t width;
    {
      std::lock_guard lock(state->mutex);
      width = state->threads[trial];
    }
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> team;
    for (std::uint32_t t = 0; t < width; ++t)
      team.emplace_back([&] {
        for (std::size_t i; (i = next.fetch_add(1)) < n;)
          body(context, n - 1 - i);  // backwards, to upset the order
      });
  };
  const std::string json = config.dump();
  eqv_error error{};
  error.struct_size = sizeof error;
  const eqv_status status = table.create(&host, text(json), &handle_, &error);
  if (status != EQV_OK) throw Refusal{status, error.json_pointer, error.message};
}

Session::~Session() {
  if (handle_) table_.destroy(handle_);
}

nlohmann::json Session::default_space(search::Representation representation) const {
  std::string out;
  const eqv_text_sink sink = sink_into(out);
  EXPECT_EQ(table_.default_space(handle_, static_cast<std::uint32_t>(representation), &sink),
            EQV_OK);
  return nlohmann::json::parse(out);
}

Refusal Session::bind(const nlohmann::json& space) {
  const std::string json = space.dump();
  eqv_error error{};
  error.struct_size = sizeof error;
  const eqv_status status = table_.bind_space(handle_, text(json), &error);
  return {status, error.json_pointer, error.message};
}

nlohmann::json Session::references() const {
  std::string out;
  const eqv_text_sink sink = sink_into(out);
  table_.reference_candidates(handle_, &sink);
  return nlohmann::json::parse(out);
}

Trial Session::run(const eqv_candidate& candidate, const TrialSettings& settings) {
  eqv_trial_request request{};
  request.struct_size = sizeof request;
  request.level = settings.level;
  request.split = settings.split;
  request.threads = settings.threads;
  request.common_seed = settings.common_seed;
  request.own_seed = settings.own_seed;
  {
    std::lock_guard lock(state_->mutex);
    request.trial = state_->next_trial++;
    state_->cancelled[request.trial] = settings.cancelled;
    state_->threads[request.trial] = settings.threads;
  }
  Trial trial;
  trial.figures.assign(info().figure_count, std::numeric_limits<double>::quiet_NaN());
  eqv_trial_result result{};
  result.struct_size = sizeof result;
  result.figures = trial.figures.data();
  result.figure_count = trial.figures.size();
  trial.status = table_.evaluate(handle_, &candidate, &request, &result);
  trial.cost = result.cost;
  trial.message = result.message;
  std::lock_guard lock(state_->mutex);
  if (auto found = state_->items.extract(request.trial)) trial.items = std::move(found.mapped());
  return trial;
}

Trial Session::evaluate(const search::Genome& genome, const TrialSettings& settings) {
  return run(candidate_of(genome), settings);
}
Trial Session::evaluate(const std::string& reference, const TrialSettings& settings) {
  return run(candidate_of(reference), settings);
}

search::Genome Session::refine(const search::Genome& genome) {
  search::Genome refined = genome;
  const eqv_candidate candidate = candidate_of(genome);
  const eqv_genome_sink sink{
      sizeof sink, &refined.flat, [](void* context, const void* bytes, std::size_t size) {
        const auto* first = static_cast<const std::byte*>(bytes);
        static_cast<std::vector<std::byte>*>(context)->assign(first, first + size);
      }};
  EXPECT_EQ(table_.refine(handle_, &candidate, &sink), EQV_OK);
  return refined;
}

hashing::Digest Session::probe(const search::Genome& genome, std::uint64_t seed,
                               eqv_status* status) {
  hashing::OutputSink sink(hashing::SinkSettings{24, 40, info().probe_exact != 0});
  const eqv_output_sink out = output_sink(sink);
  const eqv_probe_request request{sizeof request, seed};
  const eqv_candidate candidate = candidate_of(genome);
  const eqv_status got = table_.probe(handle_, &candidate, &request, &out);
  if (status)
    *status = got;
  else
    EXPECT_EQ(got, EQV_OK);
  return sink.finish().key;
}

std::map<std::string, std::string> Session::run_apply(const eqv_candidate& candidate,
                                                      const nlohmann::json& options,
                                                      std::uint64_t seed) {
  const std::string json = options.dump();
  const eqv_apply_request request{sizeof request, text(json), seed, 1};
  Artefacts artefacts;
  eqv_artefact_sink sink{};
  sink.struct_size = sizeof sink;
  sink.context = &artefacts;
  sink.begin = [](void* c, const char* name, const char*) -> int {
    auto* a = static_cast<Artefacts*>(c);
    a->current = name;
    a->files[name];
    return 1;
  };
  sink.write = [](void* c, const void* data, std::size_t n) {
    auto* a = static_cast<Artefacts*>(c);
    a->files[a->current].append(static_cast<const char*>(data), n);
  };
  sink.end = [](void*) {};
  eqv_error error{};
  error.struct_size = sizeof error;
  const eqv_status status = table_.apply(handle_, &candidate, &request, &sink, &error);
  if (status != EQV_OK) throw Refusal{status, error.json_pointer, error.message};
  return artefacts.files;
}

std::map<std::string, std::string> Session::apply(const search::Genome& genome,
                                                  const nlohmann::json& options,
                                                  std::uint64_t seed) {
  return run_apply(candidate_of(genome), options, seed);
}
std::map<std::string, std::string> Session::apply(const std::string& reference,
                                                  const nlohmann::json& options,
                                                  std::uint64_t seed) {
  return run_apply(candidate_of(reference), options, seed);
}

std::string Session::log() const {
  std::lock_guard lock(state_->mutex);
  return state_->log;
}

std::string text_of(void (*write)(const eqv_text_sink*)) {
  std::string out;
  const eqv_text_sink sink = sink_into(out);
  write(&sink);
  return out;
}

search::Genome genome_of(const std::string& text, const search::MemoryShape& shape) {
  auto program = search::parse_program(text, shape);
  if (!program)
    throw std::runtime_error(program.error().message + " in line " +
                             std::to_string(program.error().line));
  return search::to_genome(*program);
}

}  // namespace equivolve::test
