#!/usr/bin/env python3
"""Makes data/unicode/characters.tsv, casing.tsv and numeric.tsv: what CPython 3.13's str methods, unicodedata and _sre
answer about each code point. Run with that Python: python3.13 collect_characters.py
"""
import _sre
import os
import sys
import unicodedata

OUTPUT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "data", "unicode")
LIMIT = 0x110000
OLD = unicodedata.ucd_3_2_0


def kinds(text):
    sigma = "\u03a3"
    cased = (text + sigma).lower().endswith("\u03c2")
    passed = ("A" + text + sigma).lower().endswith("\u03c2")
    found = [("a", text.isalpha()), ("d", text.isdecimal()), ("g", text.isdigit()), ("n", text.isnumeric()),
             ("l", text.islower()), ("u", text.isupper()), ("t", unicodedata.category(text) == "Lt"),
             ("s", text.isspace()), ("b", len(("x" + text + "y").splitlines()) == 2), ("p", text.isprintable()),
             ("c", cased), ("i", passed and not cased), ("x", text.isidentifier()), ("y", ("x" + text).isidentifier())]
    return "".join(letter for letter, holds in found if holds) or "-"


def row(code):
    text = chr(code)
    return (unicodedata.category(text), kinds(text), unicodedata.bidirectional(text) or "-",
            str(unicodedata.mirrored(text)), unicodedata.east_asian_width(text),
            OLD.category(text), OLD.bidirectional(text) or "-", OLD.east_asian_width(text),
            str(OLD.mirrored(text)))


def hexes(text):
    return " ".join("%04X" % ord(c) for c in text)


def simple(function, code):
    return "%04X" % function(code)


def simple_upper(code):
    """What _PyUnicode_ToUppercase gives: the first character of the full mapping."""
    return "%04X" % ord(chr(code).upper()[0])


def main():
    with open(os.path.join(OUTPUT, "characters.tsv"), "w") as out:
        out.write("# Unicode %s as CPython 3.13 sees it, a range of code points (up to the next row) a row. kinds: a alpha, d decimal,\n"
                  "# g digit, n numeric, l lower, u upper, t title, s space, b line break, p printable, c cased, i case-ignorable (not\n"
                  "# cased), x starts an identifier, y stands in one. old_: unicodedata.ucd_3_2_0.\n"
                  "first\tcategory\tkinds\tbidirectional\tmirrored\twidth\told_category\told_bidirectional\told_width\told_mirrored\n"
                  % unicodedata.unidata_version)
        last = None
        for code in range(LIMIT):
            this = row(code)
            if this != last:
                out.write("%04X\t%s\n" % (code, "\t".join(this)))
                last = this
    with open(os.path.join(OUTPUT, "casing.tsv"), "w") as out:
        out.write("# Case mappings of CPython 3.13: full ones, then the one-character ones.\n"
                  "code\tlower\tupper\ttitle\tfold\tsimple_lower\tsimple_upper\n")
        for code in range(LIMIT):
            text = chr(code)
            full = (text.lower() if code != 0x3A3 else "\u03c3", text.upper(), text.title(), text.casefold())
            if any(form != text for form in full):
                out.write("%04X\t%s\t%s\t%s\n" % (code, "\t".join(hexes(form) for form in full),
                                                  simple(_sre.unicode_tolower, code), simple_upper(code)))
    with open(os.path.join(OUTPUT, "numeric.tsv"), "w") as out:
        out.write("# Numbers that characters stand for; -: none. old: unicodedata.ucd_3_2_0.numeric and\n# its decimal.\ncode\tdecimal\tdigit\tnumeric\told\told_decimal\n")
        for code in range(LIMIT):
            text = chr(code)
            values = (unicodedata.decimal(text, "-"), unicodedata.digit(text, "-"), unicodedata.numeric(text, "-"),
                      OLD.numeric(text, "-"), OLD.decimal(text, "-"))
            if any(value != "-" for value in values):
                out.write("%04X\t%s\n" % (code, "\t".join(map(repr_number, values))))


def repr_number(value):
    return value if value == "-" else repr(value)


if __name__ == "__main__":
    sys.exit(main())
