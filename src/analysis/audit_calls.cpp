// Which functions a code object calls, by following names from imports to calls over the stack.
#include <algorithm>
#include <deque>

#include "analysis/audit_impl.h"
#include "analysis/instruction_text.h"

namespace ouro::analysis::audit {
namespace {

/// What is known of a value on the stack.
struct Value {
  enum class Kind : std::uint8_t { Unknown, Null, Constant, Named, Module, Decoded };
  Kind kind = Kind::Unknown;
  std::string name = {};  ///< Named, Module: dotted; Decoded: by what
  ConstId constant = kNoConst;
  bool binds_whole = true;  ///< Module: `import a.b` binds a

  [[nodiscard]] bool is_named() const { return kind == Kind::Named || kind == Kind::Module; }
};

struct Pattern {
  std::string_view name;  ///< dotted; ends in '*': whatever begins so
  AuditRule rule;
};

constexpr Pattern kPatterns[] = {
    {"os.system", AuditRule::CallProcess},
    {"os.popen*", AuditRule::CallProcess},
    {"os.exec*", AuditRule::CallProcess},
    {"os.spawn*", AuditRule::CallProcess},
    {"os.posix_spawn*", AuditRule::CallProcess},
    {"os.startfile", AuditRule::CallProcess},
    {"posix.system", AuditRule::CallProcess},
    {"nt.system", AuditRule::CallProcess},
    {"subprocess.run", AuditRule::CallProcess},
    {"subprocess.Popen", AuditRule::CallProcess},
    {"subprocess.call", AuditRule::CallProcess},
    {"subprocess.check_call", AuditRule::CallProcess},
    {"subprocess.check_output", AuditRule::CallProcess},
    {"subprocess.getoutput", AuditRule::CallProcess},
    {"subprocess.getstatusoutput", AuditRule::CallProcess},
    {"_posixsubprocess.fork_exec", AuditRule::CallProcess},
    {"_winapi.CreateProcess", AuditRule::CallProcess},
    {"asyncio.create_subprocess_*", AuditRule::CallProcess},
    {"commands.getoutput", AuditRule::CallProcess},
    {"commands.getstatusoutput", AuditRule::CallProcess},
    {"pty.spawn", AuditRule::CallProcess},
    {"popen2.*", AuditRule::CallProcess},
    {"socket.socket", AuditRule::CallNetwork},
    {"socket.create_connection", AuditRule::CallNetwork},
    {"socket.create_server", AuditRule::CallNetwork},
    {"_socket.socket", AuditRule::CallNetwork},
    {"asyncio.open_connection", AuditRule::CallNetwork},
    {"asyncio.start_server", AuditRule::CallNetwork},
    {"urllib.request.urlopen", AuditRule::CallNetwork},
    {"urllib.request.urlretrieve", AuditRule::CallNetwork},
    {"urllib.urlopen", AuditRule::CallNetwork},
    {"urllib.urlretrieve", AuditRule::CallNetwork},
    {"urllib2.urlopen", AuditRule::CallNetwork},
    {"http.client.HTTPConnection", AuditRule::CallNetwork},
    {"http.client.HTTPSConnection", AuditRule::CallNetwork},
    {"httplib.HTTP*Connection", AuditRule::CallNetwork},
    {"httplib.HTTPConnection", AuditRule::CallNetwork},
    {"httplib.HTTPSConnection", AuditRule::CallNetwork},
    {"ftplib.FTP", AuditRule::CallNetwork},
    {"ftplib.FTP_TLS", AuditRule::CallNetwork},
    {"smtplib.SMTP", AuditRule::CallNetwork},
    {"smtplib.SMTP_SSL", AuditRule::CallNetwork},
    {"poplib.POP3", AuditRule::CallNetwork},
    {"poplib.POP3_SSL", AuditRule::CallNetwork},
    {"imaplib.IMAP4", AuditRule::CallNetwork},
    {"imaplib.IMAP4_SSL", AuditRule::CallNetwork},
    {"telnetlib.Telnet", AuditRule::CallNetwork},
    {"xmlrpc.client.ServerProxy", AuditRule::CallNetwork},
    {"requests.get", AuditRule::CallNetwork},
    {"requests.post", AuditRule::CallNetwork},
    {"requests.put", AuditRule::CallNetwork},
    {"requests.request", AuditRule::CallNetwork},
    {"requests.Session", AuditRule::CallNetwork},
    {"httpx.*", AuditRule::CallNetwork},
    {"exec", AuditRule::CallExecute},
    {"eval", AuditRule::CallExecute},
    {"compile", AuditRule::CallExecute},
    {"execfile", AuditRule::CallExecute},
    {"__import__", AuditRule::CallExecute},
    {"builtins.exec", AuditRule::CallExecute},
    {"builtins.eval", AuditRule::CallExecute},
    {"builtins.compile", AuditRule::CallExecute},
    {"builtins.__import__", AuditRule::CallExecute},
    {"runpy.run_module", AuditRule::CallExecute},
    {"runpy.run_path", AuditRule::CallExecute},
    {"types.CodeType", AuditRule::CallExecute},
    {"types.FunctionType", AuditRule::CallExecute},
    {"importlib.import_module", AuditRule::CallExecute},
    {"code.interact", AuditRule::CallExecute},
    {"marshal.loads", AuditRule::CallDecode},
    {"marshal.load", AuditRule::CallDecode},
    {"pickle.loads", AuditRule::CallDecode},
    {"pickle.load", AuditRule::CallDecode},
    {"_pickle.loads", AuditRule::CallDecode},
    {"_pickle.load", AuditRule::CallDecode},
    {"cPickle.loads", AuditRule::CallDecode},
    {"cPickle.load", AuditRule::CallDecode},
    {"dill.loads", AuditRule::CallDecode},
    {"zlib.decompress", AuditRule::CallDecode},
    {"gzip.decompress", AuditRule::CallDecode},
    {"bz2.decompress", AuditRule::CallDecode},
    {"lzma.decompress", AuditRule::CallDecode},
    {"base64.b64decode", AuditRule::CallDecode},
    {"base64.b32decode", AuditRule::CallDecode},
    {"base64.b16decode", AuditRule::CallDecode},
    {"base64.b85decode", AuditRule::CallDecode},
    {"base64.a85decode", AuditRule::CallDecode},
    {"base64.decodebytes", AuditRule::CallDecode},
    {"base64.decodestring", AuditRule::CallDecode},
    {"base64.standard_b64decode", AuditRule::CallDecode},
    {"base64.urlsafe_b64decode", AuditRule::CallDecode},
    {"binascii.a2b_*", AuditRule::CallDecode},
    {"binascii.unhexlify", AuditRule::CallDecode},
    {"codecs.decode", AuditRule::CallDecode},
    {"bytes.fromhex", AuditRule::CallDecode},
    {"bytearray.fromhex", AuditRule::CallDecode},
    {"ctypes.CDLL", AuditRule::CallNative},
    {"ctypes.PyDLL", AuditRule::CallNative},
    {"ctypes.WinDLL", AuditRule::CallNative},
    {"ctypes.OleDLL", AuditRule::CallNative},
    {"ctypes.cdll.*", AuditRule::CallNative},
    {"ctypes.windll.*", AuditRule::CallNative},
    {"ctypes.pythonapi.*", AuditRule::CallNative},
    {"_ctypes.dlopen", AuditRule::CallNative},
};

/// Built-in functions that are looked for where nobody stored something else under their name.
constexpr std::string_view kBuiltins[] = {"exec", "eval", "compile", "execfile", "__import__", "bytes", "bytearray"};

const Pattern* find_pattern(std::string_view name) {
  for (const Pattern& pattern : kPatterns) {
    if (pattern.name.ends_with('*') ? name.starts_with(pattern.name.substr(0, pattern.name.size() - 1)) : name == pattern.name) return &pattern;
  }
  return nullptr;
}

bool takes_code(std::string_view name) {
  for (const std::string_view one : {"exec", "eval", "compile", "execfile", "builtins.exec", "builtins.eval", "builtins.compile", "types.FunctionType"}) {
    if (name == one) return true;
  }
  return false;
}

class Follower {
 public:
  Follower(const CodeUnderAudit& code, const Scopes& scopes, Sink& sink)
      : code_(code), facts_(*code.side->facts), pool_(*code.side->pool), scopes_(scopes), sink_(sink), text_(facts_, pool_) {
    text_.start(code.node->id);
  }

