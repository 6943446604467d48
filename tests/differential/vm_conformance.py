#!/usr/bin/env python3
"""CPython's own tests under `ouro python`: a table of the tests passed of those that pass under CPython 3.13.

Usage: vm_conformance.py OURO PYTHON [--timeout SECONDS] [--markdown FILE] [--failures FILE] [TEST...]

Without TEST: the files that the issue of the virtual machine names, then every other file of the language and the
built-in types. Each file runs in a process of its own under both programs, in the same environment.
"""
import argparse
import os
import subprocess
import sys
import tempfile

NAMED = ("grammar bool int float list tuple dict set range slice generators exceptions with scope class super property iter "
         "enumerate patma fstring type_params dis marshal code py_compile compileall").split()
OTHERS = ("long complex str bytes memoryview unpack unpack_ex userdict userlist userstring dictviews sort isinstance types "
          "descr metaclass dynamic dynamicclassattribute contextlib coroutines asyncgen raise exception_group except_star "
          "traceback weakref weakset gc copy copyreg pickle format string string_literals numeric_tower hash builtin "
          "compare contains operator functools itertools collections deque defaultdict ordered_dict heapq bisect math "
          "cmath random re struct array json unicodedata codecs binascii zlib base64 enum dataclasses typing abc "
          "genericalias named_expressions positional_only_arg keywordonlyarg extcall call augassign baseexception "
          "binop compile decorators dictcomps listcomps setcomps generator_stop genexps global "
          "int_literal index inspect io fileio bufio memoryio os posixpath pathlib import importlib pkgutil runpy "
          "sys sys_settrace tokenize ast symtable opcodes peepholer future_stmt time datetime calendar "
          "textwrap statistics fractions decimal contextvars queue threading thread subprocess").split()
DRIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vm_conformance_driver.py")


def run(command, module, timeout):
    """Outcome by test id, and how the process ended."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "outcomes")
        try:
            done = subprocess.run(command + [DRIVER, out, module], cwd=folder, stdin=subprocess.DEVNULL, timeout=timeout,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            status, text = done.returncode, done.stderr.decode(errors="replace").strip().splitlines()
        except subprocess.TimeoutExpired:
            status, text = "timeout", []
        outcomes, ended = {}, False
        if os.path.exists(out):
            with open(out, encoding="utf-8") as stream:
                for line in stream:
                    outcome, _, test = line.rstrip("\n").partition("\t")
                    ended = ended or outcome == "end"
                    if outcome == "begin" or outcome != "pass" or outcomes.get(test) == "begin":
                        outcomes[test] = outcome
        how = "" if ended else f"timeout {timeout} s" if status == "timeout" else f"CRASH {-status}" if status < 0 else \
            (text[-1][:100] if text else f"status {status}")
        return outcomes, how


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ouro")
    parser.add_argument("python")
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--markdown")
    parser.add_argument("--failures")
    parser.add_argument("tests", nargs="*")
    options = parser.parse_intermixed_args()
    rows, lines, failures = [], [], []
    for name in options.tests or NAMED + OTHERS:
        module = "test.test_" + name
        theirs, _ = run([options.python], module, options.timeout)
        expected = {test for test, outcome in theirs.items() if outcome == "pass"}
        if not expected:
            continue
        ours, how = run([os.path.abspath(options.ouro), "python"], module, options.timeout)
        passed = {test for test in expected if ours.get(test) == "pass"}
        rows.append((name, len(passed), len(expected), how))
        failures += [f"{name}\t{ours.get(test, 'absent')}\t{test}" for test in sorted(expected - passed)]
        print(f"{name:24} {len(passed):5} of {len(expected):5}  {100 * len(passed) / len(expected):6.2f} %  {how}", flush=True)
    named = [row for row in rows if row[0] in NAMED]
    for title, some in (("named", named), ("all", rows)):
        if some:
            passed, expected = sum(row[1] for row in some), sum(row[2] for row in some)
            lines.append(f"{title}: {passed} of {expected} ({100 * passed / expected:.2f} %), {len(some)} files, "
                         f"{sum(100 * row[1] < 60 * row[2] for row in some)} below 60 %, "
                         f"{sum(row[3].startswith('CRASH') for row in some)} crashes")
    print("\n".join(lines))
    if options.markdown:
        with open(options.markdown, "w", encoding="utf-8") as stream:
            stream.write("\n\n".join(lines) + "\n\n| file | passed | of | % | ended |\n| --- | ---: | ---: | ---: | --- |\n")
            for name, passed, expected, how in rows:
                stream.write(f"| test_{name} | {passed} | {expected} | {100 * passed / expected:.1f} | {how.replace('|', ' ')} |\n")
    if options.failures:
        with open(options.failures, "w", encoding="utf-8") as stream:
            stream.write("\n".join(failures) + "\n")


if __name__ == "__main__":
    sys.exit(main())
