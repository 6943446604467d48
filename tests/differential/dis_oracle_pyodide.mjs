// Runs dis_oracle.py inside Pyodide (CPython 3.14 and 3.15 as WebAssembly):
//     node dis_oracle_pyodide.mjs PYODIDE_DIR OUT VARIANT < list-of-pyc-paths
// PYODIDE_DIR holds node_modules/pyodide. All paths are absolute; folders are mounted under their own names.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [pyodideDir, out, variant] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodideDir, 'node_modules/pyodide/pyodide.mjs')));
const names = readFileSync(0, 'utf8').split('\n').filter((line) => line);
const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: '0', HOME: '/' } });
const roots = new Set([...names, out].map((name) => '/' + name.split('/')[1]));
for (const root of roots) {
  const inside = '/host' + root;
  pyodide.FS.mkdirTree(inside);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, inside);
}
pyodide.globals.set('names', pyodide.toPy(names));
pyodide.globals.set('out_path', '/host' + out);
pyodide.globals.set('variant', variant);
const here = dirname(fileURLToPath(import.meta.url));
pyodide.runPython(readFileSync(join(here, 'dis_oracle.py'), 'utf8').replace("if __name__ == '__main__':", 'if False:'));
const count = pyodide.runPython(`
import sys
record(names, out_path, variant, prefix='/host')
`);
console.error(`${count} files recorded`);
