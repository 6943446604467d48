#!/usr/bin/env python3
"""Writes data/codecs/: the source encodings of CPython that are tables, run by a CPython 3.13.

charmaps.tsv, single bytes: name, aliases (comma-separated, normalised) and hexadecimal code points ("-": undefined),
128 for the bytes 0x80 to 0xFF where the lower half is ASCII, else 256.

multibyte.tsv, several bytes: codec, prefix (hexadecimal bytes before the last one), last byte of the first character,
and the characters themselves in order; U+FFFD: undefined. "+" for the last byte: the prefix is the whole sequence and
stands for all the characters. "@codec": the same as that codec's row. "=" for the prefix: the aliases; "lead" for
the prefix: the bytes that are not whole alone, as ranges.

gb18030_ranges.tsv, its four-byte sequences: number of the first (mixed radix from 81 30 81 30), first code point, count.
"""
import codecs
import encodings.aliases
import pathlib
import pkgutil

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "data/codecs"
MULTIBYTE = """big5 big5hkscs cp932 cp949 cp950 euc_jp euc_jis_2004 euc_jisx0213 euc_kr gb2312 gbk gb18030 johab
shift_jis shift_jis_2004 shift_jisx0213""".split()
STATEFUL = """hz iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr utf_7""".split()
NO_TABLES = """mbcs oem undefined idna punycode raw_unicode_escape unicode_escape ascii utf_8""".split() + MULTIBYTE + STATEFUL
UNDEFINED = "\uFFFD"


def characters(name):
    row = []
    for byte in range(256):
        try:
            text = bytes([byte]).decode(name)
        except UnicodeDecodeError:
            text = "\0" if byte else ""
        if len(text) != 1:
            return None
        row.append("-" if byte and text == "\0" else "%X" % ord(text))
    return row[128:] if row[:128] == ["%X" % i for i in range(128)] else row


def collect_charmaps(aliases):
    rows = []
    for module in sorted(m.name for m in pkgutil.iter_modules(encodings.__path__)):
        try:
            info = codecs.lookup(module)
            if not info._is_text_encoding or module in NO_TABLES:
                continue
            row = characters(module)
        except (LookupError, UnicodeError, ValueError):
            continue
        if row and not all(x == "-" for x in row):
            rows.append((module, ",".join(sorted(aliases.get(module, []))), " ".join(row)))
    (FOLDER / "charmaps.tsv").write_text("name\taliases\tcharacters\n" + "".join("\t".join(row) + "\n" for row in rows))
    print(len(rows), "single-byte encodings")


def decoded(codec, sequence):
    """The characters, or UNDEFINED, or "more" for the start of a longer sequence."""
    try:
        return sequence.decode(codec)
    except UnicodeDecodeError as e:
        return "more" if e.reason.startswith("incomplete") else UNDEFINED


def rows_of(codec, prefix):
    results = [decoded(codec, prefix + bytes([last])) for last in range(256)]
    if not prefix:  # ASCII goes without saying
        results = [UNDEFINED if i < 128 and r == chr(i) else r for i, r in enumerate(results)]
    row = [r if len(r) == 1 else UNDEFINED for r in results]
    found = [i for i, r in enumerate(row) if r != UNDEFINED]
    if found:
        yield prefix.hex().upper(), "%02X" % found[0], "".join(row[found[0]:found[-1] + 1])
    for last, r in enumerate(results):
        sequence = prefix + bytes([last])
        if r == "more" and len(sequence) < 3 and not (codec == "gb18030" and len(sequence) == 2):
            yield from rows_of(codec, sequence)
        elif r != "more" and len(r) > 1:
            yield sequence.hex().upper(), "+", r


def ranges(numbers):
    found = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return " ".join("%02X-%02X" % (a, b) for a, b in found)


def collect_multibyte(aliases):
    known, lines = {}, ["codec\tprefix\tlast\tcharacters\n"]
    for codec in MULTIBYTE:
        lines.append("%s\t=\t\t%s\n" % (codec, ",".join(sorted(aliases.get(codec, [])))))
        lines.append("%s\tlead\t\t%s\n" % (codec, ranges(b for b in range(256) if decoded(codec, bytes([b])) == "more")))
        for row in rows_of(codec, b""):
            same = known.setdefault(row, codec)
            lines.append("%s\t%s\t%s\t%s\n" % (codec, row[0], row[1], row[2] if same == codec else "@" + same))
    (FOLDER / "multibyte.tsv").write_text("".join(lines), encoding="utf-8")
    print(len(MULTIBYTE), "multi-byte encodings,", len(lines), "rows")


def collect_gb18030():
    found = []
    for number in range(126 * 10 * 126 * 10):
        rest, last = divmod(number, 10)
        rest, third = divmod(rest, 126)
        first, second = divmod(rest, 10)
        character = decoded("gb18030", bytes([0x81 + first, 0x30 + second, 0x81 + third, 0x30 + last]))
        if len(character) != 1 or (character == UNDEFINED and number != 39417):
            continue
        if found and found[-1][0] + found[-1][2] == number and found[-1][1] + found[-1][2] == ord(character):
            found[-1][2] += 1
        else:
            found.append([number, ord(character), 1])
    (FOLDER / "gb18030_ranges.tsv").write_text("first\tcode_point\tcount\n" +
                                               "".join("%d\t%X\t%d\n" % tuple(row) for row in found))
    print(len(found), "ranges of GB 18030")


def main():
    aliases = {}
    for alias, name in encodings.aliases.aliases.items():
        aliases.setdefault(name, []).append(alias)
    FOLDER.mkdir(exist_ok=True)
    collect_charmaps(aliases)
    collect_multibyte(aliases)
    collect_gb18030()


if __name__ == "__main__":
    main()
