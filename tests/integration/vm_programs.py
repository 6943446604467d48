#!/usr/bin/env python3
"""Programs of the language's core under `ouro run`, without any library: their output is what CPython 3.13 prints.

Usage: vm_programs.py OURO [--write PYTHON]

Runs tests/vm/programs/*.py and bench/vm/*.py and compares with the .out files of tests/vm/expected, which --write makes
anew with a CPython 3.13.
"""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXPECTED = os.path.join(ROOT, "tests", "vm", "expected")


def programs():
    for folder in ("tests/vm/programs", "bench/vm"):
        for name in sorted(os.listdir(os.path.join(ROOT, folder))):
            if name.endswith(".py"):
                yield os.path.join(ROOT, folder, name), os.path.join(EXPECTED, f"{os.path.basename(folder)}_{name[:-3]}.out")


def main():
    if "--write" in sys.argv:
        os.makedirs(EXPECTED, exist_ok=True)
        for path, expected in programs():
            with open(expected, "wb") as stream:
                subprocess.run([sys.argv[sys.argv.index("--write") + 1], path], stdout=stream, check=True)
        return 0
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "OURO_PYTHON_LIBRARY": "/nonexistent"}
    failed = count = 0
    for path, expected in programs():
        done = subprocess.run([os.path.abspath(sys.argv[1]), "run", path], env=environment, capture_output=True, timeout=300)
        with open(expected, "rb") as stream:
            wanted = stream.read()
        count += 1
        if done.stdout != wanted or done.returncode != 0:
            failed += 1
            print(f"{path}: status {done.returncode}\n{done.stderr.decode(errors='replace')[-2000:]}")
            for ours, theirs in zip(done.stdout.splitlines(), wanted.splitlines()):
                if ours != theirs:
                    print(f"  ours     {ours!r}\n  CPython  {theirs!r}")
                    break
    print(f"{count - failed} of {count} programs print what CPython prints")
    return 1 if failed or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
