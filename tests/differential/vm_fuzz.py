#!/usr/bin/env python3
"""Damaged code objects and random programs in the virtual machine, under its limits, for a time.

Usage: vm_fuzz.py OURO [--minutes M] [--seed S] [--count N]

Runs tests/vm/fuzz/mutate_code.py and, with program_generator.py, random valid programs, each in a process of its own with
fuel, memory and time limits. A finding is a process that a signal ends, a sanitizer's report (OURO built with the asan
preset; exit status 99), or one that outlives its limits. Findings are listed with the seed that repeats them.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MUTATE = os.path.join(os.path.dirname(HERE), "vm", "fuzz", "mutate_code.py")


def run(ouro, arguments):
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:exitcode=99", UBSAN_OPTIONS="halt_on_error=1:exitcode=99:print_stacktrace=1")
    command = [ouro, "run", "--fuel", "5M", "--memory", "256M", "--timeout", "20", *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=120)
    except subprocess.TimeoutExpired:
        return "outlived its limits", b"", b""
    if done.returncode < 0 or done.returncode == 99:
        return f"status {done.returncode}", done.stdout, done.stderr
    return None, done.stdout, done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ouro")
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=400)
    options = parser.parse_args()
    sys.path.insert(0, HERE)
    import program_generator
    ouro, end, seed = os.path.abspath(options.ouro), time.monotonic() + 60 * options.minutes, options.seed
    findings = ran = refused = programs = 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            problem, out, err = run(ouro, [MUTATE, str(seed), str(options.count)])
            if problem is None and out.split():
                numbers = out.split()
                ran, refused = ran + int(numbers[-2]), refused + int(numbers[-1])
            path = os.path.join(folder, "program.py")
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(program_generator.Generator(random.Random(seed)).program())
            second, _, second_err = run(ouro, [path])
            programs += 1
            for kind, what, text in (("mutate_code.py", problem, err), ("program", second, second_err)):
                if what is not None:
                    findings += 1
                    print(f"FINDING seed {seed} {kind}: {what}\n{text.decode(errors='replace')[-3000:]}", flush=True)
            seed += 1
    print(f"{seed - options.seed} seeds: {ran} damaged functions ran, {refused} were refused, {programs} programs; {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
