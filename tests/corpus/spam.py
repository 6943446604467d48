"""What every Python from 2.7 on compiles: the corpus's source."""
from __future__ import print_function

import os.path
from collections import *

NUMBERS = (0, -1, 255, 2**31, 2**70, -2**70, 1.5, -0.0, 1e300, 2j)
TEXTS = ("", "plain", u"h\xe9llo", u"\u20ac", b"\x00\xff", "x" * 300)
EMPTY = ()
NESTED = ((1, (2, (3, None))), True, False) if str is not bytes else None


class Spam(object):
    """A class."""

    kind = "eggs"

    def __init__(self, first, second=2, *rest, **named):
        self.first = first
        self.rest = [r for r in rest if r]
        self.named = {k: v for k, v in named.items()}

    @property
    def total(self):
        def add(x, y):
            return x + y + self.first

        return add(1, 2)

    def loop(self, items):
        result = []
        for index, item in enumerate(items):
            if item in {1, 2, 3}:
                continue
            while index:
                index -= 1
                if index == 7:
                    break
            else:
                result.append(index)
            try:
                result.append(item[1:index] or item[..., 1])
            except (TypeError, ValueError) as error:
                print(error)
            finally:
                del item
        with open(os.devnull) as file:
            yield file
        yield lambda a=1: a if a else None


def many_globals():
    global NUMBERS
    assert NUMBERS, "none"
    NUMBERS = NUMBERS[0] < 1 <= 2 != 3
    return not NUMBERS or NUMBERS is None
