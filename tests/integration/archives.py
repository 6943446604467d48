#!/usr/bin/env python3
"""ouro compileall in and into archives, looked at with Python's zipfile and, where one is found, imported by CPython 3.13.

    archives.py OURO [unittest arguments]
"""
import base64
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

OURO = os.path.abspath(sys.argv.pop(1))
SOURCES = {"spam/__init__.py": "from .eggs import value\n", "spam/eggs.py": "value = [i * i for i in range(5)]\n"}
TIME = (2020, 2, 3, 4, 5, 6)


def find_python():
    for candidate in [shutil.which("python3.13"), *sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.13.*/bin/python")))]:
        if candidate and subprocess.run([candidate, "-c", "0"], capture_output=True).returncode == 0:
            return candidate
    return None


PYTHON = find_python()


class Archives(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ouro_archives")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, files=None, prefix=b""):
        path = self.path(name)
        with open(path, "wb") as out:
            out.write(prefix)
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.comment = b"kept"
                for entry, text in (SOURCES if files is None else files).items():
                    info = zipfile.ZipInfo(entry, TIME)
                    info.external_attr = 0o100640 << 16
                    info.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(info, text)
        return path

    def ouro(self, *arguments, status=0):
        run = subprocess.run([OURO, "compileall", *arguments], capture_output=True, text=True)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout, run.stderr

    def names(self, path):
        with zipfile.ZipFile(path) as archive:
            self.assertIsNone(archive.testzip())
            return archive.namelist()

    def content(self, path):
        with open(path, "rb") as file:
            return file.read()

    def imported_from(self, path, module="spam"):
        """__file__ or __cached__ of the module's submodule, and its value, by CPython; None without one."""
        if PYTHON is None:
            return None
        code = "import sys; sys.path[:0] = [sys.argv[1]]; import spam.eggs as e; print(e.__file__, e.value)"
        run = subprocess.run([PYTHON, "-B", "-v", "-c", code, path], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.strip(), run.stderr

    def test_zip_in_place(self):
        path = self.make("lib.zip")
        out, _ = self.ouro(path)
        self.assertEqual(out.splitlines(), ["Listing %r..." % path, "Compiling %r..." % (path + "/spam/__init__.py"),
                                            "Compiling %r..." % (path + "/spam/eggs.py")])
        self.assertEqual(self.names(path), ["spam/__init__.py", "spam/__init__.pyc", "spam/eggs.py", "spam/eggs.pyc"])
        with zipfile.ZipFile(path) as archive:
            cache = archive.getinfo("spam/eggs.pyc")
            self.assertEqual((cache.date_time, cache.external_attr >> 16), (TIME, 0o100640))
            self.assertEqual(archive.comment, b"kept")
            self.assertEqual(archive.read("spam/eggs.py").decode(), SOURCES["spam/eggs.py"])
            self.assertEqual(archive.read(cache)[4:8], b"\3\0\0\0", "checked hash")
        imported = self.imported_from(path)
        if imported:
            self.assertTrue(imported[0].endswith("eggs.pyc [0, 1, 4, 9, 16]"), imported[0])

    def test_fresh_is_left_alone_and_stale_is_replaced(self):
        path = self.make("lib.zip")
        self.ouro("-q", path)
        before, inode = self.content(path), os.stat(path).st_ino
        out, _ = self.ouro(path)
        self.assertEqual(out, "Listing %r...\n" % path)
        self.assertEqual((self.content(path), os.stat(path).st_ino), (before, inode))
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        files["spam/eggs.py"] = b"value = 'changed'\n"
        path = self.make("changed.zip", files)
        out, _ = self.ouro(path)
        self.assertEqual(out.count("Compiling"), 1)
        self.assertEqual(sorted(self.names(path)), sorted(files))
        imported = self.imported_from(path)
        if imported:
            self.assertTrue(imported[0].endswith("eggs.pyc changed"), imported[0])

    def test_wheel_lists_its_caches(self):
        record = "spam/__init__.py,,\r\nspam-1.dist-info/RECORD,,\r\n"
        path = self.make("spam-1-py3-none-any.whl", {**SOURCES, "spam-1.dist-info/RECORD": record})
        self.ouro("-q", "-o", "0", "-o", "2", path)
        with zipfile.ZipFile(path) as archive:
            self.assertEqual(archive.namelist()[-1], "spam-1.dist-info/RECORD")
            rows = dict((row.split(",")[0], row.split(",")[1:]) for row in
                        archive.read("spam-1.dist-info/RECORD").decode().split("\r\n") if row)
            for name in ("__init__", "eggs"):
                for tag in ("", ".opt-2"):
                    cache = "spam/__pycache__/%s.cpython-313%s.pyc" % (name, tag)
                    data = archive.read(cache)
                    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
                    self.assertEqual(rows[cache], ["sha256=" + digest, str(len(data))])
        self.assertEqual(rows["spam/__init__.py"], ["", ""])

    def test_signed_wheel_is_refused(self):
        path = self.make("spam-1-py3-none-any.whl", {**SOURCES, "spam-1.dist-info/RECORD": "",
                                                     "spam-1.dist-info/RECORD.jws": "{}"})
        before = self.content(path)
        _, err = self.ouro(path, status=1)
        self.assertIn("archive.signed", err)
        self.assertEqual(self.content(path), before)

    def test_zipapp_keeps_its_first_line(self):
        path = self.make("app.pyz", {"__main__.py": "print('hello from', __file__)\n"}, b"#!/usr/bin/env python3\n")
        os.chmod(path, 0o755)
        self.ouro("-q", path)
        self.assertTrue(self.content(path).startswith(b"#!/usr/bin/env python3\nPK"))
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o755)
        self.assertEqual(self.names(path), ["__main__.py", "__main__.pyc"])
        if PYTHON:
            run = subprocess.run([PYTHON, path], capture_output=True, text=True)
            self.assertEqual(run.stdout, "hello from %s/__main__.pyc\n" % path)

    def test_bad_source_does_not_stop_the_others(self):
        path = self.make("lib.zip", {"bad.py": "def f(:\n", **SOURCES})
        out, _ = self.ouro(path, status=1)
        self.assertIn("***   File \"%s/bad.py\", line 1" % path, out)
        self.assertEqual(len(self.names(path)), 5)

    def test_timestamps_and_several_levels_are_refused(self):
        path = self.make("lib.zip")
        _, err = self.ouro("--invalidation-mode", "timestamp", path, status=2)
        self.assertIn("checked-hash", err)
        _, err = self.ouro("-o", "0", "-o", "1", path, status=2)
        self.assertIn("one cache a module", err)

    def test_damaged_archive(self):
        path = self.make("lib.zip")
        with open(path, "r+b") as file:
            file.truncate(40)
        _, err = self.ouro(path, status=1)
        self.assertIn("archive.not_zip", err)

    def test_into_directory_and_archive(self):
        path, into = self.make("lib.zip"), self.path("out")
        self.ouro("-q", "-b", path, "--into", into)
        found = sorted(os.path.relpath(os.path.join(top, name), into) for top, _, names in os.walk(into) for name in names)
        self.assertEqual(found, ["spam/__init__.pyc", "spam/eggs.pyc"])
        imported = self.imported_from(into)
        if imported:
            self.assertTrue(imported[0].endswith("eggs.pyc [0, 1, 4, 9, 16]"), imported[0])
        tree = self.path("tree")
        for name, text in SOURCES.items():
            os.makedirs(os.path.dirname(os.path.join(tree, name)), exist_ok=True)
            with open(os.path.join(tree, name), "w") as file:
                file.write(text)
        self.ouro("-q", tree, "--into", self.path("new.zip"))
        self.assertEqual(sorted(self.names(self.path("new.zip"))), ["spam/__init__.pyc", "spam/eggs.pyc"])
        imported = self.imported_from(self.path("new.zip"))
        if imported:
            self.assertTrue(imported[0].endswith("eggs.pyc [0, 1, 4, 9, 16]"), imported[0])

    def test_names_that_lead_out_are_not_written(self):
        path = self.make("lib.zip", {"../evil.py": "x = 1\n", "/abs.py": "x = 1\n", **SOURCES})
        os.mkdir(self.path("deep"))
        _, err = self.ouro("-q", "-b", path, "--into", self.path("deep/out"), status=1)
        self.assertEqual(err.count("leads out of"), 2)
        self.assertFalse(os.path.exists(self.path("deep/evil.pyc")))
        self.assertTrue(os.path.exists(self.path("deep/out/spam/eggs.pyc")))

    def test_same_bytes_whatever_the_threads(self):
        files = {"m%d.py" % i: "x = %d\n" % i for i in range(50)}
        contents = set()
        for threads in ("1", "2", "7"):
            path = self.make("lib.zip", files)
            self.ouro("-q", "-j", threads, path)
            contents.add(self.content(path))
        self.assertEqual(len(contents), 1)


if __name__ == "__main__":
    print("CPython 3.13:", PYTHON or "not found: nothing is imported")
    unittest.main()