  void run() {
    std::map<std::uint32_t, std::vector<Value>> arriving;  // stacks at jump targets, by instruction
    bool falls = true;
    for (std::uint32_t b = 0; b < code_.flow.blocks.size(); ++b) {
      const bytecode::BasicBlock& block = code_.flow.blocks[b];
      const auto found = arriving.find(b);
      if (!falls) stack_ = found != arriving.end() ? std::move(found->second) : std::vector<Value>{};
      if (found != arriving.end()) arriving.erase(found);
      for (std::uint32_t i = block.begin; i < block.end; ++i) {
        instruction_ = &code_.flow.instructions[i];
        info_ = &bytecode::base_info(facts_, *instruction_->info);
        step();
      }
      falls = !info_->is_terminator();
      // What lies below stays for the other way too: enough for conditional expressions inside of calls.
      constexpr std::size_t kMostKept = 64;
      if (info_->is_jump() && info_->flow != version::Flow::Next && stack_.size() <= kMostKept) {
        const auto target = bytecode::jump_target(facts_, *instruction_);
        if (target && *target > instruction_->offset.value) keep_for(static_cast<std::uint32_t>(std::min<std::int64_t>(*target, UINT32_MAX)), arriving);
      }
    }
  }

 private:
  void keep_for(std::uint32_t offset, std::map<std::uint32_t, std::vector<Value>>& arriving) {
    const auto& list = code_.flow.instructions;
    const auto at = std::lower_bound(list.begin(), list.end(), offset, [](const Instruction& i, std::uint32_t o) { return i.start_offset.value < o; });
    if (at == list.end()) return;
    std::vector<Value> stack = stack_;
    const std::int64_t difference = version::stack_effect(*info_, instruction_->oparg, version::JumpTaken::Yes) -
                                    version::stack_effect(*info_, instruction_->oparg, version::JumpTaken::No);
    for (std::int64_t i = 0; i < std::min<std::int64_t>(difference, 16); ++i) stack.emplace_back();
    for (std::int64_t i = difference; i < 0 && !stack.empty(); ++i) stack.pop_back();
    arriving.try_emplace(code_.flow.block_of(static_cast<std::uint32_t>(at - list.begin())), std::move(stack));
  }

