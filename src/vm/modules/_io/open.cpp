// io.open and what other native code uses of the streams (modules/io.h).
#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/modules/_io/text.h"
#include "vm/modules/io.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct OpenMode {
  bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false, binary = false;
};

std::optional<OpenMode> parse_open_mode(Vm& vm, std::string_view mode) {
  OpenMode result;
  for (std::size_t i = 0; i < mode.size(); ++i) {
    bool* flag = nullptr;
    switch (mode[i]) {
      case 'x': flag = &result.creating; break;
      case 'r': flag = &result.reading; break;
      case 'w': flag = &result.writing; break;
      case 'a': flag = &result.appending; break;
      case '+': flag = &result.updating; break;
      case 't': flag = &result.text; break;
      case 'b': flag = &result.binary; break;
      default: break;
    }
    if (flag == nullptr || *flag) return raise(vm, vm.exc.ValueError, "invalid mode: '{}'", mode);
    *flag = true;
  }
  if (result.text && result.binary) return raise(vm, vm.exc.ValueError, "can't have text and binary mode at once");
  if (result.creating + result.reading + result.writing + result.appending != 1) {
    return raise(vm, vm.exc.ValueError, "must have exactly one of create/read/write/append mode");
  }
  return result;
}

bool check_binary(Vm& vm, const OpenMode& mode, Value encoding, Value errors, Value newline) {
  if (!mode.binary) return true;
  if (!encoding.is_none()) return raise(vm, vm.exc.ValueError, "binary mode doesn't take an encoding argument");
  if (!errors.is_none()) return raise(vm, vm.exc.ValueError, "binary mode doesn't take an errors argument");
  if (!newline.is_none()) return raise(vm, vm.exc.ValueError, "binary mode doesn't take a newline argument");
  return true;
}

/// Closes the half-made stream; the error that is set stays.
Ref give_up(Vm& vm, Value stream) {
  Ref error = take_error(vm);
  const Ref closed = call_method(vm, stream, vm.names.close);
  if (!closed) clear_error(vm);
  restore_error(vm, std::move(error));
  return {};
}

Ref make_buffered(Vm& vm, const OpenMode& mode, Value raw, std::int64_t buffering) {
  const TypeSpec& spec = mode.updating ? kBufferedRandomType : mode.reading ? kBufferedReaderType : kBufferedWriterType;
  return call(vm, Value(vm.native_type(spec)), {raw, Value::small(buffering)});
}

}  // namespace

Ref io_open(Vm& vm, Value file, std::string_view mode_text, std::int64_t buffering, Value encoding, Value errors, Value newline,
            bool close_descriptor, Value opener) {
  VM_TRY(const OpenMode mode, parse_open_mode(vm, mode_text));
  VM_CHECK(check_binary(vm, mode, encoding, errors, newline));
  if (mode.binary && buffering == 1) {
    VM_CHECK(warn(vm, vm.exc.RuntimeWarning,
                  "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"));
  }
  std::string raw_mode(1, mode.creating ? 'x' : mode.reading ? 'r' : mode.writing ? 'w' : 'a');
  if (mode.updating) raw_mode += '+';
  VM_TRY(Own<StrObject> raw_mode_text, new_str(vm, raw_mode));
  VM_TRY(Ref raw, call(vm, Value(vm.native_type(kFileIoType)), {file, Value(raw_mode_text.get()), Value::boolean(close_descriptor), opener}));
  auto* raw_file = raw.as<FileIoObject>();
  bool line_buffering = buffering == 1 && !mode.binary;
  if (buffering < 0 && vm.host.is_terminal(raw_file->descriptor)) {
    line_buffering = true;
    buffering = -1;
  }
  if (buffering < 0 || buffering == 1) buffering = raw_file->block_size > 1 ? raw_file->block_size : static_cast<std::int64_t>(kDefaultBufferSize);
  if (buffering == 0) {
    if (mode.binary) return raw;
    raise(vm, vm.exc.ValueError, "can't have unbuffered text I/O");
    return give_up(vm, raw);
  }
  Ref buffer = make_buffered(vm, mode, raw, buffering);
  if (!buffer) return give_up(vm, raw);
  if (mode.binary) return buffer;
  Ref text = call(vm, Value(vm.native_type(kTextIoType)), {buffer.get(), encoding, errors, newline, Value::boolean(line_buffering)});
  if (!text) return give_up(vm, buffer);
  VM_TRY(Own<StrObject> shown_mode, new_str(vm, mode_text));
  if (!set_attribute(vm, text, vm.names.mode, shown_mode)) return give_up(vm, text);
  return text;
}

