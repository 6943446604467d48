# -*- coding: utf-8 -*-
"""marshal_values.py OUT: marshals many values in every marshal version of the running Python (2.7 or 3.x).

OUT gets records: a byte with the version, the length in four bytes (little-endian), the marshalled bytes.
"""
import marshal
import random
import struct
import sys

PY2 = sys.version_info[0] == 2


def integers():
    for bits in (0, 1, 7, 8, 14, 15, 16, 29, 30, 31, 32, 45, 60, 62, 63, 64, 90, 1000):
        for delta in (-1, 0, 1):
            for sign in (1, -1):
                yield sign * ((1 << bits) + delta)


def floats():
    for text in "0.0 -0.0 1.5 -2.25 0.1 1e16 1e17 1e-4 1e-5 1e22 1e100 1e300 5e-324 1.7976931348623157e308 inf -inf nan".split():
        yield float(text)
    chosen = random.Random(7)
    for _ in range(200):
        yield struct.unpack("<d", struct.pack("<Q", chosen.getrandbits(64)))[0]


def texts():
    for size in (0, 1, 2, 254, 255, 256, 257, 70000):
        yield u"a" * size
        yield u"\xe9" * size
        yield (u"b" * size).encode("ascii")
    for text in (u"\x00", u"\x7f", u"\x80", u"\u20ac", u"\ud800", u"\udc80x", u"\U0001f600", u"interned_name"):
        yield text
    yield bytes(bytearray(range(256)))
    yield sys.intern("an interned string") if not PY2 else intern("an interned string")  # noqa: F821


def containers():
    shared = [1, 2.5, u"shared", b"bytes"]
    for size in (0, 1, 2, 255, 256, 257):
        yield tuple(range(size))
        yield list(range(size))
        yield dict((i, str(i)) for i in range(size))
        yield set(range(size))
        yield frozenset(range(size))
    yield (shared, shared, [shared], {u"k": shared})
    nested = ()
    for _ in range(200):
        nested = (nested, [nested] if len(str(nested)) < 100 else None)[:1]
    yield nested
    yield [None, True, False, Ellipsis, StopIteration]
    yield ("a", "b", "a", "abc", ("a", "abc"), frozenset(["a", "abc"]))
    yield {(1, 2): frozenset([b"x", u"y", 3, 4.5, 2j])}
    if sys.version_info >= (3, 14):
        yield (slice(1, 2, None), slice(u"a", None, (3,)))
    if sys.version_info >= (3, 15):
        yield frozendict({u"a": 1, 2: frozendict()})  # noqa: F821


def codes():
    source = "def f(a, b=1, *c, **d):\n    '''doc'''\n    x = a\n    def g():\n        return x, 0.1, 10**30, u'\\xe9'\n    return g\n"
    yield compile(source, "values.py", "exec")
    yield [compile("lambda: (1, 2, (3, 'x'))", "v", "eval"), compile("pass", "v", "single")]


def recursive():
    loop = []
    loop.append(loop)
    yield loop
    yield {u"self": (loop,)}


def main():
    values = list(integers()) + list(floats()) + [complex(a, b) for a in (0.0, -0.0, 1.5, 1e300) for b in (2.0, -0.5)]
    values += list(texts()) + list(containers()) + list(codes())
    count = 0
    with open(sys.argv[1], "wb") as out:
        for version in range(marshal.version + 1):
            for value in values + (list(recursive()) if version >= 3 else []):
                try:
                    data = marshal.dumps(value, version)
                except ValueError:  # the version has no such type
                    continue
                out.write(struct.pack("<BI", version, len(data)) + data)
                count += 1
    print("%d values" % count)


main()