  void push(Value value = {}) {
    constexpr std::size_t kDeepest = 4096;
    if (stack_.size() < kDeepest) stack_.push_back(std::move(value));
  }
  Value pop() {
    if (stack_.empty()) return {};
    Value value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }
  [[nodiscard]] const Value& at(std::size_t from_top) const {
    static const Value kUnknown;
    return from_top < stack_.size() ? stack_[stack_.size() - 1 - from_top] : kUnknown;
  }
  void forget_top() {
    if (!stack_.empty()) stack_.back() = {};
  }

  [[nodiscard]] std::string_view name_of(ConstId id) const { return text_or_empty(pool_, id); }
  [[nodiscard]] std::string_view operand_name() const {
    const std::uint32_t index = instruction_->oparg >> info_->operand_shift;
    return index < code_.view.names.size() ? name_of(code_.view.names[index]) : std::string_view{};
  }

  enum class Reach : std::uint8_t { Own, Free, Global, Any };

  [[nodiscard]] Value lookup(std::string_view name, Reach reach) const {
    const bool is_module = code_.node->parent == kNoParent;
    std::vector<const Aliases*> scopes;
    if (reach != Reach::Global || is_module) scopes.push_back(scopes_.own);
    if (reach == Reach::Free) scopes.push_back(scopes_.parent);
    if (reach == Reach::Global || reach == Reach::Any) scopes.push_back(scopes_.module);
    for (const Aliases* scope : scopes) {
      const auto found = scope->find(name);
      if (found == scope->end()) continue;
      if (found->second.empty()) return {};
      return {.kind = Value::Kind::Named, .name = found->second};
    }
    const bool may_be_builtin = reach == Reach::Global || reach == Reach::Any;
    if (may_be_builtin && std::find(std::begin(kBuiltins), std::end(kBuiltins), name) != std::end(kBuiltins)) {
      return {.kind = Value::Kind::Named, .name = std::string(name)};
    }
    return {};
  }

  void store(std::string_view name, const Value& value) {
    // `except ImportError: spam = None` does not make the import undone.
    if (value.kind == Value::Kind::Constant && pool_.kind(value.constant) == ConstKind::None) return;
    std::string meaning;
    if (value.kind == Value::Kind::Module && !value.binds_whole) {
      meaning = value.name.substr(0, value.name.find('.'));
    } else if (value.is_named()) {
      meaning = value.name;
    }
    constexpr std::size_t kLongest = 200;
    if (meaning.size() > kLongest) meaning.clear();
    (*scopes_.own)[std::string(name)] = std::move(meaning);
  }

