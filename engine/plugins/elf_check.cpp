#include "engine/plugins/elf_check.hpp"

#include <elf.h>

#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace equivolve::engine {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kThisMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kThisMachine = EM_AARCH64;
#else
#error "name the ELF machine number of this platform"
#endif
static_assert(std::endian::native == std::endian::little, "the check below reads little-endian");

template <class T>
std::optional<T> read_at(std::ifstream& in, std::uint64_t offset) {
  T value;
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(reinterpret_cast<char*>(&value), sizeof value);
  if (!in) return std::nullopt;
  return value;
}

bool fits(std::uint64_t offset, std::uint64_t size, std::uint64_t file_size) {
  return offset <= file_size && size <= file_size - offset;
}

std::string why_header_is_wrong(const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != kThisMachine)
    return fmt::format("is built for another machine (ELF machine {})", header.e_machine);
  if (header.e_type != ET_DYN) return "is no shared library (an object file or a fixed program)";
  return "";
}

}  // namespace

std::string why_not_loadable(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (error || !std::filesystem::exists(status)) return "does not exist or cannot be read";
  if (!std::filesystem::is_regular_file(status)) return "is no regular file";
  const std::uint64_t size = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) return "cannot be read";

  const std::optional<Elf64_Ehdr> header = read_at<Elf64_Ehdr>(in, 0);
  if (!header) return size == 0 ? "is empty" : "is no shared library (too short to be one)";
  if (std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
    return "is no shared library (not an ELF file)";
  if (std::string why = why_header_is_wrong(*header); !why.empty()) return why;

  const std::string cut_off =
      fmt::format("is cut off: its headers promise more than its {} bytes", size);
  if (!fits(header->e_phoff, std::uint64_t{header->e_phnum} * sizeof(Elf64_Phdr), size) ||
      !fits(header->e_shoff, std::uint64_t{header->e_shnum} * header->e_shentsize, size))
    return cut_off;
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const auto segment = read_at<Elf64_Phdr>(in, header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment ||
        (segment->p_type != PT_NULL && !fits(segment->p_offset, segment->p_filesz, size)))
      return cut_off;
  }
  return "";
}

}  // namespace equivolve::engine
