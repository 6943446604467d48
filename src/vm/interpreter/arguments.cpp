// Arguments bound to the parameters of Python functions, with CPython's texts for what does not fit
// (Python/ceval.c initialize_locals).
#include <string>
#include <vector>

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/core/suggestions.h"
#include "vm/interpreter/executable.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct Bound {
  Vm& vm;
  FunctionObject* function;
  CodeObject* code;
  const CallArgs& args;
  Value* locals;

  [[nodiscard]] StrObject* parameter(std::int32_t index) const {
    return (*code->locals_plus_names)[static_cast<std::size_t>(index)].as<StrObject>();
  }
  [[nodiscard]] StrObject* qualname() const { return function->qualname.as<StrObject>(); }
};

/// "'a'", "'a' and 'b'", "'a', 'b', and 'c'".
std::string name_list(const std::vector<StrObject*>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) text += i + 1 < names.size() ? ", " : names.size() == 2 ? " and " : ", and ";
    text += "'" + to_utf8(names[i]) + "'";
  }
  return text;
}

bool missing(const Bound& b, const std::vector<StrObject*>& names, std::string_view kind) {
  return raise(b.vm, b.vm.exc.TypeError, "{}() missing {} required {} argument{}: {}", b.qualname(), names.size(), kind,
               names.size() == 1 ? "" : "s", name_list(names));
}

bool too_many_positional(const Bound& b, std::size_t default_count) {
  const std::int32_t argcount = b.code->argcount;
  std::size_t keyword_only_given = 0;
  for (std::int32_t i = argcount; i < argcount + b.code->kwonlyargcount; ++i)
    if (!b.locals[i].is_null()) ++keyword_only_given;
  std::string takes;
  bool many = argcount != 1;
  if (default_count != 0) {
    takes = "from " + std::to_string(argcount - static_cast<std::int32_t>(default_count)) + " to " + std::to_string(argcount);
    many = true;
  } else {
    takes = std::to_string(argcount);
  }
  std::string keyword_text;
  if (keyword_only_given != 0) {
    keyword_text = " positional argument" + std::string(b.args.positional == 1 ? "" : "s") + " (and " +
                   std::to_string(keyword_only_given) + " keyword-only argument" + (keyword_only_given == 1 ? "" : "s") + ")";
  }
  return raise(b.vm, b.vm.exc.TypeError, "{}() takes {} positional argument{} but {}{} {} given", b.qualname(), takes,
               many ? "s" : "", b.args.positional, keyword_text,
               b.args.positional == 1 && keyword_only_given == 0 ? "was" : "were");
}

/// Keywords that name positional-only parameters.
bool positional_only_by_name(const Bound& b, bool& raised) {
  std::vector<std::string> wrong;
  for (std::int32_t i = 0; i < b.code->posonlyargcount; ++i)
    for (std::size_t k = 0; k < b.args.keyword_count(); ++k)
      if (str_equal(b.parameter(i), (*b.args.keyword_names)[k].as<StrObject>())) wrong.push_back(to_utf8(b.parameter(i)));
  raised = !wrong.empty();
  if (wrong.empty()) return true;
  std::string text;
  for (const std::string& name : wrong) text += (text.empty() ? "" : ", ") + name;
  return raise(b.vm, b.vm.exc.TypeError, "{}() got some positional-only arguments passed as keyword arguments: '{}'",
               b.qualname(), text);
}

bool unexpected_keyword(const Bound& b, StrObject* name) {
  bool raised = false;
  if (b.code->posonlyargcount != 0) {
    if (!positional_only_by_name(b, raised)) return false;
  }
  // "Did you mean" as Python/ceval.c has it since 3.13.
  std::vector<std::string> candidates;
  for (std::int32_t i = b.code->posonlyargcount; i < b.code->argcount + b.code->kwonlyargcount; ++i)
    candidates.push_back(to_utf8(b.parameter(i)));
  const std::string suggestion = closest_name(to_utf8(name), candidates);
  if (!suggestion.empty()) {
    return raise(b.vm, b.vm.exc.TypeError, "{}() got an unexpected keyword argument '{}'. Did you mean '{}'?", b.qualname(),
                 name, suggestion);
  }
  return raise(b.vm, b.vm.exc.TypeError, "{}() got an unexpected keyword argument '{}'", b.qualname(), name);
}