  void load_attribute(bool pushes_two) {
    Value base = pop();
    Value value;
    constexpr std::size_t kLongest = 200;
    if (base.is_named() && base.name.size() < kLongest) {
      value = {.kind = Value::Kind::Named, .name = base.name + "." + std::string(operand_name())};
    } else if (base.kind == Value::Kind::Decoded) {
      value = base;
    }
    push(std::move(value));
    if (pushes_two) push();
  }

  void import_name() {
    const Value from_list = pop();
    const Value level = pop();
    std::string name(operand_name().substr(0, 200));
    if (level.kind == Value::Kind::Constant && pool_.kind(level.constant) == ConstKind::Int) {
      name.insert(0, static_cast<std::size_t>(std::clamp<std::int64_t>(pool_.int_value(level.constant), 0, 20)), '.');
    }
    sink_.add_import(code_, instruction_->offset.value, name);
    const bool whole = from_list.kind == Value::Kind::Constant && pool_.kind(from_list.constant) != ConstKind::None;
    push({.kind = Value::Kind::Module, .name = std::move(name), .binds_whole = whole});
  }

  void import_from() {
    const Value& module = at(0);
    Value value;
    if (module.kind == Value::Kind::Module) {
      // `import a.b as c` takes b from what binds a.
      const std::string base = module.binds_whole ? module.name : module.name.substr(0, module.name.find('.'));
      value = {.kind = Value::Kind::Named, .name = base + (base.ends_with('.') ? "" : ".") + std::string(operand_name().substr(0, 200))};
    }
    push(std::move(value));
  }

  void call(std::size_t arguments, std::size_t above, bool has_two) {
    std::size_t callee_at = arguments + above;
    if (has_two && at(callee_at + 1).kind != Value::Kind::Null) ++callee_at;
    const Value callee = at(callee_at);
    std::vector<Value> given;
    for (std::size_t i = 0; i < std::min<std::size_t>(arguments, 16); ++i) given.push_back(at(above + arguments - 1 - i));
    const Value result = judge(callee, given);
    const std::int64_t effect = version::stack_effect(*info_, instruction_->oparg);
    for (std::int64_t i = effect; i < 1 && !stack_.empty(); ++i) pop();
    push(result);
  }

  [[nodiscard]] Value judge(const Value& callee, const std::vector<Value>& given) {
    if (callee.kind == Value::Kind::Decoded) return callee;  // a method of what was decoded
    if (!callee.is_named()) return {};
    const Pattern* pattern = find_pattern(callee.name);
    if (pattern == nullptr) return {};
    const auto decoded = std::find_if(given.begin(), given.end(), [](const Value& v) { return v.kind == Value::Kind::Decoded; });
    std::string message = "calls " + callee.name;
    if (takes_code(callee.name) && decoded != given.end()) {
      sink_.add(AuditRule::ExecuteDecoded, code_, instruction_->offset.value, message + " with what " + decoded->name + " gave");
    } else {
      if (!given.empty() && given[0].kind == Value::Kind::Constant) message += "(" + text_.constant(given[0].constant) + (given.size() > 1 ? ", ...)" : ")");
      sink_.add(pattern->rule, code_, instruction_->offset.value, std::move(message));
    }
    if (pattern->rule == AuditRule::CallDecode) return {.kind = Value::Kind::Decoded, .name = callee.name};
    if (decoded != given.end() && callee.name.ends_with("compile")) return *decoded;
    const bool imports = callee.name.ends_with("__import__") || callee.name == "importlib.import_module";
    if (imports && !given.empty() && given[0].kind == Value::Kind::Constant) {
      return {.kind = Value::Kind::Named, .name = std::string(name_of(given[0].constant).substr(0, 200))};
    }
    return {};
  }

