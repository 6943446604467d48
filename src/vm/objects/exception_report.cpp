// The report of an exception that nobody caught. As in CPython 3.13 the standard library's traceback module writes it where
// a library is found; without one the report has frames, source lines and the exception, without carets.
#include <algorithm>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/frame.h"
#include "vm/modules/import.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_attributes.h"
#include "vm/objects/type_object.h"

#include <fcntl.h>

namespace ouro::vm {
namespace {

/// The library's own report; empty where that fails (nothing stays raised).
std::string library_report(Vm& vm, Value exception) {
  std::string out;
  const Ref function = import_attribute(vm, "traceback", "format_exception");
  const Ref lines = function ? call(vm, function, {exception}) : Ref();
  if (lines && is_list(lines)) {
    for (const Value line : lines.as<ListObject>()->view())
      if (is_str(line)) out += to_utf8(line.as<StrObject>());
  }
  clear_error(vm);
  return out;
}

/// One line of a source file, stripped of indentation; empty where it cannot be read.
std::string source_line(Vm& vm, const std::string& path, std::int32_t line) {
  int descriptor = -1;
  if (line < 1 || vm.host.open(path, O_RDONLY, 0, AT_FDCWD, descriptor) != 0) return {};
  std::string text;
  char buffer[8192];
  std::size_t done = 0;
  while (vm.host.read(descriptor, buffer, sizeof buffer, done) == 0 && done != 0 && text.size() < (std::size_t{16} << 20U))
    text.append(buffer, done);
  vm.host.close(descriptor);
  std::size_t start = 0;
  for (std::int32_t at = 1; at < line; ++at) {
    start = text.find('\n', start);
    if (start == std::string::npos) return {};
    ++start;
  }
  std::string found = text.substr(start, text.find('\n', start) - start);
  const std::size_t first = found.find_first_not_of(" \t\f");
  const std::size_t last = found.find_last_not_of(" \t\f\r");
  return first == std::string::npos ? std::string() : found.substr(first, last - first + 1);
}

class Report {
 public:
  explicit Report(Vm& vm) : vm_(vm) {}

  void write(Value exception) {
    if (std::find(seen_.begin(), seen_.end(), exception) != seen_.end() || seen_.size() > 200) return;
    seen_.push_back(exception);
    auto* error = exception.as<ExceptionObject>();
    if (!error->cause.is_null()) {
      write(error->cause);
      text += "\nThe above exception was the direct cause of the following exception:\n\n";
    } else if (!error->context.is_null() && !error->suppress_context) {
      write(error->context);
      text += "\nDuring handling of the above exception, another exception occurred:\n\n";
    }
    write_traceback(error);
    write_line(exception);
  }

  std::string text;

 private:
  void write_traceback(ExceptionObject* error) {
    if (error->traceback.is_null()) return;
    text += "Traceback (most recent call last):\n";
    for (auto* at = error->traceback.as<TracebackObject>(); at != nullptr; at = at->next) {
      if (at->frame == nullptr || at->frame->frame == nullptr) continue;
      const CodeObject* code = at->frame->frame->code;
      const std::string file = to_utf8(code->filename);
      text += "  File \"" + file + "\", line " + std::to_string(at->line) + ", in " + to_utf8(code->name) + "\n";
      const std::string line = source_line(vm_, file, at->line);
      if (!line.empty()) text += "    " + line + "\n";
    }
  }

  void write_line(Value exception) {
    const Ref name = type_full_name(vm_, type_of(vm_, exception));
    text += name ? to_utf8(name.as<StrObject>()) : "<unknown>";
    const Ref shown = str(vm_, exception);
    if (!shown) {
      text += ": <exception str() failed>";
    } else if (shown.as<StrObject>()->length != 0) {
      text += ": " + to_utf8(shown.as<StrObject>());
    }
    text += "\n";
    Ref notes;
    if (find_attribute(vm_, exception, vm_.names.d_notes, notes) && notes && is_list(notes)) {
      for (const Value note : notes.as<ListObject>()->view())
        if (is_str(note)) text += to_utf8(note.as<StrObject>()) + "\n";
    }
    clear_error(vm_);
  }

  Vm& vm_;
  std::vector<Value> seen_;
};

}  // namespace

std::string exception_report(Vm& vm, Value exception) {
  Ref pending = take_error(vm);
  std::string text;
  if (!vm.options.library_path.empty()) text = library_report(vm, exception);
  if (text.empty()) {
    Report report(vm);
    report.write(exception);
    text = std::move(report.text);
  }
  if (pending) restore_error(vm, std::move(pending));
  return text;
}

}  // namespace ouro::vm
