// marshal: values as .pyc files hold them, over the reader and writer of src/marshal.
#include "marshal/layout.h"
#include "marshal/reader.h"
#include "marshal/writer.h"
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::int64_t kVersion = 4;

const marshal::Layout& layout() {
  static const marshal::Layout kLayout = marshal::layout_of(PythonVersion{3, 13});
  return kLayout;
}

/// Whether a code object is in it: for allow_code=False.
bool holds_code(const ConstantPool& pool, ConstId root) {
  (void)root;
  for (std::uint32_t id = 0; id < pool.size(); ++id) {
    if (pool.kind(ConstId(id)) == ConstKind::Code) return true;
  }
  return false;
}

Failed raise_unmarshal(Vm& vm, const Error& error) {
  const std::string_view code = error.code;
  if (code == "marshal.truncated") return raise(vm, vm.exc.EOFError, "marshal data too short");
  if (code == "marshal.unexpected_null") return raise(vm, vm.exc.TypeError, "NULL object in marshal data for object");
  const std::string_view what = code == "marshal.bad_type"     ? "unknown type code"
                                : code == "marshal.bad_ref"    ? "invalid reference"
                                : code == "marshal.bad_digit"  ? "digit out of range in long"
                                : code == "marshal.bad_length" ? "size out of range"
                                                               : std::string_view();
  if (what.empty()) return raise(vm, vm.exc.ValueError, "bad marshal data");
  return raise(vm, vm.exc.ValueError, "bad marshal data ({})", what);
}

Ref load_bytes(Vm& vm, std::string_view bytes, bool allow_code, std::size_t* used) {
  if (bytes.empty()) return raise(vm, vm.exc.EOFError, "EOF read where object expected");
  VM_CHECK(charge_work(vm, bytes.size() / 16));
  auto value = marshal::read({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, layout());
  if (!value) return raise_unmarshal(vm, value.error());
  if (!allow_code && holds_code(value->pool, value->root)) {
    return raise(vm, vm.exc.ValueError, "unmarshalling code objects is disallowed");
  }
  if (used != nullptr) *used = value->size;
  return object_from_pool(vm, value->pool, value->root);
}

std::optional<std::vector<std::uint8_t>> dump(Vm& vm, Value value, std::int64_t version, bool allow_code) {
  ConstantPool made;
  const auto wanted = static_cast<std::uint8_t>(version < 0 ? 0 : version > 4 ? 4 : version);
  const CodeOrigin* origin = version == kVersion && type_of(vm, value) == vm.types.code ? value.as<CodeObject>()->origin : nullptr;
  ConstId root = origin == nullptr ? kNoConst : origin->root;
  if (origin == nullptr) {
    VM_TRY(root, object_to_pool(vm, value, made, wanted));
  }
  const ConstantPool& pool = origin == nullptr ? made : origin->pool;
  if (!allow_code && holds_code(pool, root)) return raise(vm, vm.exc.ValueError, "marshalling code objects is disallowed");
  marshal::WriteOptions options;
  options.version = wanted;
  auto bytes = marshal::write(pool, root, layout(), options);
  if (bytes) return std::move(*bytes);
  if (bytes.error().code == "marshal.too_deep") return raise(vm, vm.exc.ValueError, "object too deeply nested to marshal");
  return raise(vm, vm.exc.ValueError, "unmarshallable object");
}

Ref dumps(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t version, args.int64(vm, 1, kVersion));
  VM_TRY(const bool allow_code, args.boolean(vm, 2, true));
  VM_TRY(const std::vector<std::uint8_t> bytes, dump(vm, args[0], version, allow_code));
  return new_bytes(vm, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Ref dump_to_file(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t version, args.int64(vm, 2, kVersion));
  VM_TRY(const bool allow_code, args.boolean(vm, 3, true));
  VM_TRY(const std::vector<std::uint8_t> bytes, dump(vm, args[0], version, allow_code));
  VM_TRY(Own<BytesObject> object, new_bytes(vm, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  return call_method(vm, args[1], vm.names.write, {Value(object.get())});
}

Ref loads(Vm& vm, Value, Args& args) {
  VM_TRY(const bool allow_code, args.boolean(vm, 1, true));
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  return load_bytes(vm, view.bytes(), allow_code, nullptr);
}

/// Reads the rest of the file, then seeks back to behind the value where the file can.
Ref load_from_file(Vm& vm, Value, Args& args) {
  VM_TRY(const bool allow_code, args.boolean(vm, 1, true));
  VM_TRY(Ref content, call_method(vm, args[0], vm.names.read, {}));
  if (!is_bytes(content)) {
    return raise(vm, vm.exc.TypeError, "file.read() returned not bytes but {}", type_name(vm, content));
  }
  const std::string_view bytes = content.as<BytesObject>()->view();
  std::size_t used = 0;
  VM_TRY(Ref value, load_bytes(vm, bytes, allow_code, &used));
  if (used < bytes.size()) {
    VM_TRY(Ref moved, call_method(vm, args[0], vm.names.seek,
                                  {Value::small(static_cast<std::int64_t>(used) - static_cast<std::int64_t>(bytes.size())),
                                   Value::small(1)}));
  }
  return value;
}

constexpr MethodSpec kFunctions[] = {
    {"dump($module, value, file, version=4, /, *, allow_code=True)", dump_to_file, "Write the value on the open file."},
    {"load($module, file, /, *, allow_code=True)", load_from_file, "Read one value from the open file and return it."},
    {"dumps($module, value, version=4, /, *, allow_code=True)", dumps, "Return the bytes object that would be written to a file by dump(value, file)."},
    {"loads($module, bytes, /, *, allow_code=True)", loads, "Convert the bytes-like object to a value."},
};

bool fill(Vm& vm, ModuleObject* module) { return set_module_attribute(vm, module, "version", Value::small(kVersion)); }

}  // namespace

const ModuleSpec& marshal_module() {
  static constexpr ModuleSpec kModule = {
      .name = "marshal",
      .doc = "Read and write Python values in the binary format of .pyc files.",
      .functions = kFunctions,
      .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
