#include "engine/processes/log_tail.hpp"

namespace equivolve::engine {

void LogTail::add(std::string_view bytes) {
  added_ += bytes.size();
  kept_ += bytes.substr(bytes.size() > most_ ? bytes.size() - most_ : 0);
  // Cut when it has doubled, so that each byte is moved once.
  if (kept_.size() > 2 * most_) kept_.erase(0, kept_.size() - most_);
}

std::string LogTail::text() const {
  std::size_t begin = kept_.size() > most_ ? kept_.size() - most_ : 0;
  const bool is_cut = added_ > kept_.size() - begin;
  for (int i = 0; is_cut && i < 3 && begin < kept_.size(); ++i, ++begin)
    if ((static_cast<unsigned char>(kept_[begin]) & 0xC0) != 0x80) break;
  return kept_.substr(begin);
}

}  // namespace equivolve::engine
