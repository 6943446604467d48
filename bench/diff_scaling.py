#!/usr/bin/env python3
"""How the time of `ouro diff` grows with the size of one code object: diff_scaling.py OURO

One function of N instructions against: itself, itself with one line in a hundred changed, itself with half of its lines
moved to the end, and a function that has nothing in common with it. Processor seconds of the whole program, reading of
both caches included; the best of three.
"""
import os
import random
import resource
import subprocess
import sys
import tempfile

SIZES = (12_500, 25_000, 50_000, 100_000, 200_000)


def line(i):
    return f"    a{i % 97} = b{i % 89}.c{i % 83}(d{i % 79}, {i % 71})\n"  # 8 instructions


def other(i):
    return f"    e{i % 97}[f{i % 89}] += g{i % 83} - h{i % 79}\n"  # 9 instructions


def variants(count):
    lines = [line(i) for i in range(count // 8)]
    random.seed(7)
    edited = [other(i) if random.random() < 0.01 else text for i, text in enumerate(lines)]
    half = len(lines) // 2
    return {"base": lines, "the same": lines, "one line in 100": edited, "halves swapped": lines[half:] + lines[:half],
            "nothing in common": [other(i) for i in range(count // 9)]}


def main():
    ouro = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        print("instructions  " + "".join(f"{name:>20}" for name in list(variants(8))[1:]))
        for size in SIZES:
            caches = {}
            for name, lines in variants(size).items():
                source = os.path.join(folder, "source.py")
                with open(source, "w", encoding="ascii") as file:
                    file.write("def f():\n" + "".join(lines))
                caches[name] = os.path.join(folder, name + ".pyc")
                subprocess.run([ouro, "compile", "-q", source, "-o", caches[name]], check=True)
                os.remove(source)  # so that no source stands beside
            base = caches.pop("base")
            times = []
            for cache in caches.values():
                best = 1e9
                for _ in range(3):
                    before = resource.getrusage(resource.RUSAGE_CHILDREN)
                    subprocess.run([ouro, "diff", "-q", base, cache], check=False)
                    after = resource.getrusage(resource.RUSAGE_CHILDREN)
                    best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
                times.append(best)
            print(f"{size:12}  " + "".join(f"{time:18.3f} s" for time in times), flush=True)


if __name__ == "__main__":
    main()
