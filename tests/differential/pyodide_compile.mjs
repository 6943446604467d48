// node pyodide_compile.mjs PYODIDE_DIR DEST [--no-stdlib] [EXTRA_SOURCE_DIR...]
// Compiles with Pyodide's CPython every .py of its python_stdlib.zip (unless --no-stdlib), and what it accepts of the extra folders, into
// DEST/<relative>.pyc (header with that version's magic number, timestamp mode).
import { pathToFileURL } from "node:url";
import fs from "node:fs";
import path from "node:path";

const [home, dest, ...words] = process.argv.slice(2);
const extras = words.filter((word) => word !== "--no-stdlib");
const folder = path.join(home, "node_modules/pyodide");
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder });
fs.mkdirSync(dest, { recursive: true });
pyodide.mountNodeFS("/dest", path.resolve(dest));
pyodide.mountNodeFS("/stdlib", path.resolve(folder));
extras.forEach((extra, i) => pyodide.mountNodeFS(`/extra${i}`, path.resolve(extra)));
pyodide.globals.set("extra_count", extras.length);
pyodide.globals.set("with_stdlib", extras.length === words.length);
console.log(pyodide.runPython(`
import importlib.util, marshal, os, sys, warnings, zipfile
warnings.simplefilter("ignore")
compiled = refused = 0

def save(relative, source):
    global compiled, refused
    target = "/dest/" + relative + "c"
    try:
        code = compile(source, "/lib/" + relative, "exec", dont_inherit=True)
        data = importlib.util.MAGIC_NUMBER + bytes(4) + (0).to_bytes(4, "little") + \\
            (len(source) & 0xFFFFFFFF).to_bytes(4, "little") + marshal.dumps(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        refused += 1
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(data)
    compiled += 1

with zipfile.ZipFile("/stdlib/python_stdlib.zip") as archive:
    for name in sorted(archive.namelist() if with_stdlib else []):
        if name.endswith(".py"):
            save("stdlib/" + name, archive.read(name))
for number in range(extra_count):
    top = "/extra%d" % number
    for root, dirs, files in os.walk(top):
        dirs[:] = sorted(d for d in dirs if d not in ("__pycache__", "site-packages"))
        for name in sorted(files):
            if name.endswith(".py"):
                path = os.path.join(root, name)
                with open(path, "rb") as file:
                    save("extra%d/%s" % (number, os.path.relpath(path, top)), file.read())
"%s marshal version %d: %d compiled, %d refused" % (sys.version.split()[0], marshal.version, compiled, refused)
`));
