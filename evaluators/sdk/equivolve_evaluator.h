/* The interface between Equivolve and an evaluator: the only line across which the engine and a
 * plugin meet. C11, C++17 and C++20 compile it; it depends on nothing. evaluator.hpp in this folder
 * is a header-only C++ face over it; ABI.md says how it may grow.
 *
 * An evaluator is a shared library that exports one symbol, equivolve_evaluator_entry.
 *
 * Conventions
 *   - Every struct begins with struct_size, filled by whoever allocates it. A reader looks at a
 * member only where struct_size covers it. New members and functions come only at the end.
 *   - Nothing allocated on one side is freed on the other. Text is a pointer and a length, UTF-8,
 * not NUL-terminated.
 *   - Nothing is thrown across this line. Pointers handed in are valid during the call unless said
 * otherwise.
 *   - Threads: [any-thread] may be called by many threads at once on one handle;
 * [one-thread-per-handle] by one at a time; [main-thread] before any other call or after all
 * others. When the descriptor lacks EQV_THREAD_SAFE, probe, evaluate and apply are called one at a
 * time per handle.
 *   - An evaluator leaves global state alone: locale, signal handlers, rounding mode, working
 * folder. */
#ifndef EQUIVOLVE_EVALUATOR_H
#define EQUIVOLVE_EVALUATOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EQV_ABI_MAJOR 1u
#define EQV_ABI_MINOR 3u

/* In C++ an enumeration whose type is not said may only be read while it holds one of its own
 * values; a module may return any number, and the host has to look at it. */
#ifdef __cplusplus
#define EQV_AS_INT32 : int32_t
#else
#define EQV_AS_INT32
#endif

/* What became of a call. EQV_INFEASIBLE and EQV_NON_FINITE are outcomes (the worst fitness); those
 * after them are failures. */
typedef enum eqv_status EQV_AS_INT32 {
  EQV_OK = 0,
  EQV_INFEASIBLE = 1, /* a constraint is broken; figures may still be given */
  EQV_NON_FINITE =
      2, /* the candidate's arithmetic left the finite numbers, or an error bound was passed */
  EQV_INVALID_CANDIDATE = 3, /* cannot be run at all */
  EQV_CANCELLED = 4,         /* is_cancelled said so */
  EQV_TIMED_OUT = 5,
  EQV_OUT_OF_MEMORY = 6,
  EQV_UNSUPPORTED = 7,
  EQV_INTERNAL = 8
} eqv_status;

typedef struct eqv_text {
  const char* data;
  size_t size;
} eqv_text;

/* Filled by the callee, owned by the caller. json_pointer names the offending value inside
 * config_json ("/options/task"), or is empty. Both are NUL-terminated; longer texts are cut. */
typedef struct eqv_error {
  uint32_t struct_size;
  char json_pointer[252];
  char message[1024];
} eqv_error;

typedef struct eqv_text_sink {
  uint32_t struct_size;
  void* context;
  void (*write)(void* context, const char* data, size_t size); /* appends */
} eqv_text_sink;

/* ---- what an evaluator says of itself
 * ------------------------------------------------------------------------------ */

enum {
  EQV_THREAD_SAFE = 1u << 0,
  EQV_DETERMINISTIC = 1u << 1,
  EQV_OFFERS_PROBE = 1u << 2,
  EQV_OFFERS_APPLY = 1u << 3
};

typedef struct eqv_descriptor {
  uint32_t struct_size;
  const char* id;      /* [a-z][a-z0-9_]{0,63} */
  const char* version; /* part of the evaluation context: change it whenever a fitness may change */
  const char* summary; /* one line */
  uint64_t flags;
  const uint32_t* representations; /* EQV_PROGRAM, ... the first is the default */
  size_t representation_count;
} eqv_descriptor;

/* A constraint is met where its figure is at most 0 (EQV_MINIMIZE) or at least 0 (EQV_MAXIMIZE). */
enum { EQV_OBJECTIVE = 0, EQV_CONSTRAINT = 1, EQV_DESCRIPTOR = 2, EQV_METRIC = 3 };
enum { EQV_MAXIMIZE = 0, EQV_MINIMIZE = 1 };

typedef struct eqv_figure {
  uint32_t struct_size;
  const char* name; /* [A-Za-z][A-Za-z0-9_.-]{0,63} */
  const char* unit; /* "" where there is none */
  uint32_t role;
  uint32_t direction;
  double low, high;      /* bounds, infinite where there are none */
  uint32_t reproducible; /* 0: a measured time; only ever a metric, left out of run digests and
                            verification */
} eqv_figure;

typedef struct eqv_level {
  uint32_t struct_size;
  const char* name;
  double relative_cost;          /* the last level costs 1 */
  uint32_t comparable_with_next; /* figures of this level and the next are on one scale */
} eqv_level;

enum { EQV_VALIDATION = 0, EQV_TEST = 1 };

