// Any bytes as a configuration: what must hold whatever they are.
#pragma once

#include <string>

namespace equivolve::fuzz {

/// Reads `text` as `equivolve validate` does, up to where an evaluator is loaded: the walk, the
/// evaluator's schema (algorithm_discovery's form), the space. Returns what does not hold, or "":
///   - every refusal says something, in text that is UTF-8 and on the line it names;
///   - what is accepted can be written as understood and read back to the same;
///   - the same text gives the same verdict twice.
/// Crashes and leaks are the sanitizers' to find.
std::string broken_promise(const std::string& text);

}  // namespace equivolve::fuzz
