#!/usr/bin/env python3.13
"""Compares `ouro compile` with CPython 3.13 over whole trees, byte for byte.

    python3.13 tests/differential/compile_bytes.py [--ouro PATH] [--optimize 0,1,2] [--by-value] [-v] [TREE...]

Run by python3.13 itself, which is the oracle: marshal.dumps(compile(source, path, 'exec', dont_inherit=True,
optimize=N)) in a new process for each file (fresh_compile.py), kept under /tmp/oracle/compile/. Without a TREE: the standard library, its tests included. Says how many
files are the same, and sorts the others by the first difference: which field of which code object, which instruction.
Exit status 1 when there is a difference.
"""
import argparse
import collections
import dis
import hashlib
import marshal
import os
import pickle
import subprocess
import sys
import sysconfig

CODE_FIELDS = ('co_name', 'co_qualname', 'co_argcount', 'co_posonlyargcount', 'co_kwonlyargcount', 'co_flags',
               'co_firstlineno', 'co_names', 'co_varnames', 'co_freevars', 'co_cellvars', 'co_stacksize', 'co_code',
               'co_consts', 'co_linetable', 'co_exceptiontable', 'co_filename')


def sources(trees):
    for tree in trees:
        if os.path.isfile(tree):
            yield tree
        for directory, names, files in os.walk(tree):
            names.sort()
            for name in sorted(files):
                if name.endswith('.py'):
                    yield os.path.join(directory, name)


def expected(files, optimize):
    worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fresh_compile.py')
    result = subprocess.run([sys.executable, '-I', '-S', '-W', 'ignore', worker, str(optimize)], check=True,
                            input='\n'.join(files).encode('utf-8', 'surrogateescape'), stdout=subprocess.PIPE)
    return parse_stream(result.stdout)


def oracle(files, optimize, cache):
    key = hashlib.sha256(repr([(f, os.stat(f).st_mtime_ns) for f in files]).encode()).hexdigest()[:24]
    name = os.path.join(cache, f'{key}-{optimize}-fresh-{sys.version_info[0]}{sys.version_info[1]}.pickle')
    if os.path.exists(name):
        with open(name, 'rb') as file:
            return pickle.load(file)
    answers = expected(files, optimize)
    os.makedirs(cache, exist_ok=True)
    with open(name + '.part', 'wb') as file:
        pickle.dump(answers, file)
    os.replace(name + '.part', name)
    return answers


def parse_stream(data):
    at, answers = 0, []
    while at < len(data):
        end = data.index(b'\n', at)
        status, size = data[at:end].split()
        at = end + 1 + int(size)
        answers.append((status.decode(), data[end + 1:at]))
    return answers


def ouro(program, files, optimize):
    result = subprocess.run([program, 'compile', '--stream', '--optimize', str(optimize), '--files-from', '-'],
                            input='\n'.join(files).encode(), stdout=subprocess.PIPE)
    answers = parse_stream(result.stdout)
    if result.returncode not in (0, 1):
        print(f'ouro ended with {result.returncode} after {len(answers)} of {len(files)} files', file=sys.stderr)
        if len(answers) < len(files):
            print('  at', files[len(answers)], file=sys.stderr)
    return answers


def instruction_difference(ours, theirs):
    def listing(code):
        return [(i.opname, i.arg) for i in dis.get_instructions(code)]
    a, b = listing(ours), listing(theirs)
    for x, y in zip(a, b):
        if x != y:
            return f'{x[0]} for {y[0]}' if x[0] != y[0] else f'{x[0]} operand'
    return 'length'


def line_difference(ours, theirs):
    for one, a, b in zip(dis.get_instructions(theirs), ours.co_positions(), theirs.co_positions()):
        if a != b:
            return f'{one.opname}: {a} for {b}'
    return 'encoding'


def constant_text(value):
    """repr that keeps 1, 1.0 and True apart and does not depend on the order of a set."""
    if hasattr(value, 'co_code'):
        return 'code'
    if isinstance(value, (tuple, frozenset)):
        items = [constant_text(item) for item in value]
        return f'{type(value).__name__}({", ".join(items if isinstance(value, tuple) else sorted(items))})'
    return repr(value)


def first_difference(ours, theirs, path=''):
    """(where, cause) of the first difference between two code objects, innermost first; None when equal."""
    mine = [c for c in ours.co_consts if hasattr(c, 'co_code')]
    other = [c for c in theirs.co_consts if hasattr(c, 'co_code')]
    here = f'{path}.{theirs.co_name}' if path else theirs.co_name
    for a, b in zip(mine, other):
        found = first_difference(a, b, here)
        if found:
            return found
    for field in CODE_FIELDS:
        a, b = getattr(ours, field), getattr(theirs, field)
        if field == 'co_consts':
            a, b = ([constant_text(c) for c in x] for x in (a, b))
        if a == b:
            continue
        if field == 'co_code':
            return here, 'code: ' + instruction_difference(ours, theirs)
        if field == 'co_linetable':
            return here, 'lines: ' + line_difference(ours, theirs)
        if field == 'co_consts':
            for x, y in zip(a, b):
                if x != y:
                    return here, f'consts: {x:.40} for {y:.40}'
            return here, 'consts: length'
        return here, f'{field}: {a!r:.60} for {b!r:.60}'
    return None


def classify(ours, theirs):
    if ours[0] != theirs[0]:
        return 'refused', ours[1][:150].decode(errors='replace') if ours[0] == 'error' else 'accepted: ' + theirs[1].decode(errors='replace')
    if ours[0] == 'error':
        return 'message', f'{ours[1].decode(errors="replace")} for {theirs[1].decode(errors="replace")}'
    try:
        code = marshal.loads(ours[1])
    except Exception as error:
        return 'unreadable', repr(error)
    found = first_difference(code, marshal.loads(theirs[1]))
    if found:
        return found[1], found[0]
    return 'same value, other marks', ''


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('trees', nargs='*')
    parser.add_argument('--ouro', default='build/dev/bin/ouro')
    parser.add_argument('--optimize', default='0')
    parser.add_argument('--by-value', action='store_true', help='equal code objects are enough')
    parser.add_argument('--limit', type=int, default=15, help='causes to show')
    parser.add_argument('--every', type=int, default=1, help='take every Nth file only')
    parser.add_argument('--cache', default='/tmp/oracle/compile')
    parser.add_argument('-v', action='store_true')
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 13):
        sys.exit('run me with python3.13')
    trees = options.trees or [sysconfig.get_paths()['stdlib']]
    files = [f for f in sources(trees) if '\n' not in f][::options.every]
    failed = False
    for optimize in map(int, options.optimize.split(',')):
        theirs = oracle(files, optimize, options.cache)
        mine = ouro(options.ouro, files, optimize)
        causes = collections.defaultdict(list)
        same = 0
        for path, a, b in zip(files, mine, theirs):
            if a == b:
                same += 1
                continue
            cause, where = classify(a, b)
            if options.by_value and cause == 'same value, other marks':
                same += 1
                continue
            causes[cause].append((path, where))
        accepted = sum(answer[0] == 'ok' for answer in theirs)
        print(f'optimize={optimize}: {same} of {len(files)} files the same ({accepted} compile, '
              f'{len(files) - accepted} are refused)', flush=True)
        for cause, cases in sorted(causes.items(), key=lambda item: -len(item[1]))[:options.limit]:
            print(f'  {len(cases):5} {cause}')
            for path, where in cases[:None if options.v else 2]:
                print(f'          {path} {where[:120]}')
        failed = failed or same != len(files)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