/* Known only once the data are read. Pointers live as long as the handle. */
typedef struct eqv_instance_info {
  uint32_t struct_size;
  const eqv_figure* figures; /* in the order in which results carry them */
  size_t figure_count;
  const eqv_level* levels;
  size_t level_count; /* at least 1 */
  uint32_t offers_test_split;
  double typical_seconds;       /* of a trial at the last level; for display only; 0: unknown */
  uint8_t data_digest[16];      /* of the data's bytes */
  uint32_t probe_mantissa_bits; /* 1..52: how finely the host tells probe outputs apart; 0: the
                                   host's default (24) */
  uint32_t probe_exact;         /* non-zero: every bit of a probe output counts */
  uint64_t refines_genomes;     /* 1.3. non-zero: every bred genome goes through refine first */
} eqv_instance_info;

/* ---- candidates, probes and trials
 * --------------------------------------------------------------------------------- */

/* Either a genome (equivolve_genome.h has the layouts) or the name of a reference candidate that
 * has none. */
typedef struct eqv_candidate {
  uint32_t struct_size;
  uint32_t representation;
  const void* genome; /* aligned to 8 bytes */
  size_t genome_size;
  eqv_text reference; /* empty for genomes */
  void* context;
  void (*text)(void* context,
               const eqv_text_sink* sink); /* the genome's readable form, written on request */
} eqv_candidate;

/* Outputs of a probe, in order; the host canonicalises and hashes them (docs/hashing.md). */
typedef struct eqv_output_sink {
  uint32_t struct_size;
  void* context;
  void (*values)(void* context, const double* group, size_t count); /* numbers that share a scale */
  void (*direction)(void* context, const double* group, size_t count); /* up to a positive factor */
  void (*ranking)(void* context, const double* group, size_t count);   /* only the order matters */
  void (*labels)(void* context, const int64_t* group, size_t count);   /* names are arbitrary */
  void (*bytes)(void* context, const void* group, size_t count);
  void (*text)(void* context, const char* group, size_t count);
  void (*integer)(void* context, int64_t value);
  void (*open_set)(
      void* context); /* items up to close_set are unordered; each ends with end_item */
  void (*end_item)(void* context);
  void (*close_set)(void* context);
  /* 1.1. A shortcut, called before anything is put out, once at most: `key` (any bytes) is such
   * that candidates with equal keys put out the same under this handle, its bound space and this
   * seed. 1: the host knows what that is; return EQV_OK, what is put out then is not looked at. 0:
   * go on. */
  int (*known)(void* context, const void* key, size_t size);
} eqv_output_sink;

typedef struct eqv_probe_request {
  uint32_t struct_size;
  uint64_t seed; /* the same for every candidate of a run's evaluation context */
} eqv_probe_request;

/* 1.3. Where refine puts another genome in the candidate's place: whole, of the same
 * representation, valid in the bound space. Not called: the candidate stays as it was bred. */
typedef struct eqv_genome_sink {
  uint32_t struct_size;
  void* context;
  void (*replace)(void* context, const void* genome,
                  size_t size); /* copies; the last call counts */
} eqv_genome_sink;

typedef struct eqv_trial_request {
  uint32_t struct_size;
  uint64_t trial;       /* names this trial towards the host's functions */
  uint32_t level;       /* 0 .. level_count - 1 */
  uint32_t repeat;      /* 0: the search's own; higher: a repetition with fresh seeds */
  uint32_t split;       /* EQV_VALIDATION or EQV_TEST */
  uint32_t threads;     /* how wide parallel_for may be; 1: do everything here */
  uint64_t common_seed; /* the same for every candidate in this repeat: splits, resamplings, common
                           random numbers */
  uint64_t own_seed;    /* this behaviour's own */
  uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0: none */
  eqv_text scratch; /* folder of this candidate that outlives the trial; empty: none is offered */
} eqv_trial_request;

typedef struct eqv_trial_result {
  uint32_t struct_size;
  double*
      figures; /* room for instance_info.figure_count values, handed in as NaN; set all on EQV_OK */
  size_t figure_count;
  uint64_t cost;     /* evaluator's own unit of work (instructions, steps); 0: not counted */
  char message[512]; /* why, when the status is not EQV_OK; NUL-terminated */
} eqv_trial_result;

typedef struct eqv_apply_request {
  uint32_t struct_size;
  eqv_text options_json; /* {"data": absolute path, ...}, checked against apply_schema; "{}" when
                            none are given */
  uint64_t common_seed;
  uint32_t threads;
} eqv_apply_request;

/* Named results. begin / write... / end, one artefact at a time. Names match
 * [A-Za-z0-9][A-Za-z0-9_.-]{0,63}; each write has at most 1 MiB. begin returns 0 when the host
 * refuses the name. */
typedef struct eqv_artefact_sink {
  uint32_t struct_size;
  void* context;
  int (*begin)(void* context, const char* name, const char* media_type);
  void (*write)(void* context, const void* data, size_t size);
  void (*end)(void* context);
} eqv_artefact_sink;

/* ---- the host
 * ------------------------------------------------------------------------------------------------------
 */

enum { EQV_LOG_INFO = 0, EQV_LOG_WARNING = 1, EQV_LOG_ERROR = 2 };