  // Everything else: the depth changes as the table says, and what was on top is not known any more.
  void other() {
    const std::int64_t effect = std::clamp<std::int64_t>(version::stack_effect(*info_, instruction_->oparg), -100000, 4096);
    const std::string_view name = info_->name();
    const bool only_takes = name.starts_with("STORE_") || name.starts_with("POP_") || name.starts_with("DELETE_") || info_->is_jump() ||
                            name == "END_FOR" || name == "END_SEND";
    const bool only_gives = name.starts_with("LOAD_") || name.starts_with("BUILD_") || name.starts_with("PUSH_");
    const bool does_nothing = effect == 0 && (info_->is_jump() || name == "NOP" || name == "RESUME" || name == "CACHE" || name == "PRECALL" ||
                                              name == "KW_NAMES" || name == "MAKE_CELL" || name == "COPY_FREE_VARS" || name == "NOT_TAKEN" ||
                                              name == "GEN_START" || name == "EXTENDED_ARG");
    if (effect < 0) {
      for (std::int64_t i = effect; i < 0 && !stack_.empty(); ++i) pop();
      if (!only_takes) forget_top();
    } else if (!does_nothing) {
      if (!only_gives || effect == 0) forget_top();
      for (std::int64_t i = 0; i < effect; ++i) push();
    }
  }

  void step() {
    const std::uint32_t oparg = instruction_->oparg;
    const bool two = info_->operand_shift == 1 && (oparg & 1U) != 0;
    switch (info_->op) {
      case Op::LOAD_CONST:
        return oparg < code_.view.consts.size() ? push({.kind = Value::Kind::Constant, .constant = code_.view.consts[oparg]}) : push();
      case Op::LOAD_NAME: return push(lookup(operand_name(), Reach::Any));
      case Op::LOAD_GLOBAL:
        if (two && facts_.dis_flag_text_first) push({.kind = Value::Kind::Null});
        push(lookup(operand_name(), Reach::Global));
        if (two && !facts_.dis_flag_text_first) push({.kind = Value::Kind::Null});
        return;
      case Op::LOAD_FAST: case Op::LOAD_FAST_BORROW: case Op::LOAD_FAST_CHECK: return push(lookup(name_of(code_.view.local_name(oparg)), Reach::Own));
      case Op::LOAD_DEREF: case Op::LOAD_CLASSDEREF: return push(lookup(name_of(code_.view.free_name(facts_, oparg)), Reach::Free));
      case Op::STORE_NAME: case Op::STORE_GLOBAL: {
        const Value value = pop();
        store(operand_name(), value);
        if (info_->op == Op::STORE_GLOBAL) (*scopes_.module)[std::string(operand_name())] = value.is_named() ? value.name : "";
        return;
      }
      case Op::STORE_FAST: return store(name_of(code_.view.local_name(oparg)), pop());
      case Op::STORE_DEREF: return store(name_of(code_.view.free_name(facts_, oparg)), pop());
      case Op::LOAD_ATTR: return load_attribute(two);
      case Op::LOAD_METHOD: return load_attribute(true);
      case Op::IMPORT_NAME: return import_name();
      case Op::IMPORT_FROM: return import_from();
      case Op::PUSH_NULL: return push({.kind = Value::Kind::Null});
      case Op::DUP_TOP: return push(at(0));
      case Op::COPY: return push(oparg == 0 ? Value{} : at(oparg - 1));
      case Op::ROT_TWO:
      case Op::SWAP: {
        const std::size_t other = info_->op == Op::ROT_TWO ? 2 : oparg;
        if (other >= 1 && other <= stack_.size()) std::swap(stack_.back(), stack_[stack_.size() - other]);
        return;
      }
      case Op::CALL: return call(oparg, 0, true);
      case Op::CALL_KW: return call(oparg, 1, true);
      case Op::CALL_METHOD: return call(oparg, 0, true);
      case Op::CALL_FUNCTION: return call((oparg & 0xFFU) + (facts_.has_wordcode ? 0 : 2 * (oparg >> 8U & 0xFFU)), 0, false);
      case Op::CALL_FUNCTION_KW: return call(oparg, 1, false);
      default: return other();
    }
  }

  const CodeUnderAudit& code_;
  const Facts& facts_;
  const ConstantPool& pool_;
  Scopes scopes_;
  Sink& sink_;
  InstructionText text_;
  std::vector<Value> stack_;
  const Instruction* instruction_ = nullptr;
  const OpcodeInfo* info_ = nullptr;
};

}  // namespace

void find_calls(const CodeUnderAudit& code, const Scopes& scopes, Sink& sink) {
  if (!code.flow.blocks.empty()) Follower(code, scopes, sink).run();
}

}  // namespace ouro::analysis::audit
