#!/usr/bin/env python3
"""Runs one unittest file and writes one JSON line a case to the file that VIF_TEST_REPORT names."""
import importlib.util
import json
import os
import sys
import unittest


class Report(unittest.TextTestResult):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = {}

    def _note(self, test, result, reason=""):
        # A failing subtest decides its test.
        if self.cases.get(test.id(), {}).get("result") != "failed":
            self.cases[test.id()] = {"name": test.id(), "result": result, "reason": reason}

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note(test, "skipped", reason)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._note(test, "failed")

    def addError(self, test, error):
        super().addError(test, error)
        self._note(test, "failed")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.cases[test.id()] = {"name": test.id(), "result": "failed", "reason": str(subtest)}


def main():
    path = sys.argv[1]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(resultclass=Report, verbosity=1).run(suite)
    report = os.environ.get("VIF_TEST_REPORT")
    if report:
        with open(report, "w") as file:
            for case in result.cases.values():
                file.write(json.dumps(case) + "\n")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
