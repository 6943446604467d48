"""check_errors.py: every error code of the sources stands in docs/ERRORS.md and in a test, and none stands there in vain.

Codes that end in .internal report our own bugs, which no test can bring about.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MADE = re.compile(r'\b(?:error_at|make_error|fail|fail_step|truncated_code|ByteReader reader)\(\s*(?:bytes,\s*)?"([a-z0-9_]+\.[a-z0-9_]+)"|'
                  r'\bcode = "([a-z0-9_]+\.[a-z0-9_]+)"|"((?:pyc|marshal)\.truncated)"')
LISTED = re.compile(r'^\| `([a-z0-9_]+\.[a-z0-9_]+)` \|', re.M)


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def files(*tops):
    for top in tops:
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                yield os.path.join(folder, name)


def main():
    made, tests = {}, []
    for path in files("src", "tools", "tests", "bindings"):
        if path.endswith(("_test.cpp", ".test")) or os.sep + "integration" + os.sep in path:
            tests.append(read(path))
        elif path.endswith((".cpp", ".h")) and os.sep + "tests" + os.sep not in path:
            for match in MADE.finditer(read(path)):
                made.setdefault(next(filter(None, match.groups())), os.path.relpath(path, ROOT))
    listed = set(LISTED.findall(read(os.path.join(ROOT, "docs", "ERRORS.md"))))
    tested = "\n".join(tests)
    problems = ["%s (%s) is not in docs/ERRORS.md" % item for item in sorted(made.items()) if item[0] not in listed]
    problems += ["%s is in docs/ERRORS.md and nowhere else" % code for code in sorted(listed - set(made))]
    problems += ["%s has no test" % code for code in sorted(listed & set(made)) 
                 if code not in tested and not code.endswith(".internal")]
    for problem in problems:
        print(problem)
    print("%d error codes, %d problems" % (len(made), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
