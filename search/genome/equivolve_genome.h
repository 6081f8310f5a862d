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
  EQV_PROGRAM = 1,       /* three instruction lists over typed memories */
  EQV_EXPRESSION = 2,    /* a formula over named inputs, in postfix order */
  EQV_GRAPH = 3,         /* a directed acyclic graph with an operation on each vertex */
  EQV_CONFIGURATION = 4, /* a value for each named parameter */
  EQV_SEQUENCE = 5       /* tokens of a finite alphabet */
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

/* An expression: its tokens in postfix order, nothing else. */
typedef struct eqv_expression_token {
  uint16_t op;    /* of the table in search/genome/expression_ops.hpp; 0: an input, 1: a constant */
  uint16_t input; /* which input, where op is 0 */
  uint32_t reserved; /* 0 */
  double value;      /* the number, where op is 1 */
} eqv_expression_token;

/* A graph: this header, then vertex_count bytes (the operation of each vertex, as its position in
 * the space's list; vertices in topological order), then the edges: one bit for each pair i < j,
 * row by row (0-1, 0-2, ..., 1-2, ...), lowest bit of each byte first, the last byte filled up with
 * zeros. Vertex 0 is the input, the last one the output; their operation is 0. */
typedef struct eqv_graph_header {
  uint32_t vertex_count;
  uint32_t reserved; /* 0 */
} eqv_graph_header;

/* A configuration: one of these for each parameter, in the order of the space. */
enum { EQV_FLOAT = 0, EQV_INTEGER = 1, EQV_CHOICE = 2, EQV_BOOLEAN = 3 };
typedef struct eqv_parameter_value {
  uint32_t kind;
  uint32_t active; /* 0: its condition does not hold; number is 0 then */
  double number; /* the value; an integer (at most 2^53); the position among the choices; 0 or 1 */
} eqv_parameter_value;

/* A sequence: this header, then `length` bytes: the position of each token in the alphabet. */
typedef struct eqv_sequence_header {
  uint32_t length;
  uint32_t reserved; /* 0 */
} eqv_sequence_header;

#ifdef __cplusplus
}
#endif
#endif
