// zlib: compression by the zlib library; checksums.
#include <zlib.h>

#include <cstring>

#include "vm/core/machine_state.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

constexpr std::size_t kPiece = 16 * 1024;

struct ZlibState {
  Ref error;
};
Value zlib_error(Vm& vm) {
  auto& state = machine_state<ZlibState>(vm);
  if (!state.error) {
    Own<TupleObject> bases = new_tuple(vm, {Value(vm.exc.Exception)});
    if (bases) state.error = new_simple_class(vm, "zlib.error", bases);
  }
  return state.error;
}
Failed raise_text_error(Vm& vm, std::string_view message) {
  const Value type = zlib_error(vm);
  if (!type.is_null()) (void)raise_text(vm, type.as<TypeObject>(), message);
  return kFailed;
}
Failed raise_zlib(Vm& vm, const z_stream& stream, int code, std::string_view what) {
  std::string_view detail;
  if (code == Z_VERSION_ERROR) {
    detail = "library version mismatch";
  } else if (stream.msg != nullptr) {
    detail = stream.msg;
  } else if (code == Z_BUF_ERROR) {
    detail = "incomplete or truncated stream";
  } else if (code == Z_STREAM_ERROR) {
    detail = "inconsistent stream state";
  } else if (code == Z_DATA_ERROR) {
    detail = "invalid input data";
  }
  if (detail.empty()) return raise_text_error(vm, format_message("Error {} {}", {code, what}));
  return raise_text_error(vm, format_message("Error {} {}: {}", {code, what, detail}));
}

// zlib's memory is the heap's: the size of a piece stands before it.
voidpf zlib_allocate(voidpf machine, uInt items, uInt size) {
  const std::size_t total = std::size_t{items} * size + 16;
  void* memory = static_cast<Vm*>(machine)->heap.allocate(total);
  if (memory == nullptr) return nullptr;
  std::memcpy(memory, &total, sizeof(total));
  return static_cast<char*>(memory) + 16;
}
void zlib_free(voidpf machine, voidpf memory) {
  char* start = static_cast<char*>(memory) - 16;
  std::size_t total;
  std::memcpy(&total, start, sizeof(total));
  static_cast<Vm*>(machine)->heap.free(start, total);
}
void prepare(Vm& vm, z_stream& stream) {
  stream = z_stream();
  stream.zalloc = zlib_allocate;
  stream.zfree = zlib_free;
  stream.opaque = &vm;
}

// Feeds input in pieces that zlib's counters hold.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}
  void refill(z_stream& stream) {
    if (stream.avail_in != 0 || taken_ == bytes_.size()) return;
    const std::size_t size = std::min<std::size_t>(bytes_.size() - taken_, 1U << 30U);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes_.data() + taken_));
    stream.avail_in = static_cast<uInt>(size);
    taken_ += size;
  }
  [[nodiscard]] bool all_taken() const { return taken_ == bytes_.size(); }
  [[nodiscard]] std::string_view unread(const z_stream& stream) const { return bytes_.substr(taken_ - stream.avail_in); }

 private:
  std::string_view bytes_;
  std::size_t taken_ = 0;
};

// Output grows piece by piece; each is charged.
class Output {
 public:
  explicit Output(Vm& vm) : vm_(vm) {}
  bool more(z_stream& stream, std::size_t limit = SIZE_MAX) {
    const std::size_t size = std::min(std::max(kPiece, bytes_.size() / 2), std::min<std::size_t>(limit - used_, 1U << 30U));
    if (!vm_.heap.has_room(bytes_.size() + size)) return raise_memory_error(vm_);
    if (!charge_work(vm_, size / 16)) return false;
    bytes_.resize(used_ + size);
    stream.next_out = reinterpret_cast<Bytef*>(bytes_.data() + used_);
    stream.avail_out = static_cast<uInt>(size);
    return true;
  }
  void take(const z_stream& stream) { used_ = bytes_.size() - stream.avail_out; }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), used_}; }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  Vm& vm_;
  std::string bytes_;
  std::size_t used_ = 0;
};

