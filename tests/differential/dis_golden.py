#!/usr/bin/env python3
"""Writes tests/golden/dis/<X.Y>/*.test: small .pyc files of each CPython found under pyenv, and the text of its dis.

    dis_golden.py [--ouro PATH]

The text is what CPython printed; only memory addresses are ours. A case whose text differs is not written, and
the exit status is 1.
"""
import argparse
import base64
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, '../golden/dis')
ADDRESS = re.compile(rb' at 0x[0-9a-fA-F]+')

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
    'offsets': ((3, 13), 'def f(a):\n    for i in a: print(i)\n', ['--show-offsets', '--show-caches']),
}

RECORD = '''
import dis, marshal, sys
sys.stdout.flush()
code = compile(open(sys.argv[1]).read(), "spam.py", "exec")
open(sys.argv[2], "wb").write(marshal.dumps(code))
code = marshal.loads(open(sys.argv[2], "rb").read())  # a set read back may have another order
if sys.version_info[0] == 2:
    import imp
    magic = imp.get_magic()
    dis.dis(code)
else:
    import importlib.util, io
    magic = importlib.util.MAGIC_NUMBER
    out = io.StringIO()
    dis.dis(code, file=out, **{o.strip("-").replace("-", "_"): True for o in sys.argv[3:]})
    sys.stdout.buffer.write(out.getvalue().encode("utf-8", "surrogatepass"))
size = 8 if sys.version_info < (3, 3) else 12 if sys.version_info < (3, 7) else 16
header = magic + (b"\\0" * size)[4:]
data = open(sys.argv[2], "rb").read()
open(sys.argv[2], "wb").write(header + data)
'''


def pythons():
    root = os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))
    for path in sorted(glob.glob(os.path.join(root, 'versions/*/bin/python'))):
        version = path.split(os.sep)[-3].split('.')
        yield (int(version[0]), int(version[1])), path


def escape(text):
    return '\n'.join('\\' + line if line.startswith(('\\', '# ')) else line for line in text.split('\n'))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--ouro', default=os.path.join(HERE, '../../build/dev/bin/ouro'))
    ouro = parser.parse_args().ouro
    status = 0
    for version, python in pythons():
        for name, (since, source, options) in CASES.items():
            if version < since or (name == 'strings2') != (version[0] == 2 and name == 'strings2'):
                continue
            pyc, text = '/tmp/dis_golden.pyc', '/tmp/dis_golden.py'
            with open(text, 'w') as out:
                out.write(source)
            run = subprocess.run([python, '-c', RECORD, text, pyc, *options], stdout=subprocess.PIPE, check=True,
                                 env=dict(os.environ, PYTHONHASHSEED='0'))
            ours = subprocess.run([ouro, 'dis', *options, pyc], stdout=subprocess.PIPE, check=True).stdout
            if ADDRESS.sub(b'', ours) != ADDRESS.sub(b'', run.stdout):
                print('%d.%d %s: text differs' % (*version, name))
                status = 1
                continue
            folder = os.path.join(GOLDEN, '%d.%d' % version)
            os.makedirs(folder, exist_ok=True)
            with open(pyc, 'rb') as data:
                packed = base64.encodebytes(data.read()).decode().strip()
            with open(os.path.join(folder, name + '.test'), 'w', encoding='utf-8', newline='\n') as out:
                out.write('The text is CPython %d.%d\'s own; memory addresses are Ouro\'s.\n' % version)
                out.write('# ARGS: dis %s\n# INPUT: spam.pyc base64\n%s\n# STDOUT:\n' % (' '.join([*options, 'spam.pyc']), packed))
                out.write(escape(ours.decode('utf-8')))
            print('%d.%d %s: written' % (*version, name))
    return status


if __name__ == '__main__':
    sys.exit(main())
