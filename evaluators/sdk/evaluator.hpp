// A header-only C++ face over equivolve_evaluator.h: write a class, name it in EQUIVOLVE_EVALUATOR,
// done. It catches every exception at the line and turns it into a status. Depends on std only.
//
// clang-format off
//   class MyEvaluator {
//    public:
//     static const eqv_descriptor& descriptor();
//     static std::string config_schema();             // JSON Schema of {"data", "options"}
//     MyEvaluator(sdk::Host host, std::string_view config_json);  // throws sdk::Refused
//     const eqv_instance_info& instance_info() const;
//     eqv_status evaluate(const sdk::Candidate&, const eqv_trial_request&, sdk::Result&);
//     // and any of these:
//     std::string default_space(std::uint32_t representation) const;
//     void bind_space(std::string_view space_json);   // throws sdk::Refused
//     std::string reference_candidates() const;       // JSON list
//     eqv_status probe(const sdk::Candidate&, const eqv_probe_request&, sdk::OutputSink&);
//     eqv_status apply(const sdk::Candidate&, const eqv_apply_request&,
//                      sdk::ArtefactSink&);           // throws sdk::Refused
//     static std::string apply_schema();
//     eqv_status refine(const sdk::Candidate&, sdk::GenomeSink&);
//   };
//   EQUIVOLVE_EVALUATOR(MyEvaluator)
// clang-format on
//
// probe, evaluate and apply are called by many threads at once when the descriptor has
// EQV_THREAD_SAFE.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::sdk {

/// Thrown by a constructor, bind_space or apply: what is wrong, and where in the JSON
/// ("/options/task").
class Refused : public std::runtime_error {
 public:
  Refused(std::string json_pointer, const std::string& message)
      : std::runtime_error(message), json_pointer_(std::move(json_pointer)) {}
  const std::string& json_pointer() const { return json_pointer_; }

 private:
  std::string json_pointer_;
};

inline std::string_view view(eqv_text text) {
  return {text.data, text.size};
}
inline eqv_text text(std::string_view view) {
  return {view.data(), view.size()};
}

class Host {
 public:
  explicit Host(const eqv_host* host) : host_(host) {}
  void log(int severity, std::string_view message) const {
    if (host_->log) host_->log(host_->context, severity, message.data(), message.size());
  }
  bool is_cancelled(const eqv_trial_request& trial) const {
    return host_->is_cancelled && host_->is_cancelled(host_->context, trial.trial) != 0;
  }
  /// False: stop here, the result so far stands.
  bool report(const eqv_trial_request& trial, std::uint64_t step, std::uint64_t total,
              std::span<const double> figures) const {
    return !host_->report || host_->report(host_->context, trial.trial, step, total, figures.data(),
                                           figures.size()) == 0;
  }
  void items(const eqv_trial_request& trial, std::size_t figure,
             std::span<const double> values) const {
    if (host_->items)
      host_->items(host_->context, trial.trial, figure, values.data(), values.size());
  }
  void parallel_for(const eqv_trial_request& trial, std::size_t n,
                    const std::function<void(std::size_t)>& body) const {
    if (!host_->parallel_for || trial.threads <= 1) {
      for (std::size_t i = 0; i < n; ++i) body(i);
      return;
    }
    host_->parallel_for(
        host_->context, trial.trial, n,
        [](void* context, std::size_t i) {
          (*static_cast<const std::function<void(std::size_t)>*>(context))(i);
        },
        const_cast<std::function<void(std::size_t)>*>(&body));
  }

 private:
  const eqv_host* host_;
};

class Candidate {
 public:
  explicit Candidate(const eqv_candidate& raw) : raw_(raw) {}
  std::uint32_t representation() const { return raw_.representation; }
  std::span<const std::byte> genome() const {
    return {static_cast<const std::byte*>(raw_.genome), raw_.genome_size};
  }
  std::string_view reference() const { return view(raw_.reference); }  ///< empty for genomes
  std::string text() const {
    std::string out;
    eqv_text_sink sink{sizeof(eqv_text_sink), &out,
                       [](void* context, const char* data, std::size_t size) {
                         static_cast<std::string*>(context)->append(data, size);
                       }};
    if (raw_.text) raw_.text(raw_.context, &sink);
    return out;
  }

 private:
  const eqv_candidate& raw_;
};