Ref module_compress(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const int level, args.integer(vm, 1, Z_DEFAULT_COMPRESSION));
  VM_TRY(const int bits, args.integer(vm, 2, MAX_WBITS));
  z_stream stream;
  prepare(vm, stream);
  int code = deflateInit2(&stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
  if (code == Z_MEM_ERROR) return raise(vm, vm.exc.MemoryError, "Out of memory while compressing data");
  if (code == Z_STREAM_ERROR) return raise_text_error(vm, "Bad compression level");
  if (code != Z_OK) return raise_zlib(vm, stream, code, "while compressing data");
  Input input(view.bytes());
  Output output(vm);
  bool good = true;
  do {
    input.refill(stream);
    good = output.more(stream);
    if (!good) break;
    code = deflate(&stream, input.all_taken() ? Z_FINISH : Z_NO_FLUSH);
    output.take(stream);
  } while (code == Z_OK || (code == Z_BUF_ERROR && !input.all_taken()));
  deflateEnd(&stream);
  if (!good) return {};
  if (code != Z_STREAM_END) return raise_zlib(vm, stream, code, "while compressing data");
  return new_bytes(vm, output.view());
}

Ref module_decompress(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const int bits, args.integer(vm, 1, MAX_WBITS));
  VM_TRY(const std::int64_t size, args.ssize(vm, 2, static_cast<std::int64_t>(kPiece)));
  if (size < 0) return raise(vm, vm.exc.ValueError, "bufsize must be non-negative");
  z_stream stream;
  prepare(vm, stream);
  int code = inflateInit2(&stream, bits);
  if (code == Z_MEM_ERROR) return raise(vm, vm.exc.MemoryError, "Out of memory while decompressing data");
  if (code != Z_OK) {
    inflateEnd(&stream);
    return raise_zlib(vm, stream, code, "while preparing to decompress data");
  }
  Input input(view.bytes());
  Output output(vm);
  bool good = true;
  do {
    input.refill(stream);
    if (stream.avail_in == 0 && input.all_taken() && code != Z_OK) break;
    good = output.more(stream);
    if (!good) break;
    code = inflate(&stream, input.all_taken() ? Z_FINISH : Z_SYNC_FLUSH);
    output.take(stream);
  } while (code == Z_OK || (code == Z_BUF_ERROR && stream.avail_out == 0));
  const std::string message = stream.msg == nullptr ? std::string() : stream.msg;
  inflateEnd(&stream);
  if (!good) return {};
  if (code != Z_STREAM_END) {
    if (code == Z_MEM_ERROR) return raise_memory_error(vm);
    z_stream shown = z_stream();
    shown.msg = message.empty() ? nullptr : const_cast<char*>(message.c_str());
    return raise_zlib(vm, shown, code, "while decompressing data");
  }
  return new_bytes(vm, output.view());
}

Ref module_adler32(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  std::uint64_t start = 1;
  if (args.given(1)) {
    VM_TRY(Ref number, to_index(vm, args[1]));
    start = int_low_bits(number) & 0xFFFFFFFFU;
  }
  VM_CHECK(charge_work(vm, view.length / 64));
  return Ref::small(static_cast<std::int64_t>(adler32_z(start, reinterpret_cast<const Bytef*>(view.data), view.length) & 0xFFFFFFFFU));
}
Ref module_crc32(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  std::uint64_t start = 0;
  if (args.given(1)) {
    VM_TRY(Ref number, to_index(vm, args[1]));
    start = int_low_bits(number) & 0xFFFFFFFFU;
  }
  VM_CHECK(charge_work(vm, view.length / 64));
  return Ref::small(static_cast<std::int64_t>(crc32_z(start, reinterpret_cast<const Bytef*>(view.data), view.length) & 0xFFFFFFFFU));
}

// --- stream objects

struct StreamObject : Object {
  z_stream stream;
  bool is_open;       ///< deflateEnd or inflateEnd is due
  bool is_compressor;
  bool eof, needs_input;
  Value unused_data, unconsumed_tail, dictionary;  ///< bytes or null
};
StreamObject* as_stream(Value value) { return value.as<StreamObject>(); }

void close_stream(StreamObject* object) {
  if (!object->is_open) return;
  object->is_open = false;
  if (object->is_compressor) {
    deflateEnd(&object->stream);
  } else {
    inflateEnd(&object->stream);
  }
}
void stream_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<StreamObject*>(self);
  close_stream(object);
  xdecref(object->unused_data);
  xdecref(object->unconsumed_tail);
  xdecref(object->dictionary);
  free_object(vm, self, sizeof(StreamObject));
}
bool set_bytes(Vm& vm, Value& field, std::string_view content) {
  Own<BytesObject> bytes = new_bytes(vm, content);
  if (!bytes) return false;
  const Value old = std::exchange(field, Value(bytes.release()));
  xdecref(old);
  return true;
}
bool append_bytes(Vm& vm, Value& field, std::string_view content) {
  std::string all(byte_view(field));
  all += content;
  return set_bytes(vm, field, all);
}

