// Why a table cannot be used.
#pragma once

#include <string>

namespace equivolve::tables {

/// `pointer`: JSON pointer, within the settings of the data, of the value at fault ("/target",
/// "/drop/2"); "/file" for what is in the file. `text`: one sentence for a person.
struct Fault {
  std::string pointer;
  std::string text;
};

}  // namespace equivolve::tables
