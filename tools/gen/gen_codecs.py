#!/usr/bin/env python3
"""gen_codecs.py DATA OUTPUT: data/codecs/ to codec_tables.cpp (strict; standard library of Python 3.9)."""
import pathlib
import sys

UNDEFINED = "\uFFFD"


def normalise(name):
    return name.lower().replace("_", "-")


def table(path, columns):
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[0].split("\t") != columns or lines[-1]:
        sys.exit("%s: unknown columns, or no newline at the end" % path)
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            sys.exit("%s:%d: %d columns wanted" % (path, number, len(columns)))
        yield number, cells


class Pool:
    """One array in which every row stands, rows within others where they can."""

    def __init__(self):
        self.values = []
        self.text = ""

    def add(self, values):
        text = "".join(map(chr, values))
        at = self.text.find(text)
        if at < 0:
            at = len(self.text)
            self.text += text
        return at


def charmaps(path, names):
    tables = []
    for number, (name, aliases, characters) in table(path, ["name", "aliases", "characters"]):
        codes = [0 if c == "-" else int(c, 16) for c in characters.split(" ")]
        if len(codes) == 128:
            codes = list(range(128)) + codes
        if len(codes) != 256 or any(c > 0xFFFF for c in codes):
            sys.exit("%s:%d: 128 or 256 characters of the first plane wanted" % (path, number))
        for one in sorted({normalise(n) for n in [name] + aliases.split(",") if n}):
            names.setdefault(one, ("Charmap", len(tables)))
        tables.append("    {%s}," % ", ".join("0x%X" % c for c in codes))
    return tables


class Multibyte:
    def __init__(self, path, names):
        self.pool, self.extras, self.rows, self.codecs, self.leads = Pool(), [], [], [], []
        content = {}
        for number, (codec, prefix, last, characters) in table(path, ["codec", "prefix", "last", "characters"]):
            if not self.codecs or self.codecs[-1][0] != codec:
                self.codecs.append([codec, len(self.rows), 0])
                self.leads.append([0, 0])
            if prefix == "=":
                for one in sorted({normalise(n) for n in [codec] + characters.split(",") if n}):
                    if names.setdefault(one, ("Multibyte", len(self.codecs) - 1))[0] != "Multibyte":
                        sys.exit("%s:%d: %s is also a charmap" % (path, number, one))
                continue
            if prefix == "lead":
                for span in characters.split(" "):
                    first, end = (int(x, 16) for x in span.split("-"))
                    for byte in range(first, end + 1):
                        self.leads[-1][(byte - 128) // 64] |= 1 << (byte % 64)
                continue
            content[codec, prefix, last] = content[characters[1:], prefix, last] if characters[0] == "@" else characters
            self.add_row(prefix, last, content[codec, prefix, last])
            self.codecs[-1][2] = len(self.rows)
        for codec, first, end in self.codecs:
            self.rows[first:end] = sorted(self.rows[first:end])

    def add_row(self, prefix, last, characters):
        if last == "+":
            prefix, last, characters = prefix[:-2], prefix[-2:], [characters]
        values = [0 if c == UNDEFINED else ord(c) if len(c) == 1 and ord(c) <= 0xFFFF else self.extra(c) for c in characters]
        first = int(last, 16)
        self.rows.append((int(prefix or "0", 16), first, len(values), self.pool.add(values)))

    def extra(self, text):
        """What fits no 16 bits is a surrogate, which counts the extras."""
        codes = tuple(map(ord, text)) + (0,) * (2 - len(text))
        if codes not in self.extras:
            self.extras.append(codes)
        if len(self.extras) > 2048:
            sys.exit("more than 2,048 characters outside of the first plane")
        return 0xD800 + self.extras.index(codes)


def wrapped(items, per_line=24):
    return ["    " + " ".join("%s," % x for x in items[i:i + per_line]) for i in range(0, len(items), per_line)]


def main():
    source, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    names = {}
    tables = charmaps(source / "charmaps.tsv", names)
    multibyte = Multibyte(source / "multibyte.tsv", names)
    ranges = [row for _, row in table(source / "gb18030_ranges.tsv", ["first", "code_point", "count"])]
    entries = ['    {"%s", CodecKind::%s, %d},' % (name, *what) for name, what in sorted(names.items())]
    text = ["// Made by tools/gen/gen_codecs.py from data/codecs/.", '#include "syntax/codecs.h"', "",
            "namespace ouro::syntax {", "namespace {",
            "constexpr std::uint16_t kCharmaps[%d][256] = {" % len(tables), *tables, "};",
            "constexpr CodecName kNames[] = {", *entries, "};",
            "constexpr std::uint16_t kPool[] = {", *wrapped(["0x%X" % ord(c) for c in multibyte.pool.text]), "};",
            "constexpr ExtraCharacters kExtras[] = {", *wrapped(["{0x%X, 0x%X}" % e for e in multibyte.extras], 8), "};",
            "constexpr MultibyteRow kRows[] = {", *wrapped(["{0x%X, 0x%X, %d, %d}" % r for r in multibyte.rows], 6), "};",
            "constexpr MultibyteCodec kCodecs[] = {",
            *['    {"%s", {0x%XU, 0x%XU}, {kRows + %d, %d}},' % (name, *lead, first, end - first)
              for (name, first, end), lead in zip(multibyte.codecs, multibyte.leads)], "};",
            "constexpr Gb18030Range kGb18030[] = {", *wrapped(["{%s, 0x%s, %s}" % tuple(r) for r in ranges], 6), "};",
            "}  // namespace",
            "const std::span<const CodecName> codec_names(kNames);",
            "const std::span<const std::uint16_t[256]> charmaps(kCharmaps);",
            "const std::span<const MultibyteCodec> multibyte_codecs(kCodecs);",
            "const std::span<const std::uint16_t> multibyte_pool(kPool);",
            "const std::span<const ExtraCharacters> multibyte_extras(kExtras);",
            "const std::span<const Gb18030Range> gb18030_ranges(kGb18030);",
            "}  // namespace ouro::syntax", ""]
    output.mkdir(parents=True, exist_ok=True)
    (output / "codec_tables.cpp").write_text("\n".join(text))


if __name__ == "__main__":
    main()