extern const TypeSpec kCompressType, kDecompressType, kZlibDecompressorType;

Own<StreamObject> new_stream(Vm& vm, const TypeSpec& spec) {
  VM_TRY(StreamObject * object, allocate<StreamObject>(vm, vm.native_type(spec)));
  Own<StreamObject> own = Own<StreamObject>::adopt(object);
  prepare(vm, object->stream);
  object->needs_input = true;
  VM_CHECK(set_bytes(vm, object->unused_data, {}) && set_bytes(vm, object->unconsumed_tail, {}));
  return own;
}

Ref module_compressobj(Vm& vm, Value, Args& args) {
  VM_TRY(const int level, args.integer(vm, 0, Z_DEFAULT_COMPRESSION));
  VM_TRY(const int method, args.integer(vm, 1, Z_DEFLATED));
  VM_TRY(const int bits, args.integer(vm, 2, MAX_WBITS));
  VM_TRY(const int memory, args.integer(vm, 3, 8));
  VM_TRY(const int strategy, args.integer(vm, 4, Z_DEFAULT_STRATEGY));
  VM_TRY(Own<StreamObject> object, new_stream(vm, kCompressType));
  object->is_compressor = true;
  const int code = deflateInit2(&object->stream, level, method, bits, memory, strategy);
  if (code == Z_STREAM_ERROR) return raise(vm, vm.exc.ValueError, "Invalid initialization option");
  if (code != Z_OK) return raise_memory_error(vm);
  object->is_open = true;
  if (args.has(5)) {
    BufferView dictionary;
    VM_CHECK(get_buffer(vm, args[5], dictionary));
    if (deflateSetDictionary(&object->stream, reinterpret_cast<const Bytef*>(dictionary.data), static_cast<uInt>(dictionary.length)) != Z_OK)
      return raise(vm, vm.exc.ValueError, "Invalid dictionary");
  }
  return object;
}

bool use_dictionary(Vm& vm, StreamObject* object) {
  const std::string_view dictionary = byte_view(object->dictionary);
  const int code = inflateSetDictionary(&object->stream, reinterpret_cast<const Bytef*>(dictionary.data()), static_cast<uInt>(dictionary.size()));
  if (code == Z_OK) return true;
  return raise_zlib(vm, object->stream, code, "while setting zdict");
}
// inflateInit2 with the window bits and dictionary that were given.
bool open_decompressor(Vm& vm, StreamObject* object, int bits, Value dictionary) {
  const int code = inflateInit2(&object->stream, bits);
  if (code == Z_STREAM_ERROR) return raise(vm, vm.exc.ValueError, "Invalid initialization option");
  if (code != Z_OK) return raise_memory_error(vm);
  object->is_open = true;
  if (dictionary.is_null() || dictionary.is_none()) return true;
  BufferView view;
  if (!has_buffer(vm, dictionary)) return raise(vm, vm.exc.TypeError, "zdict argument must support the buffer protocol");
  if (!get_buffer(vm, dictionary, view) || !set_bytes(vm, object->dictionary, view.bytes())) return false;
  return bits >= 0 || use_dictionary(vm, object);
}
Ref module_decompressobj(Vm& vm, Value, Args& args) {
  VM_TRY(const int bits, args.integer(vm, 0, MAX_WBITS));
  VM_TRY(Own<StreamObject> object, new_stream(vm, kDecompressType));
  VM_CHECK(open_decompressor(vm, object, bits, args[1]));
  return object;
}

