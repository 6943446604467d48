// node pyodide_script.mjs PYODIDE_DIR SCRIPT.py OUT: runs a script under Pyodide's CPython with sys.argv[1] = OUT.
import { pathToFileURL } from "node:url";
import fs from "node:fs";
import path from "node:path";

const [home, script, out] = process.argv.slice(2);
const folder = path.join(home, "node_modules/pyodide");
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder, stdout: (line) => console.log(line) });
pyodide.mountNodeFS("/out", path.dirname(path.resolve(out)));
pyodide.globals.set("source", fs.readFileSync(script, "utf8"));
pyodide.runPython(`
import sys
sys.argv = ["script", "/out/${path.basename(out)}"]
exec(compile(source, "script", "exec"), {"__name__": "__main__"})
`);
