#!/usr/bin/env python3
"""The virtual machine beside CPython 3.13 on the programs of bench/vm: whole process and steady state.

Usage: vm_bench.py OURO PYTHON [--rounds N] [PROGRAM...]

A round runs every program with both, in turn; the best time of all rounds counts. Output must be equal. Ratios are CPython's
time by ours: above 1 we are faster. The last rows are the geometric mean and the start-up of print('hi').
"""
import argparse
import math
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def timed(command):
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - start, done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ouro")
    parser.add_argument("python")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("programs", nargs="*")
    options = parser.parse_intermixed_args()
    ours, theirs = [os.path.abspath(options.ouro), "python"], [options.python]
    names = options.programs or sorted(n[:-3] for n in os.listdir(os.path.join(HERE, "vm")) if n.endswith(".py"))
    steady = os.path.join(HERE, "vm_steady.py")
    whole, inner = {}, {}
    for _ in range(options.rounds):
        for name in names:
            path = os.path.join(HERE, "vm", name + ".py")
            (a, out_a), (b, out_b) = timed(ours + [path]), timed(theirs + [path])
            if out_a != out_b:
                sys.exit(f"{name}: output differs")
            best = whole.get(name, (math.inf, math.inf))
            whole[name] = (min(best[0], a), min(best[1], b))
            a, b = (float(timed(command + [steady, path, "3"])[1]) for command in (ours, theirs))
            best = inner.get(name, (math.inf, math.inf))
            inner[name] = (min(best[0], a), min(best[1], b))
    print(f"{'program':14} {'ours ms':>9} {'CPython ms':>11} {'ratio':>6}   {'steady ms':>9} {'CPython ms':>11} {'ratio':>6}")
    for name in names:
        (a, b), (c, d) = whole[name], inner[name]
        print(f"{name:14} {a * 1e3:9.1f} {b * 1e3:11.1f} {b / a:6.2f}   {c * 1e3:9.1f} {d * 1e3:11.1f} {d / c:6.2f}")
    for title, table in (("whole process", whole), ("steady state", inner)):
        mean = math.exp(sum(math.log(b / a) for a, b in table.values()) / len(table))
        slowest = min(table, key=lambda name: table[name][1] / table[name][0])
        print(f"geometric mean, {title}: {mean:.2f}; slowest: {slowest} {table[slowest][1] / table[slowest][0]:.2f}")
    for title, command in (("ouro", ours), ("CPython", theirs)):
        best = min(timed(command + ["-c", "print('hi')"])[0] for _ in range(20))
        print(f"start-up, print('hi'), {title}: {best * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
