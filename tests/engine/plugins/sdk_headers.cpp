// Compiled as C++17 and as C++20: the headers of the plugin line by themselves. The face needs
// C++20.
#include "evaluators/sdk/equivolve_evaluator.h"
#include "search/genome/equivolve_genome.h"
#if __cplusplus >= 202002L
#include "evaluators/sdk/evaluator.hpp"
#endif

extern const size_t equivolve_test_cxx_layout[];
const size_t equivolve_test_cxx_layout[] = {sizeof(eqv_error),
                                            sizeof(eqv_text_sink),
                                            sizeof(eqv_descriptor),
                                            sizeof(eqv_figure),
                                            sizeof(eqv_level),
                                            sizeof(eqv_instance_info),
                                            sizeof(eqv_candidate),
                                            sizeof(eqv_output_sink),
                                            sizeof(eqv_probe_request),
                                            sizeof(eqv_trial_request),
                                            sizeof(eqv_trial_result),
                                            sizeof(eqv_apply_request),
                                            sizeof(eqv_artefact_sink),
                                            sizeof(eqv_host),
                                            sizeof(eqv_evaluator),
                                            sizeof(eqv_instruction),
                                            sizeof(eqv_program_header),
                                            offsetof(eqv_figure, low),
                                            offsetof(eqv_evaluator, evaluate),
                                            offsetof(eqv_trial_request, scratch),
                                            offsetof(eqv_output_sink, known),
                                            sizeof(eqv_genome_sink),
                                            offsetof(eqv_instance_info, refines_genomes),
                                            offsetof(eqv_evaluator, refine)};
