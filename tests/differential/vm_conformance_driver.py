"""Runs one module of CPython's Lib/test and writes a line for each test as it ends: outcome, tab, id.

Usage (under the program to be examined): vm_conformance_driver.py OUT MODULE
What a crash cuts off is seen by the test that has begun and not ended.
"""
import sys
import unittest


class Record(unittest.TestResult):
    def __init__(self, stream):
        super().__init__()
        self.record = stream
        self.bad_subtests = set()

    def write(self, outcome, test):
        self.record.write(f"{outcome}\t{test.id()}\n")
        self.record.flush()

    def startTest(self, test):
        super().startTest(test)
        self.write("begin", test)

    def addSuccess(self, test):
        self.write("pass", test)

    def addError(self, test, err):
        self.write("error", test)

    def addFailure(self, test, err):
        self.write("fail", test)

    def addSubTest(self, test, subtest, err):
        if err is not None and test.id() not in self.bad_subtests:
            self.bad_subtests.add(test.id())
            self.write("fail", test)

    def addSkip(self, test, reason):
        self.write("skip", test)

    def addExpectedFailure(self, test, err):
        self.write("pass", test)

    def addUnexpectedSuccess(self, test):
        self.write("fail", test)


def main():
    out, module = sys.argv[1:]
    sys.argv = [sys.argv[0]]
    with open(out, "w", encoding="utf-8") as stream:
        suite = unittest.defaultTestLoader.loadTestsFromName(module)
        suite.run(Record(stream))
        stream.write("end\t\n")


main()
