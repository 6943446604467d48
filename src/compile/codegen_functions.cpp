// Functions and lambdas: decorators, defaults, annotations, bodies.
#include "compile/annotation_text.h"
#include "compile/code_generator.h"
#include "compile/docstring.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

namespace {

// SET_FUNCTION_ATTRIBUTE's flags.
constexpr int kDefaults = 1;
constexpr int kKeywordDefaults = 2;
constexpr int kAnnotations = 4;

}  // namespace

void CodeGenerator::check_debug_arguments(const Arguments& arguments) {
  const auto check = [&](const Arg* arg) {
    if (arg != nullptr) forbid_debug(arg->arg, ExprContext::Store, at(arg->pos));
  };
  for (const Arg* arg : arguments.posonlyargs) check(arg);
  for (const Arg* arg : arguments.args) check(arg);
  check(arguments.vararg);
  for (const Arg* arg : arguments.kwonlyargs) check(arg);
  check(arguments.kwarg);
}

void CodeGenerator::apply_decorators(ExprList decorators) {
  for (std::size_t i = decorators.size(); i > 0; --i) emit(Op::CALL, 0, loc(decorators[i - 1]));
}

// Pushes a tuple and a dict where there are defaults; gives their flags.
int CodeGenerator::default_arguments(const Arguments& arguments, const SourceLocation& where) {
  int flags = 0;
  if (!arguments.defaults.empty()) {
    visit(arguments.defaults);
    emit(Op::BUILD_TUPLE, static_cast<std::int64_t>(arguments.defaults.size()), where);
    flags |= kDefaults;
  }
  std::vector<ConstId> names;
  for (std::size_t i = 0; i < arguments.kwonlyargs.size(); ++i) {
    if (arguments.kw_defaults[i] == nullptr) continue;
    const Identifier name = arguments.kwonlyargs[i]->arg;
    names.push_back(name_const(name));
    visit(arguments.kw_defaults[i]);
  }
  if (names.empty()) return flags;
  load_const(constants().add_tuple(names), where);
  emit(Op::BUILD_CONST_KEY_MAP, static_cast<std::int64_t>(names.size()), where);
  return flags | kKeywordDefaults;
}

void CodeGenerator::annotation_string(ExprNode* annotation) {
  load_const(constants().add_str(annotation_text(*annotation)), loc(annotation));
}

// Pushes name and value; gives how many.
int CodeGenerator::argument_annotation(Identifier name, ExprNode* annotation, const SourceLocation& where) {
  if (annotation == nullptr) return 0;
  load_mangled_name_const(name, where);
  if (future_.annotations) {
    annotation_string(annotation);
  } else if (const auto* starred = try_as<const Starred>(static_cast<const ExprNode*>(annotation))) {
    // *args: *Ts
    visit(starred->value);
    emit(Op::UNPACK_SEQUENCE, 1, where);
  } else {
    visit(annotation);
  }
  return 2;
}

// CPython 3.13 compiler_visit_annotations: pushes one tuple of names and values, in CPython's order.
bool CodeGenerator::annotations(const FunctionDef& node, const SourceLocation& where) {
  const Arguments& args = *node.args;
  int count = 0;
  const auto all = [&](std::span<Arg*> list) {
    for (const Arg* arg : list) count += argument_annotation(arg->arg, arg->annotation, where);
  };
  all(args.args);
  all(args.posonlyargs);
  if (args.vararg != nullptr) count += argument_annotation(args.vararg->arg, args.vararg->annotation, where);
  all(args.kwonlyargs);
  if (args.kwarg != nullptr) count += argument_annotation(args.kwarg->arg, args.kwarg->annotation, where);
  count += argument_annotation(names_.return_, node.returns, where);
  if (count > 0) emit(Op::BUILD_TUPLE, count, where);
  return count > 0;
}

