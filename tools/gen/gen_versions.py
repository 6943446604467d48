#!/usr/bin/env python3
"""Turns data/ (facts, opcodes, instructions, magic numbers) into the C++ tables of src/version.

Usage: gen_versions.py DATA_FOLDER OUTPUT_FOLDER

Writes op_enum.h, facts_fields.h and version_tables.cpp into OUTPUT_FOLDER. Strict: a column, name, fact or
enumerator that is unknown, missing or given twice is an error, printed as file:line: message. Runs at build
time with the standard library of Python 3.9 or later.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import emit  # noqa: E402
import model  # noqa: E402
from tables import DataError  # noqa: E402


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    data, output = arguments
    try:
        everything = model.load(data)
    except DataError as error:
        sys.exit(str(error))
    os.makedirs(output, exist_ok=True)
    for name, text in emit.files(everything).items():
        path = os.path.join(output, name)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as stream:
                if stream.read() == text:
                    continue  # keeps its time: nothing that includes it is built again
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
