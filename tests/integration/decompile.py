#!/usr/bin/env python3
"""ouro decompile on archives (zip and wheel files, a PyInstaller executable and PYZ, put together here from .pyc files),
and on code that once made it run away.

    decompile.py OURO [unittest arguments]
"""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib

OURO = os.path.abspath(sys.argv.pop(1))
SOURCE = "def f(x):\n    return [x, 1]\n\n\nprint(f(2))\n"
MAGIC = b"\xf3\r\r\n"


def marshalled(text):
    return b"z" + bytes([len(text)]) + text.encode()


def number(value):
    return b"i" + struct.pack("<i", value)


def make_pyz(modules):
    """Header, packed code, and the table: a list of (name, (type, position, size)), marshalled."""
    data, table = b"PYZ\0" + MAGIC + bytes(4), b""
    for name, kind, code in modules:
        packed = zlib.compress(code)
        table += b")\2" + marshalled(name) + b")\3" + number(kind) + number(len(data)) + number(len(packed))
        data += packed
    return data[:8] + struct.pack("!I", len(data)) + data[12:] + b"[" + struct.pack("<i", len(modules)) + table


def make_executable(entries):
    data, table = b"", b""
    for name, kind, packed, content in entries:
        content = zlib.compress(content) if packed else content
        padded = name.encode() + b"\0"
        table += struct.pack("!IIIIBc", 18 + len(padded), len(data), len(content), 0, packed, kind) + padded
        data += content
    cookie = b"MEI\014\013\012\013\016" + struct.pack("!IIII64s", len(data) + len(table) + 88, len(data), len(table), 313,
                                                       b"libpython3.13.so.1.0")
    return b"\x7fELF" + bytes(100) + data + table + cookie


class Archives(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ouro_decompile")
        self.addCleanup(shutil.rmtree, self.folder)
        source = self.path("m.py")
        with open(source, "w") as file:
            file.write(SOURCE)
        subprocess.run([OURO, "compile", source, "-o", self.path("m.pyc")], check=True)
        with open(self.path("m.pyc"), "rb") as file:
            self.pyc = file.read()

    def path(self, name):
        return os.path.join(self.folder, name)

    def decompile(self, archive, status=0):
        run = subprocess.run([OURO, "decompile", "-o", self.path("out"), archive], capture_output=True, text=True)
        self.assertEqual(run.returncode, status, run.stderr)
        found = {}
        for top, _, names in os.walk(self.path("out")):
            for name in names:
                with open(os.path.join(top, name)) as file:
                    found[os.path.relpath(os.path.join(top, name), self.path("out"))] = file.read()
        return found, run.stderr

    def test_wheel(self):
        with zipfile.ZipFile(self.path("x-1-py3-none-any.whl"), "w") as wheel:
            wheel.writestr("pkg/__pycache__/a.cpython-313.pyc", self.pyc)
            wheel.writestr("pkg/b.pyc", self.pyc)
            wheel.writestr("pkg/data.txt", "x")
            wheel.writestr("../evil.pyc", self.pyc)
        found, _ = self.decompile(self.path("x-1-py3-none-any.whl"))
        self.assertEqual(found, {"pkg/a.py": SOURCE, "pkg/b.py": SOURCE, "evil.py": SOURCE})
        self.assertFalse(os.path.exists(self.path("evil.py")))

    def test_pyinstaller(self):
        code = self.pyc[16:]
        pyz = make_pyz([("pkg", 1, code), ("pkg.mod", 0, code)])
        with open(self.path("program"), "wb") as file:
            file.write(make_executable([("main", b"s", 1, code), ("lib.so", b"b", 1, b"binary"), ("PYZ.pyz", b"z", 0, pyz)]))
        expected = {"main.py": SOURCE, "pkg/__init__.py": SOURCE, "pkg/mod.py": SOURCE}
        self.assertEqual(self.decompile(self.path("program"))[0], expected)
        shutil.rmtree(self.path("out"))
        with open(self.path("x.pyz"), "wb") as file:
            file.write(pyz)
        del expected["main.py"]
        self.assertEqual(self.decompile(self.path("x.pyz"))[0], expected)

    def test_damaged_module_is_reported_and_the_rest_done(self):
        with open(self.path("x.pyz"), "wb") as file:
            file.write(make_pyz([("a", 0, self.pyc[16:]), ("b", 0, b"no code")]))
        found, errors = self.decompile(self.path("x.pyz"), status=1)
        self.assertEqual(found, {"a.py": SOURCE})
        self.assertIn("b.pyc", errors)


# A loop and a protected region in it that handed the same block to each other.
ENDLESS = """
def f(select, source):
    output = b""
    while True:
        for [_, events] in select():
            if events:
                try:
                    chunk = source.read()
                except OSError:
                    return output
                if not chunk:
                    return output
                output += chunk
"""


class Bounds(unittest.TestCase):
    def test_ends(self):
        with tempfile.TemporaryDirectory() as folder:
            source, pyc = os.path.join(folder, "m.py"), os.path.join(folder, "m.pyc")
            with open(source, "w") as file:
                file.write(ENDLESS)
            subprocess.run([OURO, "compile", source, "-o", pyc], check=True)
            run = subprocess.run([OURO, "decompile", pyc], capture_output=True, text=True, timeout=120)
            self.assertIn(run.returncode, (0, 1), run.stderr)
            self.assertIn("chunk = source.read()", run.stdout)


if __name__ == "__main__":
    unittest.main()
