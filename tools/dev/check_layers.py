#!/usr/bin/env python3
"""Checks that includes follow the layering of docs/ARCHITECTURE.md.

Usage: check_layers.py [REPOSITORY]

A module of src/ includes, besides its own headers, only headers of modules that its CMakeLists.txt names
under DEPENDS, and names only modules of lower layers. Headers that a module lists as PRIVATE_HEADERS below
are for its own files only. include/ouro and tools/ may include any module's headers; nothing in src/
includes include/ouro. Also: no module includes CLI11, pybind11, zlib or iostream.
"""
import os
import re
import sys

# Module to (layer, modules it may depend on directly). Depending on a module allows what that one may use.
LAYERS = {
    "support": (0, ()),
    "unicode": (1, ("support",)),
    "version": (1, ("support",)),
    "code": (2, ("version", "unicode")),
    "marshal": (3, ("code",)),
    "bytecode": (3, ("code",)),
    "syntax": (3, ("version", "unicode")),
    "dis": (4, ("bytecode", "unicode")),
    "compile": (4, ("syntax", "bytecode", "unicode")),
    "decompile": (4, ("bytecode", "syntax", "unicode")),
    "vm": (4, ("marshal", "bytecode", "syntax", "unicode")),
    "archive": (4, ("marshal",)),
    "cache": (5, ("marshal", "archive")),
    "analysis": (5, ("dis", "marshal")),
    "run": (5, ("compile", "vm")),
    "verify": (5, ("compile", "decompile", "marshal")),
}
PRIVATE_HEADERS = {"version/tables.h", "unicode/tables.h"}
UNWANTED = ("CLI/", "pybind11/", "zlib.h", "iostream", "nlohmann/", "gmp")
# What a module exists to wrap.
LIBRARIES = {"archive": ("zlib.h",), "vm": ("gmp.h", "zlib.h")}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def allowed_modules(module):
    """`module` and everything it may use, directly or through another module."""
    result, todo = {module}, list(LAYERS[module][1])
    while todo:
        name = todo.pop()
        if name not in result:
            result.add(name)
            todo += LAYERS[name][1]
    return result


def declared_depends(path):
    """Modules after DEPENDS in a module's CMakeLists.txt."""
    with open(path, encoding="utf-8") as stream:
        text = re.sub(r"#.*", "", stream.read())
    match = re.search(r"\bDEPENDS\s+((?:[a-z_]+\s*)+)", text[text.find("ouro_module("):])
    return match.group(1).split() if match else []


def is_test(name):
    return re.search(r"_(test|bench|fuzz|probe)\.(cpp|h)$", name) is not None


def allowed_for(module, path):
    """Tests, fuzzers, benchmarks and probes are no part of the library: any lower layer is fine."""
    if is_test(path):
        return {name for name in LAYERS if LAYERS[name][0] < LAYERS[module][0]} | {module}
    return allowed_modules(module)


def check_file(root, path, module, problems):
    relative = os.path.relpath(path, root)
    with open(path, encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            where, header = "%s:%d" % (relative, number), match.group(2)
            if not is_test(path) and header.startswith(UNWANTED) and header not in LIBRARIES.get(module, ()):
                problems.append("%s: %s has no place in src/" % (where, header))
            if header.startswith("ouro/"):
                problems.append("%s: the public API is above every module" % where)
            target = header.split("/")[0]
            if "/" not in header or target not in LAYERS or match.group(1) == "<":
                continue
            if target not in allowed_for(module, path):
                problems.append("%s: %s (layer %d) may not use %s (layer %d)" % (
                    where, module, LAYERS[module][0], target, LAYERS[target][0]))
            if header in PRIVATE_HEADERS and target != module:
                problems.append("%s: %s is private to %s" % (where, header, target))


def main(root):
    problems, files = [], 0
    for name, (layer, uses) in LAYERS.items():
        for other in uses:
            assert LAYERS[other][0] < layer, (name, other)
    source = os.path.join(root, "src")
    modules = sorted(name for name in os.listdir(source) if os.path.isdir(os.path.join(source, name)))
    for module in modules:
        folder = os.path.join(source, module)
        if module not in LAYERS:
            problems.append("src/%s: no layer is known for this module" % module)
            continue
        cmake = os.path.join(folder, "CMakeLists.txt")
        for other in declared_depends(cmake) if os.path.exists(cmake) else ():
            if other not in allowed_modules(module) or other == module:
                problems.append("src/%s/CMakeLists.txt: %s may not depend on %s" % (module, module, other))
        for folder, _, names in os.walk(folder):
            for name in sorted(names):
                if name.endswith((".h", ".cpp")):
                    files += 1
                    check_file(root, os.path.join(folder, name), module, problems)
    print("%d files of %d modules, %d problems" % (files, len(modules), len(problems)))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    default = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else default))
