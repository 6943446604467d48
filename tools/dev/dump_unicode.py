"""Prints as JSON what the running Python 3 knows about every code point; collect_unicode.py merges them.

Arguments: any of "tables" (categories and identifier classes), "full" (names, decompositions, combining
classes, aliases too), "golden" (checksums only) and "known=" with a JSON list of names (says which of them
lookup finds).
"""
import json
import sys
import unicodedata
import zlib

LIMIT = 0x110000


def runs(values):
    """[[first, value], ...] of a sequence over all code points."""
    result = []
    for code, value in enumerate(values):
        if not result or result[-1][1] != value:
            result.append([code, value])
    return result


def identifier_class(char):
    if char.isidentifier():
        return "S"
    return "C" if ("a" + char).isidentifier() else "-"


def name_of(char):
    return unicodedata.name(char, "")


def compositions(decompositions):
    """Code points that NFC makes out of their two-character canonical decomposition."""
    result = []
    for code, text in decompositions.items():
        parts = text.split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pair = "".join(chr(int(part, 16)) for part in parts)
            if unicodedata.normalize("NFC", pair) == chr(code):
                result.append(code)
    return result


def aliases():
    """[[code point, alias], ...] from the table inside unicodedata, through its C interface.

    CPython keeps aliases and named sequences as characters from U+F0000 on; getname gives their names when
    its last argument asks for it (Modules/unicodedata.c _getucname)."""
    import ctypes
    capsule = unicodedata._ucnhash_CAPI
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype = ctypes.c_void_p
    get_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    table = get_pointer(capsule, b"unicodedata._ucnhash_CAPI")
    function = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[0]
    getname = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)(function)
    found = []
    buffer = ctypes.create_string_buffer(512)
    for code in range(0xF0000, 0xF0000 + 0x1000):
        if getname(code, buffer, 512, 1):
            alias = buffer.value.decode()
            try:
                text = unicodedata.lookup(alias)
            except KeyError:
                continue
            if len(text) == 1:
                found.append([ord(text), alias])
    return found


def full():
    chars = [chr(code) for code in range(LIMIT)]
    decompositions = {code: unicodedata.decomposition(char) for code, char in enumerate(chars)
                      if unicodedata.decomposition(char)}
    return {
        "combining": runs(unicodedata.combining(char) for char in chars),
        "decompositions": sorted(decompositions.items()),
        "compositions": compositions(decompositions),
        "names": [[code, name_of(char)] for code, char in enumerate(chars) if name_of(char)],
        "aliases": aliases(),
    }


def is_known(name):
    try:
        return bool(unicodedata.lookup(name))
    except KeyError:
        return False


def interesting(chars):
    """Code points that normalisation may change or move."""
    return [ord(char) for char in chars
            if unicodedata.combining(char) or unicodedata.normalize("NFKC", char) != char]


def random_nfkc(codes, count=100000):
    """Checksum of NFKC over strings of four code points, picked by a small generator."""
    state, checksum = 1, 0
    for _ in range(count):
        text = ""
        for _ in range(4):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            text += chr(codes[(state >> 8) % len(codes)])
        checksum = zlib.crc32((unicodedata.normalize("NFKC", text) + "\n").encode("utf-8"), checksum)
    return checksum


def golden():
    """Checksums (CRC-32) over all code points; unicode_test.cpp computes the same."""
    chars = [chr(code) for code in range(LIMIT)]
    plain = [char for char in chars if not 0xD800 <= ord(char) < 0xE000]
    assigned = [char for char in plain if unicodedata.category(char) != "Cn"]
    codes = interesting(assigned)
    return {
        "printable": zlib.crc32(bytes(char.isprintable() for char in chars)),
        "category": zlib.crc32("".join(unicodedata.category(char) for char in chars).encode()),
        "identifier": zlib.crc32("".join(map(identifier_class, chars)).encode()),
        "names": zlib.crc32("".join("%X %s\n" % (ord(char), name_of(char)) for char in chars if name_of(char)).encode()),
        "nfkc_single": zlib.crc32("".join("%s\n" % unicodedata.normalize("NFKC", char) for char in assigned).encode("utf-8")),
        "nfkc_random": random_nfkc(codes),
    }


def main(wanted):
    result = {"unicode": unicodedata.unidata_version}
    if "tables" in wanted:
        chars = [chr(code) for code in range(LIMIT)]
        result["category"] = runs(unicodedata.category(char) for char in chars)
        result["identifier"] = runs(identifier_class(char) for char in chars)
    if "full" in wanted:
        result.update(full())
    if "golden" in wanted:
        result["golden"] = golden()
    for argument in wanted:
        if argument.startswith("known="):
            result["known"] = [name for name in json.loads(argument[6:]) if is_known(name)]
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
