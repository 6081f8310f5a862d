/* A small but complete evaluator in C11: the share of a genome's bytes that equal options.byte.
 * What the plugin guide shows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluators/sdk/equivolve_evaluator.h"
#include "search/genome/equivolve_genome.h"

struct eqv_handle {
  const eqv_host* host;
  int byte;
  eqv_figure figures[2];
  eqv_level level;
  eqv_instance_info info;
};

static const eqv_descriptor* describe(void) {
  static const uint32_t representations[] = {EQV_PROGRAM};
  static const eqv_descriptor descriptor = {
      sizeof(eqv_descriptor),
      "toy_c",
      "1.2",
      "share of a genome's bytes that equal one",
      EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
      representations,
      1};
  return &descriptor;
}

static void copy_text(char* field, size_t room, const char* text) {
  strncpy(field, text, room - 1);
  field[room - 1] = 0;
}

/* Real evaluators use a JSON library; one number needs none. config_json ends with a NUL only by
 * courtesy of no one, so it is copied first. */
static int read_byte(eqv_text config, long* byte) {
  char* copy = malloc(config.size + 1);
  if (!copy) return 0;
  memcpy(copy, config.data, config.size);
  copy[config.size] = 0;
  const char* key = strstr(copy, "\"byte\":");
  *byte = key ? strtol(key + strlen("\"byte\":"), NULL, 10) : 0;
  free(copy);
  return 1;
}

static eqv_status create(const eqv_host* host, eqv_text config, eqv_handle** handle,
                         eqv_error* error) {
  long byte = 0;
  if (!read_byte(config, &byte)) return EQV_OUT_OF_MEMORY;
  if (byte < 0 || byte > 255) {
    copy_text(error->json_pointer, sizeof error->json_pointer, "/options/byte");
    copy_text(error->message, sizeof error->message, "must be 0 to 255");
    return EQV_UNSUPPORTED;
  }
  eqv_handle* made = calloc(1, sizeof *made);
  if (!made) return EQV_OUT_OF_MEMORY;
  made->host = host;
  made->byte = (int)byte;
  made->figures[0] =
      (eqv_figure){sizeof(eqv_figure), "share", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1};
  made->figures[1] =
      (eqv_figure){sizeof(eqv_figure), "size", "B", EQV_METRIC, EQV_MINIMIZE, 0, INFINITY, 1};
  made->level = (eqv_level){sizeof(eqv_level), "full", 1, 0};
  made->info.struct_size = sizeof made->info;
  made->info.figures = made->figures;
  made->info.figure_count = 2;
  made->info.levels = &made->level;
  made->info.level_count = 1;
  made->info.offers_test_split = 1;
  made->info.data_digest[15] = 42;
  made->info.probe_exact = 1;
  *handle = made;
  return EQV_OK;
}

static void destroy(eqv_handle* handle) {
  free(handle);
}

static const eqv_instance_info* instance_info(eqv_handle* handle) {
  return &handle->info;
}

static void put(const eqv_text_sink* sink, const char* text) {
  sink->write(sink->context, text, strlen(text));
}

static void config_schema(const eqv_text_sink* sink) {
  put(sink,
      "{\"type\":\"object\",\"properties\":{\"options\":{\"type\":\"object\",\"properties\":{");
  put(sink, "\"byte\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":255,\"default\":0}}}}}");
}

static eqv_status default_space(eqv_handle* handle, uint32_t representation,
                                const eqv_text_sink* sink) {
  (void)handle;
  if (representation != EQV_PROGRAM) return EQV_UNSUPPORTED;
  put(sink, "{\"representation\":\"program\",\"memories\":{\"dimension\":7},");
  put(sink, "\"operations\":[\"scalar_sum\",\"scalar_product\",\"scalar_constant\",\"dot\"]}");
  return EQV_OK;
}

static void reference_candidates(eqv_handle* handle, const eqv_text_sink* sink) {
  (void)handle;
  put(sink,
      "[{\"name\":\"nothing\",\"summary\":\"always "
      "0\"},{\"name\":\"empty\",\"summary\":\"\",\"genome\":\"setup:\\n\"}]");
}

static double share(const eqv_handle* handle, const eqv_candidate* candidate) {
  const unsigned char* bytes = candidate->genome;
  size_t equal = 0;
  for (size_t i = 0; i < candidate->genome_size; ++i) equal += bytes[i] == handle->byte;
  return candidate->genome_size ? (double)equal / (double)candidate->genome_size : 0;
}

static eqv_status probe(eqv_handle* handle, const eqv_candidate* candidate,
                        const eqv_probe_request* request, const eqv_output_sink* sink) {
  const double value = share(handle, candidate);
  sink->values(sink->context, &value, 1);
  /* Every figure follows from what is put out: two that differ in size are not the same. */
  sink->integer(sink->context, (int64_t)candidate->genome_size);
  sink->integer(sink->context, (int64_t)request->seed);
  return EQV_OK;
}

struct squares {
  double part[100];
};

static void square(void* context, size_t i) {
  ((struct squares*)context)->part[i] = (double)(i * i);
}

static eqv_status evaluate(eqv_handle* handle, const eqv_candidate* candidate,
                           const eqv_trial_request* request, eqv_trial_result* result) {
  const eqv_host* host = handle->host;
  struct squares squares;
  host->parallel_for(host->context, request->trial, 100, square, &squares);
  double sum = 0;
  for (int i = 0; i < 100; ++i) sum += squares.part[i];
  if (sum != 328350) return EQV_INTERNAL; /* some part was left out or done twice */
  result->figures[0] = share(handle, candidate);
  result->figures[1] = (double)candidate->genome_size;
  result->cost = candidate->genome_size;
  host->report(host->context, request->trial, 1, 2, result->figures, 2);
  const double items[] = {1, 2, 3};
  host->items(host->context, request->trial, 0, items, 3);
  return EQV_OK;
}

static eqv_status apply(eqv_handle* handle, const eqv_candidate* candidate,
                        const eqv_apply_request* request, const eqv_artefact_sink* sink,
                        eqv_error* error) {
  (void)handle;
  (void)error;
  const char* names[] = {"options.json", "../escape", "options.json"};
  for (int i = 0; i < 3; ++i) {
    if (!sink->begin(sink->context, names[i], "application/json")) continue;
    sink->write(sink->context, request->options_json.data, request->options_json.size);
    sink->end(sink->context);
  }
  if (!sink->begin(sink->context, "candidate.txt", "text/plain")) return EQV_INTERNAL;
  sink->write(sink->context, candidate->reference.data, candidate->reference.size);
  sink->end(sink->context);
  return EQV_OK;
}

EQV_ENTRY {
  static const eqv_evaluator table = {
      .struct_size = sizeof(eqv_evaluator),
      .abi_major = EQV_ABI_MAJOR,
      .abi_minor = EQV_ABI_MINOR,
      .describe = describe,
      .create = create,
      .destroy = destroy,
      .instance_info = instance_info,
      .config_schema = config_schema,
      .default_space = default_space,
      .reference_candidates = reference_candidates,
      .probe = probe,
      .evaluate = evaluate,
      .apply = apply,
  };
  return host_abi == EQV_ABI_MAJOR ? &table : NULL;
}
