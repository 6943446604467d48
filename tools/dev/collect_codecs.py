#!/usr/bin/env python3
"""Writes data/codecs/charmaps.tsv: the single-byte source encodings of CPython, run by a CPython 3.13.

A row: name, aliases (comma-separated, normalised), and the 128 characters of the bytes 0x80 to 0xFF as hexadecimal
code points ("-": undefined). Only encodings whose lower half is ASCII.
"""
import codecs
import encodings.aliases
import pathlib
import pkgutil


def upper_half(name):
    row = []
    for byte in range(256):
        try:
            text = bytes([byte]).decode(name)
        except UnicodeDecodeError:
            text = None
        if byte < 128:
            if text != chr(byte):
                return None
        elif text is None:
            row.append("-")
        elif len(text) != 1:
            return None
        else:
            row.append("%X" % ord(text))
    return row


def main():
    aliases = {}
    for alias, name in encodings.aliases.aliases.items():
        aliases.setdefault(name, []).append(alias)
    rows = []
    for module in sorted(m.name for m in pkgutil.iter_modules(encodings.__path__)):
        try:
            info = codecs.lookup(module)
            if not info._is_text_encoding or module in ("mbcs", "oem", "undefined", "idna", "punycode", "charmap", "raw_unicode_escape",
                                                         "cp932", "shift_jis", "shift_jis_2004", "shift_jisx0213"):
                continue
            row = upper_half(module)
        except (LookupError, UnicodeError, ValueError):
            continue
        if row and not all(x == "-" for x in row):
            rows.append((module, ",".join(sorted(aliases.get(module, []))), " ".join(row)))
    path = pathlib.Path(__file__).resolve().parents[2] / "data/codecs/charmaps.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("name\taliases\tcharacters\n" + "".join("\t".join(row) + "\n" for row in rows))
    print(len(rows), "encodings")


if __name__ == "__main__":
    main()