Ref compress_compress(Vm& vm, Value self, Value data) {
  auto* object = as_stream(self);
  BufferView view;
  VM_CHECK(get_buffer(vm, data, view));
  Input input(view.bytes());
  Output output(vm);
  do {
    input.refill(object->stream);
    do {
      VM_CHECK(output.more(object->stream));
      const int code = deflate(&object->stream, Z_NO_FLUSH);
      output.take(object->stream);
      if (code == Z_STREAM_ERROR) return raise_zlib(vm, object->stream, code, "while compressing data");
    } while (object->stream.avail_out == 0);
  } while (!input.all_taken());
  return new_bytes(vm, output.view());
}
Ref compress_flush(Vm& vm, Value self, Args& args) {
  auto* object = as_stream(self);
  VM_TRY(const int mode, args.integer(vm, 0, Z_FINISH));
  if (mode == Z_NO_FLUSH) return new_bytes(vm, {});
  object->stream.avail_in = 0;
  Output output(vm);
  int code;
  do {
    VM_CHECK(output.more(object->stream));
    code = deflate(&object->stream, mode);
    output.take(object->stream);
    if (code == Z_STREAM_ERROR) return raise_zlib(vm, object->stream, code, "while flushing");
  } while (object->stream.avail_out == 0);
  if (code == Z_STREAM_END && mode == Z_FINISH) {
    close_stream(object);
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return raise_zlib(vm, object->stream, code, "while flushing");
  }
  return new_bytes(vm, output.view());
}

// A copy of a stream with its own state.
Ref copy_stream(Vm& vm, Value self, const TypeSpec& spec) {
  auto* object = as_stream(self);
  if (!object->is_open) return raise(vm, vm.exc.ValueError, "Inconsistent stream state");
  VM_TRY(Own<StreamObject> copy, new_stream(vm, spec));
  copy->is_compressor = object->is_compressor;
  const int code = object->is_compressor ? deflateCopy(&copy->stream, &object->stream) : inflateCopy(&copy->stream, &object->stream);
  if (code == Z_STREAM_ERROR) return raise(vm, vm.exc.ValueError, "Inconsistent stream state");
  if (code != Z_OK) return raise_memory_error(vm);
  copy->is_open = true;
  copy->eof = object->eof;
  for (const auto field : {&StreamObject::unused_data, &StreamObject::unconsumed_tail, &StreamObject::dictionary}) {
    xincref((*object).*field);
    const Value old = std::exchange((*copy).*field, (*object).*field);
    xdecref(old);
  }
  return copy;
}
Ref compress_copy(Vm& vm, Value self) { return copy_stream(vm, self, kCompressType); }
Ref decompress_copy(Vm& vm, Value self) { return copy_stream(vm, self, kDecompressType); }
Ref compress_deepcopy(Vm& vm, Value self, Value) { return copy_stream(vm, self, kCompressType); }
Ref decompress_deepcopy(Vm& vm, Value self, Value) { return copy_stream(vm, self, kDecompressType); }

// Inflates `input` up to `limit` bytes of output. `flush`: at the end of everything.
int inflate_some(Vm& vm, StreamObject* object, Input& input, Output& output, std::size_t limit, int flush, bool& good) {
  int code = Z_OK;
  good = true;
  do {
    input.refill(object->stream);
    do {
      if (output.used() >= limit) return Z_OK;
      good = output.more(object->stream, limit);
      if (!good) return code;
      code = inflate(&object->stream, input.all_taken() && flush != 0 ? flush : Z_SYNC_FLUSH);
      output.take(object->stream);
      if (code == Z_NEED_DICT && !object->dictionary.is_null()) {
        good = use_dictionary(vm, object);
        if (!good) return code;
        continue;  // the code makes the loop go on
      }
      if (code != Z_OK && code != Z_BUF_ERROR) return code;
    } while (object->stream.avail_out == 0 || code == Z_NEED_DICT);
  } while (!input.all_taken());
  return code;
}

// What was not read: of the next stream after the end, else to be given again.
bool keep_rest(Vm& vm, StreamObject* object, const Input& input, int code) {
  const std::string_view rest = input.unread(object->stream);
  if (code == Z_STREAM_END) {
    object->eof = true;
    if (!append_bytes(vm, object->unused_data, rest)) return false;
    return set_bytes(vm, object->unconsumed_tail, {});
  }
  return set_bytes(vm, object->unconsumed_tail, rest);
}

