#include "vm/modules/posix/path_argument.h"

#include <climits>

#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"

namespace ouro::vm {

Ref file_system_path(Vm& vm, Value path) {
  if (is_str(path) || is_bytes(path)) return Ref::share(path);
  Ref method;
  VM_CHECK(lookup_special(vm, path, vm.names.d_fspath, method));
  if (!method) {
    return raise(vm, vm.exc.TypeError, "expected str, bytes or os.PathLike object, not {}", type_name(vm, path));
  }
  VM_TRY(Ref result, call(vm, method));
  if (is_str(result) || is_bytes(result)) return result;
  return raise(vm, vm.exc.TypeError, "expected {}.__fspath__() to return str or bytes, not {}", type_name(vm, path),
               type_name(vm, result));
}

std::optional<PathArgument> path_argument(Vm& vm, Value path, std::string_view function, std::string_view argument,
                                          bool allow_descriptor, bool allow_none) {
  PathArgument result;
  if (path.is_null() || path.is_none()) {
    if (allow_none) {
      result.bytes = ".";
      return result;
    }
    if (path.is_null()) path = kNone;
  }
  result.object = Ref::share(path);
  Ref method;
  if (is_str(path) || is_bytes(path)) {
    method = Ref::share(path);
  } else {
    VM_CHECK(lookup_special(vm, path, vm.names.d_fspath, method));
    if (method) {
      VM_TRY(method, file_system_path(vm, path));
    } else if (allow_descriptor && has_index(vm, path)) {
      VM_TRY(Ref index, to_index(vm, path));
      const auto number = int_to_int64(index);
      if (!number || *number > INT_MAX) return raise(vm, vm.exc.OverflowError, "fd is greater than maximum");
      if (*number < INT_MIN) return raise(vm, vm.exc.OverflowError, "fd is less than minimum");
      result.descriptor = static_cast<int>(*number);
      result.is_descriptor = true;
      return result;
    } else {
      return raise(vm, vm.exc.TypeError, "{}: {} should be {}, not {}", function, argument,
                   allow_descriptor && allow_none ? "string, bytes, os.PathLike, integer or None"
                   : allow_descriptor             ? "string, bytes, os.PathLike or integer"
                   : allow_none                   ? "string, bytes, os.PathLike or None"
                                                  : "string, bytes or os.PathLike",
                   type_name(vm, path));
    }
  }
  if (is_bytes(method)) {
    result.is_bytes = true;
    result.bytes = method.as<BytesObject>()->view();
  } else {
    // Surrogates that stand for no byte cannot be encoded: the codec raises.
    VM_TRY(Ref encoded, str_encode(vm, method.as<StrObject>(), "utf-8", "surrogateescape"));
    result.bytes = encoded.as<BytesObject>()->view();
  }
  if (result.bytes.find('\0') != std::string::npos) {
    if (function.empty()) return raise(vm, vm.exc.ValueError, "embedded null byte");
    return raise(vm, vm.exc.ValueError, "{}: embedded null character in {}", function, argument);
  }
  return result;
}

Ref path_result(Vm& vm, std::string_view bytes, bool as_bytes) {
  if (as_bytes) return new_bytes(vm, bytes);
  return new_str_fs(vm, bytes);
}

std::optional<int> descriptor_argument(Vm& vm, Value value) {
  Ref number = Ref::share(value);
  if (!is_int(value)) {
    Ref method;
    VM_CHECK(find_attribute(vm, value, vm.names.fileno, method));
    if (!method) return raise(vm, vm.exc.TypeError, "argument must be an int, or have a fileno() method.");
    VM_TRY(number, call(vm, method));
    if (!is_int(number)) return raise(vm, vm.exc.TypeError, "fileno() returned a non-integer");
  }
  const auto fits = int_to_int64(number);
  if (!fits || *fits > INT_MAX) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C int");
  if (*fits < 0) {
    return raise(vm, vm.exc.ValueError, "file descriptor cannot be a negative integer ({})", *fits);
  }
  return static_cast<int>(*fits);
}

}  // namespace ouro::vm
