"""Compare Ouro's compiler backend with CPython 3.13's, stage by stage, on real code.

    python3.13 tests/differential/backend.py PROBE [--step N] [FILE|DIR ...]

PROBE is the program ouro_backend_probe. Every code unit of every file (the standard library when none is named) goes
through _testinternalcapi.compiler_codegen; its instruction sequence goes to CPython's optimize_cfg and
assemble_code_object and to the probe, and the answers are compared. Constants of inner units are made up, since
CPython does not tell them: the same made-up ones on both sides.
"""
import ast
import collections
import opcode
import os
import subprocess
import sys
import warnings

import _testinternalcapi as api

NAMES = dict((number, name) for name, number in opcode.opmap.items())
for _name, _number in opcode._pseudo_ops if hasattr(opcode, "_pseudo_ops") else ():
    NAMES[_number] = _name
import _opcode_metadata  # noqa: E402

for _name, _number in _opcode_metadata.opmap.items():
    NAMES[_number] = _name
TARGETS = {"SETUP_FINALLY", "SETUP_WITH", "SETUP_CLEANUP", "JUMP", "JUMP_NO_INTERRUPT", "FOR_ITER", "SEND",
           "POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE", "POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE",
           "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"}


def rebuild(instructions):
    """A fresh InstructionSequence (optimize_cfg uses up the one it is given)."""
    sequence = api.new_instruction_sequence()
    targets = {i[1] for i in instructions if NAMES[i[0]] in TARGETS}
    labels = {t: sequence.new_label() for t in sorted(targets)}
    for index, (op, arg, line, end_line, column, end_column) in enumerate(instructions):
        if index in labels:
            sequence.use_label(labels[index])
        if NAMES[op] in TARGETS:
            arg = labels[arg]
        sequence.addop(op, arg or 0, line, end_line, column, end_column)  # in the struct's order
    return sequence


def made_up_consts(instructions):
    count = 1 + max((i[1] for i in instructions if NAMES[i[0]] in ("LOAD_CONST", "RETURN_CONST")), default=-1)
    special = {0: None, 3: True, 5: 0, 7: "", 9: False, 11: 1}
    return [special.get(i, 1000 + i) for i in range(count)]


def const_line(value):
    if value is None or value is True or value is False:
        return "const " + str(value).lower()
    return f"const int {value}" if isinstance(value, int) else f"const str {value}"


def instruction_lines(instructions):
    return [f"i {NAMES[i[0]]} {i[1] or 0} {i[2]} {i[3]} {i[4]} {i[5]}" for i in instructions]


def units(sequence):
    yield sequence.get_instructions()
    for nested in sequence.get_nested():
        yield from units(nested)


def local_count(instructions):
    return 1 + max((i[1] for i in instructions if NAMES[i[0]].startswith(("LOAD_FAST", "STORE_FAST", "DELETE_FAST"))),
                   default=-1)


def expected_optimized(instructions, consts, locals_):
    consts = list(consts)
    result = api.optimize_cfg(rebuild(instructions), consts, locals_)
    return [f"const {c!r}" for c in consts] + instruction_lines(result.get_instructions())


def derefs(instructions):
    names = ("MAKE_CELL", "LOAD_CLOSURE", "LOAD_DEREF", "STORE_DEREF", "DELETE_DEREF", "LOAD_FROM_DICT_OR_DEREF")
    return 1 + max((i[1] for i in instructions if NAMES[i[0]] in names), default=-1)


