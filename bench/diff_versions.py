#!/usr/bin/env python3
"""diff_versions.py OURO TREE_A TREE_B: what one version's compiler does otherwise than another's.

Compares every file of two trees of caches (the same sources' libraries, a version each) with `ouro diff`: all at once for
the table of instructions, then file by file for the times. Prints Markdown.
"""
import collections
import json
import os
import subprocess
import sys
import time


def compare(ouro, a, b):
    """Streams the file objects of `ouro diff --json`; its output has one on each line."""
    process = subprocess.Popen([ouro, "diff", "--json", "-U", "0", a, b], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        line = line.strip().rstrip(",")
        if line.startswith('{"name"'):
            yield json.loads(line)
        elif line.startswith("],"):
            yield json.loads("{" + line[2:])
    if process.wait() not in (0, 1):
        sys.exit("ouro diff: exit status %d" % process.returncode)


def place(root, name):
    return os.path.join(root, name + "c")


def time_files(ouro, a, b, names):
    """Seconds of a process a file, the least of three runs."""
    times = []
    for name in names:
        best = None
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run([ouro, "diff", "-j", "1", place(a, name), place(b, name)], stdout=subprocess.DEVNULL)
            elapsed = time.perf_counter() - start
            best = elapsed if best is None else min(best, elapsed)
        times.append((best, name))
    return sorted(times)


def main(ouro, a, b):
    removed, added, attributes, statuses = (collections.Counter() for _ in range(4))
    files, names, final = collections.Counter(), [], None
    for item in compare(ouro, a, b):
        if "different" in item:
            final = item["summary"]
            continue
        files[item["status"]] += 1
        if item["status"] in ("same", "changed"):
            names.append(item["name"])
        for code in item.get("code", ()):
            statuses[code["status"]] += 1
            if code["status"] != "changed":
                continue
            for change in code["attributes"]:
                attributes[change["name"]] += 1
            for hunk in code["hunks"]:
                for line in hunk["lines"]:
                    (removed if line["kind"] == "removed" else added)[line["opcode"]] += 1
    print("| files | same | changed | only in the first | only in the second | failed |")
    print("| --- | --- | --- | --- | --- | --- |")
    print("| %d | %d | %d | %d | %d | %d |\n" % (
        sum(files.values()), files["same"], files["changed"], files["removed"], files["added"], files["failed"]))
    print("| code objects | instructions | bytes | constants |")
    print("| --- | --- | --- | --- |")
    before, after = final["a"], final["b"]
    print("| %d same, %d changed, %d added, %d removed, %d renamed, %d moved | %d → %d (−%d +%d) | %d → %d | %d → %d |\n" % (
        final["same"], final["changed"], final["added"], final["removed"], final["renamed"], final["moved"],
        before["instructions"], after["instructions"], final["instructions_removed"], final["instructions_added"],
        before["code_bytes"], after["code_bytes"], before["constants"], after["constants"]))
    print("Instructions in changed code objects, where aligning left them on one side only:\n")
    print("| instruction | gone | new | balance |")
    print("| --- | --- | --- | --- |")
    ranked = sorted(set(removed) | set(added), key=lambda op: -abs(added[op] - removed[op]))
    for op in ranked[:40]:
        print("| `%s` | %d | %d | %+d |" % (op, removed[op], added[op], added[op] - removed[op]))
    print("\nFields of changed code objects: %s.\n" % ", ".join("`%s` %d" % item for item in attributes.most_common()))
    times = time_files(ouro, a, b, names)
    seconds = [t for t, _ in times]
    print("Time of a process a file, the least of three runs, over %d files: median %.1f ms, mean %.1f ms, slowest %.0f ms (`%s`)."
          % (len(times), seconds[len(seconds) // 2] * 1e3, sum(seconds) / len(seconds) * 1e3, seconds[-1] * 1e3, times[-1][1]))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
