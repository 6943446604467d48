#!/usr/bin/env python3
"""Runs the bytecode guide's snippets and commands under `ouro python` and under CPython 3.13 and compares all they do.

Usage: vm_guide.py OURO PYTHON [NAME...]

Each snippet of tests/vm/guide runs in a fresh copy of that folder, once with each program: standard output, standard
error, exit status, and the names and bytes of all files left behind must be equal (addresses of objects apart).
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

GUIDE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "vm", "guide")
NOT_SNIPPETS = {"utils.py", "level.py", "automatic_off.py"}


def cases():
    for name in sorted(os.listdir(GUIDE)):
        if name.endswith(".py") and name not in NOT_SNIPPETS:
            yield name, [name], {}
    with open(os.path.join(GUIDE, "commands.txt"), encoding="utf-8") as stream:
        for line in stream:
            if line.strip() and not line.startswith("#"):
                yield line.strip(), shlex.split(line), {}
    yield "PYTHONDONTWRITEBYTECODE", ["automatic_off.py"], {"PYTHONDONTWRITEBYTECODE": "1"}
    yield "PYTHONPYCACHEPREFIX", ["-c", "import utils, os; print(utils.__cached__ is not None, os.path.exists('__pycache__'))"], {
        "PYTHONPYCACHEPREFIX": "caches"}


def files_in(folder):
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            if "lib/python3.13" in path:
                continue  # caches of the library: which of its modules a program has frozen is its own affair
            with open(path, "rb") as stream:
                found[os.path.relpath(path, folder)] = stream.read()
    return found


def run(command, arguments, environment, folder):
    os.mkdir(folder)
    for name in os.listdir(GUIDE):
        shutil.copy2(os.path.join(GUIDE, name), folder)
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    result = subprocess.run(command + arguments, cwd=folder, env=dict(env, **environment), capture_output=True, timeout=120)
    clean = [re.sub(rb"0x[0-9a-f]+", b"0x", text) for text in (result.stdout, result.stderr)]
    files = files_in(folder)
    shutil.rmtree(folder)
    return result.returncode, clean[0], clean[1], files


def difference(ours, theirs):
    for what, a, b in zip(("exit status", "standard output", "standard error"), ours, theirs):
        if a != b:
            return f"{what}:\n--- ouro\n{a if isinstance(a, int) else a.decode(errors='replace')}\n--- python\n{b if isinstance(b, int) else b.decode(errors='replace')}"
    if ours[3].keys() != theirs[3].keys():
        return f"files: only ouro {sorted(ours[3].keys() - theirs[3].keys())}, only python {sorted(theirs[3].keys() - ours[3].keys())}"
    changed = [name for name in ours[3] if ours[3][name] != theirs[3][name]]
    return f"bytes of {changed}" if changed else None


def main():
    ouro, python, *wanted = sys.argv[1:]
    alike = count = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(scratch, "guide")
        for name, arguments, environment in cases():
            if wanted and name not in wanted:
                continue
            count += 1
            # In the same folder one after the other: paths stand in the caches.
            problem = difference(run([os.path.abspath(ouro), "python"], arguments, environment, folder),
                                 run([python], arguments, environment, folder))
            if problem:
                print(f"DIFFERENT {name}: {problem}")
            else:
                alike += 1
    print(f"{alike} of {count} snippets and commands alike")
    return 0 if alike == count and count else 1


if __name__ == "__main__":
    sys.exit(main())
