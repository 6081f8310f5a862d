#include "engine/store/row.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "hashing/digest.hpp"

namespace equivolve::engine::store {

static_assert(std::endian::native == std::endian::little, "checksums are over little-endian bytes");

void RowBytes::start(Table table) {
  used_ = 0;
  *extend(1) = static_cast<std::byte>(table);
}

void RowBytes::null() {
  *extend(1) = static_cast<std::byte>(sql::Type::kNull);
}

void RowBytes::integer(std::int64_t value) {
  fixed(sql::Type::kInteger, static_cast<std::uint64_t>(value));
}

void RowBytes::real(double value) {
  fixed(sql::Type::kReal, std::bit_cast<std::uint64_t>(value));
}

void RowBytes::text(std::string_view value) {
  sized(sql::Type::kText, value.data(), value.size());
}

void RowBytes::blob(std::span<const std::byte> value) {
  sized(sql::Type::kBlob, value.data(), value.size());
}

std::uint64_t RowBytes::hash() const {
  return hashing::checksum64(std::span(bytes_).first(used_));
}

std::int64_t RowBytes::checksum() const {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(hash()));
}

bool RowBytes::match(std::int64_t stored) const {
  return stored == checksum() || stored == static_cast<std::int64_t>(hash());
}

// Never shrinks: growing a vector byte by byte showed in the profile of the writer.
void RowBytes::grow(std::size_t size) {
  bytes_.resize(2 * (used_ + size) + 512);
}

void RowBytes::fixed(sql::Type type, std::uint64_t bits) {
  std::byte* end = extend(1 + sizeof bits);
  *end = static_cast<std::byte>(type);
  std::memcpy(end + 1, &bits, sizeof bits);
}

void RowBytes::sized(sql::Type type, const void* data, std::size_t size) {
  fixed(type, size);
  if (size > 0) std::memcpy(extend(size), data, size);
}

RowBinder::RowBinder(sql::Statement& statement, RowBytes& bytes, Table table)
    : statement_(&statement), bytes_(bytes) {
  bytes_.start(table);
}

RowBinder::RowBinder(sql::RowValues& values, RowBytes& bytes, Table table)
    : values_(&values), bytes_(bytes) {
  bytes_.start(table);
}

void RowBinder::null() {
  bytes_.null();
  if (values_ != nullptr) return values_->add({});
  statement_->bind_null(next_++);
}

void RowBinder::integer(std::int64_t value) {
  bytes_.integer(value);
  if (values_ != nullptr) return values_->add(value);
  statement_->bind(next_++, value);
}

void RowBinder::real(double value) {
  if (!std::isfinite(value)) return null();
  value += 0.0;  // -0 + 0 = 0
  bytes_.real(value);
  if (values_ != nullptr) return values_->add(value);
  statement_->bind(next_++, value);
}

void RowBinder::text(std::string_view value) {
  bytes_.text(value);
  if (values_ != nullptr) return values_->add(value);
  statement_->bind(next_++, value);
}

void RowBinder::blob(std::span<const std::byte> value) {
  bytes_.blob(value);
  if (values_ != nullptr) return values_->add(value);
  statement_->bind(next_++, value);
}

void RowBinder::close() {
  if (values_ != nullptr) return values_->add(bytes_.checksum());
  statement_->bind(next_++, bytes_.checksum());
}

sql::Result<void> RowBinder::insert() {
  close();
  return statement_->run();
}

RowReader::RowReader(const sql::Statement& statement, RowBytes& bytes, Table table)
    : statement_(statement), bytes_(bytes) {
  bytes_.start(table);
}

bool RowReader::is_null() const {
  return statement_.type(next_) == sql::Type::kNull;
}

void RowReader::skip_null() {
  ++next_;
  bytes_.null();
}

std::int64_t RowReader::integer() {
  // A column of another type than was written must not pass for the value it converts to.
  if (statement_.type(next_) != sql::Type::kInteger) bytes_.null();
  const std::int64_t value = statement_.integer(next_++);
  bytes_.integer(value);
  return value;
}

double RowReader::real() {
  if (is_null()) {
    skip_null();
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (statement_.type(next_) != sql::Type::kReal) bytes_.null();
  const double value = statement_.real(next_++);
  bytes_.real(value);
  return value;
}

std::string RowReader::text() {
  if (statement_.type(next_) != sql::Type::kText) bytes_.null();
  std::string value = statement_.text(next_++);
  bytes_.text(value);
  return value;
}

std::span<const std::byte> RowReader::blob() {
  if (statement_.type(next_) != sql::Type::kBlob) bytes_.null();
  const auto value = statement_.blob(next_++);
  bytes_.blob(value);
  return value;
}

bool RowReader::intact() {
  return bytes_.match(statement_.integer(next_++));
}

}  // namespace equivolve::engine::store
