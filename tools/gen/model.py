"""Loads data/ into checked Python objects that emit.py and tools/dev/check_facts.py share."""
import os
import re

from expressions import ExpressionError, compile_expression
from tables import DataError, parse_value, read_settings, read_table

OPERAND_KINDS = ("none", "const", "name", "local", "local_pair", "free", "jump", "compare", "count", "binary_op",
                 "intrinsic_1", "intrinsic_2", "special_method", "common_constant", "small_int", "function_flags",
                 "format_value", "conversion", "is", "contains", "call_counts", "line")
JUMP_KINDS = ("none", "forward", "backward", "absolute", "label")
FLOWS = ("next", "branch", "jump", "setup", "call", "break", "return", "raise")
OPCODE_KINDS = ("real", "pseudo", "instrumented", "specialized")
IMPLEMENTATIONS = ("CPython", "PyPy", "Jython", "GraalPy", "Pyston", "RustPython")


def parse_version(text):
    """"3.13" to (3, 13); None for anything else."""
    match = re.fullmatch(r"(\d+)\.(\d+)", text)
    return (int(match.group(1)), int(match.group(2))) if match else None


class Instruction:
    """What one name means in a range of versions: one row of instructions.tsv."""

    def __init__(self, row):
        self.row = row
        self.name = row["name"]
        self.first, self.last = self._range(row)
        self.operand = row.choice("operand", OPERAND_KINDS)
        self.shift = row.integer("shift", 0, highest=16)
        self.jump = row.choice("jump", JUMP_KINDS, "none")
        self.flow = row.choice("flow", FLOWS, "next")
        self.caches = row.integer("caches", 0, highest=255)
        self.effect = row["effect"]
        self.jump_effect = row["jump_effect"] or self.effect
        if (self.operand == "jump") != (self.jump != "none"):
            raise row.error("operand 'jump' and a kind of jump go together")
        for text in (self.effect, self.jump_effect):
            try:
                compile_expression(text)
            except ExpressionError as error:
                raise row.error("stack effect %r: %s" % (text, error)) from None
            if "oparg" in text and self.operand == "none":
                raise row.error("a stack effect of oparg, but no operand")

    @staticmethod
    def _range(row):
        text = row["versions"]
        low, dash, high = text.partition("-")
        if not dash:
            high = low
        first = parse_version(low) if low else (0, 0)
        last = parse_version(high) if high else (99, 99)
        if first is None or last is None or first > last:
            raise row.error("versions is %r, not like 3.11, 3.11-, -3.10 or 3.6-3.10" % text)
        return first, last

    def covers(self, version):
        return self.first <= version <= self.last


class Opcode:
    """One row of versions/<X.Y>/opcodes.tsv."""

    def __init__(self, row):
        self.row = row
        self.number = row.integer("number", highest=511)
        self.name = row["name"]
        self.kind = row.choice("kind", OPCODE_KINDS, "real")
        self.base = row["base"] or self.name
        self.instruction = None
        if not re.fullmatch(r"[A-Z][A-Z0-9_+]*", self.name):
            raise row.error("%r is no name of an opcode" % self.name)
        if (self.number > 255) != (self.kind == "pseudo"):
            raise row.error("pseudo-instructions have numbers above 255, and only they")


class Version:
    def __init__(self, folder, version):
        self.version = version
        self.text = "%d.%d" % version
        self.settings_path = os.path.join(folder, "facts.toml")
        self.facts = {}
        self.opcodes = []


class Everything:
    def __init__(self):
        self.enums = {}     # name to [(enumerator, doc)]
        self.facts = {}     # name to row
        self.instructions = {}  # name to [Instruction]
        self.versions = []
        self.magic = []     # rows
        self.files = []     # every file read


def load(data):
    """Everything in the folder `data`; raises DataError."""
    everything = Everything()
    _load_schema(everything, data)
    _load_instructions(everything, os.path.join(data, "instructions.tsv"))
    folder = os.path.join(data, "versions")
    names = [name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name))]
    for name in names:
        if parse_version(name) is None:
            raise DataError(folder, 0, "the folder %r is no version" % name)
    for name in sorted(names, key=parse_version):
        everything.versions.append(_load_version(everything, os.path.join(folder, name), parse_version(name)))
    for version in everything.versions:
        _borrow_layout(everything, version)
    _check_instructions_used(everything)
    _load_magic(everything, os.path.join(data, "magic.tsv"))
    return everything


def _load_schema(everything, data):
    for row in read_table(os.path.join(data, "fact_enums.tsv"), ("enum", "enumerator", "doc")):
        members = everything.enums.setdefault(row["enum"], [])
        if any(row["enumerator"] == name for name, _ in members):
            raise row.error("%s stands twice" % row["enumerator"])
        members.append((row["enumerator"], row["doc"]))
    for row in read_table(os.path.join(data, "facts.tsv"), ("fact", "type", "default", "doc")):
        if row["fact"] in everything.facts:
            raise row.error("%s stands twice" % row["fact"])
        item = row["type"][5:] if row["type"].startswith("list:") else row["type"]
        if item not in ("bool", "uint", "string", "strings") and item not in everything.enums:
            raise row.error("unknown type %r" % row["type"])
        everything.facts[row["fact"]] = row


