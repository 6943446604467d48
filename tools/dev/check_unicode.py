#!/usr/bin/env python3
"""Compares data/unicode/golden.tsv with the CPythons found on this machine (pythons.py).

Usage: check_unicode.py [X.Y ...]

unicode_test.cpp compares our tables with golden.tsv, so both together compare them with CPython: isprintable,
category, isidentifier and names of every code point, NFKC of every character and of 100,000 random strings.
Takes about ten seconds a version. Exit status 1 at a difference.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(os.path.dirname(os.path.dirname(HERE)), "data", "unicode", "golden.tsv")
sys.path.insert(0, HERE)
import pythons  # noqa: E402


def read_golden():
    golden = {}
    with open(GOLDEN, encoding="ascii") as stream:
        for line in stream:
            if not line.startswith(("#", "unicode")):
                version, what, crc = line.split()
                golden.setdefault(version, {})[what] = int(crc)
    return golden


def main(wanted):
    golden, bad = read_golden(), False
    found = {version: python for version, python in pythons.find_pythons().items() if version != "2.7"}
    for version in wanted or found:
        if version not in found:
            print("%-5s skipped: no such CPython here" % version)
            bad = True
            continue
        dump = json.loads(found[version].run(os.path.join(HERE, "dump_unicode.py"), "golden"))
        expected = golden.get(".".join(dump["unicode"].split(".")[:2]), {})
        different = [what for what, crc in dump["golden"].items() if expected.get(what) != crc]
        print("%-5s Unicode %s: %d checksums, %d differences%s" % (
            version, dump["unicode"], len(dump["golden"]), len(different), "".join(" " + what for what in different)))
        bad = bad or bool(different)
    if not found:
        print("no CPython 3 found, nothing compared")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
