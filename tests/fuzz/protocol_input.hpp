// Any bytes as what a worker, or the engine, has written: what must hold whatever they are.
#pragma once

#include <string>

namespace equivolve::fuzz {

/// Reads `bytes` as the frame reader does, cut into pieces in two ways, and decodes every line.
/// Returns what does not hold, or "":
///   - how the bytes were cut makes no difference;
///   - a refusal says why, on one line;
///   - what is accepted can be written, on one line, and is read back as the same.
std::string broken_protocol_promise(const std::string& bytes);

}  // namespace equivolve::fuzz
