#!/usr/bin/env python3
"""Times `ouro compile` on sources of n, 2n and 4n of one thing: processor time and memory should grow as n does.

    python3 bench/compile_scaling.py [--ouro build/release/bin/ouro] [--scale 1.0] [CASE...]

Prints a line a case: processor seconds and peak memory at each size, how much more time 4n takes than n (4 is linear), and
what ouro said where it refused. Judges nothing. Exit status 1 when ouro was ended by a signal.
"""
import argparse
import os
import subprocess
import sys
import tempfile


def lines(text):
    return lambda n: ''.join(text.format(i) for i in range(n))


def joined(before, item, separator, after):
    return lambda n: before + separator.join(item.format(i) for i in range(n)) + after + '\n'


def nested_functions(n):
    return ''.join(' ' * i + f'def f{i}():\n' for i in range(n)) + ' ' * n + 'pass\n'


CASES = {
    'lines': (250_000, lines('x{0} = {0}\n')),
    'calls': (50_000, lines('f(a, {0})\n')),
    'functions': (25_000, lines('def f{0}(a, b={0}):\n    return a + b\n')),
    'names in a function': (25_000, lambda n: 'def f():\n' + ''.join(f'    v{i} = {i}\n' for i in range(n))),
    'globals in a function': (25_000, lambda n: 'def f():\n' + ''.join(f'    g{i}\n' for i in range(n))),
    'list of constants': (25_000, joined('x = [', '{0}', ', ', ']')),
    'list of names': (25_000, joined('x = [', 'a{0}', ', ', ']')),
    'tuple of names': (25_000, joined('x = (', 'a{0}', ', ', ')')),
    'set of names': (25_000, joined('x = {', 'a{0}', ', ', '}')),
    'set of constants': (25_000, joined('x = {', '{0}', ', ', '}')),
    'in a set of constants': (25_000, joined('x in {', '{0}', ', ', '}')),
    'dict': (25_000, joined('x = {', '{0}: a', ', ', '}')),
    'adjacent strings': (25_000, joined('x = (', '"s{0}"', ' ', ')')),
    'arguments': (25_000, joined('f(', 'a{0}', ', ', ')')),
    'keyword arguments': (25_000, joined('f(', 'a{0}=1', ', ', ')')),
    'parameters': (25_000, joined('def f(', 'a{0}', ', ', '): pass')),
    'keyword-only parameters': (25_000, joined('def f(*, ', 'a{0}=1', ', ', '): pass')),
    'globals': (25_000, joined('def f():\n global ', 'a{0}', ', ', '')),
    'sum': (1_000, joined('x = ', 'a{0}', ' + ', '')),
    'long sum': (12_500, joined('x = ', 'a{0}', ' + ', '')),
    'sum of constants': (1_000, joined('x = ', '{0}', ' + ', '')),
    'and': (12_500, joined('x = ', 'a{0}', ' and ', '')),
    'comparisons': (12_500, joined('x = ', 'a{0}', ' < ', '')),
    'attributes': (1_000, joined('x', '.a{0}', '', '')),
    'elif': (250, lambda n: 'if a: pass\n' + ''.join(f'elif b{i}: pass\n' for i in range(n))),
    'except': (5_000, lambda n: 'try: pass\n' + ''.join(f'except E{i}: pass\n' for i in range(n))),
    'try in a row': (10_000, lines('try: a\nfinally: b\n')),
    'with items': (5, joined('with ', 'a{0}', ', ', ': pass')),
    'loops in a row': (10_000, lines('for x in y: a\n')),
    'nested parentheses': (25, lambda n: '(' * n + 'x' + ')' * n + '\n'),
    'nested functions': (24, nested_functions),
    'deeply nested functions': (2_500, nested_functions),
    'closures': (2_500, lambda n: 'def f(a):\n' + ''.join(f' def g{i}(): return a\n' for i in range(n))),
    'cells': (5_000, lambda n: 'def f():\n' + ''.join(f' v{i} = 1\n' for i in range(n)) + ' def g(): return ' +
              ', '.join(f'v{i}' for i in range(n)) + '\n'),
    'comprehensions': (5_000, lines('[x for x in y{0}]\n')),
    'f-string': (5_000, joined('f"', '{{a{0}}}', ' ', '"')),
    'digits': (1_000, lambda n: 'x = ' + '9' * n + '\n'),
    'hexadecimal digits': (25_000, lambda n: 'x = 0x' + 'f' * n + '\n'),
    'decorators': (2_500, lambda n: ''.join(f'@d{i}\n' for i in range(n)) + 'def f(): pass\n'),
    'cases': (2_500, lambda n: 'match x:\n' + ''.join(f' case [{i}, a]: pass\n' for i in range(n))),
    'docstring': (250_000, lambda n: '"""' + 'word\n' * n + '"""\n'),
    'blank lines': (500_000, lambda n: '\n' * n + 'x\n'),
    'line continuations': (25_000, lambda n: 'x = ' + '\\\n' * n + '1\n'),
    'semicolons': (25_000, joined('', 'a{0}', '; ', '')),
    'unpacking': (64, joined('', 'a{0}', ', ', ' = x')),
    'type parameters': (2_500, joined('def f[', 'T{0}', ', ', '](): pass')),
    'imports': (12_500, joined('from m import ', 'a{0}', ', ', '')),
}


def write(path, make, n):
    """In a process of its own: a program's peak memory counts that of the process that starts it."""
    child = os.fork()
    if child == 0:
        with open(path, 'w') as file:
            file.write(make(n))
        os._exit(0)
    os.waitpid(child, 0)


def run(program, path):
    process = subprocess.Popen([program, 'compile', '-o', path + 'c', path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read().decode(errors='replace').strip()
    _, status, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, error.splitlines()[-1] if error else '', status


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cases', nargs='*')
    parser.add_argument('--ouro', default='build/release/bin/ouro')
    parser.add_argument('--scale', type=float, default=1.0)
    options = parser.parse_args()
    crashed = False
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, 'source.py')
        for name, (base, make) in CASES.items():
            if options.cases and name not in options.cases:
                continue
            cells, times, said = [], [], ''
            for factor in (1, 2, 4):
                write(path, make, max(1, int(base * options.scale)) * factor)
                seconds, memory, error, status = run(options.ouro, path)
                times.append(seconds)
                cells.append(f'{seconds:6.2f} s {memory:5.0f} MiB')
                said = error or said
                if os.WIFSIGNALED(status):
                    crashed, said = True, f'CRASH: signal {os.WTERMSIG(status)}'
            print(f'{name:26} {" ".join(cells)}  x{times[2] / max(times[0], 0.004):5.1f}  {said[:70]}', flush=True)
    sys.exit(1 if crashed else 0)


if __name__ == '__main__':
    main()
