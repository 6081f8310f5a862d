#include "engine/plugins/module_table.hpp"

#include <dlfcn.h>

#include <fmt/format.h>

#include "engine/plugins/elf_check.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/read_struct.hpp"
#include "search/genome/equivolve_genome.h"
#include "search/genome/genome.hpp"

namespace equivolve::engine {
namespace {

constexpr const char* kEntrySymbol = "equivolve_evaluator_entry";

tl::expected<eqv_entry, std::string> entry_of(const std::filesystem::path& file) {
  // RTLD_NOW: a missing symbol is found here and not in the middle of a run. RTLD_LOCAL: modules do
  // not see each other.
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return tl::unexpected(one_line(fmt::format("cannot be loaded: {}", dlerror())));
  void* symbol = dlsym(library, kEntrySymbol);
  if (!symbol)
    return tl::unexpected(fmt::format("is no evaluator: it does not export {}", kEntrySymbol));
  return reinterpret_cast<eqv_entry>(symbol);
}

std::string missing_function(const eqv_evaluator& functions) {
  if (!functions.describe) return "describe";
  if (!functions.create) return "create";
  if (!functions.destroy) return "destroy";
  if (!functions.instance_info) return "instance_info";
  if (!functions.evaluate) return "evaluate";
  return "";
}

tl::expected<eqv_evaluator, std::string> functions_of(eqv_entry entry) {
  const eqv_evaluator* table = entry(EQV_ABI_MAJOR);
  if (!table)
    return tl::unexpected(
        fmt::format("does not serve interface version {}; rebuild it with this version's header",
                    EQV_ABI_MAJOR));
  const eqv_evaluator functions = read_struct(table);
  if (!EQUIVOLVE_COVERS(functions, abi_minor) || functions.abi_major != EQV_ABI_MAJOR)
    return tl::unexpected(
        fmt::format("has interface version {}.{}, this program has {}.{}; rebuild it with this "
                    "version's header",
                    functions.abi_major, functions.abi_minor, EQV_ABI_MAJOR, EQV_ABI_MINOR));
  if (std::string name = missing_function(functions); !name.empty())
    return tl::unexpected(fmt::format("lacks the required function {}", name));
  return functions;
}

tl::expected<EvaluatorDescriptor, std::string> descriptor_of(const eqv_evaluator& functions) {
  const eqv_descriptor* theirs = functions.describe();
  if (!theirs) return tl::unexpected(std::string("does not describe itself: describe gave null"));
  const eqv_descriptor raw = read_struct(theirs);
  if (!raw.id || !is_evaluator_id(raw.id))
    return tl::unexpected(fmt::format("calls itself '{}'; an id is [a-z][a-z0-9_]{{0,63}}",
                                      one_line(raw.id ? raw.id : "", 80)));
  if (!raw.version || raw.version[0] == 0)
    return tl::unexpected(std::string("has no version in its descriptor"));
  EvaluatorDescriptor out;
  out.id = raw.id;
  out.version = one_line(raw.version, 200);
  out.summary = one_line(raw.summary ? raw.summary : "", 500);
  out.thread_safe = (raw.flags & EQV_THREAD_SAFE) != 0;
  out.deterministic = (raw.flags & EQV_DETERMINISTIC) != 0;
  // A flag without the function behind it offers nothing.
  out.offers_probe = (raw.flags & EQV_OFFERS_PROBE) != 0 && functions.probe;
  out.offers_apply = (raw.flags & EQV_OFFERS_APPLY) != 0 && functions.apply;
  if (!raw.representations) return tl::unexpected(std::string("accepts no representation"));
  for (std::size_t i = 0; i < raw.representation_count; ++i)
    if (std::string name = representation_name(raw.representations[i]); !name.empty())
      out.representations.push_back(std::move(name));
  if (out.representations.empty())
    return tl::unexpected(std::string("accepts no representation that this version knows"));
  return out;
}

}  // namespace

std::string representation_name(std::uint32_t number) {
  return std::string(search::representation_name(static_cast<search::Representation>(number)));
}

tl::expected<ModuleTable, std::string> open_module(const std::filesystem::path& file) {
  if (std::string why = why_not_loadable(file); !why.empty()) return tl::unexpected(why);
  // A throwing module breaks the rules, but need not take the listing of the others down.
  try {
    const auto entry = entry_of(file);
    if (!entry) return tl::unexpected(entry.error());
    const auto functions = functions_of(*entry);
    if (!functions) return tl::unexpected(functions.error());
    auto descriptor = descriptor_of(*functions);
    if (!descriptor) return tl::unexpected(descriptor.error());
    if (file.stem() != descriptor->id)
      return tl::unexpected(
          fmt::format("calls itself '{0}', so its file must be {0}.so", descriptor->id));
    return ModuleTable{file, *functions, std::move(*descriptor)};
  } catch (const std::exception& e) {
    return tl::unexpected(
        one_line(fmt::format("threw an exception while being loaded: {}", e.what())));
  } catch (...) {
    return tl::unexpected(std::string("threw an exception while being loaded"));
  }
}

}  // namespace equivolve::engine
