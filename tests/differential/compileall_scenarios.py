#!/usr/bin/env python3
"""Runs the same scenarios through `python3.13 -m compileall` (or py_compile) and `ouro`, and compares exit status,
output and every file left behind, byte for byte.

usage: compileall_scenarios.py [--ouro PATH] [--python PATH] [--only NAME] [-v]

Each scenario makes a small tree, runs one command or several, and says nothing of what it expects: CPython says that.
Skips (exit 0, with a word) when no CPython 3.13 is found.
"""
import argparse
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

GOOD = "def f(x):\n    '''Doc.'''\n    assert x\n    return x + 1\n"
BAD = "def f(:\n    pass\n"
NO_DIFFERENCE = "x = 123\n"


def find_python():
    for candidate in [shutil.which("python3.13"), *sorted(Path.home().glob(".pyenv/versions/3.13.*/bin/python"))]:
        if candidate and subprocess.run([str(candidate), "-c", "0"], capture_output=True).returncode == 0:
            return str(candidate)
    return None


class Tree:
    """The files a scenario begins with."""

    def __init__(self, root):
        self.root = root

    def write(self, name, text=GOOD, mtime=1_600_000_000, mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        os.utime(path, (mtime, mtime))
        return path

    def package(self):
        self.write("pkg/__init__.py", "")
        self.write("pkg/a.py")
        self.write("pkg/sub/b.py", "import os\nprint(os.name)\n")
        self.write("pkg/sub/deep/c.py", "y = [i for i in range(3)]\n")
        self.write("pkg/data.txt", "no source\n")


SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


# A scenario takes the tree and gives a list of steps; a step is a list of compileall arguments, a pair
# ("py_compile", arguments), or a function that changes the tree between two commands. A step may carry
# environment or standard input in a dict at its end.
def simple(*arguments, prepare=None, **keywords):
    def run(tree):
        tree.package()
        if prepare:
            prepare(tree)
        return [list(arguments) + ([keywords] if keywords else [])]
    return run


def name_scenario(name, function):
    SCENARIOS[name] = function


for name, arguments in {
    "directory": ["pkg"], "directory_quiet": ["-q", "pkg"], "directory_silent": ["-qq", "pkg"],
    "no_recursion": ["-l", "pkg"], "recursion_0": ["-r", "0", "pkg"], "recursion_1": ["-r", "1", "pkg"],
    "recursion_beats_l": ["-l", "-r", "2", "pkg"], "legacy": ["-b", "pkg"], "force": ["-f", "pkg"],
    "destination": ["-d", "/usr/lib/x", "pkg"], "strip": ["-s", "pkg", "pkg"], "strip_wrong": ["-s", "other", "pkg"],
    "strip_wrong_quiet": ["-q", "-s", "other", "pkg"], "strip_wrong_silent": ["-qq", "-s", "other", "pkg"],
    "prepend": ["-p", "/opt", "pkg"], "strip_and_prepend": ["-s", "pkg", "-p", "/opt", "pkg"],
    "strip_with_slash": ["-s", "pkg/", "pkg"],
    "level_0": ["-o", "0", "pkg"], "level_1": ["-o", "1", "pkg"], "level_2": ["-o", "2", "pkg"],
    "all_levels": ["-o", "0", "-o", "1", "-o", "2", "pkg"], "levels_twice": ["-o", "1", "-o", "1", "pkg"],
    "level_default": ["-o", "-1", "pkg"],
    "hardlink": ["-o", "0", "-o", "1", "-o", "2", "--hardlink-dupes", "pkg"],
    "hardlink_two": ["-o", "1", "-o", "2", "--hardlink-dupes", "pkg"],
    "regex": ["-x", r"/sub/", "pkg"], "regex_dot": ["-x", r"[ab]\.py$", "pkg"], "regex_none": ["-x", "zzz", "pkg"],
    "checked_hash": ["--invalidation-mode", "checked-hash", "pkg"],
    "unchecked_hash": ["--invalidation-mode", "unchecked-hash", "pkg"],
    "timestamp": ["--invalidation-mode", "timestamp", "pkg"],
    "one_file": ["pkg/a.py"], "two_files": ["pkg/a.py", "pkg/sub/b.py"], "file_and_directory": ["pkg/a.py", "pkg/sub"],
    "not_python": ["pkg/data.txt"], "missing": ["nowhere"], "missing_quiet": ["-q", "nowhere"],
    "missing_silent": ["-qq", "nowhere"], "missing_and_good": ["nowhere", "pkg/a.py"],
    "file_destination": ["-d", "/usr/lib/x", "pkg/a.py"], "dot": ["."], "trailing_slash": ["pkg/"],
    "relative_up": ["pkg/../pkg/sub"],
}.items():
    name_scenario(name, simple(*arguments))

name_scenario("epoch_checked", simple("pkg", env={"SOURCE_DATE_EPOCH": "123"}))
name_scenario("epoch_with_timestamp", simple("--invalidation-mode", "timestamp", "pkg", env={"SOURCE_DATE_EPOCH": "123"}))
name_scenario("epoch_empty", simple("pkg", env={"SOURCE_DATE_EPOCH": ""}))
name_scenario("list_file", simple("-i", "list.txt", prepare=lambda t: t.write("list.txt", "pkg/a.py\n  pkg/sub  \n")))
name_scenario("list_stdin", simple("-i", "-", input="pkg/a.py\npkg/sub/b.py\n"))
name_scenario("list_missing", simple("-i", "no-list"))
name_scenario("list_missing_silent", simple("-qq", "-i", "no-list"))
name_scenario("list_and_arguments", simple("-i", "list.txt", "pkg/sub", prepare=lambda t: t.write("list.txt", "pkg/a.py\n")))
name_scenario("bad_file", simple("pkg", prepare=lambda t: t.write("pkg/bad.py", BAD)))
for name, text in {"bad_indent": "if x:\npass\n", "bad_unindent": "if x:\n    y\n  z\n", "bad_tabs": "if x:\n        y\n\tz\n",
                   "bad_nesting": "(" * 250 + "\n", "bad_depth": "x" + ".y" * 100_000 + "\n" + "-" * 100_000 + "1\n"}.items():
    name_scenario(name, simple("pkg", prepare=lambda t, text=text: t.write("pkg/bad.py", text)))
    name_scenario(name + "_quiet", simple("-q", "pkg", prepare=lambda t, text=text: t.write("pkg/bad.py", text)))
name_scenario("bad_file_quiet", simple("-q", "pkg", prepare=lambda t: t.write("pkg/bad.py", BAD)))
name_scenario("bad_file_silent", simple("-qq", "pkg", prepare=lambda t: t.write("pkg/bad.py", BAD)))
name_scenario("bad_first", simple("pkg", prepare=lambda t: t.write("pkg/aaa.py", BAD)))
name_scenario("bad_encoding", simple("pkg", prepare=lambda t: t.write("pkg/bad.py", b"# \xff\nx = 1\n")))
name_scenario("unknown_encoding", simple("pkg", prepare=lambda t: t.write("pkg/bad.py", b"# coding: klingon\nx = 1\n")))
name_scenario("null_bytes", simple("pkg", prepare=lambda t: t.write("pkg/bad.py", b"x = 1\0\n")))
name_scenario("latin_1", simple("pkg", prepare=lambda t: t.write("pkg/l.py", "# coding: latin-1\nx = '\xe9'\n".encode("latin-1"))))
name_scenario("empty_directory", simple("empty", prepare=lambda t: (t.root / "empty").mkdir()))
name_scenario("read_only_source", simple("pkg", prepare=lambda t: t.write("pkg/ro.py", mode=0o444)))
name_scenario("private_source", simple("pkg", prepare=lambda t: t.write("pkg/private.py", mode=0o600)))
name_scenario("executable_source", simple("pkg", prepare=lambda t: t.write("pkg/x.py", mode=0o755)))
name_scenario("future_mtime", simple("pkg", prepare=lambda t: t.write("pkg/far.py", mtime=2**32 + 5)))
name_scenario("epoch_mtime", simple("pkg", prepare=lambda t: t.write("pkg/zero.py", mtime=0)))
name_scenario("negative_mtime", simple("pkg", prepare=lambda t: t.write("pkg/old.py", mtime=-3)))
name_scenario("quote_in_name", simple("pkg", prepare=lambda t: t.write("pkg/it's.py")))
name_scenario("both_quotes", simple("pkg", prepare=lambda t: t.write("pkg/a'b\"c.py")))
name_scenario("newline_in_name", simple("pkg", prepare=lambda t: t.write("pkg/a\nb.py")))
name_scenario("unicode_name", simple("pkg", prepare=lambda t: t.write("pkg/naïve_日本.py")))
name_scenario("space_and_dot_names", simple("pkg", prepare=lambda t: (t.write("pkg/a b.py"), t.write("pkg/.hidden.py"), t.write("pkg/x.y.py"))))
name_scenario("suffix_only", simple("pkg", prepare=lambda t: t.write("pkg/.py")))
name_scenario("directory_named_py", simple("pkg", prepare=lambda t: t.write("pkg/dir.py/inner.py")))
name_scenario("prefix", simple("pkg", env={"PYTHONPYCACHEPREFIX": "PREFIX"}))
name_scenario("dont_write", simple("pkg", env={"PYTHONDONTWRITEBYTECODE": "1"}))


def link(target, name, directory=False):
    return lambda t: os.symlink(target, t.root / name, target_is_directory=directory)


name_scenario("link_to_file", simple("pkg", prepare=link("a.py", "pkg/l.py")))
name_scenario("link_to_directory", simple("pkg", prepare=link("sub", "pkg/l", True)))
name_scenario("link_in_circle", simple("pkg", prepare=link("..", "pkg/sub/up", True)))
name_scenario("link_to_itself", simple("pkg", prepare=link("l.py", "pkg/l.py")))
name_scenario("link_dangling", simple("pkg", prepare=link("nothing.py", "pkg/l.py")))
name_scenario("link_limit_inside", simple("-e", "pkg", "pkg", prepare=link("a.py", "pkg/l.py")))
name_scenario("link_limit_outside", simple("-e", "pkg/sub", "pkg", prepare=link("a.py", "pkg/l.py")))
name_scenario("link_limit_empty", simple("-e", "", "pkg", prepare=link("a.py", "pkg/l.py")))
name_scenario("fifo", simple("pkg", prepare=lambda t: os.mkfifo(t.root / "pkg/pipe.py")))


def cache_is_link(tree):
    (tree.root / "pkg/__pycache__").mkdir()
    os.symlink("elsewhere", tree.root / "pkg/__pycache__/a.cpython-313.pyc")


def cache_is_directory(tree):
    (tree.root / "pkg/__pycache__/a.cpython-313.pyc").mkdir(parents=True)


def pycache_is_file(tree):
    tree.write("pkg/sub/__pycache__", "in the way")


name_scenario("cache_is_link", simple("pkg", prepare=cache_is_link))
name_scenario("cache_is_link_quiet", simple("-q", "pkg", prepare=cache_is_link))
name_scenario("cache_is_directory", simple("pkg", prepare=cache_is_directory))
name_scenario("pycache_is_file", simple("pkg", prepare=pycache_is_file))


@scenario
def second_run_is_silent(tree):
    tree.package()
    return [["pkg"], ["pkg"]]


@scenario
def second_run_forced(tree):
    tree.package()
    return [["pkg"], ["-f", "pkg"]]


@scenario
def touched_source(tree):
    tree.package()
    return [["pkg"], lambda t: t.write("pkg/a.py", mtime=1_600_000_100), ["pkg"]]


@scenario
def cut_cache(tree):
    tree.package()
    return [["pkg"], lambda t: os.truncate(t.root / "pkg/__pycache__/a.cpython-313.pyc", 7), ["pkg"]]


@scenario
def other_magic(tree):
    tree.package()

    def change(t):
        path = t.root / "pkg/__pycache__/a.cpython-313.pyc"
        path.write_bytes(b"\xcb\x0d\x0d\x0a" + path.read_bytes()[4:])
    return [["pkg"], change, ["pkg"]]


@scenario
def level_added(tree):
    tree.package()
    return [["-o", "0", "pkg"], ["-o", "0", "-o", "1", "pkg"]]


@scenario
def timestamp_then_hash(tree):
    tree.package()
    return [["pkg"], ["--invalidation-mode", "checked-hash", "-f", "pkg"], ["-f", "pkg"]]


@scenario
def broken_after_good(tree):
    tree.package()
    return [["pkg"], lambda t: t.write("pkg/a.py", BAD, mtime=1_600_000_200), ["pkg"]]


for name, arguments in {
    "usage_d_and_s": ["-d", "x", "-s", "y", "pkg"], "usage_d_and_p": ["-d", "x", "-p", "y", "pkg"],
    "usage_hardlink_alone": ["-o", "1", "--hardlink-dupes", "pkg"], "usage_bad_option": ["--nonsense", "pkg"],
    "usage_bad_mode": ["--invalidation-mode", "never", "pkg"],
}.items():
    name_scenario(name, simple(*arguments))


@scenario
def py_compile_one(tree):
    tree.package()
    return [("py_compile", ["pkg/a.py"])]


@scenario
def py_compile_several(tree):
    tree.package()
    return [("py_compile", ["pkg/a.py", "pkg/sub/b.py"])]


@scenario
def py_compile_stdin(tree):
    tree.package()
    return [("py_compile", ["-", {"input": "pkg/a.py\npkg/sub/b.py\n"}])]


@scenario
def py_compile_bad(tree):
    tree.write("bad.py", BAD)
    return [("py_compile", ["bad.py"])]


@scenario
def py_compile_bad_quiet(tree):
    tree.write("bad.py", BAD)
    return [("py_compile", ["-q", "bad.py"])]


@scenario
def py_compile_missing(tree):
    return [("py_compile", ["nothing.py"])]


@scenario
def py_compile_epoch(tree):
    tree.package()
    return [("py_compile", ["pkg/a.py", {"env": {"SOURCE_DATE_EPOCH": "1"}}])]


# py_compile.compile called as a function, beside the options of `ouro compile` that say the same. Only the files are
# compared then, and whether it failed.
def called(keywords, arguments, prepare=None, source="pkg/a.py", **extra):
    def run(tree):
        tree.package()
        if prepare:
            prepare(tree)
        code = ("import py_compile; from py_compile import PycInvalidationMode as Mode; "
                f"py_compile.compile({source!r}, doraise=True{', ' if keywords else ''}{keywords})")
        return [("call", (code, [*arguments, source], extra))]
    return run


for name, keywords, arguments in [
    ("default", "", []),
    ("output", "cfile='out.pyc'", ["-o", "out.pyc"]),
    ("output_in_new_directory", "cfile='new/deep/out.pyc'", ["-o", "new/deep/out.pyc"]),
    ("display_name", "dfile='/usr/lib/a.py'", ["--dfile", "/usr/lib/a.py"]),
    ("level_0", "optimize=0", ["--optimize", "0"]), ("level_1", "optimize=1", ["--optimize", "1"]),
    ("level_2", "optimize=2", ["--optimize", "2"]),
    ("level_1_short", "optimize=1", ["-O"]), ("level_2_short", "optimize=2", ["-OO"]),
    ("timestamp", "invalidation_mode=Mode.TIMESTAMP", ["--invalidation-mode", "timestamp"]),
    ("checked", "invalidation_mode=Mode.CHECKED_HASH", ["--invalidation-mode", "checked-hash"]),
    ("unchecked", "invalidation_mode=Mode.UNCHECKED_HASH", ["--invalidation-mode", "unchecked-hash"]),
]:
    name_scenario("call_" + name, called(keywords, arguments))
    name_scenario("call_" + name + "_with_epoch", called(keywords, arguments, env={"SOURCE_DATE_EPOCH": "1000"}))

name_scenario("call_with_prefix", called("", [], env={"PYTHONPYCACHEPREFIX": "PREFIX"}))
name_scenario("call_dont_write", called("", [], env={"PYTHONDONTWRITEBYTECODE": "1"}))
name_scenario("call_read_only_source", called("", [], prepare=lambda t: t.write("pkg/a.py", mode=0o444)))
name_scenario("call_private_source", called("", [], prepare=lambda t: t.write("pkg/a.py", mode=0o600)))
name_scenario("call_executable_source", called("", [], prepare=lambda t: t.write("pkg/a.py", mode=0o755)))
name_scenario("call_bad_source", called("", [], prepare=lambda t: t.write("pkg/a.py", BAD)))
name_scenario("call_missing_source", called("", [], source="pkg/nothing.py"))
name_scenario("call_directory", called("", [], source="pkg/sub"))
name_scenario("call_without_suffix", called("", [], prepare=lambda t: t.write("pkg/script", GOOD), source="pkg/script"))
name_scenario("call_other_suffix", called("", [], prepare=lambda t: t.write("pkg/script.foo.txt", GOOD), source="pkg/script.foo.txt"))
name_scenario("call_output_is_link", called("", [], prepare=cache_is_link))
name_scenario("call_output_is_directory", called("", [], prepare=cache_is_directory))
name_scenario("call_output_is_fifo", called("cfile='pipe'", ["-o", "pipe"], prepare=lambda t: os.mkfifo(t.root / "pipe")))
name_scenario("call_output_is_dangling_link", called("cfile='l'", ["-o", "l"], prepare=link("nowhere", "l")))
name_scenario("call_over_old_cache", called("", [], prepare=lambda t: t.write("pkg/__pycache__/a.cpython-313.pyc", b"old", mode=0o600)))
name_scenario("call_old_mtime", called("", [], prepare=lambda t: t.write("pkg/a.py", mtime=-7)))
name_scenario("call_far_mtime", called("", [], prepare=lambda t: t.write("pkg/a.py", mtime=2**32 + 9)))
name_scenario("call_star_import_warning", called("", [], prepare=lambda t: t.write("pkg/a.py", "assert (1, 'x')\nx = 1 is 1\n")))
name_scenario("call_null_byte", called("", [], prepare=lambda t: t.write("pkg/a.py", b"x = 1\0\n")))


def snapshot(root):
    """Every file below root: kind, permission bits, content; hard links as groups."""
    files, inodes = {}, {}
    for directory, names, leaves in os.walk(root):
        for name in sorted(names + leaves):
            path = Path(directory) / name
            status = path.lstat()
            key = str(path.relative_to(root))
            if "/lib/python3" in key or (root / key).is_dir() and key.startswith("prefix/root"):
                continue  # CPython's own modules, cached below PYTHONPYCACHEPREFIX
            if stat.S_ISLNK(status.st_mode):
                files[key] = ("link", os.readlink(path))
            elif stat.S_ISREG(status.st_mode):
                files[key] = ("file", stat.S_IMODE(status.st_mode), path.read_bytes())
                inodes.setdefault(status.st_ino, []).append(key)
            else:
                files[key] = (stat.S_IFMT(status.st_mode),)
    return files, sorted(sorted(group) for group in inodes.values() if len(group) > 1)


TEMPORARY = re.compile(rb"(\.pyc)\.\d+")


def normalise(text):
    # The temporary file's number differs from run to run in CPython too.
    return TEMPORARY.sub(rb"\1.N", text)


def run_program(program, name, root, verbose):
    """Gives (list of (status, output), files, hard links)."""
    tree = Tree(root)
    results = []
    for step in SCENARIOS[name](tree):
        if callable(step):
            step(tree)
            continue
        module, arguments = step if isinstance(step, tuple) else ("compileall", step)
        if module == "call":
            code, ours, extra = arguments
            command = program("py_compile")
            arguments = [code] if "-m" in command else ours
            command[1:] = ["-c"] if "-m" in command else command[1:]
            arguments = [*arguments, extra]
        else:
            command = program(module)
        extra = arguments[-1] if arguments and isinstance(arguments[-1], dict) else {}
        arguments = [a for a in arguments if not isinstance(a, dict)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "SOURCE_DATE_EPOCH"}
        environment.update(extra.get("env", {}), LC_ALL="C.UTF-8", PYTHONUTF8="1")
        if environment.get("PYTHONPYCACHEPREFIX") == "PREFIX":
            environment["PYTHONPYCACHEPREFIX"] = str(root / "prefix")
        command = command + arguments
        if module == "py_compile" and "-m" not in command and arguments == ["-"]:
            command[-1:] = ["--files-from", "-"]  # py_compile's "-" reads names; ours reads a source
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=60,
                              input=extra.get("input", "").encode())
        if verbose:
            print("   ", command, done.returncode, done.stdout, done.stderr)
        if module == "call":
            results.append((min(done.returncode, 1), b"", b""))
            continue
        output = b"" if name.startswith("usage_") else normalise(done.stdout)
        # Only of sources that do not compile: for files that cannot be read Ouro has its own words.
        error = normalise(done.stderr) if module == "py_compile" and b"SyntaxError" in done.stderr else b""
        results.append((done.returncode, output, error))
    return results, *snapshot(root)


