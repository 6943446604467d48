#!/usr/bin/env python3
"""Compares `ouro ast --attributes` with CPython 3.13's ast.dump(include_attributes=True) on whole trees of sources.

    python3.13 tests/differential/ast_dump.py OURO [DIRECTORY...]

Run by a CPython 3.13. Without directories: its own standard library, tests included. A file that CPython refuses
must be refused. Says what it compared; exit status 1 on any difference.
"""
import ast
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import warnings

CACHE = pathlib.Path(os.environ.get("OURO_AST_CACHE", "/tmp/ouro_ast_cache.json"))
BATCH = 40


def sources(directories):
    for directory in directories:
        for folder, subfolders, names in os.walk(directory):
            subfolders[:] = sorted(s for s in subfolders if s not in ("__pycache__", "site-packages"))
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name.endswith(".py") and os.path.isfile(path):
                    yield path


def expected_text(path):
    """ast.dump's text, or None for a refused source."""
    with open(path, "rb") as file:
        source = file.read()
    try:
        return ast.dump(ast.parse(source), include_attributes=True).encode("utf-8", "surrogatepass")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def digest(line):
    return hashlib.sha256(line).hexdigest() if line else None


def first_difference(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"    ouro:    …{a[max(0, at - 150):at + 100]}\n    CPython: …{b[max(0, at - 150):at + 100]}"


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run me with CPython 3.13")
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    ouro = sys.argv[1]
    paths = list(sources(sys.argv[2:] or [os.path.dirname(os.__file__)]))
    cache = json.loads(CACHE.read_text()) if CACHE.exists() else {}
    same = refused = 0
    different = []
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        run = subprocess.run([ouro, "ast", "--attributes", "--lines", *batch], capture_output=True)
        lines = run.stdout.split(b"\n")[:-1]
        if len(lines) != len(batch):
            different += [(p, "    the batch did not finish: " + run.stderr.decode()[-300:]) for p in batch]
            continue
        for path, line in zip(batch, lines):
            key = f"{path}:{os.stat(path).st_mtime_ns}"
            if key not in cache:
                cache[key] = digest(expected_text(path))
            wanted = cache[key]
            if digest(line) == wanted:
                same += wanted is not None
                refused += wanted is None
            elif not line or wanted is None:
                different.append((path, "    refused by " + ("Ouro" if not line else "CPython") + " only"))
            else:
                different.append((path, first_difference(line, expected_text(path))))
    CACHE.write_text(json.dumps(cache))
    for path, what in different:
        print(f"{path}\n{what}")
    print(f"{len(paths)} files: {same} equal trees, {refused} refused by both, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
