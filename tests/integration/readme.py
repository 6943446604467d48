#!/usr/bin/env python3
"""The README's examples, run: each "$ command" of a console block must print what stands below it.

    readme.py OURO [README]

Runs in a folder that holds the files of examples/, blocks in their order. A line "..." stands for any lines. Commands
that do not begin with ouro (what the shell gives) are run too, with ouro on PATH; those of blocks marked "sh" are not.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def fits(expected, got):
    """Whether lines `got` are `expected`, whose "..." lines stand for any number of lines."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(fits(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and expected[0].rstrip() == got[0].rstrip() and fits(expected[1:], got[1:])


def main():
    ouro = os.path.abspath(sys.argv[1])
    readme = sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "README.md")
    with open(readme, encoding="utf-8") as file:
        blocks = re.findall(r"^```console\n(.*?)^```", file.read(), re.M | re.S)
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as programs:
        for name in os.listdir(os.path.join(ROOT, "examples")):
            if os.path.isdir(os.path.join(ROOT, "examples", name)):
                continue
            shutil.copy(os.path.join(ROOT, "examples", name), folder)
            os.utime(os.path.join(folder, name), (1_760_000_000, 1_760_000_000))
        os.symlink(ouro, os.path.join(programs, "ouro"))
        environment = {**os.environ, "PATH": programs + ":" + os.environ["PATH"], "NO_COLOR": "1"}
        environment.pop("SOURCE_DATE_EPOCH", None)
        for block in blocks:
            for example in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, _, expected = example.partition("\n")
                run = subprocess.run(command, shell=True, cwd=folder, env=environment, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                count += 1
                if not fits(expected.rstrip("\n").split("\n") if expected.strip() else [], run.stdout.rstrip("\n").split("\n") if run.stdout.strip() else []):
                    failed += 1
                    print("$ %s\nprinted:\n%s\nwhere the README has:\n%s" % (command, run.stdout, expected))
    print("%d of %d examples as the README shows them" % (count - failed, count))
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
