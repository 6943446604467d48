// A program for tests/differential/backend.py: reads code units as text, runs the backend on them, prints the
// result. Not installed.
//
// Input, one unit after another, fields separated by blanks:
//   unit MODE LOCALS FIRSTLINE FLAGS ARGCOUNT POSONLY KWONLY      MODE: optimize or assemble
//   const none | true | false | int N | str TEXT                  in order of index
//   name|varname|cellvar|freevar TEXT
//   hidden INDEX                                                  a hidden variable
//   i OPNAME OPARG LINE END_LINE COLUMN END_COLUMN                OPARG of a jump: index of an instruction
//   end
#include <iostream>
#include <sstream>
#include <string>

#include "compile/backend.h"
#include "version/facts.h"

namespace {

using namespace ouro;
using namespace ouro::compile;

class Probe {
 public:
  explicit Probe(const version::Facts& facts) : facts_(facts), opcodes_(facts), backend_(facts, "<probe>") {}

  void line(const std::string& text) {
    std::istringstream in(text);
    std::string word;
    in >> word;
    if (word == "unit") {
      start(in);
    } else if (word == "const") {
      add_const(in);
    } else if (word == "i") {
      add_instruction(in);
    } else if (word == "hidden") {
      std::size_t index = 0;
      in >> index;
      unit_.metadata.fast_hidden.resize(index + 1);
      unit_.metadata.fast_hidden[index] = true;
    } else if (word == "end") {
      finish();
    } else {
      std::string name;
      in >> name;
      table(word).add(interner_.intern(name));
    }
  }

 private:
  NameTable& table(const std::string& word) {
    if (word == "name") return unit_.metadata.names;
    if (word == "varname") return unit_.metadata.varnames;
    return word == "cellvar" ? unit_.metadata.cellvars : unit_.metadata.freevars;
  }

  void start(std::istringstream& in) {
    unit_.clear();
    labels_.clear();
    UnitMetadata& m = unit_.metadata;
    in >> mode_ >> locals_ >> m.firstlineno >> m.flags >> m.argcount >> m.posonlyargcount >> m.kwonlyargcount;
    m.name = m.qualname = interner_.intern("probe");
  }

  void add_const(std::istringstream& in) {
    ConstantTable& constants = backend_.constants();
    std::string kind;
    in >> kind;
    ConstId id = constants.none();
    if (kind == "true") id = constants.true_value();
    if (kind == "false") id = constants.false_value();
    if (kind == "int") {
      std::int64_t value = 0;
      in >> value;
      id = constants.add_int(value);
    } else if (kind == "str") {
      std::string value;
      in >> value;
      id = constants.add_str(value);
    }
    unit_.metadata.consts.add(id);
  }

  void add_instruction(std::istringstream& in) {
    std::string name;
    std::int32_t oparg = 0;
    SourceLocation at;
    in >> name >> oparg >> at.line >> at.end_line >> at.column >> at.end_column;
    const Op op = version::find_op(name);
    if (opcodes_.has(op, static_cast<OpFlag>(kHasTarget))) labels_.push_back(oparg);
    unit_.instructions.add(op, oparg, at);
  }

  /// Instruction indexes become labels.
  void place_labels() {
    InstructionSequence placed;
    std::vector<std::int32_t> label_of(static_cast<std::size_t>(unit_.instructions.size()), -1);
    for (const std::int32_t target : labels_) {
      std::int32_t& label = label_of[static_cast<std::size_t>(target)];
      if (label < 0) label = placed.new_label().value;
    }
    std::size_t index = 0;
    for (const Instruction& i : unit_.instructions.instructions()) {
      if (label_of[index] >= 0) placed.use_label(Label(label_of[index]));
      const bool jumps = opcodes_.has(i.op, static_cast<OpFlag>(kHasTarget));
      placed.add(i.op, jumps ? label_of[static_cast<std::size_t>(i.oparg)] : i.oparg, i.location);
      ++index;
    }
    unit_.instructions = placed;
  }

  void finish() {
    place_labels();
    if (mode_ == "optimize") {
      optimized();
    } else {
      assembled();
    }
    std::cout << "end\n";
  }

  void optimized() {
    Arena arena;
    FlowGraph graph(opcodes_, arena);
    graph.build(unit_.instructions);
    UnitContext context{graph, unit_.metadata.consts, backend_.constants(), locals_, 0};
    optimize(context);
    for (const ConstId id : unit_.metadata.consts.keys()) {
      std::cout << "const ";
      print(id);
      std::cout << '\n';
    }
    std::int32_t index = 0;
    for (Block* b = graph.entry(); b != nullptr; b = b->next) {
      b->first_index = index;
      index += b->used;
    }
    for (const Block* b = graph.entry(); b != nullptr; b = b->next) {
      for (const CfgInstruction& i : b->body()) {
        const bool jumps = graph.is(i, static_cast<OpFlag>(kHasTarget));
        std::cout << "i " << version::op_name(i.op) << ' ' << (jumps ? i.target->first_index : i.oparg) << ' '
                  << i.location.line << ' ' << i.location.end_line << ' ' << i.location.column << ' '
                  << i.location.end_column << '\n';
      }
    }
  }

  void assembled() {
    const Result<ConstId> id = backend_.assemble_unoptimized(unit_);
    if (!id) {
      std::cout << "error " << id.error().to_string() << '\n';
      return;
    }
    const ConstantPool& pool = backend_.constants().pool();
    const CodeObject& code = pool.code(*id);
    std::cout << "stacksize " << code.stacksize << "\nargcount " << code.argcount << '\n';
    hex("code", pool.text(code.code));
    hex("linetable", pool.text(code.linetable));
    hex("exceptiontable", pool.text(code.exceptiontable));
    hex("kinds", pool.text(code.localspluskinds));
    std::cout << "localsplus";
    for (const ConstId name : pool.items(code.localsplusnames)) std::cout << ' ' << pool.text(name);
    std::cout << '\n';
  }

  static void hex(const char* what, std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::cout << what << ' ';
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      std::cout << kDigits[byte >> 4U] << kDigits[byte & 15U];
    }
    std::cout << '\n';
  }

  void print(ConstId id) {
    const ConstantPool& pool = backend_.constants().pool();
    switch (pool.kind(id)) {
      case ConstKind::True: std::cout << "True"; break;
      case ConstKind::False: std::cout << "False"; break;
      case ConstKind::Int: std::cout << pool.int_value(id); break;
      case ConstKind::Str: std::cout << '\'' << pool.text(id) << '\''; break;
      case ConstKind::Tuple: {
        std::cout << '(';
        std::size_t count = 0;
        for (const ConstId item : pool.items(id)) {
          if (count++ > 0) std::cout << ", ";
          print(item);
        }
        std::cout << (count == 1 ? ",)" : ")");
        break;
      }
      default: std::cout << "None"; break;
    }
  }

  const version::Facts& facts_;
  TargetOpcodes opcodes_;
  Backend backend_;
  syntax::Interner interner_;
  Unit unit_;
  std::vector<std::int32_t> labels_;
  std::string mode_;
  std::int32_t locals_ = 0;
};

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  const version::Facts* facts = version::find_facts({3, 13});
  if (facts == nullptr) return 1;
  Probe probe(*facts);
  std::string line;
  while (std::getline(std::cin, line)) probe.line(line);
  return 0;
}
