// What reading a table did to it, in one line for a person.
#pragma once

#include <string>

#include "evaluators/common/tables/encoding.hpp"
#include "evaluators/common/tables/table_reader.hpp"

namespace equivolve::tables {

/// "no header: the columns are c1 to c5; city (3 levels) as 3 features of 0 and 1; 2 of 40 rows
/// dropped for missing values (age 1, city 2); missing cells filled in: age 2 (median)". Empty for
/// a plain table of numbers with a header. [any-thread]
std::string report_of(const Table& table, const Encoding& encoding);

}  // namespace equivolve::tables
