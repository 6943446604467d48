"""Prints as JSON what the running Python knows about its own bytecode.

Runs on CPython 2.7 and 3.4 to 3.15 (also under pyodide, see pythons.py). It only reads the modules
`opcode`, `dis`, `_opcode` and `unicodedata`; check_facts.py compares the result with data/.
"""
from __future__ import print_function

import json
import sys

# Operands whose stack effect is sampled: small ones, and those that carry bit fields.
SAMPLED_OPERANDS = list(range(0, 20)) + [31, 64, 128, 255, 256, 257, 259, 511, 512, 513, 771, 1024, 4096, 65535]


def magic_number():
    try:
        from importlib.util import MAGIC_NUMBER as magic
    except ImportError:
        import imp
        magic = imp.get_magic()
    magic = bytearray(magic)
    return magic[0] | magic[1] << 8


def stack_effects(numbers):
    """{number: [[without jump...], [with jump...]]}; None where CPython refuses the operand."""
    try:
        from _opcode import stack_effect
    except ImportError:
        return {}
    import opcode
    with_jump = sys.version_info >= (3, 8)
    hasarg = set(getattr(opcode, "hasarg", ())) or None
    result = {}
    for number in numbers:
        takes = number in hasarg if hasarg is not None else number >= opcode.HAVE_ARGUMENT
        rows = []
        for jump in (False, True) if with_jump else (None,):
            row = []
            for operand in SAMPLED_OPERANDS if takes else [None]:
                try:
                    if jump is None:
                        row.append(stack_effect(number) if operand is None else stack_effect(number, operand))
                    else:
                        row.append(stack_effect(number, operand, jump=jump))
                except (ValueError, OverflowError, SystemError):
                    row.append(None)
            rows.append(row)
        if any(value is not None for row in rows for value in row):
            result[number] = rows
    return result


def opcodes():
    """Name to number of the real and pseudo instructions, and of the specialised ones with their family."""
    import opcode
    base = dict(opcode.opmap)
    specialised, families = {}, {}
    if hasattr(opcode, "_specializations"):
        families = {k: list(v) for k, v in opcode._specializations.items()}
    try:  # 3.13+
        import _opcode_metadata
        specialised = dict(_opcode_metadata._specialized_opmap)
    except ImportError:
        import dis
        everything = getattr(dis, "_all_opmap", {})
        specialised = {k: v for k, v in everything.items() if k not in base}
    return base, specialised, families


def collect():
    import dis
    import marshal
    import opcode
    import unicodedata
    base, specialised, families = opcodes()
    caches = {}
    if hasattr(opcode, "_inline_cache_entries"):
        entries = opcode._inline_cache_entries
        if hasattr(entries, "items"):  # a list up to 3.12, a dict, from 3.15 a frozendict
            caches = {k: v for k, v in entries.items() if v}
        else:
            caches = {opcode.opname[i]: n for i, n in enumerate(entries) if n}
    kinds = {}
    for kind in ("hasarg", "hasconst", "hasfree", "hasjabs", "hasjrel", "haslocal", "hasname", "hasnargs",
                 "hascompare", "hasexc"):
        if hasattr(opcode, kind):
            kinds[kind] = sorted(getattr(opcode, kind))
    # 3.13 and later keep the descriptions in opcode or dis under private names.
    names = {}
    for label, attribute in (("binary", "_nb_ops"), ("intrinsic_1", "_intrinsic_1_descs"),
                             ("intrinsic_2", "_intrinsic_2_descs"), ("special_methods", "_special_method_names"),
                             ("common_constants", "_common_constants")):
        value = getattr(opcode, attribute, None)
        if value is None:
            value = getattr(dis, attribute, None)
        if value is not None:
            names[label] = [list(v) if isinstance(v, tuple) else getattr(v, "__name__", v if isinstance(v, str) else repr(v))
                            for v in value]
    try:
        import _opcode
        for label, function in (("intrinsic_1", "get_intrinsic1_descs"), ("intrinsic_2", "get_intrinsic2_descs"),
                                ("special_methods", "get_special_method_names"), ("binary", "get_nb_ops")):
            if hasattr(_opcode, function):
                names[label] = [list(v) if isinstance(v, tuple) else v for v in getattr(_opcode, function)()]
    except ImportError:
        pass
    tag = getattr(getattr(sys, "implementation", None), "cache_tag", None)
    return {
        "version": "%d.%d" % sys.version_info[:2],
        "full_version": sys.version.split()[0],
        "magic": magic_number(),
        "cache_tag": tag,
        "unicode": unicodedata.unidata_version,
        "marshal_version": marshal.version,
        "long_has_suffix": repr(2 ** 70).endswith("L"),
        "set_repr_has_braces": "{" in repr(frozenset([1])),
        "float_repr_is_shortest": repr(0.1) == "0.1",
        "str_is_bytes": str is bytes,
        "have_argument": opcode.HAVE_ARGUMENT,
        "extended_arg": opcode.EXTENDED_ARG,
        "opmap": base,
        "specialised": specialised,
        "families": families,
        "caches": caches,
        "kinds": kinds,
        "cmp_op": list(opcode.cmp_op),
        "names": names,
        "flags": {str(k): v for k, v in dis.COMPILER_FLAG_NAMES.items()} if hasattr(dis, "COMPILER_FLAG_NAMES") else {},
        "operands": SAMPLED_OPERANDS,
        "effects": {str(k): v for k, v in stack_effects(sorted(set(base.values()) | set(specialised.values()))).items()},
    }


if __name__ == "__main__":
    print(json.dumps(collect(), sort_keys=True))
