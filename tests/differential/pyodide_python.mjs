// node pyodide_python.mjs PYODIDE_DIR SCRIPT.py ARGS...: Pyodide's CPython as if it were a python program: it sees the
// machine's folders, so that scripts made for an installed CPython run. OURO_PYODIDE_MOUNTS names them (default /tmp:/work).
import { pathToFileURL } from "node:url";
import fs from "node:fs";
import path from "node:path";

const [home, script, ...args] = process.argv.slice(2);
const folder = path.join(home, "node_modules/pyodide");
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder, stdout: (line) => console.log(line), stderr: (line) => console.error(line) });
for (const mount of (process.env.OURO_PYODIDE_MOUNTS ?? "/tmp:/work").split(":")) pyodide.mountNodeFS(mount, mount);
pyodide.globals.set("source", fs.readFileSync(script, "utf8"));
pyodide.globals.set("argv", pyodide.toPy([script, ...args]));
pyodide.globals.set("folder", process.cwd());
process.exitCode = pyodide.runPython(`
import os, sys
os.chdir(folder)
sys.argv = list(argv)
status = 0
try:
    exec(compile(source, sys.argv[0], "exec"), {"__name__": "__main__", "__file__": sys.argv[0]})
except SystemExit as stop:
    status = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
status
`);
