#!/usr/bin/env python3
"""Compares all that compiling whole trees of sources prints on standard error: `ouro compile` against
`python3.13 -m py_compile`, errors and warnings under the default filters.

usage: compile_messages.py [--ouro PATH] [--python PATH] [DIRECTORY...]

Without directories: CPython's own standard library with its tests. Says how many files were refused and how many
warnings were given; exit status 1 on any difference. Skips (exit 0, with a word) when no CPython 3.13 is found.
"""
import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find_python():
    for candidate in [shutil.which("python3.13"), *sorted(Path.home().glob(".pyenv/versions/3.13.*/bin/python"))]:
        if candidate and subprocess.run([str(candidate), "-c", "0"], capture_output=True).returncode == 0:
            return str(candidate)
    return None


# py_compile's main program, which would stop at the first refusal.
COMPILE = """
import py_compile, sys
for path in sys.argv[1:]:
    try:
        py_compile.compile(path, doraise=True)
    except py_compile.PyCompileError as error:
        sys.stderr.write(error.msg)
"""


def sources(directories):
    for directory in directories:
        for folder, subfolders, names in os.walk(directory):
            subfolders[:] = sorted(s for s in subfolders if s not in ("__pycache__", "site-packages"))
            yield from (os.path.join(folder, name) for name in sorted(names)
                        if name.endswith(".py") and os.path.isfile(os.path.join(folder, name)))


def messages(command, paths):
    with tempfile.TemporaryDirectory() as caches:
        environment = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": caches, "PYTHONUTF8": "1"}
        done = subprocess.run([*command, *paths], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return done.stderr.decode("utf-8", "surrogateescape").splitlines()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ouro", default=str(ROOT / "build/release/bin/ouro"))
    parser.add_argument("--python")
    parser.add_argument("directories", nargs="*")
    options = parser.parse_args()
    python = options.python or find_python()
    if python is None:
        print("skipped: no CPython 3.13 found")
        return 0
    paths = list(sources(options.directories or [subprocess.run(
        [python, "-c", "import os; print(os.path.dirname(os.__file__))"], capture_output=True, text=True).stdout.strip()]))
    warnings = refused = differences = 0
    for start in range(0, len(paths), 500):
        batch = paths[start:start + 500]
        expected = messages([python, "-c", COMPILE], batch)
        got = messages([options.ouro, "compile"], batch)
        warnings += sum("SyntaxWarning: " in line for line in expected)
        refused += sum(line.startswith("  File ") for line in expected)
        for line in difflib.unified_diff(expected, got, "CPython", "ouro", lineterm="", n=2):
            differences += 1
            print(line)
    print("%d files, %d refused, %d warnings: %s" % (len(paths), refused, warnings,
                                                    "%d lines differ" % differences if differences else "all the same"))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
