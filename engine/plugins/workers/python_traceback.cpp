#include "engine/plugins/workers/python_traceback.hpp"

#include <algorithm>

namespace equivolve::engine {
namespace {

// As the standard module traceback writes them, since Python 2:  File "tune.py", line 3, in f
constexpr std::string_view kFile = "  File \"", kLine = "\", line ";

}  // namespace

std::string place_of_exception(std::string_view log) {
  const std::size_t begin = log.rfind(kFile);
  if (begin == std::string_view::npos) return "";
  std::string_view place = log.substr(begin + kFile.size());
  place = place.substr(0, place.find('\n'));
  const std::size_t quote = place.find(kLine);
  if (quote == std::string_view::npos) return "";
  std::string_view file = place.substr(0, quote);
  file = file.substr(file.rfind('/') + 1);  // npos + 1 is 0
  const std::string_view rest = place.substr(quote + kLine.size());
  const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789"));
  if (file.empty() || number.empty()) return "";
  return std::string(file) + ", line " + std::string(number);
}

}  // namespace equivolve::engine