def compare(name, python, ouro, verbose):
    answers = []
    for program in (lambda module: [python, "-m", module],
                    lambda module: [ouro, "compileall", "-j1"] if module == "compileall" else [ouro, "compile"]):
        # The same directory for both: paths stand in code objects and under the cache prefix.
        root = Path(tempfile.gettempdir()) / "ouro-scenario"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        try:
            answers.append(run_program(program, name, root, verbose))
        finally:
            shutil.rmtree(root, ignore_errors=True)
    theirs, ours = answers
    differences = []
    for i, (a, b) in enumerate(zip(theirs[0], ours[0])):
        for what, x, y in zip(("exit status", "output", "error output"), a, b):
            if x != y:
                differences.append(f"command {i + 1}: {what}: CPython {x!r}, ouro {y!r}")
    for path in sorted(theirs[1].keys() | ours[1].keys()):
        x, y = theirs[1].get(path), ours[1].get(path)
        if x != y:
            short = [v if v is None or v[0] != "file" else (v[0], oct(v[1]), f"{len(v[2])} bytes") for v in (x, y)]
            differences.append(f"file {path}: CPython {short[0]}, ouro {short[1]}")
    if theirs[2] != ours[2]:
        differences.append(f"hard links: CPython {theirs[2]}, ouro {ours[2]}")
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ouro", default=str(ROOT / "build/dev/bin/ouro"))
    parser.add_argument("--python", default=find_python())
    parser.add_argument("--only")
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    if not arguments.python:
        print("no CPython 3.13 found: nothing compared")
        return 0
    names = [n for n in SCENARIOS if arguments.only in (None, n)]
    failed = 0
    for name in names:
        differences = compare(name, arguments.python, arguments.ouro, arguments.verbose)
        if differences:
            failed += 1
            print(f"{name}:")
            for difference in differences:
                print("   ", difference)
    print(f"{len(names) - failed} of {len(names)} scenarios alike ({arguments.python})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
