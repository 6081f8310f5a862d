// Any bytes at both ends of the line between engine and worker, as far as they read it by
// themselves: the worker's Inbox, and the engine's WorkerProcess with a child that says the bytes.
#pragma once

#include <string>

namespace equivolve::fuzz {

/// The first 60,000 bytes to an Inbox. Returns what does not hold, or "": its questions are those
/// of the lines up to a goodbye, in their order, with what is no message in between; and cancelled
/// is what a cancel has named.
std::string broken_inbox_promise(const std::string& bytes);

/// From a worker (a process that prints the bytes and ends) to one who asks it to evaluate, and one
/// who waits behind. Each has an answer of the kind that was asked for, or of another kind, or a
/// loss with a message of one line.
std::string broken_exchange_promise(const std::string& bytes);

}  // namespace equivolve::fuzz
