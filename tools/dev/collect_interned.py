#!/usr/bin/env python3
"""Prints the texts that every process of a CPython has interned when its program starts, sorted, one a line.

    python3.13 -I -S tools/dev/collect_interned.py > data/versions/3.13/interned.txt

They are names of built-ins, of the modules that start-up imports, and of the C code. The compiler's marks need them
(docs/COMPILER_BACKEND.md). CPython lists them nowhere: the table of interned strings is the one dict in the
interpreter's state that maps many texts to themselves, and it keeps the order in which they came, so what this
program added stands behind the first of its own names. Paths are left out, since they belong to one machine.
"""
import ctypes  # the first name that only this program has
import sys


def readable():
    """Ranges of this process's memory that can be read."""
    with open('/proc/self/maps') as file:
        for line in file:
            span, permissions = line.split()[:2]
            if permissions[0] == 'r' and '[v' not in line:
                yield tuple(int(x, 16) for x in span.split('-'))


def word(address):
    return ctypes.c_size_t.from_address(address).value


def interned_table():
    ranges = list(readable())

    def can_read(address):
        return address % 8 == 0 and any(start <= address and address + 16 <= end for start, end in ranges)

    interpreter_state = ctypes.pythonapi.PyInterpreterState_Get
    interpreter_state.restype = ctypes.c_void_p
    state = interpreter_state()
    for at in range(state, state + 0x80000, 8):
        if not can_read(at):
            break
        place = word(at)
        if not can_read(place) or word(place + 8) != id(dict) or word(place + 16) < 1000:  # ma_used: freed ones have none
            continue
        table = ctypes.cast(place, ctypes.py_object).value
        if all(type(key) is str and key is value for key, value in table.items()):
            return table
    sys.exit('no table of interned strings found')


def main():
    texts = list(interned_table())
    # What stands in libpython itself is not in that dict.
    static = [text for text in candidates() if sys.intern(''.join([text[:1], text[1:]])) is not text]
    texts = set(texts[:texts.index('ctypes')]) | set(static)
    for text in sorted(texts):
        if len(text) > 1 and '/' not in text and text.isprintable() and not text.startswith('<frozen'):
            print(text)


def candidates():
    """Words of libpython's header of static strings, which is installed with it."""
    import re
    import sysconfig
    header = sysconfig.get_path('include') + '/internal/pycore_global_strings.h'
    with open(header) as file:
        text = file.read()
    yield from re.findall(r'STRUCT_FOR_ID\((\w+)\)', text)
    yield from re.findall(r'STRUCT_FOR_STR\(\w+, "(.*?)"\)', text)


main()