def expected_assembled(instructions, locals_, cells, free, first_line):
    varnames = {f"v{i}": i for i in range(locals_)}
    if cells > 1 and locals_:  # an argument that is a cell
        cellvars = {"v0": 0} | {f"c{i}": i for i in range(1, cells)}
    else:
        cellvars = {f"c{i}": i for i in range(cells)}
    metadata = {"name": "probe", "qualname": "probe", "consts": {c: i for i, c in enumerate([None])}, "names": {},
                "varnames": varnames, "cellvars": cellvars,
                "freevars": {f"f{i}": i + cells for i in range(free)}, "argcount": 0, "posonlyargcount": 0,
                "kwonlyargcount": 0, "firstlineno": first_line, "fasthidden": {}}
    code = api.assemble_code_object("<probe>", rebuild(instructions), metadata)
    kinds = bytearray()
    for name in varnames:
        kinds.append(0x20 | (0x40 if name in cellvars else 0))
    own = [c for c in cellvars if c not in varnames]
    kinds += b"\x40" * len(own) + b"\x80" * free
    names = list(varnames) + own + [f"f{i}" for i in range(free)]
    assert code._varname_from_oparg(0) == names[0] if names else True
    expected = [f"stacksize {code.co_stacksize}", f"argcount {code.co_argcount}", f"code {code.co_code.hex()}",
                f"linetable {code.co_linetable.hex()}", f"exceptiontable {code.co_exceptiontable.hex()}",
                f"kinds {kinds.hex()}", " ".join(["localsplus", *names])]
    given = [f"varname {n}" for n in varnames] + [f"cellvar {n}" for n in cellvars] + \
            [f"freevar f{i}" for i in range(free)]
    return given, expected


def sources(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, folders, names in os.walk(path):
            folders.sort()
            folders[:] = [f for f in folders if f != "site-packages"]
            for name in sorted(names):
                if name.endswith(".py"):
                    yield os.path.join(folder, name)


def main():
    arguments = sys.argv[1:]
    probe = arguments.pop(0)
    step = 1
    if arguments and arguments[0] == "--step":
        step = int(arguments[1])
        del arguments[:2]
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(100000)
    tally = collections.Counter()
    shown = 0
    for path in list(sources(arguments or [os.path.dirname(os.__file__)]))[::step]:
        try:
            tree = ast.parse(open(path, "rb").read())
            sequence, _ = api.compiler_codegen(tree, path, 0, 0)
        except (SyntaxError, ValueError, UnicodeError, RecursionError):
            continue
        cases = []
        for instructions in units(sequence):
            consts = made_up_consts(instructions)
            locals_ = local_count(instructions)
            try:
                want = expected_optimized(instructions, consts, locals_)
            except (SystemError, ValueError, IndexError):
                tally["refused optimize"] += 1
            else:
                text = [f"unit optimize {locals_} 1 0 0 0 0", *map(const_line, consts),
                        *instruction_lines(instructions), "end"]
                cases.append(("optimize", text, want))
            cells = derefs(instructions)
            first = max(1, min((i[2] for i in instructions if i[2] > 0), default=1))
            try:
                given, want = expected_assembled(instructions, locals_, cells // 2, cells - cells // 2, first)
            except (SystemError, ValueError, IndexError):
                tally["refused assemble"] += 1
            else:
                cases.append(("assemble", [f"unit assemble {locals_} {first} 0 0 0 0", *given,
                                           *instruction_lines(instructions), "end"], want))
        text = "\n".join(line for _, lines, _ in cases for line in lines) + "\n"
        output = subprocess.run([probe], input=text, capture_output=True, text=True)
        if output.returncode:
            print(f"{path}: probe exits with {output.returncode}")
            tally["crash"] += 1
            continue
        answers = output.stdout.split("end\n")
        for (kind, lines, want), got in zip(cases, answers):
            got = got.splitlines()
            tally[kind, got == want] += 1
            if got != want and shown < 5:
                shown += 1
                print(f"--- {path} {kind}")
                print("\n".join(lines[:1]))
                import difflib
                print("\n".join(difflib.unified_diff(want, got, "cpython", "ouro", lineterm="", n=6)))
    print(dict(tally))
    return any(k[1] is False for k in tally if isinstance(k, tuple)) or bool(tally["crash"])


if __name__ == "__main__":
    sys.exit(main())
