/* Flat layouts of genomes, as they cross the evaluator interface and lie in the results file. C11,
 * C++17 and C++20 compile it; it depends on nothing. All integers and doubles are little-endian;
 * unused fields are zero, so that genomes can be compared bytewise. A new representation gets a new
 * number and a new struct; existing ones never change. */
#ifndef EQUIVOLVE_GENOME_H
#define EQUIVOLVE_GENOME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Representations. */
enum {
  EQV_PROGRAM = 1 /* three instruction lists over typed memories */
};

/* One instruction, 16 bytes: out = op(in1, in2).
 *   scalars, vectors and matrices are separate memories; which one an address means follows from
 * the operation. value  the constant written, the low end or the mean of a random draw aux    index
 * of a vector element; row << 16 | column of a matrix element; or the bits of a float: the high end
 * or the standard deviation of a random draw */
typedef struct eqv_instruction {
  uint8_t op;
  uint8_t in1;
  uint8_t in2;
  uint8_t out;
  uint32_t aux;
  double value;
} eqv_instruction;

/* A program: this header, then setup_length + predict_length + learn_length instructions. */
typedef struct eqv_program_header {
  uint16_t setup_length;
  uint16_t predict_length;
  uint16_t learn_length;
  uint16_t reserved; /* 0 */
} eqv_program_header;

#ifdef __cplusplus
}
#endif
#endif
