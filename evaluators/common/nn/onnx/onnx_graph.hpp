// What an ONNX file says, as plain values: nodes in order, constant tensors by name. The format is
// Open Neural Network Exchange's (onnx.ai; protobuf messages of onnx.proto, IR version 3 and up).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace equivolve::nn {

/// Row-major, as many numbers as the sizes say. Whole numbers (shapes, axes) are exact up to 2^53.
struct OnnxTensor {
  std::vector<std::int64_t> sizes;
  std::vector<double> numbers;
};

struct OnnxNode {
  std::string name;       ///< may be empty
  std::string operation;  ///< "Conv"; of another domain than ONNX's own "domain.Name"
  std::vector<std::string> inputs, outputs;  ///< names of values; an input left out is empty
  std::map<std::string, std::vector<double>> numbers;  ///< attributes: numbers and lists of them
  std::map<std::string, std::string> texts;            ///< attributes that are texts
};

struct OnnxGraph {
  std::string input;                      ///< the one input that is no constant
  std::vector<std::int64_t> input_sizes;  ///< with the batch's, in front; 0: not fixed
  std::vector<std::string> outputs;
  std::vector<OnnxNode> nodes;  ///< without those that only name a constant
  std::map<std::string, OnnxTensor>
      tensors;  ///< constants: initialisers, Constant, Identity of one
};

/// Any bytes may be given. An error is one line: no ONNX model, cut off, numbers of a type or in a
/// place (other files) that is not read. [any-thread]
tl::expected<OnnxGraph, std::string> parse_onnx(std::string_view bytes);

/// Names in a file may be of any bytes: control characters become '?'. [any-thread]
std::string one_line(std::string text);

}  // namespace equivolve::nn
