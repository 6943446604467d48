"""Runs the hostile programs under `ouro run` and checks how each ends: run.py OURO [PART-OF-A-NAME]."""
import pathlib
import re
import subprocess
import sys

OPTIONS = ["--sandbox", "--fuel", "50M", "--memory", "64M", "--timeout", "10", "--output-limit", "100K"]


def read_programs():
    text = (pathlib.Path(__file__).parent / "programs.txt").read_text()
    for block in re.split(r"^=== ", text, flags=re.M)[1:]:
        head, code = block.split("\n", 1)
        name, statuses, expression = head.split(" | ", 2)
        yield name, {int(status) for status in statuses.split("|")}, expression, code


def run_program(ouro, code):
    done = subprocess.run([ouro, "run", *OPTIONS, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return done.returncode, lines[-1][-300:] if lines else ""


def main():
    ouro, part = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    total = failed = skipped = 0
    has_library = subprocess.run([ouro, "run", "-c", "import os"], capture_output=True, timeout=60).returncode == 0
    for name, statuses, expression, code in read_programs():
        if part not in name:
            continue
        total += 1
        try:
            status, last = run_program(ouro, code)
        except subprocess.TimeoutExpired:
            status, last = "no end", ""
        if not has_library and "needs the standard library of Python 3.13" in last:
            total, skipped = total - 1, skipped + 1
            continue
        if status not in statuses or not re.search(expression, last):
            failed += 1
            print(f"{name}: status {status} of {sorted(statuses)}, last line {last!r}, wanted {expression!r}")
    print(f"{total - failed} of {total} hostile programs end as they should")
    if skipped:
        print(f"{skipped} need the standard library, which was not found here")
    return 1 if failed or (not part and total < 60) else 0


if __name__ == "__main__":
    sys.exit(main())
