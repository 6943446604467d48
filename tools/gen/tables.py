"""Reads the text tables of data/: tab-separated files with a header row, and name = value files."""
import json


class DataError(Exception):
    """A mistake in data/; the text is file:line: message."""

    def __init__(self, path, line, message):
        super().__init__("%s:%d: %s" % (path, line, message))


class Row(dict):
    """One row: column to text, with the place it came from."""

    def __init__(self, path, line, cells):
        super().__init__(cells)
        self.path = path
        self.line = line

    def error(self, message):
        return DataError(self.path, self.line, message)

    def choice(self, column, allowed, default=None):
        value = self[column] or default
        if value not in allowed:
            raise self.error("%s is %r, not one of %s" % (column, value, ", ".join(allowed)))
        return value

    def integer(self, column, default=None, lowest=0, highest=2**32 - 1):
        text = self[column]
        if not text and default is not None:
            return default
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise self.error("%s is %r, not a number from %d to %d" % (column, text, lowest, highest))
        return int(text)


def read_table(path, columns):
    """Rows of a tab-separated file. The header must name exactly `columns`, in any order; lines that
    start with # and empty lines are skipped; missing cells at the end of a line are empty."""
    rows = []
    header = None
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            line = line.rstrip("\n")
            if not line.strip() or line.startswith("#"):
                continue
            cells = line.split("\t")
            if header is None:
                header = cells
                for name in header:
                    if name not in columns:
                        raise DataError(path, number, "unknown column %r" % name)
                    if header.count(name) > 1:
                        raise DataError(path, number, "column %r stands twice" % name)
                for name in columns:
                    if name not in header:
                        raise DataError(path, number, "column %r is missing" % name)
                continue
            if len(cells) > len(header):
                raise DataError(path, number, "%d cells under %d columns" % (len(cells), len(header)))
            if any(cell != cell.strip() for cell in cells):
                raise DataError(path, number, "a cell begins or ends with a space")
            cells += [""] * (len(header) - len(cells))
            rows.append(Row(path, number, zip(header, cells)))
    if header is None:
        raise DataError(path, 1, "no header row")
    return rows


def read_settings(path):
    """{name: (line, value)} of a file of `name = value` lines, a subset of TOML: the value is true, false,
    an integer, "text" or a list of these on one line."""
    settings = {}
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            name, equals, text = line.partition("=")
            name = name.strip()
            if not equals or not name.isidentifier():
                raise DataError(path, number, "not a line of the form name = value")
            if name in settings:
                raise DataError(path, number, "%s is set twice" % name)
            settings[name] = (number, parse_value(path, number, text.strip()))
    return settings


def parse_value(path, number, text):
    """The value of a setting; lists may hold what a single value may be."""
    try:
        return json.loads(text)
    except ValueError:
        raise DataError(path, number, "can't read the value %s" % text) from None
