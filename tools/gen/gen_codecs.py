#!/usr/bin/env python3
"""gen_codecs.py DATA OUTPUT: data/codecs/charmaps.tsv to codec_tables.cpp (strict; standard library of Python 3.9)."""
import pathlib
import sys


def normalise(name):
    return name.lower().replace("_", "-")


def rows(path):
    lines = path.read_text().splitlines()
    if lines[0].split("\t") != ["name", "aliases", "characters"]:
        sys.exit("%s: unknown columns" % path)
    seen = {}
    for number, line in enumerate(lines[1:], 2):
        name, aliases, characters = line.split("\t")
        codes = [0 if c == "-" else int(c, 16) for c in characters.split(" ")]
        if len(codes) != 128 or any(c > 0xFFFF for c in codes):
            sys.exit("%s:%d: 128 characters of the first plane wanted" % (path, number))
        names = sorted({normalise(n) for n in [name] + aliases.split(",") if n})
        for one in names:
            if seen.setdefault(one, name) != name and name != "latin_1" and seen[one] not in ("latin_1", "iso8859_1"):
                sys.exit("%s:%d: %s is also %s" % (path, number, one, seen[one]))
        yield name, names, codes


def main():
    source, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    tables, entries = [], []
    for index, (name, names, codes) in enumerate(rows(source / "charmaps.tsv")):
        tables.append("    {%s}," % ", ".join("0x%X" % c for c in codes))
        entries += [(one, index) for one in names]
    entries = sorted(dict(sorted(entries)).items())
    text = ["// Made by tools/gen/gen_codecs.py from data/codecs/charmaps.tsv.", '#include "syntax/codecs.h"', "",
            "namespace ouro::syntax {", "namespace {", "constexpr std::uint16_t kUpperHalves[%d][128] = {" % len(tables),
            *tables, "};", "constexpr CharmapName kNames[] = {",
            *['    {"%s", kUpperHalves[%d]},' % e for e in entries], "};", "}  // namespace",
            "const std::span<const CharmapName> charmap_names(kNames);", "}  // namespace ouro::syntax", ""]
    output.mkdir(parents=True, exist_ok=True)
    (output / "codec_tables.cpp").write_text("\n".join(text))


if __name__ == "__main__":
    main()
