#include "tests/support/shim_vfs.hpp"

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cstring>
#include <new>

namespace equivolve::tests {
namespace {

constexpr char kName[] = "equivolve-shim";

struct Counters {
  ShimPlan plan;
  std::array<std::atomic<std::uint64_t>, 4> calls{};
  std::atomic<std::uint64_t> failures{0};
};
Counters counters;
sqlite3_vfs* base_vfs = nullptr;

// SQLITE_OK, or what this call has to return instead of being carried out.
int verdict(ShimPlan::Call call) {
  const std::uint64_t number = ++counters.calls[static_cast<std::size_t>(call)];
  const ShimPlan& plan = counters.plan;
  if (plan.nth == 0 || plan.call != call) return SQLITE_OK;
  const bool fails = plan.stays ? number >= plan.nth : number == plan.nth;
  if (!fails) return SQLITE_OK;
  ++counters.failures;
  return plan.code;
}

struct ShimFile {
  sqlite3_file face;
  sqlite3_file* base() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* base_of(sqlite3_file* file) {
  return reinterpret_cast<ShimFile*>(file)->base();
}
const sqlite3_io_methods* methods_of(sqlite3_file* file) {
  return base_of(file)->pMethods;
}

int shim_close(sqlite3_file* file) {
  return methods_of(file)->xClose(base_of(file));
}
int shim_read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  return methods_of(file)->xRead(base_of(file), data, size, offset);
}
int shim_write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  const int code = verdict(ShimPlan::Call::kWrite);
  return code != SQLITE_OK ? code : methods_of(file)->xWrite(base_of(file), data, size, offset);
}
int shim_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = verdict(ShimPlan::Call::kTruncate);
  return code != SQLITE_OK ? code : methods_of(file)->xTruncate(base_of(file), size);
}
int shim_sync(sqlite3_file* file, int flags) {
  const int code = verdict(ShimPlan::Call::kSync);
  return code != SQLITE_OK ? code : methods_of(file)->xSync(base_of(file), flags);
}
int shim_file_size(sqlite3_file* file, sqlite3_int64* size) {
  return methods_of(file)->xFileSize(base_of(file), size);
}
int shim_lock(sqlite3_file* file, int level) {
  return methods_of(file)->xLock(base_of(file), level);
}
int shim_unlock(sqlite3_file* file, int level) {
  return methods_of(file)->xUnlock(base_of(file), level);
}
int shim_check_reserved(sqlite3_file* file, int* reserved) {
  return methods_of(file)->xCheckReservedLock(base_of(file), reserved);
}
int shim_file_control(sqlite3_file* file, int operation, void* argument) {
  return methods_of(file)->xFileControl(base_of(file), operation, argument);
}
int shim_sector_size(sqlite3_file* file) {
  return methods_of(file)->xSectorSize(base_of(file));
}
int shim_characteristics(sqlite3_file* file) {
  return methods_of(file)->xDeviceCharacteristics(base_of(file));
}
int shim_shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return methods_of(file)->xShmMap(base_of(file), region, size, extend, out);
}
int shim_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return methods_of(file)->xShmLock(base_of(file), offset, count, flags);
}
void shim_shm_barrier(sqlite3_file* file) {
  methods_of(file)->xShmBarrier(base_of(file));
}
int shim_shm_unmap(sqlite3_file* file, int remove) {
  return methods_of(file)->xShmUnmap(base_of(file), remove);
}

// Version 2: no memory mapping, so that every write passes through here.
const sqlite3_io_methods kMethods = {
    2,
    shim_close,
    shim_read,
    shim_write,
    shim_truncate,
    shim_sync,
    shim_file_size,
    shim_lock,
    shim_unlock,
    shim_check_reserved,
    shim_file_control,
    shim_sector_size,
    shim_characteristics,
    shim_shm_map,
    shim_shm_lock,
    shim_shm_barrier,
    shim_shm_unmap,
    nullptr,
    nullptr,
};

int shim_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  const int failing = verdict(ShimPlan::Call::kOpen);
  if (failing != SQLITE_OK) return failing;
  sqlite3_file* base = base_of(file);
  std::memset(static_cast<void*>(base), 0, static_cast<std::size_t>(base_vfs->szOsFile));
  const int code = base_vfs->xOpen(base_vfs, name, base, flags, out_flags);
  if (base->pMethods != nullptr) file->pMethods = &kMethods;
  return code;
}

sqlite3_vfs shim_vfs;

}  // namespace

ShimVfs::ShimVfs() {
  sqlite3_initialize();
  base_vfs = sqlite3_vfs_find(nullptr);
  // The other calls get our structure in place of theirs, whose fields it repeats.
  shim_vfs = *base_vfs;
  shim_vfs.zName = kName;
  shim_vfs.pNext = nullptr;
  shim_vfs.szOsFile = static_cast<int>(sizeof(ShimFile)) + base_vfs->szOsFile;
  shim_vfs.xOpen = shim_open;
  sqlite3_vfs_register(&shim_vfs, 0);
  set_plan({});
}

ShimVfs::~ShimVfs() {
  sqlite3_vfs_unregister(&shim_vfs);
}

std::string ShimVfs::name() {
  return kName;
}

void ShimVfs::set_plan(const ShimPlan& plan) {
  counters.plan = plan;
  for (auto& count : counters.calls) count = 0;
  counters.failures = 0;
}

std::uint64_t ShimVfs::calls(ShimPlan::Call call) const {
  return counters.calls[static_cast<std::size_t>(call)];
}

std::uint64_t ShimVfs::failures() const {
  return counters.failures;
}

}  // namespace equivolve::tests
