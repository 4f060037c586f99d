"""unittest, with skips that are counted aloud."""

import sys
import unittest

SKIPPED = 77  # what ctest knows as "skipped"


def main() -> None:
    """Runs the calling program's tests. Exits 77 when every one was skipped; says how many were."""
    result = unittest.main(module="__main__", exit=False).result
    reasons = {}
    for _, reason in result.skipped:
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in reasons.items():
        print(f"skipped {count} of {result.testsRun}: {reason}")
    if not result.wasSuccessful() or result.testsRun == 0:
        sys.exit(1)
    if len(result.skipped) == result.testsRun:
        sys.exit(SKIPPED)
