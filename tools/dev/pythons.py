"""Finds the CPythons of this machine: pyenv's, those on PATH, and pyodide under node (3.14, 3.15).

find_pythons() -> {"3.13": Interpreter}. An Interpreter runs a script (a path) that prints text and gives
that text back; how it is started is its own business. Environment: OURO_PYTHONS is a list of
interpreters separated by ':' that replaces the search, OURO_PYODIDE a list of folders that hold
node_modules/pyodide (default: /opt/pyodide/*).
"""
import glob
import json
import os
import shutil
import subprocess

VERSIONS = ["2.7"] + ["3.%d" % minor for minor in range(4, 16)]


class Interpreter:
    def __init__(self, version, where):
        self.version = version
        self.where = where


class NativePython(Interpreter):
    def run(self, script, *arguments):
        return subprocess.run([self.where, script] + list(arguments), stdout=subprocess.PIPE, check=True,
                              universal_newlines=True).stdout


class Pyodide(Interpreter):
    """The script sees sys.argv; what it prints comes back. Only single-file scripts."""

    PROGRAM = """
import {loadPyodide} from %(module)s;
import {readFileSync} from 'fs';
const lines = [];
const pyodide = await loadPyodide({stdout: (line) => lines.push(line)});
pyodide.globals.set('script_source', readFileSync(%(script)s, 'utf8'));
pyodide.globals.set('script_argv', %(argv)s);
pyodide.runPython(`
import sys
sys.argv = list(script_argv)
exec(compile(script_source, sys.argv[0], 'exec'), {'__name__': '__main__'})
`);
process.stdout.write(lines.join('\\n') + '\\n');
"""

    def run(self, script, *arguments):
        program = self.PROGRAM % {
            "module": json.dumps(os.path.join(self.where, "node_modules/pyodide/pyodide.mjs")),
            "script": json.dumps(script),
            "argv": json.dumps([script] + list(arguments)),
        }
        return subprocess.run(["node", "--input-type=module", "-e", program], stdout=subprocess.PIPE, check=True,
                              universal_newlines=True).stdout


def find_pythons():
    """Version ("3.13") to Interpreter, in order of version."""
    found = {}
    if os.environ.get("OURO_PYTHONS"):
        candidates = os.environ["OURO_PYTHONS"].split(":")
    else:
        root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
        candidates = sorted(glob.glob(os.path.join(root, "versions", "*", "bin", "python")))
        candidates += [path for path in map(shutil.which, ["python" + v for v in VERSIONS]) if path]
    for path in candidates:
        try:
            version = subprocess.run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                                     universal_newlines=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            continue
        found.setdefault(version, NativePython(version, path))
    if shutil.which("node") and not os.environ.get("OURO_PYTHONS"):
        folders = os.environ.get("OURO_PYODIDE")
        for folder in folders.split(":") if folders else sorted(glob.glob("/opt/pyodide/*")):
            manifest = os.path.join(folder, "node_modules", "pyodide", "package.json")
            if not os.path.exists(manifest):
                continue
            # npm's 314.x is CPython 3.14; 0.29.x is 3.13.
            with open(manifest) as stream:
                major = json.load(stream)["version"].split(".")[0]
            if major.isdigit() and int(major) > 300:
                version = "%s.%s" % (major[0], major[1:])
                found.setdefault(version, Pyodide(version, folder))
    return dict(sorted(found.items(), key=lambda item: tuple(map(int, item[0].split(".")))))