class OutputSink {
 public:
  explicit OutputSink(const eqv_output_sink& raw) : raw_(raw) {}
  void values(std::span<const double> group) {
    raw_.values(raw_.context, group.data(), group.size());
  }
  void direction(std::span<const double> group) {
    raw_.direction(raw_.context, group.data(), group.size());
  }
  void ranking(std::span<const double> group) {
    raw_.ranking(raw_.context, group.data(), group.size());
  }
  void labels(std::span<const std::int64_t> group) {
    raw_.labels(raw_.context, group.data(), group.size());
  }
  void bytes(std::span<const std::byte> group) {
    raw_.bytes(raw_.context, group.data(), group.size());
  }
  void text(std::string_view group) { raw_.text(raw_.context, group.data(), group.size()); }
  void integer(std::int64_t value) { raw_.integer(raw_.context, value); }
  void open_set() { raw_.open_set(raw_.context); }
  void end_item() { raw_.end_item(raw_.context); }
  void close_set() { raw_.close_set(raw_.context); }
  /// Before anything is put out: candidates with equal keys behave alike. True: the host knows how,
  /// so the probe is done.
  bool known(std::span<const std::byte> key) {
    constexpr std::size_t kNeeded = offsetof(eqv_output_sink, known) + sizeof(raw_.known);
    const bool offered = raw_.struct_size >= kNeeded && raw_.known;
    return offered && raw_.known(raw_.context, key.data(), key.size()) != 0;
  }

 private:
  const eqv_output_sink& raw_;
};

class Result {
 public:
  explicit Result(eqv_trial_result& raw) : raw_(raw) {}
  std::span<double> figures() { return {raw_.figures, raw_.figure_count}; }
  void cost(std::uint64_t units) { raw_.cost = units; }
  void message(std::string_view why) {
    std::snprintf(raw_.message, sizeof raw_.message, "%.*s", static_cast<int>(why.size()),
                  why.data());
  }

 private:
  eqv_trial_result& raw_;
};

class GenomeSink {
 public:
  explicit GenomeSink(const eqv_genome_sink& raw) : raw_(raw) {}
  void replace(std::span<const std::byte> genome) {
    raw_.replace(raw_.context, genome.data(), genome.size());
  }

 private:
  const eqv_genome_sink& raw_;
};

class ArtefactSink {
 public:
  explicit ArtefactSink(const eqv_artefact_sink& raw) : raw_(raw) {}
  /// Writes one artefact whole. Throws when the host refuses the name.
  void write(const std::string& name, const char* media_type, std::string_view content) {
    if (!raw_.begin(raw_.context, name.c_str(), media_type))
      throw std::invalid_argument("artefact name refused: " + name);
    constexpr std::size_t kChunk = std::size_t{1} << 20;
    for (std::size_t at = 0; at < content.size(); at += kChunk) {
      std::string_view part = content.substr(at, kChunk);
      raw_.write(raw_.context, part.data(), part.size());
    }
    raw_.end(raw_.context);
  }

 private:
  const eqv_artefact_sink& raw_;
};

