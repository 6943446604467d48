#!/usr/bin/env python3
"""`ouro dis` against each CPython's own dis module, text for text, memory addresses aside.

    dis_text.py [--ouro PATH] [--versions 3.12,3.13] [--variants default,caches,...] [--trees DIR]
                [--label NAME] [--every N] [--record-only]

DIR (default /tmp/oracle/pyc) has one folder a version, <DIR>/3.13/**.pyc. CPython's answers are recorded once
by dis_oracle.py, with PYTHONHASHSEED=0, under /tmp/oracle/dis (or $OURO_ORACLE_DIR) and reused. 2.7 and 3.6 to
3.13 are run from pyenv, 3.14 and 3.15 as Pyodide. Exit status 1 when any file's text differs.
"""
import argparse
import collections
import glob
import os
import re
import subprocess
import sys
import zlib

from marshal_roundtrip import find_pythons

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = os.environ.get('OURO_ORACLE_DIR', '/tmp/oracle/dis')
VERSIONS = ['2.7', '3.6', '3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15']
FLAGS = {
    'default': [],
    'nested': ['--nested'],
    'caches': ['--show-caches'],
    'offsets': ['--show-offsets'],
    'offsets_caches': ['--show-offsets', '--show-caches'],
    'adaptive': ['--adaptive'],
    'adaptive_caches': ['--adaptive', '--show-caches'],
    'positions': ['--show-positions'],
}
ADDRESS = re.compile(rb' at 0x[0-9a-fA-F]+')


def minor(version):
    return tuple(int(part) for part in version.split('.'))


def variants_of(version, wanted):
    known = ['default']
    if minor(version) < (3, 7):
        known.append('nested')
    if minor(version) >= (3, 11):
        known += ['caches', 'adaptive', 'adaptive_caches']
    if minor(version) >= (3, 13):
        known += ['offsets', 'offsets_caches']
    if minor(version) >= (3, 14):
        known.append('positions')
    return [v for v in known if v in wanted]


def record(version, variant, trees, label, every):
    """Path of the recording, made now if it isn't there and the CPython is; else None."""
    out = os.path.join(ORACLE, '%s.%s%s.bin' % (version, variant, label))
    if os.path.exists(out):
        return out
    kind, python = find_pythons().get(version, (None, None))
    if kind is None:
        return None
    files = sorted(glob.glob(os.path.join(trees, version, '**', '*.pyc'), recursive=True))[::every]
    if not files:
        return None
    os.makedirs(ORACLE, exist_ok=True)
    command = [python, os.path.join(HERE, 'dis_oracle.py')]
    if kind == 'pyodide':
        command = ['node', os.path.join(HERE, 'dis_oracle_pyodide.mjs'), python]
    subprocess.run(command + [out + '.tmp', variant],
                   input='\n'.join(files).encode(), check=True, env=dict(os.environ, PYTHONHASHSEED='0'))
    os.rename(out + '.tmp', out)
    return out


def read_recording(path):
    with open(path, 'rb') as source:
        while True:
            head = source.readline()
            if not head:
                return
            name_size, size = map(int, head.split())
            name = source.read(name_size).decode()
            yield name, source.read(size)


def ours(ouro, flags, names):
    """{name: text} for a batch of files."""
    run = subprocess.run([ouro, 'dis', *flags, *names], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    texts = {}
    if len(names) == 1:
        texts[names[0]] = run.stdout
    else:
        pieces = re.split(rb'(?m)^==> (.+) <==\n', run.stdout)
        for name, text in zip(pieces[1::2], pieces[2::2]):
            texts[name.decode()] = text[:-1] if text.endswith(b'\n\n') or text == b'\n' else text
        # Between two files stands one empty line; the last file has none.
        if pieces[1:]:
            texts[pieces[-2].decode()] = pieces[-1]
    return texts, run.stderr.decode('utf-8', 'replace')


FROZENSET = re.compile(rb'frozenset\(\{([^{}]*)\}\)')


def sort_items(match):
    return b'frozenset({%s})' % b', '.join(sorted(match.group(1).split(b', ')))


def normalise(text, version):
    text = ADDRESS.sub(b' at 0x', text)
    if minor(version) >= (3, 14):  # Pyodide's hash() has 32 bits and another algorithm
        return FROZENSET.sub(sort_items, text)
    if minor(version) < (3, 12):  # None and Ellipsis are hashed by their address, which is another in each run
        return FROZENSET.sub(lambda m: sort_items(m) if b'None' in m.group(1) or b'Ellipsis' in m.group(1)
                             else m.group(0), text)
    return text


def cause(expected, got):
    """What the first difference is about, coarsely, for counting."""
    for left, right in zip(expected.split(b'\n'), got.split(b'\n')):
        if left != right:
            words = [w for w in re.findall(rb'[A-Z<][A-Z_0-9]{3,}', left)][:1]
            return (words[0].decode() if words else 'other'), left, right
    return 'length', expected[-80:], got[-80:]


def compare(ouro, version, variant, recording, show):
    same = total = 0
    failed_there = 0
    causes = collections.Counter()
    examples = {}
    batch = list(read_recording(recording))
    for start in range(0, len(batch), 150):
        part = batch[start:start + 150]
        texts, errors = ours(ouro, FLAGS[variant], [name for name, _ in part])
        for name, packed in part:
            total += 1
            expected = zlib.decompress(packed)
            got = texts.get(name)
            if b'\nORACLE FAILED: ' in expected[-300:]:
                failed_there += 1
                expected = expected[:expected.rindex(b'\nORACLE FAILED: ')]
                got = got[:len(expected)] if got is not None else None
            if got is not None and normalise(got, version) == normalise(expected, version):
                same += 1
                continue
            if got is None:
                why, left, right = 'no output', b'', errors.encode()[-300:]
            else:
                why, left, right = cause(normalise(expected, version), normalise(got, version))
            causes[why] += 1
            examples.setdefault(why, (name, left, right))
    note = ', %d where CPython itself fails part-way' % failed_there if failed_there else ''
    print('%s %s: %d of %d files identical (%.2f %%)%s' % (version, variant, same, total, 100.0 * same / max(total, 1), note))
    for why, count in causes.most_common(show):
        name, left, right = examples[why]
        print('  %d x %s, first in %s' % (count, why, name))
        print('    CPython: %r' % left[:400])
        print('    ouro:    %r' % right[:400])
    return same == total


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--ouro', default=os.path.join(HERE, '../../build/dev/bin/ouro'))
    parser.add_argument('--versions', default=','.join(VERSIONS))
    parser.add_argument('--variants', default='default,nested')
    parser.add_argument('--trees', default='/tmp/oracle/pyc')
    parser.add_argument('--label', default='', help='part of the recordings\' names, for another body of code')
    parser.add_argument('--every', type=int, default=1, help='record every Nth file only; give it a --label of its own')
    parser.add_argument('--record-only', action='store_true')
    parser.add_argument('--show', type=int, default=8, help='how many causes of differences are shown')
    args = parser.parse_args()
    compared = 0
    good = True
    for version in args.versions.split(','):
        for variant in variants_of(version, args.variants.split(',')):
            recording = record(version, variant, args.trees, args.label, args.every)
            if recording is None:
                print('%s %s: no CPython and no recording here, skipped' % (version, variant))
                continue
            if not args.record_only:
                good = compare(args.ouro, version, variant, recording, args.show) and good
                compared += 1
    if not args.record_only and compared == 0:
        print('nothing to compare with')
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
