"""Which objects marshal marks as references: Ouro's rules against CPython 3.13, on real code.

    python3.13 tests/differential/marshal_marks.py PROBE [--step N] [FILE|DIR ...]

PROBE is the program ouro_marshal_probe. Every file is compiled at optimisation 0, 1 and 2; the probe reads the
marshalled code, forgets the marks, makes them anew and compares bytes.
"""
import marshal
import os
import subprocess
import sys
import tempfile
import warnings


def sources(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, folders, names in os.walk(path):
            folders.sort()
            folders[:] = [f for f in folders if f != "site-packages"]
            yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))


def main():
    arguments = sys.argv[1:]
    probe = arguments.pop(0)
    step = 1
    if arguments and arguments[0] == "--step":
        step = int(arguments[1])
        del arguments[:2]
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        written = []
        for path in list(sources(arguments or [os.path.dirname(os.__file__)]))[::step]:
            for optimize in 0, 1, 2:
                try:
                    code = compile(open(path, "rb").read(), path, "exec", optimize=optimize, dont_inherit=True)
                except (SyntaxError, ValueError, UnicodeError, RecursionError):
                    break
                name = os.path.join(folder, f"{len(written):05}-O{optimize}-{os.path.basename(path)}")
                with open(name, "wb") as file:
                    file.write(marshal.dumps(code))
                written.append(name)
                del code
        wrong = 0
        for start in range(0, len(written), 500):
            answer = subprocess.run([probe, *written[start:start + 500]], capture_output=True, text=True)
            lines = answer.stdout.splitlines()
            wrong += int(lines[-1].split()[2])
            print("\n".join(lines[:-1]) or "-")
        print(f"{len(written)} compiled modules, {wrong} differ")
        return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