Ref decompress_decompress(Vm& vm, Value self, Args& args) {
  auto* object = as_stream(self);
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const std::int64_t limit, args.ssize(vm, 1, 0));
  if (limit < 0) return raise(vm, vm.exc.ValueError, "max_length must be non-negative");
  Input input(view.bytes());
  Output output(vm);
  object->stream.avail_in = 0;
  if (object->eof) {
    VM_CHECK(append_bytes(vm, object->unused_data, view.bytes()));
    return new_bytes(vm, {});
  }
  bool good;
  const int code = inflate_some(vm, object, input, output, limit == 0 ? SIZE_MAX : static_cast<std::size_t>(limit), 0, good);
  if (!good) return {};
  VM_CHECK(keep_rest(vm, object, input, code));
  if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return raise_zlib(vm, object->stream, code, "while decompressing data");
  return new_bytes(vm, output.view());
}
Ref decompress_flush(Vm& vm, Value self, Args& args) {
  auto* object = as_stream(self);
  VM_TRY(const std::int64_t length, args.ssize(vm, 0, static_cast<std::int64_t>(kPiece)));
  if (length <= 0) return raise(vm, vm.exc.ValueError, "length must be greater than zero");
  if (object->eof) {
    close_stream(object);
    return new_bytes(vm, {});
  }
  const std::string tail(byte_view(object->unconsumed_tail));
  Input input(tail);
  Output output(vm);
  object->stream.avail_in = 0;
  bool good;
  const int code = inflate_some(vm, object, input, output, SIZE_MAX, Z_FINISH, good);
  if (!good) return {};
  VM_CHECK(keep_rest(vm, object, input, code));
  if (code == Z_STREAM_END) close_stream(object);
  return new_bytes(vm, output.view());
}

Ref get_unused(Vm&, Value self) { return Ref::share(as_stream(self)->unused_data); }
Ref get_tail(Vm&, Value self) { return Ref::share(as_stream(self)->unconsumed_tail); }
Ref get_eof(Vm&, Value self) { return Ref::boolean(as_stream(self)->eof); }
Ref get_needs_input(Vm&, Value self) { return Ref::boolean(as_stream(self)->needs_input); }

// _ZlibDecompressor: keeps unread input itself.
Ref decompressor_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_PARSE(args, vm, "_ZlibDecompressor(wbits=15, zdict=b'')", 2, call);
  VM_TRY(const int bits, args.integer(vm, 0, MAX_WBITS));
  VM_TRY(Own<StreamObject> object, new_stream(vm, kZlibDecompressorType));
  VM_CHECK(open_decompressor(vm, object, bits, args[1]));
  return object;
}
Ref decompressor_decompress(Vm& vm, Value self, Args& args) {
  auto* object = as_stream(self);
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const std::int64_t limit, args.ssize(vm, 1, -1));
  if (object->eof) return raise(vm, vm.exc.EOFError, "End of stream already reached");
  std::string all(byte_view(object->unconsumed_tail));
  all += view.bytes();
  Input input(all);
  Output output(vm);
  object->stream.avail_in = 0;
  bool good;
  const int code = inflate_some(vm, object, input, output, limit < 0 ? SIZE_MAX : static_cast<std::size_t>(limit), 0, good);
  if (!good) return {};
  if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return raise_zlib(vm, object->stream, code, "while decompressing data");
  VM_CHECK(keep_rest(vm, object, input, code));
  object->needs_input = !object->eof && byte_view(object->unconsumed_tail).empty() &&
                        (limit < 0 || output.used() < static_cast<std::size_t>(limit));
  return new_bytes(vm, output.view());
}

constexpr MethodSpec kCompressMethods[] = {
    {"compress($self, data, /)", compress_compress, "Returns a bytes object containing compressed data."},
    {"flush($self, mode=zlib.Z_FINISH, /)", compress_flush, "Return a bytes object containing any remaining compressed data."},
    {"copy($self, /)", compress_copy, "Return a copy of the compression object."},
    {"__copy__($self, /)", compress_copy},
    {"__deepcopy__($self, memo, /)", compress_deepcopy},
};
constexpr MethodSpec kDecompressMethods[] = {
    {"decompress($self, data, /, max_length=0)", decompress_decompress, "Return a bytes object containing the decompressed version of the data."},
    {"flush($self, length=zlib.DEF_BUF_SIZE, /)", decompress_flush, "Return a bytes object containing any remaining decompressed data."},
    {"copy($self, /)", decompress_copy, "Return a copy of the decompression object."},
    {"__copy__($self, /)", decompress_copy},
    {"__deepcopy__($self, memo, /)", decompress_deepcopy},
};
constexpr MethodSpec kDecompressorMethods[] = {
    {"decompress($self, /, data, max_length=-1)", decompressor_decompress, "Decompress *data*, returning uncompressed data as bytes."},
};
constexpr GetSetSpec kDecompressGetSet[] = {{"unused_data", get_unused}, {"unconsumed_tail", get_tail}, {"eof", get_eof}};
constexpr GetSetSpec kDecompressorGetSet[] = {
    {"eof", get_eof, nullptr, "True if the end-of-stream marker has been reached."},
    {"unused_data", get_unused, nullptr, "Data found after the end of the compressed stream."},
    {"needs_input", get_needs_input, nullptr, "True if more input is needed before more decompressed data can be produced."},
};
constexpr TypeSlots stream_slots(bool constructible) {
  TypeSlots slots;
  slots.dealloc = stream_dealloc;
  if (constructible) slots.construct = decompressor_construct;
  return slots;
}
const TypeSpec kCompressType = {.name = "zlib.Compress", .basic_size = sizeof(StreamObject), .flags = kTypeNoInstantiation,
                                .slots = stream_slots(false), .methods = kCompressMethods};
