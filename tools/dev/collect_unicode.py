#!/usr/bin/env python3
"""Makes data/unicode/ from the pythons of this machine (pythons.py) and, for the Unicode versions of CPython
3.0 to 3.5, from Perl's age property: a character that came later than the version was unassigned in it.

Usage: collect_unicode.py [--cache FOLDER]     (keeps the dumps of each Python there, and takes them from there)

Takes some minutes. Needs CPython 3.6 to 3.15; the newest gives names, decompositions and combining classes,
which never change once assigned. Also writes golden.tsv, the checksums that unicode_test.cpp compares with.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OUTPUT = os.path.join(os.path.dirname(os.path.dirname(HERE)), "data", "unicode")
sys.path.insert(0, HERE)
import pythons  # noqa: E402

LIMIT = 0x110000
OLDER = ("5.1", "6.0", "6.1", "6.3", "8.0")  # CPython 3.0 and 3.1, 3.2, 3.3, 3.4, 3.5
HANGUL = range(0xAC00, 0xD7A4)


def short(version):
    """"15.1.0" to "15.1"."""
    return ".".join(version.split(".")[:2])


def expand(runs):
    values = []
    for (first, value), (after, _) in zip(runs, runs[1:] + [[LIMIT, None]]):
        values += [value] * (after - first)
    return values


def assigned_by_perl(version):
    """For each code point whether it was assigned in that Unicode version."""
    program = "print join('', map { chr($_) =~ /\\p{In=%s}/ ? 1 : 0 } 0 .. 0x10FFFF)" % version
    text = subprocess.run(["perl", "-e", "no warnings; " + program], stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout
    return [digit == "1" for digit in text]


def dumps(cache):
    """Dump by Unicode version, the oldest first; the newest with everything."""
    found = {version: python for version, python in pythons.find_pythons().items() if version != "2.7"}
    newest = list(found)[-1]
    result = {}
    for version, python in found.items():
        path = os.path.join(cache, "unicode-%s.json" % version) if cache else None
        if path and os.path.exists(path):
            with open(path) as stream:
                text = stream.read()
        else:
            wanted = ["tables", "golden"] + (["full"] if version == newest else [])
            text = python.run(os.path.join(HERE, "dump_unicode.py"), *wanted)
            if path:
                with open(path, "w") as stream:
                    stream.write(text)
        dump = json.loads(text)
        dump["python"] = python
        result[short(dump["unicode"])] = dump
        print("%s: Unicode %s" % (version, dump["unicode"]))
    return result


def histories(columns, names):
    """[[first, "Cn 7.0:Ll"], ...] from one list of values for each version."""
    result, last = [], None
    for code in range(LIMIT):
        row = tuple(column[code] for column in columns)
        if row == last:
            continue
        last = row
        words = [row[0]]
        for index in range(1, len(row)):
            if row[index] != row[index - 1]:
                words.append("%s:%s" % (names[index], row[index]))
        result.append((code, " ".join(words)))
    return result


def write(name, comment, header, rows):
    with open(os.path.join(OUTPUT, name), "w", encoding="ascii") as stream:
        for line in comment.strip().splitlines():
            stream.write("# %s\n" % line if line else "#\n")
        stream.write("\t".join(header) + "\n")
        for row in rows:
            stream.write("\t".join(row).rstrip("\t") + "\n")
    print("%s: %d rows" % (name, len(rows)))


def write_histories(everything):
    versions = list(OLDER) + list(everything)
    oldest = everything[next(iter(everything))]
    assigned = [assigned_by_perl(version) for version in OLDER]
    for name, key, none in (("category.tsv", "category", "Cn"), ("identifier.tsv", "identifier", "-")):
        first = expand(oldest[key])
        columns = [[value if known else none for value, known in zip(first, column)] for column in assigned]
        columns += [expand(dump[key]) for dump in everything.values()]
        what = {"category": "General category", "identifier":
                "S: may start an identifier, C: may stand in one, -: neither; as str.isidentifier sees it"}[key]
        write(name, "%s of each range of code points (up to the next row), by Unicode version:\n"
              "the value in %s, then version:value where it changed." % (what, versions[0]),
              ("first", "history"), [("%04X" % code, text) for code, text in histories(columns, versions)])
    return versions


def write_names(newest, everything):
    rows, algorithmic = [], []
    for code, name in newest["names"]:
        tail = "-%04X" % code
        if name.endswith(tail):
            prefix = name[:-len(tail) + 1]
            if algorithmic and algorithmic[-1][1] == code - 1 and algorithmic[-1][2] == prefix:
                algorithmic[-1][1] = code
            else:
                algorithmic.append([code, code, prefix])
        elif code not in HANGUL:
            rows.append(("%04X" % code, name))
    write("names.tsv", "Names of characters, but for those whose name is computed: name_ranges.tsv and Hangul syllables.",
          ("code", "name"), rows)
    write("name_ranges.tsv", "Names made of a prefix and the code point in hexadecimal.", ("first", "last", "prefix"),
          [("%04X" % first, "%04X" % last, prefix) for first, last, prefix in algorithmic])
    aliases = newest["aliases"]
    question = "known=" + json.dumps([alias for _, alias in aliases])
    since = {}
    for version, dump in everything.items():
        known = json.loads(dump["python"].run(os.path.join(HERE, "dump_unicode.py"), question))["known"]
        for alias in known:
            since.setdefault(alias, version)
    oldest = next(iter(everything))
    write("aliases.tsv", "Other names that \\N{} and unicodedata.lookup take. since: Unicode version of the first CPython\n"
          "from 3.6 on that knows it; empty when 3.6 does.", ("code", "alias", "since"),
          [("%04X" % code, alias, "" if since[alias] == oldest else since[alias]) for code, alias in sorted(aliases)])


def main(arguments):
    cache = arguments[1] if arguments[:1] == ["--cache"] else None
    everything = dumps(cache)
    os.makedirs(OUTPUT, exist_ok=True)
    versions = write_histories(everything)
    newest = everything[versions[-1]]
    write("combining.tsv", "Canonical combining class of each range of code points (up to the next row).",
          ("first", "class"), [("%04X" % code, str(value)) for code, value in newest["combining"]])
    composed = set(newest["compositions"])
    write("decomposition.tsv", "Decompositions, Hangul syllables left out. composes: 1 when NFC makes the character again.",
          ("code", "mapping", "composes"),
          [("%04X" % code, text, "1" if code in composed else "") for code, text in newest["decompositions"]
           if code not in HANGUL])
    write_names(newest, everything)
    golden = [(version, key, str(value)) for version, dump in everything.items()
              for key, value in sorted(dump["golden"].items())]
    write("golden.tsv", "CRC-32 of what each CPython answers for all code points (dump_unicode.py golden).",
          ("unicode", "what", "crc"), golden)


if __name__ == "__main__":
    main(sys.argv[1:])
