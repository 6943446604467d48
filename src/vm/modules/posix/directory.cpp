// posix: directories: listdir, scandir with DirEntry, the working directory.
#include <dirent.h>
#include <unistd.h>

#include <cerrno>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct DirEntryObject : GcObject {
  Value name, path;      ///< str or bytes
  Value stat, lstat;     ///< null: not asked for yet
  unsigned char kind;    ///< DT_*
  std::uint64_t inode;
  int directory;         ///< what `path` is relative to: the descriptor that was listed, or AT_FDCWD
};

struct ScandirObject : GcObject {
  std::vector<DirectoryEntry>* entries;  ///< null: closed
  std::size_t next;
  std::string* prefix;
  bool as_bytes;
  int directory;
};

DirEntryObject* entry_of(Value self) { return self.as<DirEntryObject>(); }

std::string bytes_of(Vm& vm, Value path) {
  const auto argument = path_argument(vm, path, "DirEntry");
  return argument ? argument->bytes : std::string();
}

Ref stat_of(Vm& vm, DirEntryObject* entry, bool follow) {
  Value& cached = follow ? entry->stat : entry->lstat;
  if (!cached.is_null()) return Ref::share(cached);
  if (follow && entry->kind != DT_LNK && entry->kind != DT_UNKNOWN) return stat_of(vm, entry, false);
  FileStatus status;
  const int failure = vm.host.status(bytes_of(vm, entry->path), follow, entry->directory, status);
  if (failure != 0) return raise_os_error(vm, failure, entry->path);
  VM_TRY(Ref result, new_stat_result(vm, status));
  cached = result.clone().release();
  return result;
}

/// Whether the entry is of the kind, by what the directory says where that decides.
std::optional<bool> is_of_kind(Vm& vm, DirEntryObject* entry, bool follow, unsigned char kind, std::uint32_t mode_bits) {
  if (entry->kind != DT_UNKNOWN && !(follow && entry->kind == DT_LNK)) return entry->kind == kind;
  Ref status = stat_of(vm, entry, follow);
  if (!status) {
    if (catch_error(vm, vm.exc.FileNotFoundError)) return false;
    return std::nullopt;
  }
  const Value mode = (*status.as<TupleObject>())[0];
  return (int_low_bits(mode) & 0170000U) == mode_bits;
}

Ref entry_is_dir(Vm& vm, Value self, Args& args) {
  VM_TRY(const bool follow, args.boolean(vm, 0, true));
  VM_TRY(const bool result, is_of_kind(vm, entry_of(self), follow, DT_DIR, 0040000));
  return Ref::boolean(result);
}
Ref entry_is_file(Vm& vm, Value self, Args& args) {
  VM_TRY(const bool follow, args.boolean(vm, 0, true));
  VM_TRY(const bool result, is_of_kind(vm, entry_of(self), follow, DT_REG, 0100000));
  return Ref::boolean(result);
}
Ref entry_is_symlink(Vm& vm, Value self) {
  VM_TRY(const bool result, is_of_kind(vm, entry_of(self), false, DT_LNK, 0120000));
  return Ref::boolean(result);
}
Ref entry_is_junction(Vm&, Value) { return Ref::boolean(false); }
Ref entry_stat(Vm& vm, Value self, Args& args) {
  VM_TRY(const bool follow, args.boolean(vm, 0, true));
  return stat_of(vm, entry_of(self), follow);
}
Ref entry_inode(Vm& vm, Value self) { return new_uint(vm, entry_of(self)->inode); }
Ref entry_fspath(Vm&, Value self) { return Ref::share(entry_of(self)->path); }
Ref entry_repr(Vm& vm, Value self) {
  VM_TRY(Ref name, repr(vm, entry_of(self)->name));
  return new_str(vm, format_message("<DirEntry {}>", {name.as<StrObject>()}));
}

void entry_traverse(Object* object, Visitor& visit) {
  auto* self = static_cast<DirEntryObject*>(object);
  visit(self->name);
  visit(self->path);
  visit(self->stat);
  visit(self->lstat);
}
void entry_dealloc(Vm& vm, Object* object) {
  auto* self = static_cast<DirEntryObject*>(object);
  vm.heap.untrack(self);
  for (Value* field : {&self->name, &self->path, &self->stat, &self->lstat}) xdecref(std::exchange(*field, Value()));
  free_object(vm, object, object->type->basic_size);
}

