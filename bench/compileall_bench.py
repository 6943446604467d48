#!/usr/bin/env python3
"""Times `ouro compileall` against CPython's compileall over a fresh copy of a tree, in the same run.

    python3 bench/compileall_bench.py [--ouro build/release/bin/ouro] [--python PYTHON3.13] [--rounds 3] [TREE]

Files in memory's cache. One thread against one process, two against two, and a second run with everything fresh (both
sides with two workers and with one). Prints the best wall time of the rounds, processor time, peak memory and the
ratios; judges nothing. Peak memory of CPython's two processes is the larger one's, not their sum.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from compile_bench import default_python, measure


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tree', nargs='?')
    parser.add_argument('--ouro', default='build/release/bin/ouro')
    parser.add_argument('--python', default=default_python())
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    if not options.python:
        sys.exit('no python3.13 found')
    tree = options.tree or subprocess.check_output(
        [options.python, '-c', 'import sysconfig; print(sysconfig.get_paths()["stdlib"])'], text=True).strip()
    with tempfile.TemporaryDirectory() as work:
        copies = {}
        for side in ('cpython', 'ouro'):  # each its own, so that every cache is fresh for the side that wrote it
            copies[side] = os.path.join(work, side)
            shutil.copytree(tree, copies[side], ignore=shutil.ignore_patterns('__pycache__', 'site-packages'), symlinks=True)
        command = {'cpython': [options.python, '-m', 'compileall', '-q'], 'ouro': [options.ouro, 'compileall', '-q']}
        jobs = [('all anew, one worker', ['-f', '-j1']), ('all anew, two workers', ['-f', '-j2']),
                ('all fresh, one worker', ['-j1']), ('all fresh, two workers', ['-j2'])]
        count = sum(name.endswith('.py') for _, _, names in os.walk(copies['ouro']) for name in names)
        print(f'{count} files, best of {options.rounds}')
        for title, flags in jobs:
            best = {}
            for _ in range(options.rounds):
                for side, copy in copies.items():
                    run = measure([*command[side], *flags, copy])
                    best[side] = min(best.get(side, run), run, key=lambda r: r[0])
            theirs, ours = best['cpython'], best['ouro']
            print(title)
            for side, (wall, cpu, peak) in best.items():
                print(f'  {side:8} {wall:8.3f} s wall {cpu:8.3f} s processor {peak / 1024:6.1f} MiB peak')
            print(f'  cpython / ouro: {theirs[0] / ours[0]:.1f} times the wall time, {theirs[1] / ours[1]:.1f} times the '
                  f'processor time, {theirs[2] / ours[2]:.1f} times the memory')


if __name__ == '__main__':
    main()
