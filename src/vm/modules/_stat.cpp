// _stat: the bits of st_mode.
#include <string>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

constexpr std::pair<std::string_view, unsigned> kConstants[] = {
    {"S_IFDIR", 0040000}, {"S_IFCHR", 0020000}, {"S_IFBLK", 0060000}, {"S_IFREG", 0100000}, {"S_IFIFO", 0010000},
    {"S_IFLNK", 0120000}, {"S_IFSOCK", 0140000}, {"S_IFDOOR", 0}, {"S_IFPORT", 0}, {"S_IFWHT", 0}, {"S_ISUID", 04000},
    {"S_ISGID", 02000}, {"S_ISVTX", 01000}, {"S_ENFMT", 02000}, {"S_IREAD", 00400}, {"S_IWRITE", 00200}, {"S_IEXEC", 00100},
    {"S_IRWXU", 00700}, {"S_IRUSR", 00400}, {"S_IWUSR", 00200}, {"S_IXUSR", 00100}, {"S_IRWXG", 00070}, {"S_IRGRP", 00040},
    {"S_IWGRP", 00020}, {"S_IXGRP", 00010}, {"S_IRWXO", 00007}, {"S_IROTH", 00004}, {"S_IWOTH", 00002}, {"S_IXOTH", 00001},
    {"UF_SETTABLE", 0x0000ffff}, {"UF_NODUMP", 1}, {"UF_IMMUTABLE", 2}, {"UF_APPEND", 4}, {"UF_OPAQUE", 8}, {"UF_NOUNLINK", 16},
    {"UF_COMPRESSED", 32}, {"UF_TRACKED", 64}, {"UF_DATAVAULT", 128}, {"UF_HIDDEN", 0x8000}, {"SF_SETTABLE", 0x3fff0000},
    {"SF_ARCHIVED", 0x10000}, {"SF_IMMUTABLE", 0x20000}, {"SF_APPEND", 0x40000}, {"SF_RESTRICTED", 0x80000}, {"SF_NOUNLINK", 0x100000},
    {"SF_SNAPSHOT", 0x200000}, {"SF_FIRMLINK", 0x800000}, {"SF_DATALESS", 0x40000000}, {"SF_SUPPORTED", 0x9f0000}, {"SF_SYNTHETIC", 0xc0000000},
    {"ST_MODE", 0}, {"ST_INO", 1}, {"ST_DEV", 2}, {"ST_NLINK", 3}, {"ST_UID", 4}, {"ST_GID", 5}, {"ST_SIZE", 6}, {"ST_ATIME", 7},
    {"ST_MTIME", 8}, {"ST_CTIME", 9}, {"FILE_ATTRIBUTE_ARCHIVE", 32}, {"FILE_ATTRIBUTE_COMPRESSED", 2048}, {"FILE_ATTRIBUTE_DEVICE", 64},
    {"FILE_ATTRIBUTE_DIRECTORY", 16}, {"FILE_ATTRIBUTE_ENCRYPTED", 16384}, {"FILE_ATTRIBUTE_HIDDEN", 2}, {"FILE_ATTRIBUTE_INTEGRITY_STREAM", 32768},
    {"FILE_ATTRIBUTE_NORMAL", 128}, {"FILE_ATTRIBUTE_NOT_CONTENT_INDEXED", 8192}, {"FILE_ATTRIBUTE_NO_SCRUB_DATA", 131072},
    {"FILE_ATTRIBUTE_OFFLINE", 4096}, {"FILE_ATTRIBUTE_READONLY", 1}, {"FILE_ATTRIBUTE_REPARSE_POINT", 1024},
    {"FILE_ATTRIBUTE_SPARSE_FILE", 512}, {"FILE_ATTRIBUTE_SYSTEM", 4}, {"FILE_ATTRIBUTE_TEMPORARY", 256}, {"FILE_ATTRIBUTE_VIRTUAL", 65536}};

constexpr unsigned kTypeMask = 0170000;

