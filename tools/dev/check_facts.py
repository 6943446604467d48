#!/usr/bin/env python3
"""Compares data/ with the CPythons found on this machine (see pythons.py).

Usage: check_facts.py [X.Y ...]

For each version: names and numbers of opcodes, specialised families, has... lists, inline caches, stack
effects over many operands with and without the jump, magic number, cache tag, marshal and Unicode versions,
HAVE_ARGUMENT, EXTENDED_ARG, compare operators, operand names, flags, habits of repr. Prints what was compared
and every difference; exit status 1 when there is one or when a version that was asked for is not here.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tools", "gen"))
sys.path.insert(0, HERE)
import model  # noqa: E402
import pythons  # noqa: E402
from expressions import compile_expression  # noqa: E402


class Report:
    def __init__(self):
        self.compared = {}
        self.differences = []

    def same(self, topic, what, ours, theirs):
        self.compared[topic] = self.compared.get(topic, 0) + 1
        if ours != theirs:
            self.differences.append("%s: %s: data says %r, CPython %r" % (topic, what, ours, theirs))


def check_opcodes(version, actual, report):
    ours = {opcode.name: opcode for opcode in version.opcodes}
    numbers = dict(actual["opmap"])
    numbers.update(actual["specialised"])
    for name in sorted(set(ours) | set(numbers)):
        report.same("number", name, ours[name].number if name in ours else None, numbers.get(name))
    for base, members in actual["families"].items():
        for member in members:
            if member in ours:
                report.same("family", member, ours[member].base, base)
    for opcode in version.opcodes:
        if opcode.number < 256 and opcode.name in actual["opmap"]:
            expected = actual["caches"].get(opcode.base, 0)
            report.same("caches", opcode.name, opcode.instruction.caches, expected)


# (list of opcode, the operand kinds that belong into it)
KINDS = (("hasconst", ("const",)), ("hasname", ("name",)), ("hascompare", ("compare",)))


def check_kinds(version, actual, report):
    kinds = {name: set(numbers) for name, numbers in actual["kinds"].items()}
    for opcode in version.opcodes:
        i = opcode.instruction
        if opcode.kind == "specialized":
            continue  # in no list before 3.13
        name, number = opcode.name, opcode.number
        if opcode.kind != "instrumented":  # these are in the lists since 3.13, in hasarg only before
            for kind, operands in KINDS:
                report.same(kind, name, i.operand in operands, number in kinds[kind])
            # From 3.13 on hasfree has only what the code generator could prove to use a cell.
            ours = "variable" if i.operand in ("local", "local_pair", "free") else ""
            theirs = "variable" if number in kinds["haslocal"] | kinds["hasfree"] else ""
            report.same("haslocal and hasfree", name, ours, theirs)
            if "hasexc" not in kinds or opcode.kind == "real":
                report.same("hasjrel", name, i.jump in ("forward", "backward"), number in kinds["hasjrel"])
                report.same("hasjabs", name, i.jump == "absolute", number in kinds["hasjabs"])
        takes = number in kinds["hasarg"] if "hasarg" in kinds else number >= actual["have_argument"]
        # 3.12 and 3.13 list some instrumented opcodes by number only, otherwise than what they stand for.
        if opcode.kind == "real" or (opcode.kind == "instrumented" and version.version >= (3, 14)):
            report.same("hasarg", name, i.operand != "none", takes)


def check_effects(version, actual, report):
    by_number = {opcode.number: opcode for opcode in version.opcodes}
    for number, rows in actual["effects"].items():
        opcode = by_number.get(int(number))
        if opcode is None:
            continue  # check_opcodes has said so
        if opcode.kind == "instrumented" and version.version < (3, 14):
            continue  # CPython 3.12 and 3.13 answer 0 for most of them
        i = opcode.instruction
        texts = (i.effect, i.jump_effect) if len(rows) == 2 else (i.jump_effect,)
        for text, row in zip(texts, rows):
            ours = compile_expression(text)[1]
            operands = actual["operands"] if len(row) > 1 else [0]
            for operand, theirs in zip(operands, row):
                if theirs is not None:
                    report.same("stack effect", "%s %d" % (opcode.name, operand), ours(operand), theirs)


def check_facts(version, actual, report):
    facts = version.facts
    for fact, theirs in (
            ("release_magic", actual["magic"]), ("marshal_version", actual["marshal_version"]),
            ("unicode_version", actual["unicode"]), ("have_argument", actual["have_argument"]),
            ("compare_operators", actual["cmp_op"]), ("cache_tag", actual["cache_tag"] or ""),
            ("long_has_suffix", actual["long_has_suffix"]), ("str_is_bytes", actual["str_is_bytes"]),
            ("set_repr_has_braces", actual["set_repr_has_braces"]),
            ("float_repr_is_shortest", actual["float_repr_is_shortest"]),
            ("has_caches", bool(actual["caches"]))):
        report.same("fact", fact, facts[fact], theirs)
    extended = [opcode.number for opcode in version.opcodes if opcode.name == "EXTENDED_ARG"]
    report.same("fact", "EXTENDED_ARG", extended, [actual["extended_arg"]])
    names = actual["names"]
    binary = names.get("binary", [])
    for fact, theirs in (
            ("binary_op_names", [name for name, _ in binary]), ("binary_op_symbols", [text for _, text in binary]),
            ("intrinsic_1_names", names.get("intrinsic_1", [])), ("intrinsic_2_names", names.get("intrinsic_2", [])),
            ("special_method_names", names.get("special_methods", [])),
            ("common_constant_names", names.get("common_constants", []))):
        report.same("names", fact, facts[fact], theirs)
    if actual["flags"]:
        ours = {str(1 << bit): name for bit, name in enumerate(facts["code_flag_names"]) if name}
        report.same("names", "code_flag_names", ours, actual["flags"])


def main(wanted):
    everything = model.load(os.path.join(ROOT, "data"))
    versions = {version.text: version for version in everything.versions}
    found = pythons.find_pythons()
    bad = False
    for text in wanted or sorted(set(found) | set(versions), key=model.parse_version):
        if text not in found or text not in versions:
            print("%-5s skipped: %s" % (text, "no such CPython here" if text in versions else "not in data/"))
            bad = bad or bool(wanted)
            continue
        actual = json.loads(found[text].run(os.path.join(HERE, "collect_opcodes.py")))
        report = Report()
        for check in (check_opcodes, check_kinds, check_effects, check_facts):
            check(versions[text], actual, report)
        total = sum(report.compared.values())
        detail = ", ".join("%s %d" % item for item in sorted(report.compared.items()))
        print("%-5s %s (%s): %d comparisons, %d differences [%s]" % (
            text, actual["full_version"], found[text].where, total, len(report.differences), detail))
        for line in report.differences:
            print("      " + line)
        bad = bad or bool(report.differences)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