/* Outlives every handle made with it. All functions are [any-thread]. */
typedef struct eqv_host {
  uint32_t struct_size;
  void* context;
  void (*log)(void* context, int severity, const char* text, size_t size);
  /* Poll at least every 50 ms; non-zero: return EQV_CANCELLED soon. */
  int (*is_cancelled)(void* context, uint64_t trial);
  /* Progress and intermediate values (a value for every figure, NaN where unknown); non-zero: stop
   * here, the result so far stands. */
  int (*report)(void* context, uint64_t trial, uint64_t step, uint64_t total, const double* figures,
                size_t count);
  /* The parts whose mean is figure number `figure` (one test row each, say), for paired intervals
   * over items. Only on the test split; the order of items is the same for every candidate. */
  void (*items)(void* context, uint64_t trial, size_t figure, const double* values, size_t count);
  /* body(body_context, i) for 0 <= i < n, in any order, on at most the granted threads. Returns
   * when all are done. */
  void (*parallel_for)(void* context, uint64_t trial, size_t n,
                       void (*body)(void* body_context, size_t i), void* body_context);
} eqv_host;

/* ---- the evaluator
 * -------------------------------------------------------------------------------------------------
 */

typedef struct eqv_handle eqv_handle; /* the evaluator's own */

/* A null member means "not offered". Required: describe, create, destroy, instance_info, evaluate.
 */
typedef struct eqv_evaluator {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;

  /* [any-thread] Static; does no work. */
  const eqv_descriptor* (*describe)(void);

  /* [main-thread] config_json: {"data": ..., "options": {...}, "representation": "program"}; paths
   * are absolute. On anything but EQV_OK *handle is untouched and `error` says why. */
  eqv_status (*create)(const eqv_host* host, eqv_text config_json, eqv_handle** handle,
                       eqv_error* error);
  void (*destroy)(eqv_handle* handle); /* [main-thread] */

  const eqv_instance_info* (*instance_info)(eqv_handle* handle); /* [any-thread] */

  /* [any-thread] JSON Schema of "data" and "options" as one object. Needs no handle. */
  void (*config_schema)(const eqv_text_sink* sink);

  /* [any-thread] The space of a representation as one JSON document in the configuration's words
   * (docs/spaces.md). */
  eqv_status (*default_space)(eqv_handle* handle, uint32_t representation,
                              const eqv_text_sink* sink);

  /* [main-thread] Before any candidate: the resolved space. */
  eqv_status (*bind_space)(eqv_handle* handle, eqv_text space_json, eqv_error* error);

  /* [any-thread] JSON: [{"name": ..., "summary": ..., "genome": text form, absent for those known
   * by name only}, ...] */
  void (*reference_candidates)(eqv_handle* handle, const eqv_text_sink* sink);

  /* [any-thread if EQV_THREAD_SAFE] Deterministic outputs on the fixed probe inputs. */
  eqv_status (*probe)(eqv_handle* handle, const eqv_candidate* candidate,
                      const eqv_probe_request* request, const eqv_output_sink* sink);

  /* [any-thread if EQV_THREAD_SAFE] One trial. */
  eqv_status (*evaluate)(eqv_handle* handle, const eqv_candidate* candidate,
                         const eqv_trial_request* request, eqv_trial_result* result);

  /* [any-thread if EQV_THREAD_SAFE] Turns a candidate into something a person can use. */
  eqv_status (*apply)(eqv_handle* handle, const eqv_candidate* candidate,
                      const eqv_apply_request* request, const eqv_artefact_sink* sink,
                      eqv_error* error);

  /* [any-thread] JSON Schema of apply's options; its properties become command-line flags. Needs no
   * handle. */
  void (*apply_schema)(const eqv_text_sink* sink);

  /* 1.3. [any-thread if EQV_THREAD_SAFE] Lamarckian inheritance: local improvement of a genome that
   * was just bred, before its probe. What is put into the sink is the candidate from then on: it is
   * probed, tried, stored, and bred from. Called for every child (also again, when a run is
   * resumed) where instance_info.refines_genomes says so, never for references. The answer must
   * follow from the genome, the data, the options and the bound space alone. */
  eqv_status (*refine)(eqv_handle* handle, const eqv_candidate* candidate,
                       const eqv_genome_sink* sink);
} eqv_evaluator;

/* The one exported symbol. Returns the table for host_abi (a major version), or null when it is not
 * served. */
typedef const eqv_evaluator* (*eqv_entry)(uint32_t host_abi);
#if defined(__GNUC__)
#define EQV_EXPORT __attribute__((visibility("default")))
#else
#define EQV_EXPORT
#endif
#ifdef __cplusplus
#define EQV_ENTRY \
  extern "C" EQV_EXPORT const eqv_evaluator* equivolve_evaluator_entry(uint32_t host_abi)
#else
#define EQV_ENTRY EQV_EXPORT const eqv_evaluator* equivolve_evaluator_entry(uint32_t host_abi)
#endif

#ifdef __cplusplus
}
#endif
#endif