namespace detail {

inline void fill(eqv_error* error, std::string_view pointer, std::string_view message) {
  if (!error) return;
  std::snprintf(error->json_pointer, sizeof error->json_pointer, "%.*s",
                static_cast<int>(pointer.size()), pointer.data());
  std::snprintf(error->message, sizeof error->message, "%.*s", static_cast<int>(message.size()),
                message.data());
}

inline void put(const eqv_text_sink* sink, std::string_view text) {
  sink->write(sink->context, text.data(), text.size());
}

template <class Body>
eqv_status guarded(eqv_error* error, Body&& body) noexcept {
  try {
    return body();
  } catch (const Refused& e) {
    fill(error, e.json_pointer(), e.what());
    return EQV_UNSUPPORTED;
  } catch (const std::bad_alloc&) {
    fill(error, "", "out of memory");
    return EQV_OUT_OF_MEMORY;
  } catch (const std::exception& e) {
    fill(error, "", e.what());
    return EQV_INTERNAL;
  } catch (...) {
    fill(error, "", "unknown exception");
    return EQV_INTERNAL;
  }
}

template <class T>
eqv_evaluator make_table() {
  eqv_evaluator t{};
  t.struct_size = sizeof t;
  t.abi_major = EQV_ABI_MAJOR;
  t.abi_minor = EQV_ABI_MINOR;
  t.describe = [] { return &T::descriptor(); };
  t.create = [](const eqv_host* host, eqv_text config, eqv_handle** handle, eqv_error* error) {
    return guarded(error, [&] {
      *handle = reinterpret_cast<eqv_handle*>(new T(Host(host), view(config)));
      return EQV_OK;
    });
  };
  t.destroy = [](eqv_handle* handle) { delete reinterpret_cast<T*>(handle); };
  t.instance_info = [](eqv_handle* handle) {
    return &reinterpret_cast<T*>(handle)->instance_info();
  };
  t.config_schema = [](const eqv_text_sink* sink) {
    guarded(nullptr, [&] { return put(sink, T::config_schema()), EQV_OK; });
  };
  t.evaluate = [](eqv_handle* handle, const eqv_candidate* candidate,
                  const eqv_trial_request* request, eqv_trial_result* result) {
    eqv_error error{};
    eqv_status status = guarded(&error, [&] {
      Result face(*result);
      return reinterpret_cast<T*>(handle)->evaluate(Candidate(*candidate), *request, face);
    });
    if (error.message[0] != 0) Result(*result).message(error.message);
    return status;
  };
  if constexpr (requires(const T& e) { e.default_space(1u); })
    t.default_space = [](eqv_handle* handle, std::uint32_t representation,
                         const eqv_text_sink* sink) {
      return guarded(nullptr, [&] {
        return put(sink, reinterpret_cast<T*>(handle)->default_space(representation)), EQV_OK;
      });
    };
  if constexpr (requires(T & e) { e.bind_space(std::string_view{}); })
    t.bind_space = [](eqv_handle* handle, eqv_text space, eqv_error* error) {
      return guarded(error,
                     [&] { return reinterpret_cast<T*>(handle)->bind_space(view(space)), EQV_OK; });
    };
  if constexpr (requires(const T& e) { e.reference_candidates(); })
    t.reference_candidates = [](eqv_handle* handle, const eqv_text_sink* sink) {
      guarded(nullptr, [&] {
        return put(sink, reinterpret_cast<T*>(handle)->reference_candidates()), EQV_OK;
      });
    };
  if constexpr (requires(T & e, const Candidate& c, const eqv_probe_request& r, OutputSink& s) {
                  e.probe(c, r, s);
                })
    t.probe = [](eqv_handle* handle, const eqv_candidate* candidate,
                 const eqv_probe_request* request, const eqv_output_sink* sink) {
      return guarded(nullptr, [&] {
        OutputSink face(*sink);
        return reinterpret_cast<T*>(handle)->probe(Candidate(*candidate), *request, face);
      });
    };
  if constexpr (requires(T & e, const Candidate& c, const eqv_apply_request& r, ArtefactSink& s) {
                  e.apply(c, r, s);
                })
    t.apply = [](eqv_handle* handle, const eqv_candidate* candidate,
                 const eqv_apply_request* request, const eqv_artefact_sink* sink,
                 eqv_error* error) {
      return guarded(error, [&] {
        ArtefactSink face(*sink);
        return reinterpret_cast<T*>(handle)->apply(Candidate(*candidate), *request, face);
      });
    };
  if constexpr (requires(T & e, const Candidate& c, GenomeSink& s) { e.refine(c, s); })
    t.refine = [](eqv_handle* handle, const eqv_candidate* candidate, const eqv_genome_sink* sink) {
      return guarded(nullptr, [&] {
        GenomeSink face(*sink);
        return reinterpret_cast<T*>(handle)->refine(Candidate(*candidate), face);
      });
    };
  if constexpr (requires { T::apply_schema(); })
    t.apply_schema = [](const eqv_text_sink* sink) {
      guarded(nullptr, [&] { return put(sink, T::apply_schema()), EQV_OK; });
    };
  return t;
}

}  // namespace detail
}  // namespace equivolve::sdk

/// Exports T as an evaluator.
#define EQUIVOLVE_EVALUATOR(T)                                                    \
  EQV_ENTRY {                                                                     \
    static const eqv_evaluator table = ::equivolve::sdk::detail::make_table<T>(); \
    return host_abi == EQV_ABI_MAJOR ? &table : nullptr;                          \
  }
