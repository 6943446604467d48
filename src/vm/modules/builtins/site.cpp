// builtins: what the site module adds at start-up (exit, quit, copyright, credits, license, help), natively, so that a
// start need not import it. The classes say that they are _sitebuiltins', whose ways they have.
#include "vm/core/machine_state.h"
#include "vm/host/host.h"
#include "vm/modules/builtins/builtins.h"
#include "vm/modules/import.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct SiteObject : Object {
  Value name, text;  ///< of a Quitter: name and how the end of a file is typed; of a Printer: name and what is printed
};
SiteObject* site_in(Value self) { return self.as<SiteObject>(); }

void site_dealloc(Vm& vm, Object* object) {
  auto* self = static_cast<SiteObject*>(object);
  xdecref(std::exchange(self->name, Value()));
  xdecref(std::exchange(self->text, Value()));
  free_object(vm, object, object->type->basic_size);
}

// --- exit, quit

Ref quitter_repr(Vm& vm, Value self) {
  return new_str(vm, format_message("Use {}() or {} to exit", {site_in(self)->name.as<StrObject>(), site_in(self)->text.as<StrObject>()}));
}
Ref quitter_call(Vm& vm, Value, const CallArgs& call) {
  VM_PARSE(args, vm, "__call__(code=None)", 1, call);
  // The interactive shell would read on otherwise.
  const Value input = sys_attribute(vm, "stdin");
  if (!input.is_null() && !input.is_none()) {
    const Ref held = Ref::share(input);
    if (!call_method(vm, held, "close")) clear_error(vm);
  }
  return raise_with(vm, vm.exc.SystemExit, args.get(0, kNone));
}

// --- copyright, credits, license

std::string license_text(Vm& vm) {
  const std::string& library = vm.options.library_path;
  for (const std::string& path : {library + "/LICENSE.txt", library + "/../../LICENSE", library + "/LICENSE"}) {
    int descriptor = -1;
    if (library.empty() || vm.host.open(path, 0, 0, -100, descriptor) != 0) continue;
    std::string text;
    char buffer[4096];
    for (std::size_t got = 0; vm.host.read(descriptor, static_cast<char*>(buffer), sizeof buffer, got) == 0 && got > 0;) text.append(static_cast<char*>(buffer), got);
    vm.host.close(descriptor);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  return "See https://www.python.org/psf/license/";
}
/// Null text: the licence, read when it is asked for.
std::string printer_text(Vm& vm, Value self) {
  return site_in(self)->text.is_null() ? license_text(vm) : to_utf8(site_in(self)->text.as<StrObject>());
}
Ref printer_repr(Vm& vm, Value self) {
  if (!site_in(self)->text.is_null()) return new_str(vm, printer_text(vm, self));
  return new_str(vm, format_message("Type {}() to see the full {} text", {site_in(self)->name.as<StrObject>(), site_in(self)->name.as<StrObject>()}));
}
Ref printer_call(Vm& vm, Value self, const CallArgs& call) {
  VM_PARSE(args, vm, "__call__()", 0, call);
  VM_TRY(Ref text, new_str(vm, printer_text(vm, self)));
  return vm::call(vm, dict_get(vm, vm.builtins, "print"), {text.get()});
}

// --- help

Ref helper_repr(Vm& vm, Value) { return new_str(vm, "Type help() for interactive help, or help(object) for help about object."); }
Ref helper_call(Vm& vm, Value, const CallArgs& call) {
  VM_TRY(Ref help, import_attribute(vm, "pydoc", "help"));
  return vm::call(vm, help, call);
}

constexpr MemberSpec kQuitterMembers[] = {{"name", MemberSpec::Kind::Object, offsetof(SiteObject, name)}, {"eof", MemberSpec::Kind::Object, offsetof(SiteObject, text)}};

const TypeSpec kQuitterType = {.name = "_sitebuiltins.Quitter", .basic_size = sizeof(SiteObject), .flags = kTypeNoInstantiation,
                               .slots = {.dealloc = site_dealloc, .repr = quitter_repr, .call = quitter_call}, .members = kQuitterMembers};
const TypeSpec kPrinterType = {.name = "_sitebuiltins._Printer", .basic_size = sizeof(SiteObject), .flags = kTypeNoInstantiation,
                               .doc = "Prints a text: copyright, credits or the licence.",
                               .slots = {.dealloc = site_dealloc, .repr = printer_repr, .call = printer_call}};
const TypeSpec kHelperType = {.name = "_sitebuiltins._Helper", .basic_size = sizeof(SiteObject), .flags = kTypeNoInstantiation,
                              .doc = "Calls pydoc.help, which is imported then.",
                              .slots = {.dealloc = site_dealloc, .repr = helper_repr, .call = helper_call}};

bool add(Vm& vm, const TypeSpec& spec, const char* name, Ref text) {
  auto* object = allocate<SiteObject>(vm, vm.native_type(spec));
  if (object == nullptr) return false;
  const Ref made = Ref::adopt(object);
  VM_TRY(Own<StrObject> shown, new_str(vm, name));
  object->name = Value(shown.release());
  object->text = text.release();
  return dict_set(vm, vm.builtins, name, made);
}

}  // namespace

bool add_site_builtins(Vm& vm) {
  constexpr std::string_view kEndOfFile = "Ctrl-D (i.e. EOF)";
  const Value copyright = sys_attribute(vm, "copyright");
  return add(vm, kQuitterType, "exit", new_str(vm, kEndOfFile)) && add(vm, kQuitterType, "quit", new_str(vm, kEndOfFile)) &&
         (copyright.is_null() || add(vm, kPrinterType, "copyright", Ref::share(copyright))) &&
         add(vm, kPrinterType, "credits", new_str(vm, "The language and its library are the work of the people at www.python.org; Ouro runs them.")) &&
         add(vm, kPrinterType, "license", {}) && add(vm, kHelperType, "help", {});
}

}  // namespace ouro::vm
