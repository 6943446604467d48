"""Compares Ouro's syntax errors with CPython's, as collect_syntax_errors.py recorded them.

    syntax_errors.py PROBE RECORDS.jsonl... [--origin NAME...] [--show N] [--cause TEXT] [--list OUT.md] [--minimum PERCENT]

PROBE is build/<preset>/bin/ouro_errors_probe. Says how many sources have the same type, message, line, column and
end position, how many the same warnings, and the causes of differences, the most frequent first. Exit status 1 when
fewer than --minimum percent are the same or a valid source is refused.
"""
import argparse
import base64
import collections
import json
import re
import subprocess
import sys


class Probe:
    def __init__(self, path):
        self.path = path
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, what, mode, source):
        try:
            self.process.stdin.write(b"%s %s %d\n" % (what.encode(), mode.encode(), len(source)) + source)
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            self.process.wait()
            self.start()
            return ("crash", self.process.returncode, 0, 0, 0, ""), []
        answer, *warnings = line[:-1].decode("utf-8", "replace").split("\x1d")
        plain = lambda text: re.sub("\x1b(.)", lambda match: chr(ord(match[1]) - 64), text)
        warnings = [(int(at), category, plain(text)) for at, category, text in (w.split("\x1f") for w in warnings)]
        if answer == "ok":
            return None, warnings
        kind, *place, message = answer.split("\x1f")
        return (kind, *map(int, place), plain(message)), warnings


def expected_of(record):
    outcome = record["outcome"]
    if outcome is None:
        return None
    return (outcome["type"], *(outcome[key] or 0 for key in ("lineno", "offset", "end_lineno", "end_offset")),
            outcome["msg"])


def cause_of(expected, got):
    def plain(message):
        return re.sub(r"\d+", "N", re.sub(r"'[^']*'|\"[^\"]*\"", "Q", message))[:70]

    if got is None:
        return "accepted, should be %s: %s" % (expected[0], plain(expected[5]))
    if expected is None:
        return "refused, should be accepted: %s: %s" % (got[0], plain(got[5]))
    if (expected[0], expected[5]) == (got[0], got[5]):
        return "place: %s" % plain(expected[5])
    return "%s -> %s" % (plain(expected[5]), plain(got[5]))


def write_list(path, causes):
    with open(path, "w") as out:
        for cause, cases in sorted(causes.items(), key=lambda item: (-len(item[1]), item[0])):
            out.write("- %s (%d)\n" % (cause.replace("|", "\\|"), len(cases)))
            for record, source, expected, got in sorted(cases, key=lambda case: len(case[1]))[:3]:
                out.write("    - %s, %s: `%s`\n      CPython: `%s`; Ouro: `%s`\n"
                          % (record["origin"], record["mode"], repr(source)[-160:], expected, got))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("records", nargs="+")
    parser.add_argument("--origin", nargs="*", help="only sources of these test modules")
    parser.add_argument("--list", help="write the differences there, as Markdown")
    parser.add_argument("--show", type=int, default=0, help="examples per cause")
    parser.add_argument("--causes", type=int, default=25)
    parser.add_argument("--cause", default="")
    parser.add_argument("--minimum", type=float, default=0)
    options = parser.parse_args()
    probe = Probe(options.probe)
    same = collections.Counter()
    causes = collections.defaultdict(list)
    for path in options.records:
        for line in open(path):
            record = json.loads(line)
            if options.origin and record["origin"] not in options.origin:
                continue
            if "source" in record:
                source = record["source"].encode()
            else:
                source = base64.b64decode(record["source_base64"])
            expected = expected_of(record)
            got, warned = probe.ask("str" if "source" in record else "bytes", record["mode"], source)
            kind = "valid" if expected is None else "invalid"
            same[kind, "total"] += 1
            if got and got[4] == -1 and record["outcome"] and record["outcome"]["end_offset"] is None:
                got = (*got[:4], 0, got[5])  # Ouro's -1: none
            if expected == got:
                same[kind, "same"] += 1
            else:
                causes[cause_of(expected, got)].append((record, source, expected, got))
                continue
            wanted = [tuple(warning) for warning in record["warnings"]]
            if wanted or warned:
                same["warned", "total"] += 1
                if wanted == warned:
                    same["warned", "same"] += 1
                else:
                    causes["warnings"].append((record, source, wanted, warned))
    shown = 0
    for cause, cases in sorted(causes.items(), key=lambda item: -len(item[1])):
        if options.cause not in cause or shown == options.causes:
            continue
        shown += 1
        print("%5d  %s" % (len(cases), cause))
        for record, source, expected, got in sorted(cases, key=lambda case: len(case[1]))[:options.show]:
            print("         %s %s %r" % (record["origin"], record["mode"], source[-600:]))
            print("           CPython %s" % (expected,))
            print("           Ouro    %s" % (got,))
    if options.list:
        write_list(options.list, causes)
    for kind in ("invalid", "valid", "warned"):
        total = same[kind, "total"]
        print("%s: %d of %d the same (%.3f %%)" % (kind, same[kind, "same"], total,
                                                     100 * same[kind, "same"] / max(total, 1)))
    share = 100 * same["invalid", "same"] / max(same["invalid", "total"], 1)
    sys.exit(share < options.minimum or same["valid", "same"] != same["valid", "total"])


if __name__ == "__main__":
    main()
