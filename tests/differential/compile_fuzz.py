#!/usr/bin/env python3.13
"""Random programs, compiled by CPython 3.13 and by ouro, compared byte for byte.

    python3.13 tests/differential/compile_fuzz.py [--ouro PATH] [--programs 10000] [--seed 0] [--mutate 0.3] [--keep DIR]

Programs come from program_generator.py, or are sources of the standard library with their trees changed (--mutate says
how many). Both sides compile each at a random optimisation level. A program that CPython refuses must be refused with
the same message. What differs is kept in DIR, shortened, and sorted by cause. Exit status 1 when there is
a difference.
"""
import argparse
import ast
import collections
import marshal
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compile_bytes
import program_generator


def refusal(error):
    """The error as `ouro compile --stream` writes it."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        place = [error.lineno or 0, error.offset or 0, error.end_lineno or 0, error.end_offset]
        place = [-1 if x is None else x for x in place]
        return ' '.join([kind, *map(str, place), str(error.msg)])
    return ' '.join([kind, '0 0 0 0', str(error)])


def expected(path, optimize):
    with open(path, 'rb') as file:
        source = file.read()
    try:
        return 'ok', marshal.dumps(compile(source, path, 'exec', dont_inherit=True, optimize=optimize))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return 'error', refusal(error).encode('utf-8', 'surrogatepass')


def answers(ouro, texts, optimize, directory):
    """What both sides say of each text: lists of (status, bytes). Where they differ, CPython is asked again in a new
    process: what was compiled before shows in marks."""
    paths = []
    for number, text in enumerate(texts):
        path = os.path.join(directory, f'{number}.py')
        with open(path, 'w', encoding='utf-8', errors='surrogatepass') as file:
            file.write(text)
        paths.append(path)
    theirs = [expected(path, optimize) for path in paths]
    result = subprocess.run([ouro, 'compile', '--stream', '--optimize', str(optimize), '--files-from', '-'],
                            input='\n'.join(paths).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    mine = compile_bytes.parse_stream(result.stdout)
    mine += [('crash', str(result.returncode).encode())] * (len(theirs) - len(mine))
    unlike = [i for i, (a, b) in enumerate(zip(mine, theirs)) if not same(a, b)]
    for i, answer in zip(unlike, compile_bytes.expected([paths[i] for i in unlike], optimize) if unlike else []):
        theirs[i] = answer
    return mine, theirs


def differs(ouro, text, optimize, directory):
    (mine,), (theirs,) = answers(ouro, [text], optimize, directory)
    return None if same(mine, theirs) else compile_bytes.classify(mine, theirs)[0] if mine[0] != 'crash' else 'crash'


def same(mine, theirs):
    return mine == theirs


def shorter_trees(tree):
    """Copies of `tree` with one statement fewer, a block in its statement's place, or one expression made a name."""
    for number, node in enumerate(ast.walk(tree)):
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], (ast.stmt, ast.expr, ast.keyword, ast.comprehension)):
                for i in range(len(value)):
                    yield number, field, i, None
                    if isinstance(value[i], ast.stmt) and getattr(value[i], 'body', None):
                        yield number, field, i, 'body'
            elif isinstance(value, ast.expr) and not isinstance(value, ast.Name):
                yield number, field, None, 'name'
                for part in ('value', 'left', 'right', 'operand', 'func', 'elt', 'body', 'orelse'):
                    if isinstance(getattr(value, part, None), ast.expr):
                        yield number, field, None, part


def apply_shortening(tree, number, field, i, how):
    node = list(ast.walk(tree))[number]
    value = getattr(node, field)
    if i is not None:
        value[i:i + 1] = [] if how is None else getattr(value[i], how)
        if not value and field in ('body', 'finalbody'):
            value.append(ast.Pass())
    else:
        new = ast.Name('x', getattr(value, 'ctx', ast.Load())) if how == 'name' else getattr(value, how)
        setattr(node, field, new)
    return ast.unparse(ast.fix_missing_locations(tree)) + '\n'


def shortened(ouro, text, optimize, directory, cause):
    """`text` with what the difference does not need taken out of its tree; as it is where it has none."""
    try:
        best = ast.unparse(ast.parse(text)) + '\n'
    except (SyntaxError, ValueError):
        return text
    if differs(ouro, best, optimize, directory) != cause:
        return text
    tries = 0
    at = 0
    while tries < 300:
        steps = list(shorter_trees(ast.parse(best)))
        if at >= len(steps):
            break
        tries += 1
        try:
            candidate = apply_shortening(ast.parse(best), *steps[at])
            better = len(candidate) < len(best) and differs(ouro, candidate, optimize, directory) == cause
        except (SyntaxError, ValueError, AttributeError, TypeError):
            better = False
        if better:
            best = candidate
        else:
            at += 1
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--ouro', default='build/dev/bin/ouro')
    parser.add_argument('--programs', type=int, default=10000)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--mutate', type=float, default=0.3, help='share of programs made from the standard library')
    parser.add_argument('--batch', type=int, default=250)
    parser.add_argument('--keep', default='/tmp/compile_fuzz')
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 13):
        sys.exit('run me with python3.13')
    warnings.simplefilter('ignore')
    sys.setrecursionlimit(5000)
    rng = random.Random(options.seed)
    mutator = program_generator.Mutator(rng)
    work = tempfile.mkdtemp(dir='/dev/shm' if os.path.isdir('/dev/shm') else None)
    causes = collections.Counter()
    kept = collections.Counter()
    done = accepted = 0
    try:
        while done < options.programs:
            texts = [mutator.program() if rng.random() < options.mutate else program_generator.Generator(rng).program()
                     for _ in range(min(options.batch, options.programs - done))]
            optimize = rng.choice([0, 0, 1, 2])
            mine, theirs = answers(options.ouro, texts, optimize, work)
            done += len(texts)
            for text, a, b in zip(texts, mine, theirs):
                accepted += b[0] == 'ok'
                if same(a, b):
                    continue
                cause = differs(options.ouro, text, optimize, work) or 'not alone'
                causes[cause] += 1
                if kept[cause] >= 3:
                    continue
                kept[cause] += 1
                os.makedirs(options.keep, exist_ok=True)
                name = os.path.join(options.keep, f'{options.seed}-{done}-{len(kept)}.{kept[cause]}-O{optimize}.py')
                short = shortened(options.ouro, text, optimize, work, cause)
                with open(name, 'w', encoding='utf-8', errors='surrogatepass') as file:
                    file.write(short)
                print(f'{name}: {cause}', flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f'{done} programs, {accepted} compile, {done - accepted} are refused: {sum(causes.values())} differ')
    for cause, count in causes.most_common():
        print(f'  {count:5} {cause}')
    sys.exit(1 if causes else 0)


if __name__ == '__main__':
    main()
