// Strings that the machine itself looks up, interned once: vm.names.append, vm.names.d_init ("__init__"). A trailing
// underscore is not part of the text: it keeps the member apart from a C++ keyword or macro (default_, stdin_).
#pragma once

namespace ouro::vm {

struct StrObject;

// Plain names.
#define OURO_VM_NAMES(X)                                                                                             \
  X(add) X(args) X(append) X(builtins) X(big) X(cause) X(clear) X(close) X(code) X(copy) X(data) X(decode) X(default_) \
  X(dict) X(encode) X(encoding) X(end) X(end_lineno) X(end_offset) X(errors) X(exceptions) X(excepthook) X(extend)      \
  X(fget) X(file) X(filename) X(filename2) X(fileno) X(flush) X(fset) X(fdel) X(getvalue) X(get) X(hasattr) X(index)    \
  X(isatty) X(items) X(iter) X(join) X(key) X(keys) X(last_exc) X(lineno) X(little) X(locale) X(metaclass) X(mode)      \
  X(modules) X(mro) X(msg) X(name) X(name_from) X(newlines) X(next) X(obj) X(object) X(offset) X(open) X(path)          \
  X(pop) X(print_file_and_line) X(print) X(read) X(read1) X(readable) X(readall) X(readinto) X(readline) X(reload)      \
  X(remove) X(replace) X(reverse) X(seek) X(seekable) X(self) X(send) X(sep) X(set_name) X(signed_) X(sort) X(start)    \
  X(stderr_) X(stdin_) X(stdout_) X(step) X(stop) X(strict) X(strip) X(super) X(text) X(throw_) X(tell) X(truncate)     \
  X(type) X(update) X(utf8) X(value) X(values) X(warnoptions) X(writable) X(write) X(errno_) X(strerror)               \
  X(category) X(imag) X(real) X(numerator) X(denominator) X(from_bytes) X(to_bytes) X(athrow) X(asend)

// Special names: d_x is "__x__".
#define OURO_VM_DUNDERS(X)                                                                                            \
  X(abs) X(abstractmethods) X(add) X(aenter) X(aexit) X(aiter) X(all) X(and) X(anext) X(annotations) X(annotate)        \
  X(await) X(bases) X(bool) X(build_class) X(builtins) X(bytes) X(cached) X(call) X(cause) X(class) X(classcell)        \
  X(classdict) X(classdictcell) X(class_getitem) X(closure) X(code) X(complex) X(contains) X(context) X(debug)          \
  X(defaults) X(del) X(delattr) X(delete) X(delitem) X(dict) X(dictoffset) X(dir) X(divmod) X(doc) X(enter) X(eq)       \
  X(exit) X(file) X(firstlineno) X(float) X(floordiv) X(format) X(fspath) X(func) X(ge) X(get) X(getattr)               \
  X(getattribute) X(getitem) X(getnewargs) X(getnewargs_ex) X(getstate) X(globals) X(gt) X(hash) X(iadd) X(iand)        \
  X(ifloordiv) X(ilshift) X(imatmul) X(imod) X(import) X(imul) X(index) X(init) X(init_subclass) X(instancecheck)       \
  X(int) X(invert) X(ior) X(ipow) X(irshift) X(isabstractmethod) X(isub) X(iter) X(itruediv) X(ixor) X(kwdefaults)      \
  X(le) X(len) X(length_hint) X(loader) X(lshift) X(lt) X(main) X(match_args) X(matmul) X(missing) X(mod) X(module)     \
  X(mro) X(mro_entries) X(mul) X(name) X(ne) X(neg) X(new) X(next) X(notes) X(objclass) X(or) X(origin) X(orig_bases)   \
  X(orig_class) X(package) X(parameters) X(path) X(pos) X(pow) X(prepare) X(qualname) X(radd) X(rand) X(rdivmod)        \
  X(reduce) X(reduce_ex) X(release_buffer) X(buffer) X(repr) X(reversed) X(rfloordiv) X(rlshift) X(rmatmul) X(rmod)     \
  X(rmul) X(ror) X(round) X(rpow) X(rrshift) X(rshift) X(rsub) X(rtruediv) X(rxor) X(self) X(set) X(set_name)           \
  X(setattr) X(setitem) X(setstate) X(sizeof) X(slots) X(spec) X(static_attributes) X(str) X(sub) X(subclasscheck)      \
  X(subclasshook) X(suppress_context) X(text_signature) X(traceback) X(truediv) X(trunc) X(type_params)                 \
  X(typing_subst) X(typing_prepare_subst) X(typing_is_unpacked_typevartuple) X(unpacked) X(warningregistry)             \
  X(weakref) X(wrapped) X(xor) X(ceil) X(floor) X(value) X(args)

struct Names {
#define OURO_VM_DECLARE(name) StrObject* name = nullptr;
  OURO_VM_NAMES(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE
#define OURO_VM_DECLARE(name) StrObject* d_##name = nullptr;
  OURO_VM_DUNDERS(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE
  StrObject* empty = nullptr;        ///< ""
  StrObject* f_static_attributes = nullptr;  ///< "__static_attributes__"
  StrObject* lambda = nullptr;       ///< "<lambda>"
  StrObject* underscore = nullptr;   ///< "_"
};

}  // namespace ouro::vm
