#!/usr/bin/env python3.13
"""When code objects share a frozenset: small random sources that mix sets of texts with names, compared with CPython.

    python3.13 tests/differential/set_sharing.py [--ouro PATH] [--programs 300] [--seed 0]

The texts of the sets are, at random, also identifiers, private names, keyword arguments, import paths, words that
CPython interns when it starts, or nothing else at all. Exit status 1 when there is a difference.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compile_bytes

TEXTS = ['zqa', 'zqb', 'zqc', '_K__zqd', '_K__zqe', 'replace', 'delete', 'match', 'case', 'a b', 'é', 'zqé', 'Q', 'K.Zq',
         '__zqd', 'zq1', 'f', 'K']
NAMES = ['zqa', 'zqb', 'zqc', '__zqd', '__zqe', 'zqé', 'f', 'zq2', 'case']


def items(rng):
    chosen = rng.sample(TEXTS, rng.randint(2, 3))
    kinds = [repr(text) for text in chosen] + rng.choice([[], [], ['1000'], [f'({rng.choice(chosen)!r}, 2)'], ["b'x'"]])
    rng.shuffle(kinds)
    return ', '.join(kinds)


def statement(rng, sets):
    name = rng.choice(NAMES)
    return rng.choice([
        lambda: f'x in {{{rng.choice(sets)}}}',
        lambda: f'x in {{{rng.choice(sets)}}}',
        lambda: f'y = {{{rng.choice(sets)}}}',
        lambda: f'x = {rng.choice(TEXTS)!r}',
        lambda: f'x = ({rng.choice(TEXTS)!r}, 1)',
        lambda: f'x({name}=1)',
        lambda: f'x.{name}',
        lambda: f'{name} = 1',
        lambda: f'{name}: int = 1',
        lambda: f'import K.Zq',
        lambda: f'def f(*, {name}=1): pass',
        lambda: f'from x import {name}',
        lambda: f'match x:\n    case K({name}=1): pass',
    ])()


def indented(lines):
    return '\n'.join('    ' + line for line in '\n'.join(lines).split('\n'))


def program(rng):
    sets = [items(rng) for _ in range(rng.randint(1, 2))]
    parts = []
    for number in range(rng.randint(2, 5)):
        body = [statement(rng, sets) for _ in range(rng.randint(1, 3))]
        kind = rng.random()
        if kind < 0.5:
            parts.append(f'def g{number}():\n{indented(body)}')
        elif kind < 0.7:
            method = f'def m(self):\n{indented(body)}'
            parts.append(f'class K:\n{indented([method, statement(rng, sets)])}')
        elif kind < 0.8:
            inner = f'class Zq:\n{indented(body)}'
            parts.append(f'class K:\n{indented([inner])}')
        else:
            parts.extend(body)
    return '\n'.join(parts) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--ouro', default='build/dev/bin/ouro')
    parser.add_argument('--programs', type=int, default=300)
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in range(options.programs):
            paths.append(os.path.join(folder, f'{number}.py'))
            with open(paths[-1], 'w', encoding='utf-8') as file:
                file.write(program(rng))
        theirs = compile_bytes.expected(paths, 0)
        mine = compile_bytes.ouro(options.ouro, paths, 0)
        unlike = [path for path, a, b in zip(paths, mine, theirs) if a != b]
        for path in unlike[:3]:
            with open(path, encoding='utf-8') as file:
                print(f'--- {os.path.basename(path)}\n{file.read()}')
        print(f'{len(paths) - len(unlike)} of {len(paths)} programs the same '
              f'({sum(answer[0] == "ok" for answer in theirs)} compile)')
    sys.exit(1 if unlike or len(mine) != len(theirs) else 0)


if __name__ == '__main__':
    main()
