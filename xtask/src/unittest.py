"""Runs the tests of a folder and ends with a line such as `50 passed, 0 failed, 1 skipped in 9.9s`."""

import sys
import time
import unittest


class Result(unittest.TextTestResult):
    """Counts what passed as well."""

    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


start = time.monotonic()
tests = unittest.defaultTestLoader.discover(sys.argv[1])
result = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=Result).run(tests)
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
took = time.monotonic() - start
print(f"{result.passed} passed, {failed} failed, {len(result.skipped)} skipped in {took:.1f}s")
sys.exit(not result.wasSuccessful())