std::optional<unsigned> mode_of(Vm& vm, Value value) {
  VM_TRY(Ref index, to_index(vm, value));
  VM_TRY(const std::int64_t mode, to_int64(vm, index));
  if (mode < 0 || mode > 0xFFFFFFFF) return raise(vm, vm.exc.OverflowError, "mode out of range");
  return static_cast<unsigned>(mode);
}

template <unsigned kKind>
Ref is_kind(Vm& vm, Value, Value value) {
  VM_TRY(const unsigned mode, mode_of(vm, value));
  return Ref::boolean((mode & kTypeMask) == kKind);
}
Ref never(Vm& vm, Value, Value value) {
  VM_TRY(const unsigned mode, mode_of(vm, value));
  (void)mode;
  return Ref::boolean(false);
}
Ref permission_bits(Vm& vm, Value, Value value) {
  VM_TRY(const unsigned mode, mode_of(vm, value));
  return Ref::small(mode & 07777U);
}
Ref kind_bits(Vm& vm, Value, Value value) {
  VM_TRY(const unsigned mode, mode_of(vm, value));
  return Ref::small(mode & kTypeMask);
}

char kind_letter(unsigned mode) {
  switch (mode & kTypeMask) {
    case 0100000: return '-';
    case 0040000: return 'd';
    case 0120000: return 'l';
    case 0020000: return 'c';
    case 0060000: return 'b';
    case 0010000: return 'p';
    case 0140000: return 's';
    default: return '?';
  }
}

Ref file_mode(Vm& vm, Value, Value value) {
  VM_TRY(const unsigned mode, mode_of(vm, value));
  std::string text(1, kind_letter(mode));
  constexpr unsigned kSpecial[] = {04000, 02000, 01000};
  constexpr char kLetters[] = {'s', 's', 't'};
  for (unsigned group = 0; group < 3; ++group) {
    const unsigned bits = (mode >> (6 - 3 * group)) & 7U;
    text += (bits & 4U) != 0 ? 'r' : '-';
    text += (bits & 2U) != 0 ? 'w' : '-';
    const bool special = (mode & kSpecial[group]) != 0;
    const char letter = kLetters[group];
    if (special) text += (bits & 1U) != 0 ? letter : static_cast<char>(letter - 32);
    else text += (bits & 1U) != 0 ? 'x' : '-';
  }
  return new_str(vm, text);
}

constexpr MethodSpec kFunctions[] = {
    {"S_ISDIR($module, mode, /)", is_kind<0040000>, "Return True if mode is from a directory."},
    {"S_ISCHR($module, mode, /)", is_kind<0020000>, "Return True if mode is from a character special device file."},
    {"S_ISBLK($module, mode, /)", is_kind<0060000>, "Return True if mode is from a block special device file."},
    {"S_ISREG($module, mode, /)", is_kind<0100000>, "Return True if mode is from a regular file."},
    {"S_ISFIFO($module, mode, /)", is_kind<0010000>, "Return True if mode is from a FIFO (named pipe)."},
    {"S_ISLNK($module, mode, /)", is_kind<0120000>, "Return True if mode is from a symbolic link."},
    {"S_ISSOCK($module, mode, /)", is_kind<0140000>, "Return True if mode is from a socket."},
    {"S_ISDOOR($module, mode, /)", never, "Return True if mode is from a door."},
    {"S_ISPORT($module, mode, /)", never, "Return True if mode is from an event port."},
    {"S_ISWHT($module, mode, /)", never, "Return True if mode is from a whiteout."},
    {"S_IMODE($module, mode, /)", permission_bits, "Return the portion of the file's mode that can be set by os.chmod()."},
    {"S_IFMT($module, mode, /)", kind_bits, "Return the portion of the file's mode that describes the file type."},
    {"filemode($module, mode, /)", file_mode, "Convert a file's mode to a string of the form '-rwxrwxrwx'"},
};

bool fill(Vm& vm, ModuleObject* module) {
  for (const auto& [name, value] : kConstants) VM_CHECK(set_module_attribute(vm, module, name, Value::small(value)));
  return true;
}

}  // namespace

const ModuleSpec& _stat_module() {
  static constexpr ModuleSpec kModule = {.name = "_stat", .doc = "S_IFMT_: file type bits and what they mean.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
