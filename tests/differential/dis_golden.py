#!/usr/bin/env python3
"""Writes tests/golden/dis/<X.Y>/*.test: small .pyc files of each CPython found, and the text of its dis.

    dis_golden.py [--ouro PATH] [X.Y...]

The text is what CPython printed; only memory addresses are ours. A case whose text differs is not written, and
the exit status is 1.
"""
import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile

from dis_text import normalise
from marshal_roundtrip import find_pythons, version_key

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, '../golden/dis')

COMMON = '''"""Docstring with 'both' "quotes" and \\\\ and \\t."""
import os.path as p
from sys import argv, path
X = (1, -2.5, 1e100, 0.1, 3j, None, "tab\\tnl\\n'", 12345678901234567890, (1,), ())
def f(a, b=2, *c, **d):
    for i in a:
        if i in (1, 2) and not b:
            continue
        try:
            yield i + b
        except ValueError as e:
            raise
        finally:
            c = a[i]
    while a:
        a -= 1
    else:
        del b
    with a as z:
        z.x = lambda q: q + a
    return
class C(object):
    def m(self):
        global G
        G = self.m(1, k=2)
        return [i for i in self if i is not G]
assert X, "message"
'''
CASES = {
    'common': ((2, 7), COMMON, []),
    'strings2': ((2, 7), 'a = "\\xff\\0", u"\\u20ac\\U0001F600\\xe9", 10L, 0xFFFFFFFFFFFFFFFFF\nprint a\nexec "x"\n', []),
    'python3': ((3, 6), '''def f(a: int, *, k=1) -> str:
    nonlocal_ = 1
    def g():
        nonlocal nonlocal_
        nonlocal_ = f"{a!r:>{k}} {a} {a!s}"
    return g
async def h(x):
    async with x as y:
        await y
    async for i in x:
        yield i
    return
S = "\\u20ac\\ud800\\xad\\U0010ffff\\u200b", b"\\xff'", {1, 2, 3} == 5 in {"a", "b", "c", "dd"}, ...
a, *b = c = [*S, 1]
d = {**c, 'k': a @ b}
x: int = 1
''', []),
    'python38': ((3, 8), 'def f(a, /, b):\n    if (n := a) < b:\n        print(f"{n=}")\n', []),
    'python310': ((3, 10), '''match x:
    case {"a": 1, **rest}: pass
    case C(y=2) | [1, *_]: pass
    case _: z = 1
''', []),
    'python311': ((3, 11), '''try:
    a.b(c)
except* ValueError as e:
    x = not -a is b
''', []),
    'python312': ((3, 12), 'type A[T] = list[T]\ndef f[T: int](x: T): return super().m(x)\nclass C[T]: pass\n', []),
    'caches': ((3, 11), 'def f(a):\n    return a.b(a[0] + 1) < g\n', ['--show-caches']),
    'adaptive': ((3, 12), 'def f(a, b):\n    for i in a:\n        if i: c = d = a\n        b(c, 1, d)\n',
                 ['--adaptive', '--show-caches']),
    'python314': ((3, 14), 'def f(a):\n    assert all(i for i in a), t"{a!r:>{1}}"\n    return a is not f or 1 in a\n', []),
    'positions': ((3, 14), 'def f(a):\n    return (a +\n  1)\n', ['--show-positions']),
    'offsets': ((3, 13), 'def f(a):\n    for i in a: print(i)\n', ['--show-offsets', '--show-caches']),
}

# Runs in the Python of interest: the cases as JSON -> the .pyc and the text of each as JSON.
RECORD = r'''
import base64, dis, io, json, marshal, sys
cases = json.loads(CASES_TEXT)
if sys.version_info[0] == 2:
    import imp
    magic = imp.get_magic()
else:
    import importlib.util
    magic = importlib.util.MAGIC_NUMBER
size = 8 if sys.version_info < (3, 3) else 12 if sys.version_info < (3, 7) else 16
header = magic + (b"\0" * size)[4:]
results = {}
for name, (source, options) in sorted(cases.items()):
    if sys.version_info[0] == 2:
        source = source.encode("utf-8")
    data = marshal.dumps(compile(source, "spam.py", "exec"))
    code = marshal.loads(data)  # a set read back may have another order
    if sys.version_info[0] == 2:
        kept, sys.stdout = sys.stdout, io.BytesIO()
        dis.dis(code)
        text, sys.stdout = sys.stdout.getvalue(), kept
    else:
        out = io.StringIO()
        dis.dis(code, file=out, **{o.strip("-").replace("-", "_"): True for o in options})
        text = out.getvalue().encode("utf-8", "surrogatepass")
    results[name] = [base64.b64encode(header + data).decode("ascii"), base64.b64encode(text).decode("ascii")]
open(sys.argv[1], "w").write(json.dumps(results))
'''


def record(kind, where, cases):
    with tempfile.TemporaryDirectory() as scratch:
        script, out = os.path.join(scratch, 'record.py'), os.path.join(scratch, 'out.json')
        with open(script, 'w') as file:
            file.write('CASES_TEXT = %r\n%s' % (json.dumps(cases), RECORD))
        command = [where] if kind == 'pyenv' else ['node', os.path.join(HERE, 'pyodide_script.mjs'), where]
        subprocess.run([*command, script, out], check=True, env=dict(os.environ, PYTHONHASHSEED='0'))
        with open(out) as file:
            return {name: [base64.b64decode(part) for part in parts] for name, parts in json.load(file).items()}


def escape(text):
    return '\n'.join('\\' + line if line.startswith(('\\', '# ')) else line for line in text.split('\n'))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--ouro', default=os.path.join(HERE, '../../build/dev/bin/ouro'))
    parser.add_argument('versions', nargs='*')
    args = parser.parse_args()
    status = 0
    found = find_pythons()
    for text_version in sorted(args.versions or found, key=version_key):
        version = tuple(version_key(text_version))
        cases = {name: (source, options) for name, (since, source, options) in CASES.items()
                 if version >= since and (name != 'strings2' or version[0] == 2)}
        for name, (pyc, text) in record(*found[text_version], cases).items():
            options = cases[name][1]
            ours = subprocess.run([args.ouro, 'dis', *options, '-'], input=pyc, stdout=subprocess.PIPE, check=True).stdout
            if normalise(ours, text_version) != normalise(text, text_version):
                print('%s %s: text differs' % (text_version, name))
                status = 1
                continue
            folder = os.path.join(GOLDEN, text_version)
            os.makedirs(folder, exist_ok=True)
            packed = base64.encodebytes(pyc).decode().strip()
            with open(os.path.join(folder, name + '.test'), 'w', encoding='utf-8', newline='\n') as out:
                out.write('The text is CPython %s\'s own; memory addresses%s are Ouro\'s.\n'
                          % (text_version, ' and the order of sets' if version >= (3, 14) else ''))
                out.write('# ARGS: dis %s\n# INPUT: spam.pyc base64\n%s\n# STDOUT:\n' % (' '.join([*options, 'spam.pyc']), packed))
                out.write(escape(ours.decode('utf-8')))
            print('%s %s: written' % (text_version, name))
    return status


if __name__ == '__main__':
    sys.exit(main())