def _load_instructions(everything, path):
    columns = ("name", "versions", "operand", "shift", "jump", "flow", "caches", "effect", "jump_effect")
    for row in read_table(path, columns):
        instruction = Instruction(row)
        others = everything.instructions.setdefault(instruction.name, [])
        for other in others:
            if instruction.first <= other.last and other.first <= instruction.last:
                raise row.error("%s overlaps with line %d" % (instruction.name, other.row.line))
        others.append(instruction)


def _load_version(everything, folder, version):
    result = Version(folder, version)
    for row in read_table(os.path.join(folder, "opcodes.tsv"), ("number", "name", "kind", "base")):
        opcode = Opcode(row)
        for other in result.opcodes:
            if other.number == opcode.number or other.name == opcode.name:
                raise row.error("%s, %d clashes with line %d" % (opcode.name, opcode.number, other.row.line))
        result.opcodes.append(opcode)
    by_name = {opcode.name: opcode for opcode in result.opcodes}
    for opcode in result.opcodes:
        base = by_name.get(opcode.base)
        if base is None or (base is not opcode and base.base != base.name):
            raise opcode.row.error("%s is no unspecialised opcode of %s" % (opcode.base, result.text))
        for instruction in everything.instructions.get(opcode.base, ()):
            if instruction.covers(version):
                opcode.instruction = instruction
        if opcode.instruction is None:
            raise opcode.row.error("instructions.tsv says nothing about %s in %s" % (opcode.base, result.text))
    result.facts = _load_facts(everything, result.settings_path)
    return result


def _load_facts(everything, path):
    settings = read_settings(path)
    for name, (line, _) in settings.items():
        if name not in everything.facts:
            raise DataError(path, line, "unknown fact %s" % name)
    values = {}
    for name, row in everything.facts.items():
        if name in settings:
            line, value = settings[name]
            _check_type(everything, row["type"], value, lambda message, at=line: DataError(path, at, message))
        else:
            if row["default"] == "-":
                raise DataError(path, 1, "%s is not set, and has no default" % name)
            text = row["default"]
            if row["type"] in everything.enums:
                text = '"%s"' % text
            value = parse_value(row.path, row.line, text)
            _check_type(everything, row["type"], value, row.error)
        values[name] = value
    return values


def _borrow_layout(everything, version):
    """A version with dis_layout_of takes every dis_ fact from the version it names."""
    lender = version.facts["dis_layout_of"]
    if not lender:
        return
    settings = read_settings(version.settings_path)
    line = settings["dis_layout_of"][0]
    lenders = [other for other in everything.versions if other.text == lender]
    if not lenders or lenders[0].facts["dis_layout_of"]:
        raise DataError(version.settings_path, line, "%s has no layout to lend" % lender)
    for name in version.facts:
        if not name.startswith("dis_") or name == "dis_layout_of":
            continue
        if name in settings:
            raise DataError(version.settings_path, settings[name][0], "%s comes from %s here" % (name, lender))
        version.facts[name] = lenders[0].facts[name]


def _check_type(everything, kind, value, error):
    if kind == "bool":
        good = isinstance(value, bool)
    elif kind == "uint":
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32
    elif kind == "string":
        good = isinstance(value, str)
    elif kind == "strings":
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    else:
        items = value if kind.startswith("list:") else [value]
        members = [name for name, _ in everything.enums[kind[5:] if kind.startswith("list:") else kind]]
        good = isinstance(items, list) and all(item in members for item in items)
    if not good:
        raise error("%r is no %s" % (value, kind))


def _check_instructions_used(everything):
    for name, rows in everything.instructions.items():
        for instruction in rows:
            if not any(opcode.instruction is instruction
                       for version in everything.versions for opcode in version.opcodes):
                raise instruction.row.error("no version uses %s" % name)


def _load_magic(everything, path):
    seen = {}
    known = {version.version: version for version in everything.versions}
    for row in read_table(path, ("number", "version", "implementation", "release", "layout", "note")):
        number = row.integer("number", highest=65535)
        if number in seen:
            raise row.error("%d stands on line %d" % (number, seen[number].line))
        seen[number] = row
        row.choice("implementation", IMPLEMENTATIONS, "CPython")
        if parse_version(row["version"]) is None:
            raise row.error("%r is no version" % row["version"])
        if row["layout"] not in ("", "-") and parse_version(row["layout"]) not in known:
            raise row.error("%r is no version with facts" % row["layout"])
        everything.magic.append(row)
    for version in known.values():
        row = seen.get(version.facts["release_magic"])
        if row is None or parse_version(row["version"]) != version.version:
            raise DataError(version.settings_path, 1, "magic.tsv does not give release_magic to %s" % version.text)