bool write_text(Vm& vm, Value file, StrObject* text) {
  if (file.is_object()) {
    const TypeObject* type = file.object()->type;
    if (type == vm.native_type(kTextIoType)) {
      auto* stream = file.as<TextObject>();
      // Subtle streams take the method, which checks whether they can be written.
      if (stream->is_initialised && stream->writer != nullptr) return text_write(vm, stream, text);
    } else if (type == vm.native_type(kStringIoType)) {
      return string_io_write(vm, file.as<StringIoObject>(), text);
    }
  }
  VM_TRY(Ref written, call_method(vm, file, vm.names.write, {Value(text)}));
  return true;
}

bool flush_file(Vm& vm, Value file) {
  VM_TRY(Ref flushed, call_method(vm, file, vm.names.flush));
  return true;
}

Ref open_file(Vm& vm, Value path, std::string_view mode, std::string_view encoding) {
  Ref encoding_value = Ref::none();
  if (!encoding.empty()) {
    VM_TRY(encoding_value, new_str(vm, encoding));
  }
  return io_open(vm, path, mode, -1, encoding_value, kNone, kNone, true, kNone);
}

Ref read_input_line(Vm& vm, Value file) {
  VM_TRY(Ref line, call_method(vm, file, vm.names.readline));
  if (!is_str(line)) return raise(vm, vm.exc.TypeError, "object.readline() returned non-string");
  auto* text = line.as<StrObject>();
  if (text->length == 0) return raise(vm, vm.exc.EOFError, "EOF when reading a line");
  if (text->at(text->length - 1) != '\n') return line;
  return substring(vm, text, 0, text->length - 1);
}

namespace {

Ref make_stream(Vm& vm, int descriptor, std::string_view name, bool writes, std::string_view errors) {
  const StartOptions& start = machine_state<SysState>(vm).start;
  FileStatus status;
  if (vm.host.status(descriptor, status) != 0) return Ref::none();  // closed before the program began
  const bool unbuffered = start.unbuffered && writes;
  VM_TRY(Own<StrObject> mode, new_str(vm, writes ? "w" : "r"));
  VM_TRY(Ref raw, call(vm, Value(vm.native_type(kFileIoType)), {Value::small(descriptor), Value(mode.get()), kFalse}));
  VM_TRY(Own<StrObject> shown, new_str(vm, name));
  VM_CHECK(set_attribute(vm, raw, vm.names.name, shown));
  const TypeSpec& spec = writes ? kBufferedWriterType : kBufferedReaderType;
  Ref buffer;
  if (unbuffered) {
    buffer = raw.clone();
  } else {
    VM_TRY(buffer, call(vm, Value(vm.native_type(spec)), {raw.get()}));
  }
  std::string encoding_text = "utf-8";
  std::string errors_text(errors);
  if (!start.stream_encoding.empty()) {
    const std::size_t colon = start.stream_encoding.find(':');
    if (colon != 0) encoding_text = start.stream_encoding.substr(0, colon);
    if (colon != std::string::npos && descriptor != 2) errors_text = start.stream_encoding.substr(colon + 1);
  }
  VM_TRY(Own<StrObject> encoding, new_str(vm, encoding_text));
  VM_TRY(Own<StrObject> handler, new_str(vm, errors_text));
  VM_TRY(Own<StrObject> newline, new_str(vm, "\n"));
  const bool line_buffering = !unbuffered && (descriptor == 2 || vm.host.is_terminal(descriptor));
  VM_TRY(Ref text, call(vm, Value(vm.native_type(kTextIoType)),
                        {buffer.get(), Value(encoding.get()), Value(handler.get()), writes ? Value(newline.get()) : kNone,
                         Value::boolean(line_buffering), Value::boolean(unbuffered)}));
  VM_CHECK(set_attribute(vm, text, vm.names.mode, mode));
  return text;
}

}  // namespace

bool make_standard_streams(Vm& vm) {
  struct Stream {
    const char* name;
    const char* original;
    const char* shown;
    int descriptor;
    const char* errors;
  };
  constexpr Stream kStreams[] = {{"stdin", "__stdin__", "<stdin>", 0, "strict"},
                                 {"stdout", "__stdout__", "<stdout>", 1, "strict"},
                                 {"stderr", "__stderr__", "<stderr>", 2, "backslashreplace"}};
  for (const Stream& stream : kStreams) {
    VM_TRY(Ref file, make_stream(vm, stream.descriptor, stream.shown, stream.descriptor != 0, stream.errors));
    VM_CHECK(dict_set(vm, vm.sys_dict, std::string_view(stream.name), file));
    VM_CHECK(dict_set(vm, vm.sys_dict, std::string_view(stream.original), file));
  }
  return true;
}

}  // namespace ouro::vm