void CodeGenerator::set_argument_counts(const Arguments& arguments) {
  UnitMetadata& data = metadata();
  data.argcount = static_cast<std::int32_t>(arguments.args.size());
  data.posonlyargcount = static_cast<std::int32_t>(arguments.posonlyargs.size());
  data.kwonlyargcount = static_cast<std::int32_t>(arguments.kwonlyargs.size());
}

// A generator's StopIteration becomes a RuntimeError: a handler around the whole body.
void CodeGenerator::wrap_in_stop_iteration_handler() {
  const Label handler = new_label();
  code().insert(0, Op::SETUP_CLEANUP, handler.value, kNoLocation);
  load_none(kNoLocation);
  emit(Op::RETURN_VALUE, kNoLocation);
  use(handler);
  emit(Op::CALL_INTRINSIC_1, 3, kNoLocation);  // STOPITERATION_ERROR
  emit(Op::RERAISE, 1, kNoLocation);
}

void CodeGenerator::function_body(const FunctionDef& node, int flags, std::int32_t first_line) {
  const bool async = node.kind == StmtKind::AsyncFunctionDef;
  enter(node.name, async ? UnitKind::AsyncFunction : UnitKind::Function, &node, first_line);
  // The first constant is the docstring, or None.
  StmtList statements = node.body;
  ConstId docstring = constants().none();
  if (const Constant* text = find_docstring(statements)) {
    statements = statements.subspan(1);
    if (options_.optimize < 2) docstring = docstring_constant(*text);
  }
  metadata().consts.add(docstring);
  set_argument_counts(*node.args);
  const Label start = new_label();
  use(start);
  const bool generator = scope().coroutine || scope().generator;
  if (generator) push_block({BlockKind::StopIteration, start, kNoLabel, kNoLocation, {}, {}});
  visit(statements);
  if (generator) {
    wrap_in_stop_iteration_handler();
    pop_block();
  }
  make_closure(leave(AddNone::Yes), flags, loc(&node));
}

void CodeGenerator::function(const FunctionDef& node) {
  const SourceLocation where = loc(&node);
  check_debug_arguments(*node.args);
  decorators(node.decorator_list);
  const std::int32_t first_line =
      node.decorator_list.empty() ? node.pos.lineno : node.decorator_list[0]->pos.lineno;
  int flags = default_arguments(*node.args, where);
  const bool generic = !node.type_params.empty();
  std::int32_t passed = 0;  // defaults, handed to the type parameters' function
  if (generic) {
    passed = ((flags & kDefaults) != 0 ? 1 : 0) + ((flags & kKeywordDefaults) != 0 ? 1 : 0);
    if (passed == 2) emit(Op::SWAP, 2, where);
    enter(type_params_name(node.name), UnitKind::TypeParams, node.type_params.data(), first_line);
    type_params(node.type_params);
    for (std::int32_t i = 0; i < passed; ++i) emit(Op::LOAD_FAST, i, where);
  }
  if (annotations(node, where)) flags |= kAnnotations;
  function_body(node, flags, first_line);
  if (generic) {
    emit(Op::SWAP, 2, where);
    emit(Op::CALL_INTRINSIC_2, 4, where);  // SET_FUNCTION_TYPE_PARAMS
    metadata().argcount = passed;
    make_closure(leave(AddNone::No), 0, where);
    call_type_params_function(passed, where);
  }
  apply_decorators(node.decorator_list);
  store(node.name, where);
}

void CodeGenerator::lambda(const Lambda& node) {
  const SourceLocation where = loc(&node);
  check_debug_arguments(*node.args);
  const int flags = default_arguments(*node.args, where);
  enter(names_.lambda, UnitKind::Lambda, &node, node.pos.lineno);
  metadata().consts.add(constants().none());  // no docstring
  set_argument_counts(*node.args);
  visit(node.body);
  const bool generator = scope().generator;
  if (!generator) emit(Op::RETURN_VALUE, loc(node.body));
  make_closure(leave(generator ? AddNone::No : AddNone::Yes), flags, where);
}

}  // namespace ouro::compile
