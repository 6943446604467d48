#!/usr/bin/env python3
"""Runs the differential tests and writes docs/CONFORMANCE.md from what they print.

    conformance.py [--ouro build/release/bin/ouro] [--only WORD] [--list]

Results are kept in build/conformance.json, so that a part can be measured again by itself (--only takes a word of the
check's name); the page is always written from all that is kept there. What a machine cannot run is left as it was.
"""
import argparse
import datetime
import glob
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(ROOT, "build", "conformance.json")
PAGE = os.path.join(ROOT, "docs", "CONFORMANCE.md")
PYTHON = shutil.which("python3.13") or next(iter(sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.13.*/bin/python")))), None)

# name, heading, what it compares, command, what of its output is the result
CHECKS = [
    ("marshal", "marshal", "bytes read and written again, every `.pyc` of the standard library of each version, and many values",
     ["python3", "tests/differential/marshal_roundtrip.py", "--trees", "/tmp/oracle/pyc"], r"^\d\.\d+ +.*|^all the same.*|^failed.*"),
    ("dis", "dis", "text of `ouro dis` and of that version's own `dis.dis`, whole standard library",
     ["python3", "tests/differential/dis_text.py", "--ouro", "{ouro}"], r"^\d\.\d+ \w+: .*"),
    ("compile", "compile", "`.pyc` of every 3.13 standard-library source against `marshal.dumps(compile(...))`",
     ["{python}", "tests/differential/compile_bytes.py", "--ouro", "{ouro}", "--optimize", "0,1,2", "--by-value"],
     r"^optimize=.*"),
    ("trees", "syntax trees", "`ouro ast --attributes` and `ast.dump`, 3.13 standard library",
     ["{python}", "tests/differential/ast_dump.py", "{ouro}"], r"^\d+ files: .*"),
    ("caches", "compileall and py_compile", "files, bytes, output and status of both programs, by scenario",
     ["python3", "tests/differential/compileall_scenarios.py", "--ouro", "{ouro}"], r"^\d+ of \d+ scenarios.*"),
    ("decompile", "decompile", "3.13 standard library without `test`, decompiled, compiled again by CPython",
     ["python3", "tests/differential/decompile_stdlib.py", "{ouro}", "{python}", "/tmp/oracle/pyc/3.13"],
     r"^(?:modules|code objects|  NOPs|  and lines|not compiling).*"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ouro", default=os.path.join(ROOT, "build/release/bin/ouro"))
    parser.add_argument("--only")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        for name, heading, what, _, _ in CHECKS:
            print("%-10s %s: %s" % (name, heading, what))
        return 0
    if not os.access(options.ouro, os.X_OK):
        sys.exit("no program %s: build it, or name it with --ouro" % options.ouro)
    kept = {}
    if os.path.exists(KEPT):
        with open(KEPT) as file:
            kept = json.load(file)
    for name, _, _, command, pattern in CHECKS:
        if options.only and options.only not in name:
            continue
        if PYTHON is None and any("{python}" in part for part in command):
            print("%s: no CPython 3.13 here, left as it was" % name)
            continue
        filled = [part.format(ouro=os.path.abspath(options.ouro), python=PYTHON) for part in command]
        done = subprocess.run(filled, cwd=ROOT, capture_output=True, text=True)
        lines = [line.rstrip() for line in done.stdout.splitlines() if re.match(pattern, line)]
        if not lines:
            print("%s: gave no result (status %d)\n%s" % (name, done.returncode, done.stderr[-2000:]))
            continue
        kept[name] = {"date": datetime.date.today().isoformat(), "lines": lines,
                      "command": " ".join(part.format(ouro="build/release/bin/ouro", python="python3.13") for part in command)}
        print("%s: %s" % (name, lines[-1]))
    os.makedirs(os.path.dirname(KEPT), exist_ok=True)
    with open(KEPT, "w") as file:
        json.dump(kept, file, indent=1)
    write_page(kept)
    return 0


def write_page(kept):
    parts = ["# What equals CPython, and what not yet",
             "Written by `tools/dev/conformance.py` from real runs; not edited by hand."]
    for name, heading, what, _, _ in CHECKS:
        if name in kept:
            result = kept[name]
            parts.append("## %s\n%s. Measured %s:\n\n    $ %s\n%s" % (
                heading, what[0].upper() + what[1:], result["date"], result["command"],
                "\n".join("    " + line for line in result["lines"])))
    with open(PAGE, "w") as file:
        file.write("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    sys.exit(main())