constexpr MethodSpec kEntryMethods[] = {
    {"is_dir($self, /, *, follow_symlinks=True)", entry_is_dir, "Return True if the entry is a directory; cached per entry."},
    {"is_file($self, /, *, follow_symlinks=True)", entry_is_file, "Return True if the entry is a file; cached per entry."},
    {"is_symlink($self, /)", entry_is_symlink, "Return True if the entry is a symbolic link; cached per entry."},
    {"is_junction($self, /)", entry_is_junction, "Return True if the entry is a junction; cached per entry."},
    {"stat($self, /, *, follow_symlinks=True)", entry_stat, "Return stat_result object for the entry; cached per entry."},
    {"inode($self, /)", entry_inode, "Return inode of the entry; cached per entry."},
    {"__fspath__($self, /)", entry_fspath, "Returns the path for the entry."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr MemberSpec kEntryMembers[] = {
    {"name", MemberSpec::Kind::Object, offsetof(DirEntryObject, name), true, "the entry's base filename, relative to scandir() \"path\" argument"},
    {"path", MemberSpec::Kind::Object, offsetof(DirEntryObject, path), true, "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"},
};

// --- the iterator
ScandirObject* scandir_of(Value self) { return self.as<ScandirObject>(); }

void close_scandir(ScandirObject* self) {
  delete std::exchange(self->entries, nullptr);
  delete std::exchange(self->prefix, nullptr);
}
void scandir_dealloc(Vm& vm, Object* object) {
  close_scandir(static_cast<ScandirObject*>(object));
  vm.heap.untrack(static_cast<GcObject*>(object));
  free_object(vm, object, object->type->basic_size);
}
void scandir_traverse(Object*, Visitor&) {}

Ref scandir_next(Vm& vm, Value self_value) {
  auto* self = scandir_of(self_value);
  if (self->entries == nullptr || self->next >= self->entries->size()) {
    close_scandir(self);
    return {};
  }
  const DirectoryEntry& found = (*self->entries)[self->next++];
  VM_TRY(Ref name, path_result(vm, found.name, self->as_bytes));
  VM_TRY(Ref path, path_result(vm, *self->prefix + found.name, self->as_bytes));
  auto* entry = allocate<DirEntryObject>(vm, vm.native_type(kDirEntryType));
  if (entry == nullptr) return {};
  entry->name = name.release();
  entry->path = path.release();
  entry->kind = found.kind;
  entry->inode = found.inode;
  entry->directory = self->directory;
  vm.heap.track(entry);
  return Ref::adopt(entry);
}
Ref scandir_close(Vm&, Value self) {
  close_scandir(scandir_of(self));
  return Ref::none();
}
Ref scandir_enter(Vm&, Value self) { return Ref::share(self); }
Ref scandir_exit(Vm&, Value self, Args&) {
  close_scandir(scandir_of(self));
  return Ref::none();
}
constexpr MethodSpec kScandirMethods[] = {
    {"__enter__($self, /)", scandir_enter}, {"__exit__($self, /, *args)", scandir_exit}, {"close($self, /)", scandir_close}};

// --- functions
int list_path(Vm& vm, const PathArgument& path, std::vector<DirectoryEntry>& entries) {
  if (!path.is_descriptor) return vm.host.list(path.bytes, entries);
  if (!vm.host.allows_system_calls()) return EPERM;
  return vm.host.list("/proc/self/fd/" + std::to_string(path.descriptor), entries);
}

Ref posix_listdir(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "listdir", "path", true, true));
  VM_CHECK(audit(vm, "os.listdir", {args.get(0, kNone)}));
  std::vector<DirectoryEntry> entries;
  const int failure = list_path(vm, path, entries);
  if (failure != 0) return path_done(vm, failure, path);
  VM_TRY(Own<ListObject> names, new_list(vm));
  for (const DirectoryEntry& entry : entries) VM_CHECK(list_append(vm, names, path_result(vm, entry.name, path.is_bytes)));
  return names;
}

Ref posix_scandir(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "scandir", "path", true, true));
  VM_CHECK(audit(vm, "os.scandir", {args.get(0, kNone)}));
  auto entries = std::make_unique<std::vector<DirectoryEntry>>();
  const int failure = list_path(vm, path, *entries);
  if (failure != 0) return path_done(vm, failure, path);
  auto* iterator = allocate<ScandirObject>(vm, vm.native_type(kScandirType));
  if (iterator == nullptr) return {};
  iterator->entries = entries.release();
  iterator->as_bytes = path.is_bytes;
  iterator->directory = path.is_descriptor ? path.descriptor : AT_FDCWD;
  std::string prefix = path.is_descriptor ? "" : path.bytes;
  if (!path.is_descriptor && !prefix.ends_with('/')) prefix += '/';
  if (path.is_descriptor) prefix.clear();
  iterator->prefix = new std::string(std::move(prefix));
  vm.heap.track(iterator);
  return Ref::adopt(iterator);
}

Ref working_directory(Vm& vm, bool as_bytes) {
  std::string path;
  const int failure = vm.host.current_directory(path);
  if (failure != 0) return raise_os_error(vm, failure);
  return path_result(vm, path, as_bytes);
}
Ref posix_getcwd(Vm& vm, Value) { return working_directory(vm, false); }
Ref posix_getcwdb(Vm& vm, Value) { return working_directory(vm, true); }
Ref posix_chdir(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument path, path_argument(vm, args[0], "chdir", "path", true));
  if (path.is_descriptor) {
    VM_CHECK(system_calls_allowed(vm));
    return path_done(vm, ::fchdir(path.descriptor) != 0 ? errno : 0, path);
  }
  return path_done(vm, vm.host.change_directory(path.bytes), path);
}

constexpr MethodSpec kFunctions[] = {
    {"listdir($module, /, path=None)", posix_listdir, "Return a list containing the names of the files in the directory."},
    {"scandir($module, /, path=None)", posix_scandir, "Return an iterator of DirEntry objects for given path."},
    {"getcwd($module, /)", posix_getcwd, "Return a unicode string representing the current working directory."},
    {"getcwdb($module, /)", posix_getcwdb, "Return a bytes string representing the current working directory."},
    {"chdir($module, /, path)", posix_chdir, "Change the current working directory to the specified path."},
};

}  // namespace

const TypeSpec kDirEntryType = {
    .name = "posix.DirEntry", .basic_size = sizeof(DirEntryObject), .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = entry_dealloc, .traverse = entry_traverse, .repr = entry_repr}, .methods = kEntryMethods, .members = kEntryMembers};
const TypeSpec kScandirType = {
    .name = "posix.ScandirIterator", .basic_size = sizeof(ScandirObject), .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = scandir_dealloc, .traverse = scandir_traverse, .iter = iter_self, .next = scandir_next}, .methods = kScandirMethods};

std::span<const MethodSpec> posix_directory_functions() { return kFunctions; }

}  // namespace ouro::vm
