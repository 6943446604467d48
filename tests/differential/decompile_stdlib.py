#!/usr/bin/env python3
"""Decompiles a tree of .pyc files and compiles the result with the CPython that wrote them.

    decompile_stdlib.py OURO PYTHON PYC_TREE [--only SUBSTRING] [--test] [--causes N] [--list FILE] [--min PERCENT]

The real work runs under PYTHON (the script starts itself again there). For every module the code objects of the file
and of the recompiled source are compared pairwise: code, constants, names, flags, exception table. Prints how many
modules and code objects are perfect, the same with NOPs taken out, what does not compile, and the most frequent causes.
Exit status 1 when output does not compile or fewer than --min percent of the modules are perfect.
"""
import argparse
import collections
import marshal
import os
import subprocess
import sys
import tempfile


def nop_free(code):
    """The instructions without NOPs, jump targets as counts of instructions kept."""
    import dis
    instructions = [i for i in dis.get_instructions(code) if i.opname not in ("CACHE",)]
    number = {}
    kept = 0
    for i in instructions:
        number[i.offset] = kept
        if i.opname not in ("NOP", "EXTENDED_ARG"):
            kept += 1
    out = []
    for i in instructions:
        if i.opname in ("NOP", "EXTENDED_ARG"):
            continue
        argument = i.arg
        if i.opcode in dis.hasjrel or i.opcode in dis.hasjabs:
            argument = number.get(i.argval)
        out.append((i.opname, argument))
    return out


def same_constant(a, b):
    if hasattr(a, "co_code") or hasattr(b, "co_code"):
        return hasattr(a, "co_code") and hasattr(b, "co_code")
    if type(a) is not type(b):
        return False
    if isinstance(a, (tuple, frozenset)) and len(a) == len(b):
        if isinstance(a, frozenset):
            return sorted(map(repr, a)) == sorted(map(repr, b))
        return all(map(same_constant, a, b))
    return repr(a) == repr(b)


def same_constants(a, b):
    # __static_attributes__ comes from a set: its order is no one's.
    if len(a) != len(b):
        return False
    for x, y in zip(a, b):
        if isinstance(x, tuple) and isinstance(y, tuple) and x and all(isinstance(i, str) for i in x + y):
            if sorted(x) != sorted(y):
                return False
        elif not same_constant(x, y):
            return False
    return True


FIELDS = ("co_names", "co_varnames", "co_cellvars", "co_freevars", "co_argcount", "co_posonlyargcount",
          "co_kwonlyargcount", "co_name", "co_qualname")


def first_difference(a, b):
    import dis
    if a.co_code != b.co_code:
        x = [(i.opname, i.argrepr) for i in dis.get_instructions(a)]
        y = [(i.opname, i.argrepr) for i in dis.get_instructions(b)]
        for k, (p, q) in enumerate(zip(x, y)):
            if p[0] != q[0]:
                return "code: %s became %s" % (p[0], q[0]), k
        for k, (p, q) in enumerate(zip(x, y)):
            if p != q:
                return "operand of %s" % p[0], k
        return "length of code", min(len(x), len(y))
    if not same_constants(a.co_consts, b.co_consts):
        return "constants", 0
    for field in FIELDS:
        if getattr(a, field) != getattr(b, field):
            return field, 0
    if a.co_flags != b.co_flags:
        return "co_flags", 0
    if a.co_exceptiontable != b.co_exceptiontable:
        return "exception table", 0
    return None, 0


def pairs(a, b):
    """Code objects of both trees; None where one has no partner."""
    yield a, b
    mine = [c for c in a.co_consts if hasattr(c, "co_code")]
    other = [c for c in b.co_consts if hasattr(c, "co_code")] if b is not None else []
    used = set()
    for k, c in enumerate(mine):
        partner = None
        if k < len(other) and other[k].co_name == c.co_name:
            partner = k
        else:
            for n, o in enumerate(other):
                if n not in used and o.co_name == c.co_name:
                    partner = n
                    break
        if partner is not None:
            used.add(partner)
        yield from pairs(c, other[partner] if partner is not None else None)


