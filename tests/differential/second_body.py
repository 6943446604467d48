"""second_body.py [--sources DIR] [--out DIR] [--count N] [X.Y...]

Compiles a body of code that is not the standard library with every CPython found (pyenv's; 3.14 and 3.15 as Pyodide
below /opt/pyodide) to <out>/<X.Y>/**.pyc, for dis_text.py and marshal_roundtrip.py:

    second_body.py
    dis_text.py --trees /tmp/oracle/second --label .second
    marshal_roundtrip.py --trees /tmp/oracle/second

DIR (default /tmp/foreign) is any folder of Python packages. The files are those of 1000 bytes and more in an order that
mixes the packages and is the same each time; each version takes the first N (default 600) that it accepts.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zlib

from marshal_roundtrip import HERE, find_pythons, version_key

COMPILE_LIST = """
import os, sys, py_compile
root, target, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
done = 0
for name in sys.stdin.read().split('\\n'):
    if done == count:
        break
    out = os.path.join(target, name + 'c')
    if not os.path.isdir(os.path.dirname(out)):
        os.makedirs(os.path.dirname(out))
    try:
        py_compile.compile(os.path.join(root, name), out, doraise=True)
        done += 1
    except Exception:
        pass
print(done)
"""


def candidates(root):
    names = []
    for folder, _, files in os.walk(root):
        for name in files:
            path = os.path.join(folder, name)
            if name.endswith('.py') and os.path.getsize(path) >= 1000:
                names.append(os.path.relpath(path, root))
    return sorted(names, key=lambda name: (zlib.crc32(name.encode()), name))


def compile_with(kind, where, root, names, target, count):
    if kind == 'pyenv':
        return subprocess.run([where, '-W', 'ignore', '-c', COMPILE_LIST, root, target, str(count)],
                              input='\n'.join(names), stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as chosen:
        for name in names[:count]:
            copy = os.path.join(chosen, name)
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copy(os.path.join(root, name), copy)
        script = os.path.join(HERE, 'pyodide_compile.mjs')
        return subprocess.run(['node', script, where, target, '--no-stdlib', chosen], stdout=subprocess.PIPE, text=True,
                              check=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--sources', default='/tmp/foreign')
    parser.add_argument('--out', default='/tmp/oracle/second')
    parser.add_argument('--count', type=int, default=600)
    parser.add_argument('versions', nargs='*')
    args = parser.parse_args()
    found = find_pythons()
    names = candidates(args.sources)
    if not found or not names:
        print('no Python or no sources: skipped')
        return 0
    for version in sorted(args.versions or found, key=version_key):
        target = os.path.join(args.out, version)
        os.makedirs(target, exist_ok=True)
        print(version, compile_with(*found[version], args.sources, names, target, args.count), flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
