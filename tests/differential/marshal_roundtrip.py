"""marshal_roundtrip.py [--trees DIR] [--tool PROGRAM] [X.Y...]

Checks marshal against every CPython found (pyenv's; 3.14 and 3.15 as Pyodide below /opt/pyodide):
  * the whole standard library, tests included, compiled by that Python to .pyc: read and written again, same bytes;
  * marshal.dumps of many values in every marshal version: read and written again, same bytes, once with the type codes
    that the file had and once with those that the writer chooses by itself.
--trees names a folder with <X.Y>/ trees of .pyc files to use, or to fill where they are missing (default: a temporary one).
Exit status 1 on any difference; a machine without Pythons passes and says so.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
COMPILE_TREE = """
import os, sys, py_compile
source, target = sys.argv[1:]
for folder, folders, names in os.walk(source):
    folders[:] = [n for n in folders if n not in ('__pycache__', 'site-packages')]
    for name in names:
        if name.endswith('.py'):
            out = os.path.join(target, os.path.relpath(os.path.join(folder, name), source) + 'c')
            if not os.path.isdir(os.path.dirname(out)):
                os.makedirs(os.path.dirname(out))
            try:
                py_compile.compile(os.path.join(folder, name), out, doraise=True)
            except Exception:
                pass
"""


def version_key(version):
    return [int(part) for part in version.split(".")]


def find_pythons():
    """Version to ("pyenv", program) or ("pyodide", folder)."""
    found = {}
    for program in glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python")):
        version = ".".join(program.split(os.sep)[-3].split(".")[:2])
        found[version] = ("pyenv", program)
    if shutil.which("node"):
        for folder in glob.glob("/opt/pyodide/*"):
            if os.path.isdir(os.path.join(folder, "node_modules", "pyodide")):
                found.setdefault("3." + os.path.basename(folder), ("pyodide", folder))
    return found


def library_of(program):
    return subprocess.check_output([program, "-c", "import os; print(os.path.dirname(os.__file__))"], text=True).strip()


def make_tree(found, version, tree):
    kind, where = found[version]
    if kind == "pyenv":
        subprocess.check_call([where, "-W", "ignore", "-c", COMPILE_TREE, library_of(where), tree])
        return
    extras = [library_of(found[v][1]) for v in ("3.13",) if v in found]
    subprocess.check_call(["node", os.path.join(HERE, "pyodide_compile.mjs"), where, tree] + extras, stdout=subprocess.DEVNULL)


def make_values(kind, where, out):
    script = os.path.join(HERE, "marshal_values.py")
    if kind == "pyenv":
        subprocess.check_call([where, script, out], stdout=subprocess.DEVNULL)
    else:
        subprocess.check_call(["node", os.path.join(HERE, "pyodide_script.mjs"), where, script, out], stdout=subprocess.DEVNULL)


def main():
    trees, tool, wanted = None, os.path.join(ROOT, "build", "dev", "bin", "marshal_roundtrip"), []
    words = iter(sys.argv[1:])
    for word in words:
        if word == "--trees":
            trees = next(words)
        elif word == "--tool":
            tool = next(words)
        else:
            wanted.append(word)
    found = find_pythons()
    if not found:
        print("no Python to compare with: skipped")
        return 0
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        for version in sorted(wanted or found, key=version_key):
            tree = os.path.join(trees or scratch, version)
            if not os.path.isdir(tree):
                make_tree(found, version, tree)
            values = os.path.join(scratch, "values-" + version)
            make_values(*found[version], values)
            for arguments in ([tree], ["--values", version, values]):
                result = subprocess.run([tool] + arguments, capture_output=True, text=True)
                lines = result.stdout.splitlines() or ["no output"]
                print("%-5s %s" % (version, lines[-1]))
                for line in lines[:-1][:20]:
                    print("      " + line)
                if result.returncode != 0:
                    failed.append(version)
            sys.stdout.flush()
            if not trees:
                shutil.rmtree(tree)
    print("failed: " + ", ".join(sorted(set(failed), key=version_key)) if failed else "all the same")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