bool bind_keywords(const Bound& b, DictObject* keywords) {
  const std::int32_t total = b.code->argcount + b.code->kwonlyargcount;
  for (std::size_t k = 0; k < b.args.keyword_count(); ++k) {
    const Value key = (*b.args.keyword_names)[k];
    if (!is_str(key)) return raise(b.vm, b.vm.exc.TypeError, "{}() keywords must be strings", b.qualname());
    auto* name = key.as<StrObject>();
    std::int32_t found = -1;
    for (std::int32_t i = b.code->posonlyargcount; i < total && found < 0; ++i)
      if (b.parameter(i) == name) found = i;
    for (std::int32_t i = b.code->posonlyargcount; i < total && found < 0; ++i)
      if (str_equal(b.parameter(i), name)) found = i;
    if (found < 0) {
      if (keywords == nullptr) return unexpected_keyword(b, name);
      if (!dict_set(b.vm, keywords, key, b.args.keyword_value(k))) return false;
      continue;
    }
    if (!b.locals[found].is_null())
      return raise(b.vm, b.vm.exc.TypeError, "{}() got multiple values for argument '{}'", b.qualname(), name);
    b.locals[found] = Ref::share(b.args.keyword_value(k)).release();
  }
  return true;
}

bool fill_defaults(const Bound& b) {
  const std::int32_t argcount = b.code->argcount;
  const Value defaults = b.function->defaults;
  const std::int32_t default_count = defaults.is_null() ? 0 : static_cast<std::int32_t>(defaults.as<TupleObject>()->size);
  const auto given = static_cast<std::int32_t>(b.args.positional < static_cast<std::size_t>(argcount) ? b.args.positional : static_cast<std::size_t>(argcount));
  if (given < argcount) {
    const std::int32_t first_default = argcount - default_count;
    std::vector<StrObject*> absent;
    for (std::int32_t i = given; i < first_default; ++i)
      if (b.locals[i].is_null()) absent.push_back(b.parameter(i));
    if (!absent.empty()) return missing(b, absent, "positional");
    for (std::int32_t i = given > first_default ? given : (first_default < 0 ? 0 : first_default); i < argcount; ++i) {
      if (!b.locals[i].is_null()) continue;
      b.locals[i] = Ref::share((*defaults.as<TupleObject>())[static_cast<std::size_t>(i - first_default)]).release();
    }
  }
  std::vector<StrObject*> absent;
  for (std::int32_t i = argcount; i < argcount + b.code->kwonlyargcount; ++i) {
    if (!b.locals[i].is_null()) continue;
    Value value;
    if (!b.function->keyword_defaults.is_null())
      value = dict_get_str(b.vm, b.function->keyword_defaults.as<DictObject>(), b.parameter(i));
    if (value.is_null()) {
      absent.push_back(b.parameter(i));
    } else {
      b.locals[i] = Ref::share(value).release();
    }
  }
  return absent.empty() || missing(b, absent, "keyword-only");
}

bool bind(const Bound& b) {
  const std::int32_t argcount = b.code->argcount;
  const std::int32_t total = argcount + b.code->kwonlyargcount;
  const auto by_position = b.args.positional < static_cast<std::size_t>(argcount) ? b.args.positional : static_cast<std::size_t>(argcount);
  for (std::size_t i = 0; i < by_position; ++i) b.locals[i] = Ref::share(b.args.values[i]).release();
  std::int32_t next = total;
  if ((b.code->flags & code::kVarArgs) != 0) {
    VM_TRY(Own<TupleObject> rest, new_tuple(b.vm, b.args.positionals().subspan(by_position)));
    b.locals[next++] = Value(rest.release());
  }
  DictObject* keywords = nullptr;
  if ((b.code->flags & code::kVarKeywords) != 0) {
    VM_TRY(Own<DictObject> dict, new_dict(b.vm));
    keywords = dict.get();
    b.locals[next] = Value(dict.release());
  }
  if (b.args.has_keywords() && !bind_keywords(b, keywords)) return false;
  if (b.args.positional > static_cast<std::size_t>(argcount) && (b.code->flags & code::kVarArgs) == 0) {
    const Value defaults = b.function->defaults;
    return too_many_positional(b, defaults.is_null() ? 0 : defaults.as<TupleObject>()->size);
  }
  return fill_defaults(b);
}

}  // namespace

Frame* push_call(Vm& vm, FunctionObject* function, const CallArgs& args) {
  ExecutableCode* executable = executable_of(vm, function->code);
  if (executable == nullptr) return nullptr;
  incref(static_cast<Object*>(function));
  Frame* frame = push_frame(vm, function, executable);
  if (frame == nullptr) return nullptr;
  Value* locals = frame->locals_plus();
  CodeObject* code = function->code;
  for (std::int32_t i = 0; i < code->locals_plus_count; ++i) locals[i] = Value();
  if (executable->simple_arguments == static_cast<std::int32_t>(args.positional) && !args.has_keywords()) {
    for (std::size_t i = 0; i < args.positional; ++i) {
      xincref(args.values[i]);
      locals[i] = args.values[i];
    }
    return frame;
  }
  frame->is_complete = false;
  if (!bind({vm, function, code, args, locals})) {
    Ref error = take_error(vm);
    vm.thread->frame = frame->previous;
    pop_frame(vm, frame);
    restore_error(vm, std::move(error));
    return nullptr;
  }
  frame->is_complete = true;
  return frame;
}

}  // namespace ouro::vm
