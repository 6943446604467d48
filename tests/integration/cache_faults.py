#!/usr/bin/env python3
"""Faults while `ouro compileall` works: nothing half-written under a final name, every other file done, a true report.

    cache_faults.py OURO [--count 100] [--only NAME] [--seed N]

Each fault is brought about --count times on a tree of its own, with a random moment where time matters. After each:
every cache file that stands there is byte for byte one that an undisturbed run writes for a version of its source that
existed; the files the fault has nothing to do with are done; the exit status and the report say what happened; and a
run without the fault mends what is left. Prints a line a fault. Run as root (the permission faults then run as nobody,
the full disk is a small tmpfs); without root those that need it are named as left out.
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

FILES = 24
NOBODY = 65534


def source(number, version=0):
    lines = ["'''Module %d, version %d.'''" % (number, version)]
    for i in range(60):
        lines.append("def f%d(a, b=%d, *rest, **named):\n    try:\n        return [x * %d for x in rest if x > a]\n"
                     "    finally:\n        print(f'{a!r} {b:>10} {named}', %r)" % (i, i, number, "v%d" % version))
    return "\n".join(lines).encode() + b"\n"


class Tree:
    """A folder of sources with one fixed time, and what its caches must hold."""

    def __init__(self, ouro, folder):
        self.ouro, self.folder = ouro, folder
        self.expected = {}  # cache path relative to the folder: set of contents

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content, mtime=1_600_000_000):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        os.utime(path, (mtime, mtime))
        return path

    def fill(self):
        for i in range(FILES):
            self.write("pkg%d/m%d.py" % (i % 3, i), source(i))
        return self

    def run(self, *arguments, nobody=False, **options):
        if nobody:
            options.update(user=NOBODY, group=NOBODY, extra_groups=[])
        return subprocess.run([self.ouro, "compileall", *arguments, "."], cwd=self.folder, capture_output=True,
                              timeout=120, **options)

    def start(self, *arguments):
        return subprocess.Popen([self.ouro, "compileall", *arguments, "."], cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def caches(self):
        found = {}
        for top, _, names in os.walk(os.fsencode(self.folder)):
            if os.path.basename(top) == b"__pycache__":
                for name in names:
                    path = os.path.join(top, name)
                    if os.path.isfile(path):
                        with open(path, "rb") as file:
                            found[os.path.relpath(path, os.fsencode(self.folder))] = file.read()
        return found

    def remember(self):
        """What an undisturbed run writes becomes allowed; the caches are removed again."""
        done = self.run("-q", "-f")
        assert done.returncode == 0, done
        for name, content in self.caches().items():
            self.expected.setdefault(name, set()).add(content)
        for folder in {os.path.dirname(name) for name in self.expected}:
            shutil.rmtree(os.path.join(os.fsencode(self.folder), folder))

    def check(self, missing=(), leftovers=False):
        """All caches that are there are right; only `missing` may lack. Gives how many temporary files lie about."""
        found = self.caches()
        temporary = [name for name in found if name.rsplit(b".", 1)[-1].isdigit()]
        assert leftovers or not temporary, "left over: %r" % temporary
        for name, content in found.items():
            if name not in temporary:
                assert content in self.expected[name], "%r holds what no run writes (%d bytes)" % (name, len(content))
        lacking = set(self.expected) - set(found)
        if missing is not None:
            assert lacking == {os.fsencode(name) for name in missing}, "lacking: %r" % lacking
        return len(temporary)

    def mend(self):
        done = self.run("-q")
        assert done.returncode == 0, done
        self.check(leftovers=True)


def cache_of(source_name):
    folder, name = os.path.split(source_name)
    return os.path.join(folder, "__pycache__", name[:-2] + "cpython-313.pyc")


def reported(done, *words):
    assert done.returncode == 1, "status %d" % done.returncode
    text = done.stdout + done.stderr
    for word in words:
        assert os.fsencode(word) in text, "%r is not in the report %r" % (word, text)


FAULTS = {}


def fault(function):
    FAULTS[function.__name__] = function
    return function


@fault
def kill(tree, rng):
    """SIGKILL at a random moment."""
    tree.fill().remember()
    begin = time.monotonic()
    tree.run("-q", "-f")
    duration = time.monotonic() - begin
    for folder in {os.path.dirname(name) for name in tree.expected}:
        shutil.rmtree(os.path.join(os.fsencode(tree.folder), folder))
    process = tree.start("-q", "-f")
    time.sleep(rng.uniform(0, duration))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    tree.check(missing=None, leftovers=True)
    tree.mend()
    subprocess.run([tree.ouro, "cache", "clean", "--state", "leftover", tree.folder], check=True, capture_output=True)
    tree.check()


@fault
def interrupt(tree, rng):
    """SIGINT at a random moment: ends between two files, leaves nothing over."""
    tree.fill().remember()
    process = tree.start("-q", "-f", "-j1")
    time.sleep(rng.uniform(0, 0.03))
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode in (0, 1, -signal.SIGINT), process.returncode
    tree.check(missing=None)
    tree.mend()


@fault
def full_disk(tree, rng):
    """ENOSPC after a random number of pages."""
    if os.geteuid() != 0:
        return "needs root"
    tree.fill().remember()
    disk = tree.path("disk")
    os.mkdir(disk)
    size = rng.randrange(16, 400) * 4096
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % size, "tmpfs", disk], capture_output=True).returncode:
        return "tmpfs cannot be mounted here"
    try:
        whole = tree.expected
        done = tree.run("-q", "-f", env={**os.environ, "PYTHONPYCACHEPREFIX": disk})
        found = 0
        for top, _, names in os.walk(disk):
            for name in names:
                original = os.path.relpath(top, disk + tree.folder)
                key = os.fsencode(os.path.join(original, "__pycache__", name))
                with open(os.path.join(top, name), "rb") as file:
                    assert file.read() in whole[key], name
                found += 1
        if found == len(whole):
            assert done.returncode == 0, done
        else:
            reported(done, "No space left on device")
            assert (done.stdout + done.stderr).count(b"No space left") >= len(whole) - found, "a failure without report"
    finally:
        subprocess.run(["umount", disk], check=True)
        os.rmdir(disk)
    tree.mend()
    tree.check()
    return None


@fault
def read_only_directory(tree, rng):
    """One directory without permission to write."""
    if os.geteuid() != 0:
        return "needs root"
    tree.fill().remember()
    for top, folders, _ in os.walk(tree.folder):
        os.chmod(top, 0o777)
    locked = "pkg%d" % rng.randrange(3)
    os.chmod(tree.path(locked), 0o555)
    done = tree.run("-q", nobody=True)
    reported(done, "Permission denied", locked)
    tree.check(missing=[name for name in map(os.fsdecode, tree.expected) if name.startswith(locked)])
    os.chmod(tree.path(locked), 0o777)
    tree.mend()
    return None


@fault
def unreadable_source(tree, rng):
    """One source without permission to read."""
    if os.geteuid() != 0:
        return "needs root"
    tree.fill().remember()
    for top, folders, _ in os.walk(tree.folder):
        os.chmod(top, 0o777)
    number = rng.randrange(FILES)
    name = "pkg%d/m%d.py" % (number % 3, number)
    os.chmod(tree.path(name), 0)
    reported(tree.run("-q", nobody=True), "Permission denied", name)
    tree.check(missing=[cache_of(name)])
    os.chmod(tree.path(name), 0o644)
    tree.mend()
    return None


@fault
def vanishing(tree, rng):
    """Sources that come and go while the run lasts."""
    tree.fill().remember()
    numbers = rng.sample(range(FILES), 6)
    names = ["pkg%d/m%d.py" % (n % 3, n) for n in numbers]
    stop = threading.Event()

    def disturb():
        while not stop.is_set():
            for name in names:
                os.rename(tree.path(name), tree.path(name) + ".away")
            for name in names:
                os.rename(tree.path(name) + ".away", tree.path(name))

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        done = tree.run("-q", "-f")
    finally:
        stop.set()
        thread.join()
    lacking = {os.fsdecode(name) for name in set(tree.expected) - set(tree.caches())}
    assert lacking <= {cache_of(name) for name in names}, lacking
    tree.check(missing=lacking)
    assert done.returncode in (0, 1), done
    tree.mend()


@fault
def changing(tree, rng):
    """Sources that are rewritten, in place and by renaming, while the run lasts."""
    numbers = rng.sample(range(FILES), 4)
    names = ["pkg%d/m%d.py" % (n % 3, n) for n in numbers]
    tree.fill()
    versions = {}
    for version in (1, 2):
        for number, name in zip(numbers, names):
            versions[name, version] = source(number, version), 1_600_000_000 + version
            tree.write(name, *versions[name, version])
        tree.remember()
    stop = threading.Event()

    def disturb():
        version = 1
        while not stop.is_set():
            version = 3 - version
            for name in names:
                content, mtime = versions[name, version]
                new = tree.path(name) + ".new"
                with open(new, "wb") as file:
                    file.write(content)
                os.utime(new, (mtime, mtime))
                os.rename(new, tree.path(name))

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        done = tree.run("-q", "-f")
    finally:
        stop.set()
        thread.join()
    assert done.returncode in (0, 1), done
    lacking = {os.fsdecode(name) for name in set(tree.expected) - set(tree.caches())}
    assert lacking <= {cache_of(name) for name in names}, lacking
    if lacking:
        reported(done, "changed")
    tree.check(missing=lacking)
    tree.mend()


@fault
def two_runs(tree, rng):
    """Three runs over one tree at once."""
    tree.fill().remember()
    runs = []
    for _ in range(3):
        runs.append(tree.start("-q", "-f"))
        time.sleep(rng.uniform(0, 0.01))
    for run in runs:
        run.communicate()
        assert run.returncode == 0, run.returncode
    tree.check()


@fault
def circular_links(tree, rng):
    """Links that lead to themselves, to their parents and to nothing."""
    tree.fill().remember()
    os.symlink(".", tree.path("loop"))
    os.symlink("..", tree.path("pkg%d" % rng.randrange(3), "up"))
    os.symlink("self.py", tree.path("self.py"))
    os.symlink("gone.py", tree.path("dangling.py"))
    done = tree.run("-q", "-f")
    assert done.returncode == 0, done
    tree.check()


@fault
def link_as_cache(tree, rng):
    """A symbolic link stands where a cache belongs: it is not replaced, what it points to is not touched."""
    tree.fill().remember()
    number = rng.randrange(FILES)
    name = "pkg%d/m%d.py" % (number % 3, number)
    victim = tree.write("victim", b"precious")
    os.makedirs(os.path.dirname(tree.path(cache_of(name))))
    os.symlink(victim, tree.path(cache_of(name)))
    reported(tree.run("-q", "-f"), cache_of(name), "symlink")
    with open(victim, "rb") as file:
        assert file.read() == b"precious"
    os.unlink(tree.path(cache_of(name)))
    tree.check(missing=[cache_of(name)])
    tree.mend()


@fault
def names_not_utf8(tree, rng):
    """File and folder names that are no UTF-8."""
    tree.fill()
    odd = os.fsdecode(bytes(rng.randrange(0x80, 0x100) for _ in range(6)))
    tree.write(odd + "/" + odd[::-1] + ".py", source(1))
    tree.remember()
    done = tree.run("-f")
    assert done.returncode == 0, done
    tree.check()


@fault
def fifo(tree, rng):
    """Named pipes where sources and caches belong: no waiting, no replacing."""
    tree.fill().remember()
    os.mkfifo(tree.path("pkg0", "pipe.py"))
    number = rng.randrange(FILES)
    name = "pkg%d/m%d.py" % (number % 3, number)
    os.makedirs(os.path.dirname(tree.path(cache_of(name))), exist_ok=True)
    os.mkfifo(tree.path(cache_of(name)))
    reported(tree.run("-q", "-f"), cache_of(name), "non-regular")
    os.unlink(tree.path(cache_of(name)))
    tree.check(missing=[cache_of(name)])
    tree.mend()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ouro")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    ouro = os.path.abspath(options.ouro)
    failures = 0
    for name, function in FAULTS.items():
        if options.only not in (None, name):
            continue
        done, skipped = 0, None
        for i in range(options.count):
            folder = os.path.realpath(tempfile.mkdtemp(prefix="ouro_fault_"))
            os.chmod(folder, 0o777)
            try:
                skipped = function(Tree(ouro, folder), random.Random("%s %d %d" % (name, options.seed, i)))
                if skipped:
                    break
                done += 1
            except (AssertionError, KeyError, subprocess.SubprocessError, OSError) as error:
                failures += 1
                print("%s, run %d of seed %d: %s: %s" % (name, i, options.seed, type(error).__name__, error))
            finally:
                for top, _, _ in os.walk(folder):
                    os.chmod(top, 0o777)
                shutil.rmtree(folder, ignore_errors=True)
        print("%-20s %s" % (name, "left out: " + skipped if skipped else "%d of %d right" % (done, options.count)), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
