/* Modules that must be refused before a handle is made. Compiled once a fault: BAD_... names it,
 * BAD_ID is its file's name. */
#include <stddef.h>

#include "evaluators/sdk/equivolve_evaluator.h"
#include "search/genome/equivolve_genome.h"

#ifndef BAD_NO_ENTRY

#ifdef BAD_UNDEFINED
extern int equivolve_test_symbol_that_nobody_defines(void);
#endif

static const eqv_descriptor* describe(void) {
#ifdef BAD_STRANGE_REPRESENTATION
  static const uint32_t representations[] = {4711};
#else
  static const uint32_t representations[] = {EQV_PROGRAM};
#endif
#ifdef BAD_OTHER_NAME
  static const char* id = "somebody_else";
#else
  static const char* id = BAD_ID;
#endif
  static eqv_descriptor descriptor;
  descriptor = (eqv_descriptor){sizeof(eqv_descriptor), id, "1", "", 0, representations, 1};
#ifdef BAD_NULL_DESCRIPTOR
  return descriptor.id ? NULL : &descriptor;
#else
  return &descriptor;
#endif
}

static eqv_status create(const eqv_host* host, eqv_text config, eqv_handle** handle,
                         eqv_error* error) {
  (void)host, (void)config, (void)handle, (void)error;
#ifdef BAD_UNDEFINED
  return (eqv_status)equivolve_test_symbol_that_nobody_defines();
#else
  return EQV_OK; /* without a handle */
#endif
}
static void destroy(eqv_handle* handle) {
  (void)handle;
}
static const eqv_instance_info* instance_info(eqv_handle* handle) {
  return (void)handle, NULL;
}
static eqv_status evaluate(eqv_handle* handle, const eqv_candidate* candidate,
                           const eqv_trial_request* request, eqv_trial_result* result) {
  (void)handle, (void)candidate, (void)request, (void)result;
  return EQV_OK;
}

EQV_ENTRY {
  static eqv_evaluator table;
  (void)host_abi;
  table.struct_size = sizeof table;
  table.abi_major = EQV_ABI_MAJOR;
  table.describe = describe;
  table.create = create;
  table.destroy = destroy;
  table.instance_info = instance_info;
  table.evaluate = evaluate;
#ifdef BAD_MAJOR
  table.abi_major = EQV_ABI_MAJOR + 1;
#endif
#ifdef BAD_NO_EVALUATE
  table.evaluate = NULL;
#endif
#ifdef BAD_SHORT_TABLE
  table.struct_size =
      offsetof(eqv_evaluator, evaluate); /* so evaluate is not offered, though it is there */
#endif
#ifdef BAD_NOT_SERVED
  return NULL;
#else
  return &table;
#endif
}

#else
int equivolve_test_something_else(void) {
  return 1;
}
#endif
