"""Runs a program of bench/vm several times in one process and prints the seconds of the fastest run.

Usage (under either interpreter): vm_steady.py PROGRAM RUNS
"""
import sys
import time


class Nothing:
    def write(self, text):
        return len(text)

    def flush(self):
        pass


def main():
    program, runs = sys.argv[1], int(sys.argv[2])
    with open(program, encoding="utf-8") as stream:
        code = compile(stream.read(), program, "exec")
    output, best = sys.stdout, None
    for _ in range(runs):
        sys.stdout = Nothing()
        start = time.perf_counter()
        exec(code, {"__name__": "__main__"})
        seconds = time.perf_counter() - start
        sys.stdout = output
        best = seconds if best is None else min(best, seconds)
    print(best)


main()
