#!/usr/bin/env python3
"""Compares `ouro compile --tokens` and `ouro compile --ast` with CPython 3.13 over whole trees of sources: the texts of
`python3.13 -m tokenize -e FILE` and `python3.13 -m ast --no-type-comments FILE`.

    python3.13 tests/differential/compile_stages.py [--ouro PATH] [--only tokens|ast] [DIRECTORY...]

Run by a CPython 3.13. Without directories: its own standard library with its tests. A file that CPython refuses must be
refused. Exit status 1 on any difference.
"""
import argparse
import ast
import difflib
import os
import subprocess
import sys
import tokenize
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def sources(directories):
    for directory in directories:
        for folder, subfolders, names in os.walk(directory):
            subfolders[:] = sorted(s for s in subfolders if s not in ("__pycache__", "site-packages"))
            yield from (os.path.join(folder, name) for name in sorted(names)
                        if name.endswith(".py") and os.path.isfile(os.path.join(folder, name)))


def tokens_text(path):
    """What tokenize's main program prints, or None where it reports an error."""
    lines = []
    try:
        with open(path, "rb") as file:
            for token in tokenize.tokenize(file.readline):
                place = "%d,%d-%d,%d:" % (token.start + token.end)
                lines.append("%-20s%-15s%-15r\n" % (place, tokenize.tok_name[token.exact_type], token.string))
    except (SyntaxError, tokenize.TokenError):
        return None
    return "".join(lines)


def tree_text(path):
    with open(path, "rb") as file:
        source = file.read()
    try:
        return ast.dump(ast.parse(source), indent=3) + "\n"
    except (SyntaxError, ValueError, MemoryError):
        return None


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run me with CPython 3.13")
    parser = argparse.ArgumentParser()
    parser.add_argument("--ouro", default=str(ROOT / "build/release/bin/ouro"))
    parser.add_argument("--only", choices=["tokens", "ast"])
    parser.add_argument("directories", nargs="*")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    paths = list(sources(options.directories or [os.path.dirname(os.__file__)]))
    failed = False
    for stage, expect in (("tokens", tokens_text), ("ast", tree_text)):
        if options.only not in (None, stage):
            continue
        same = refused = 0
        for path in paths:
            expected = expect(path)
            done = subprocess.run([options.ouro, "compile", "--" + stage, path], capture_output=True)
            if expected is None:
                refused += 1
                if done.returncode == 1:
                    continue
                print("not refused:", path)
            elif done.returncode == 1 and tree_text(path) is None:
                refused += 1  # tokenize lets through what the compiler's tokenizer refuses
                continue
            elif done.stdout == expected.encode("utf-8", "surrogatepass") and done.returncode == 0:
                same += 1
                continue
            else:
                got = done.stdout.decode("utf-8", "replace").splitlines()
                difference = difflib.unified_diff(expected.splitlines(), got, "CPython", "ouro", lineterm="", n=1)
                print(path, *list(difference)[:12], sep="\n")
            failed = True
        print("%s: %d files, %d refused, %d the same" % (stage, len(paths), refused, same), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