def compare(pyc, source_path, stats, causes, listing):
    with open(pyc, "rb") as file:
        original = marshal.loads(file.read()[16:])
    stats["modules"] += 1
    try:
        with open(source_path, "rb") as file:
            source = file.read()
    except OSError:
        stats["missing"] += 1
        causes["no output"].append(pyc)
        return
    try:
        made = compile(source, original.co_filename, "exec", dont_inherit=True, optimize=stats["optimize"])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        stats["not_compiling"] += 1
        count = sum(1 for _ in pairs(original, None))
        stats["codes"] += count
        causes["not compiling: %s" % getattr(error, "msg", error)].append("%s:%s" % (source_path, getattr(error, "lineno", "")))
        return
    perfect = True
    loose = True
    lines = True
    for a, b in pairs(original, made):
        stats["codes"] += 1
        if b is None:
            perfect = loose = False
            causes["missing code object"].append("%s %s" % (source_path, a.co_qualname))
            continue
        cause, at = first_difference(a, b)
        if cause is None:
            stats["codes_perfect"] += 1
            stats["codes_loose"] += 1
            if lines and list(a.co_lines()) != list(b.co_lines()):
                lines = False
            continue
        perfect = False
        if nop_free(a) == nop_free(b) and same_constants(a.co_consts, b.co_consts) and a.co_names == b.co_names:
            stats["codes_loose"] += 1
            cause = "NOP: " + cause
        else:
            loose = False
        causes[cause].append("%s:%s %s" % (source_path, a.co_firstlineno, a.co_qualname))
        listing.append("%s\t%s\t%s:%s\t%s" % (cause, at, source_path, a.co_firstlineno, a.co_qualname))
    stats["modules_perfect"] += perfect
    stats["modules_loose"] += loose
    stats["modules_lines"] += perfect and lines


def worker(options):
    stats = collections.Counter(optimize=0)
    causes = collections.defaultdict(list)
    listing = []
    for folder, _, names in sorted(os.walk(options.tree)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, options.tree)
            is_test = relative.split(os.sep)[0] in ("test", "tests") or "/idle_test/" in relative
            if not name.endswith(".pyc") or is_test != options.test or options.only not in relative:
                continue
            source = os.path.join(options.sources, relative.replace("__pycache__/", "").split(".cpython-")[0].removesuffix(".pyc") + ".py")
            compare(path, source, stats, causes, listing)
    if options.list:
        with open(options.list, "w") as file:
            file.write("\n".join(sorted(listing)) + "\n")

    def share(part, whole):
        return "%d of %d (%.2f %%)" % (stats[part], stats[whole], 100 * stats[part] / max(1, stats[whole]))

    print("modules perfect      ", share("modules_perfect", "modules"))
    print("  and lines the same ", share("modules_lines", "modules"))
    print("  NOPs taken out     ", share("modules_loose", "modules"))
    print("code objects perfect ", share("codes_perfect", "codes"))
    print("  NOPs taken out     ", share("codes_loose", "codes"))
    print("not compiling        ", stats["not_compiling"], " no output", stats["missing"])
    for cause, where in sorted(causes.items(), key=lambda item: -len(item[1]))[:options.causes]:
        print("%6d  %s" % (len(where), cause))
        for example in where[:3]:
            print("          " + example)
    perfect = 100 * stats["modules_perfect"] / max(1, stats["modules"])
    return 1 if stats["not_compiling"] or stats["missing"] or perfect < options.min else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ouro")
    parser.add_argument("python")
    parser.add_argument("tree")
    parser.add_argument("--only", default="")
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--causes", type=int, default=25)
    parser.add_argument("--list")
    parser.add_argument("--min", type=float, default=0)
    parser.add_argument("--keep", help="folder for the sources")
    parser.add_argument("--sources", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sources:
        return worker(options)
    folder = options.keep or tempfile.mkdtemp(prefix="ouro-decompile-")
    done = subprocess.run([options.ouro, "decompile", "-o", folder, options.tree], stderr=subprocess.PIPE, text=True)
    print("ouro:", (done.stderr.strip().splitlines() or ["nothing said"])[-1], "- exit status", done.returncode)
    if done.returncode not in (0, 1):
        return 1
    return subprocess.run([options.python, "-W", "ignore", __file__, *sys.argv[1:], "--sources", folder]).returncode


if __name__ == "__main__":
    sys.exit(main())
