"""The oracle of compile_bytes.py: what a new process of CPython 3.13 writes for each source.

    python3.13 -I -S -W ignore tests/differential/fresh_compile.py OPTIMIZE < PATHS > ANSWERS

Each file is compiled in a child of its own that has interned nothing but start-up's texts and this program's, since
what was imported or compiled before shows in the reference marks (argparse.py and functools.py of the standard library
have other bytes in a process that has imported them). An answer is `ok SIZE` or `error SIZE`, a newline, and
marshal.dumps of the code or the error as `ouro compile --stream` words it. Names here are of one letter or built-in.
"""
import marshal as m
import posix as p
import sys


def f(e):
    if not isinstance(e, SyntaxError):
        return f'{type(e).__name__} 0 0 0 0 {e}'
    a = [e.lineno or 0, e.offset or 0, e.end_lineno or 0, e.end_offset]
    return ' '.join([type(e).__name__] + [str(-1 if x is None else x) for x in a] + [str(e.msg)])


def g(a, b):
    with open(a, 'rb') as c:
        s = c.read()
    try:
        t, d = 'ok', m.dumps(compile(s, a, 'exec', dont_inherit=True, optimize=b))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as e:
        t, d = 'error', f(e).encode('utf-8', 'surrogatepass')
    o = sys.stdout.buffer
    o.write(f'{t} {len(d)}\n'.encode())
    o.write(d)
    o.flush()


for l in sys.stdin.buffer.read().decode('utf-8', 'surrogateescape').split('\n'):
    if l:
        c = p.fork()
        if c == 0:
            g(l, int(sys.argv[1]))
            p._exit(0)
        p.waitpid(c, 0)
