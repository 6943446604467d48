# Loops, branches, assertions, functions, classes, imports.
from __future__ import annotations
import a.b.c
import a.b as ab, os
from . import sibling
from .. import parent as p
from ...pkg.mod import (one, two as deux)
from os.path import *


def loops(a, b):
    for x in a:
        if x:
            break
    else:
        return 1
    while a:
        if b:
            continue
        a = a.next
        if a is None:
            break
    else:
        b = 2
    while True:
        if a:
            break
        a()
    while 1:
        try:
            a()
        except StopIteration:
            break
    for i, (j, k) in enumerate(a):
        for l in j:
            if l:
                break
        else:
            continue
        break
    return i


def branches(a, b, c):
    if a:
        x = 1
    elif b:
        x = 2
    elif c:
        x = 3
    else:
        x = 4
    if a:
        if b:
            x = 5
    else:
        if c:
            x = 6
        x = 7
    if a:
        return x
    elif b:
        return
    if a:
        pass
    else:
        x = 8
    assert a, b
    assert a and b or c
    assert not a
    if a:
        raise ValueError
    raise KeyError(a) from None


def defaults(a, /, b, c=1, *args, d, e=2, **kwargs) -> int:
    def inner(x, y=a):
        nonlocal b
        b = x
        return y

    async def coroutine():
        yield 1

    return inner


def closures():
    count = 0

    def bump():
        nonlocal count
        count += 1
        return lambda: count

    global GLOBAL
    GLOBAL = bump
    return [lambda n=n: n + count for n in range(3)]


@decorator
@decorator.with_arguments(1, key=2)
class Spam(Base, Other, metaclass=Meta, flag=True):
    """Doc."""

    attribute: int = 3
    other: str
    __private = 1

    def __init__(self, x):
        super().__init__()
        self.__x = x

    @property
    def x(self):
        "Doc."
        return self.__x

    @x.setter
    def x(self, value): self.__x = value

    @staticmethod
    def s(): pass

    class Inner:
        y = 1

    if attribute:
        z = 2
    else:
        z = 3

    for i in range(3):
        pass


def generator(a):
    x = yield
    y = yield a
    z = yield from a
    yield x, y, z
    await_ = lambda: (yield)
    return 3


if __name__ == "__main__":
    loops(1, 2)
