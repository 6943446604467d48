// Calls, functions, intrinsics.
#include "decompile/lift_impl.h"

namespace ouro::decompile {

Value* Lifter::call(Value* function, std::vector<Value*> arguments, std::vector<std::string_view> names,
                    const GraphInstruction& i) {
  Value* v = make(ValueKind::Call, i);
  v->kids.reserve(arguments.size() + 1);
  v->kids.push_back(function);
  v->kids.insert(v->kids.end(), arguments.begin(), arguments.end());
  v->names = std::move(names);
  return v;
}

// The two slots under the arguments: callable and NULL or self; up to 3.12 the other way round.
bool Lifter::call_plain(const GraphInstruction& i, bool with_names) {
  std::vector<std::string_view> names;
  if (with_names) {
    if (!need(1)) return false;
    const Value* tuple = pop_raw();
    if (tuple->kind != ValueKind::Const || tuple->constant == kNoConst ||
        constants_.kind(tuple->constant) != ConstKind::Tuple) {
      return false;
    }
    for (const ConstId id : constants_.items(tuple->constant)) names.push_back(text_of(id));
  }
  if (!keyword_names_.empty()) names.swap(keyword_names_);
  keyword_names_.clear();
  if (!need(i.oparg + std::size_t{1})) return false;
  std::vector<Value*> arguments = pop_values(i.oparg);
  if (stack_.size() == 1 && i.oparg == 0) return false;
  if (stack_.back()->kind == ValueKind::WithExit) {  // __exit__(None, None, None) stands alone on the stack
    Value* exit = pop_raw();
    Value* done = make(ValueKind::WithExitCall, i);
    done->kids = {exit};
    push(done);
    return true;
  }
  if (arguments.size() == 2 && !stack_.empty()) {
    // CALL 2 of an __exit__: the first None stands in the slot of NULL.
    if (need(2) && top(2)->kind == ValueKind::WithExit) {
      pop_raw();
      Value* exit = pop_raw();
      Value* done = push(ValueKind::WithExitCall, i);
      done->kids = {exit};
      return true;
    }
  }
  if (!need(2)) return false;
  Value* second = pop_raw();
  Value* first = pop_raw();
  if (first->kind == ValueKind::WithEnter && arguments.empty()) {  // 3.14: __enter__() is called like any other
    push(first);
    return true;
  }
  if (first->kind == ValueKind::WithExit && arguments.size() == 3) {
    push(ValueKind::WithExitCall, i)->kids = {first};
    return true;
  }
  Value* function = first;
  if (first->kind == ValueKind::Null) {
    function = second;
  } else if (second->kind != ValueKind::Null) {
    arguments.insert(arguments.begin(), second);
  }
  if (names.size() > arguments.size()) return false;
  push(call(function, std::move(arguments), std::move(names), i));
  return true;
}

bool Lifter::call_unpacked(const GraphInstruction& i) {
  const bool newest = facts_.version >= PythonVersion{3, 14};
  const bool with_keywords = newest || (i.oparg & 1U) != 0;
  if (!need(with_keywords ? 4 : 3)) return false;
  Value* keywords = with_keywords ? pop_value() : nullptr;
  Value* positional = pop_value();
  Value* second = pop_raw();
  Value* first = pop_raw();
  Value* function = first->kind == ValueKind::Null ? second : first;
  std::vector<Value*> arguments;
  if (positional->kind == ValueKind::Tuple || (positional->kind == ValueKind::List && positional->flag)) {
    arguments = positional->kids;
  } else if (positional->kind == ValueKind::Const && positional->constant != kNoConst &&
             constants_.kind(positional->constant) == ConstKind::Tuple) {
    for (const ConstId id : constants_.items(positional->constant)) {
      arguments.push_back(constant(id, i));
      arguments.back()->pos = positional->pos;
    }
  } else {
    Value* starred = make(ValueKind::Starred, i);
    starred->pos = positional->pos;
    starred->kids = {positional};
    arguments.push_back(starred);
  }
  std::vector<std::string_view> names;
  if (keywords != nullptr && keywords->kind == ValueKind::Dict) {
    for (std::size_t k = 0; k + 1 < keywords->kids.size(); k += 2) {
      Value* key = keywords->kids[k];
      const bool is_name = key != nullptr && key->kind == ValueKind::Const && key->constant != kNoConst &&
                           constants_.kind(key->constant) == ConstKind::Str && is_identifier(text_of(key->constant));
      names.push_back(is_name ? text_of(key->constant) : std::string_view{});
      arguments.push_back(keywords->kids[k + 1]);
      if (key == nullptr || is_name) continue;
      Value* dict = make(ValueKind::Dict, i);  // **{key: value}
      dict->pos = keywords->pos;
      for (; k + 1 < keywords->kids.size() && keywords->kids[k] != nullptr; k += 2) {
        dict->kids.insert(dict->kids.end(), {keywords->kids[k], keywords->kids[k + 1]});
      }
      k -= 2;
      arguments.back() = dict;
    }
  } else if (keywords != nullptr && keywords->kind != ValueKind::Null) {
    names.emplace_back();
    arguments.push_back(keywords);
  }
  push(call(function, std::move(arguments), std::move(names), i));
  return true;
}

bool Lifter::step_call(const GraphInstruction& i) {
  switch (i.op) {
    case Op::KW_NAMES:
      if (const_at(i.oparg) == kNoConst || constants_.kind(const_at(i.oparg)) != ConstKind::Tuple) return false;
      for (const ConstId id : constants_.items(const_at(i.oparg))) keyword_names_.push_back(text_of(id));
      return true;
    case Op::CALL: return call_plain(i, false);
    case Op::CALL_KW: return call_plain(i, true);
    case Op::CALL_FUNCTION_EX: return call_unpacked(i);
    case Op::CALL_INTRINSIC_1: return intrinsic(i);
    case Op::CALL_INTRINSIC_2: return intrinsic_pair(i);
    case Op::MAKE_FUNCTION: {
      const bool with_flags = i.info->has_arg();
      if (!need(1)) return false;
      const Value* code = pop_raw();
      if (code->kind != ValueKind::Const || code->constant == kNoConst ||
          constants_.kind(code->constant) != ConstKind::Code) {
        return false;
      }
      Value* function = make(ValueKind::Function, i);
      function->constant = code->constant;
      function->kids.assign(5, nullptr);
      if (with_flags) {
        for (const unsigned bit : {3U, 2U, 1U, 0U}) {
          if ((i.oparg >> bit & 1U) == 0) continue;
          if (!need(1)) return false;
          function->kids[bit] = pop_value();
        }
      }
      push(function);
      return true;
    }
    case Op::SET_FUNCTION_ATTRIBUTE: {
      if (!need(2)) return false;
      Value* function = pop_raw();
      Value* attribute = pop_value();
      if (function->kind != ValueKind::Function) return false;
      for (unsigned bit = 0; bit < 5; ++bit) {
        if ((i.oparg >> bit & 1U) != 0) function->kids[bit] = attribute;
      }
      push(function);
      return true;
    }
    case Op::SETUP_ANNOTATIONS: return true;
    default: return false;
  }
}

bool Lifter::intrinsic(const GraphInstruction& i) {
  if (!need(1) || i.oparg >= facts_.intrinsic_1_names.size()) return false;
  const std::string_view which = facts_.intrinsic_1_names[i.oparg];
  Value* v = pop_value();
  const auto type_param = [&](std::uint8_t kind) {
    Value* param = push(ValueKind::TypeParam, i);
    param->op = kind;
    param->kids = {v, nullptr, nullptr};
    param->name = v->kind == ValueKind::Const ? text_of(v->constant) : std::string_view("?");
    return true;
  };
  if (which == "INTRINSIC_UNARY_POSITIVE") {
    Value* plus = push(ValueKind::UnaryOp, i);
    plus->op = static_cast<std::uint8_t>(syntax::UnaryOperator::UAdd);
    plus->kids = {v};
    return true;
  }
  if (which == "INTRINSIC_LIST_TO_TUPLE" && v->kind == ValueKind::List) {
    v->kind = ValueKind::Tuple;
    push(v);
    return true;
  }
  if (which == "INTRINSIC_IMPORT_STAR" && v->kind == ValueKind::Import) {
    Statement* s = emit(StatementKind::ImportFrom, i);
    s->pos = v->pos;
    s->text = v->name;
    s->number = static_cast<std::int32_t>(v->number);
    s->names = {"*", "*"};
    push(ValueKind::Null, i);
    return true;
  }
  if (which == "INTRINSIC_ASYNC_GEN_WRAP" || which == "INTRINSIC_STOPITERATION_ERROR") {
    push(v);
    return true;
  }
  if (which == "INTRINSIC_PRINT") {
    emit(StatementKind::Expression, i)->value = v;
    push(ValueKind::Null, i);
    return true;
  }
  if (which == "INTRINSIC_TYPEVAR") return type_param(0);
  if (which == "INTRINSIC_PARAMSPEC") return type_param(1);
  if (which == "INTRINSIC_TYPEVARTUPLE") return type_param(2);
  if (which == "INTRINSIC_SUBSCRIPT_GENERIC") {
    push(ValueKind::SubscriptGeneric, i)->kids = {v};
    return true;
  }
  if (which == "INTRINSIC_TYPEALIAS") {
    push(ValueKind::TypeAlias, i)->kids = {v};
    return true;
  }
  return false;
}

bool Lifter::intrinsic_pair(const GraphInstruction& i) {
  if (!need(2) || i.oparg >= facts_.intrinsic_2_names.size()) return false;
  const std::string_view which = facts_.intrinsic_2_names[i.oparg];
  Value* second = pop_value();
  Value* first = pop_value();
  if (which == "INTRINSIC_SET_FUNCTION_TYPE_PARAMS") {
    push(ValueKind::GenericFunction, i)->kids = {first, second};
    return true;
  }
  if (which == "INTRINSIC_TYPEVAR_WITH_BOUND" || which == "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS") {
    Value* param = push(ValueKind::TypeParam, i);
    param->kids = {first, second, nullptr};
    param->name = first->kind == ValueKind::Const ? text_of(first->constant) : std::string_view("?");
    return true;
  }
  if (which == "INTRINSIC_SET_TYPEPARAM_DEFAULT" && first->kind == ValueKind::TypeParam) {
    first->kids[2] = second;
    push(first);
    return true;
  }
  if (which == "INTRINSIC_PREP_RERAISE_STAR") {
    push(ValueKind::ReraiseStar, i)->kids = {first, second};
    return true;
  }
  return false;
}

}  // namespace ouro::decompile
