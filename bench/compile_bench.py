#!/usr/bin/env python3
"""Times `ouro compile` against CPython's compileall over the same copy of a tree, in the same run.

    python3 bench/compile_bench.py [--ouro build/release/bin/ouro] [--python PYTHON3.13] [--rounds 3] [TREE]

One process and thread on each side, files in memory's cache, caches written by both. Prints the best wall time of the
rounds, processor time, peak memory and the ratios; judges nothing.
"""
import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time


def default_python():
    root = os.path.expanduser('~/.pyenv/versions')
    for name in sorted(os.listdir(root) if os.path.isdir(root) else []):
        if name.startswith('3.13.'):
            return os.path.join(root, name, 'bin', 'python')
    return shutil.which('python3.13')


def measure(command, **options):
    """(wall seconds, processor seconds, peak KiB) of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


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
        copy = os.path.join(work, 'tree')
        shutil.copytree(tree, copy, ignore=shutil.ignore_patterns('__pycache__', 'site-packages'), symlinks=True)
        files = [os.path.join(d, f) for d, _, names in os.walk(copy) for f in names if f.endswith('.py')]
        size = sum(os.path.getsize(f) for f in files)
        names = os.path.join(work, 'list')
        with open(names, 'w') as file:
            file.write('\n'.join(files))
        sides = {'ouro': [options.ouro, 'compile', '--files-from', names],
                 'cpython': [options.python, '-m', 'compileall', '-q', '-f', copy]}
        best = {}
        for _ in range(options.rounds):
            for side, command in sides.items():
                run = measure(command)
                best[side] = min(best.get(side, run), run, key=lambda r: r[0])
    print(f'{len(files)} files, {size / 1e6:.1f} MB, best of {options.rounds}')
    for side, (wall, cpu, peak) in best.items():
        print(f'{side:8} {wall:7.2f} s wall  {cpu:7.2f} s processor  {peak / 1024:6.0f} MiB peak')
    ours, theirs = best['ouro'], best['cpython']
    print(f'cpython / ouro: {theirs[0] / ours[0]:.1f} times the wall time, {theirs[1] / ours[1]:.1f} times the processor '
          f'time, {theirs[2] / ours[2]:.1f} times the memory')


if __name__ == '__main__':
    main()