const TypeSpec kDecompressType = {.name = "zlib.Decompress", .basic_size = sizeof(StreamObject), .flags = kTypeNoInstantiation,
                                  .slots = stream_slots(false), .methods = kDecompressMethods, .getset = kDecompressGetSet};
const TypeSpec kZlibDecompressorType = {.name = "zlib._ZlibDecompressor", .basic_size = sizeof(StreamObject), .flags = 0,
                                        .slots = stream_slots(true), .methods = kDecompressorMethods, .getset = kDecompressorGetSet};

constexpr MethodSpec kFunctions[] = {
    {"adler32($module, data, value=1, /)", module_adler32, "Compute an Adler-32 checksum of data."},
    {"crc32($module, data, value=0, /)", module_crc32, "Compute a CRC-32 checksum of data."},
    {"compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", module_compress, "Returns a bytes object containing compressed data."},
    {"decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", module_decompress, "Returns a bytes object containing the uncompressed data."},
    {"compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, "
     "strategy=Z_DEFAULT_STRATEGY, zdict=None)", module_compressobj, "Return a compressor object."},
    {"decompressobj($module, /, wbits=MAX_WBITS, zdict=b'')", module_decompressobj, "Return a decompressor object."},
};
bool fill(Vm& vm, ModuleObject* module) {
  constexpr std::pair<std::string_view, int> kConstants[] = {
      {"MAX_WBITS", MAX_WBITS}, {"DEFLATED", Z_DEFLATED}, {"DEF_MEM_LEVEL", 8}, {"DEF_BUF_SIZE", 16384},
      {"Z_BEST_SPEED", Z_BEST_SPEED}, {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION}, {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
      {"Z_NO_COMPRESSION", Z_NO_COMPRESSION}, {"Z_FILTERED", Z_FILTERED}, {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY}, {"Z_RLE", Z_RLE},
      {"Z_FIXED", Z_FIXED}, {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY}, {"Z_FINISH", Z_FINISH}, {"Z_NO_FLUSH", Z_NO_FLUSH},
      {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH}, {"Z_SYNC_FLUSH", Z_SYNC_FLUSH}, {"Z_FULL_FLUSH", Z_FULL_FLUSH}, {"Z_BLOCK", Z_BLOCK},
      {"Z_TREES", Z_TREES}};
  for (const auto& [name, value] : kConstants)
    if (!set_module_attribute(vm, module, name, Value::small(value))) return false;
  const Value error = zlib_error(vm);
  return !error.is_null() && set_module_attribute(vm, module, "error", error) &&
         set_module_attribute(vm, module, "ZLIB_VERSION", Ref(new_str(vm, ZLIB_VERSION))) &&
         set_module_attribute(vm, module, "ZLIB_RUNTIME_VERSION", Ref(new_str(vm, zlibVersion()))) &&
         set_module_attribute(vm, module, "__version__", Ref(new_str(vm, "1.0"))) &&
         set_module_attribute(vm, module, "_ZlibDecompressor", Value(vm.native_type(kZlibDecompressorType)));
}
constexpr ModuleSpec kModule = {"zlib", "The functions in this module allow compression and decompression using the zlib library.", kFunctions, fill};

}  // namespace

const ModuleSpec& zlib_module() { return kModule; }

}  // namespace ouro::vm
