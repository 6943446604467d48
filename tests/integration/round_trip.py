#!/usr/bin/env python3
"""ouro compile, ouro decompile --verify: every code object of tests/corpus/decompile comes back whole and perfect.

    round_trip.py OURO CORPUS [unittest arguments]

One file a construct. IMPERFECT names what does not come back yet; what it names and comes back is an error too.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

OURO = os.path.abspath(sys.argv.pop(1))
CORPUS = os.path.abspath(sys.argv.pop(1))
IMPERFECT = {
    "expressions.tests",
    "expressions.comprehensions",
    "tries.returns",
    "tries.groups",
    "tries.withs",
    "tries.return_in_finally",
    "control.loops",
}


class RoundTrip(unittest.TestCase):
    def check(self, source):
        name = os.path.basename(source)[:-3]
        with tempfile.TemporaryDirectory() as folder:
            pyc = os.path.join(folder, name + ".pyc")
            subprocess.run([OURO, "compile", source, "-o", pyc], check=True)
            run = subprocess.run([OURO, "decompile", "--verify", "--json", pyc], capture_output=True, text=True, timeout=120)
            [file] = json.loads(run.stdout)
            self.assertEqual(file["verification"], "compared", file["source"])
            different = {f"{name}.{code['qualname']}": code.get("difference") or code["problems"]
                         for code in file["code_objects"] if code["verdict"] != "whole" or code["verified"] != "perfect"}
            expected = {code for code in IMPERFECT if code.startswith(name + ".")}
            self.assertEqual(set(different), expected, f"{different}\n{file['source']}")
            self.assertEqual(run.returncode, 1 if expected else 0)
            again = os.path.join(folder, "again.py")
            with open(again, "w") as out:
                out.write(file["source"])
            made = subprocess.run([OURO, "diff", pyc, again], capture_output=True, text=True)
            self.assertEqual(made.returncode, 1 if expected else 0, made.stdout[:2000])


def add(source):
    name = os.path.basename(source)[:-3]
    setattr(RoundTrip, "test_" + name, lambda self: self.check(source))


for path in sorted(glob.glob(os.path.join(CORPUS, "*.py"))):
    add(path)

if __name__ == "__main__":
    unittest.main()
