#!/usr/bin/env python3
"""Puts the explorer's page together: build.py MODULE.wasm OUTPUT_DIRECTORY

The page must also work from file://, where browsers refuse modules and fetch(): the scripts become one classic
script, and the WebAssembly module, deflated, base64 in another. Prints the sizes that a first visit loads.
"""
import base64
import gzip
import os
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = ("bytes", "engine", "permalink", "row_list", "listing", "beside", "editor", "panes", "graph", "app")


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as stream:
        return stream.read()


def main():
    module, output = sys.argv[1:]
    os.makedirs(output, exist_ok=True)
    with open(module, "rb") as stream:
        wasm = stream.read()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    packed = base64.b64encode(packer.compress(wasm) + packer.flush()).decode()
    script = "\n".join(read(f"src/{name}.js") for name in SCRIPTS)
    files = {
        "index.html": read("index.html"),
        "explorer.css": read("explorer.css"),
        "explorer.js": f'"use strict";\n(() => {{\n{script}}})();\n',
        "ouro-module.js": f'const ouroModuleBase64 = "{packed}";\n',
    }
    total = 0
    for name, text in files.items():
        data = text.encode()
        with open(os.path.join(output, name), "wb") as stream:
            stream.write(data)
        size = len(gzip.compress(data, 9))
        total += size
        print(f"{name}: {len(data)} bytes, {size} with gzip")
    print(f"module: {len(wasm)} bytes; all files with gzip: {total} bytes")


if __name__ == "__main__":
    main()
