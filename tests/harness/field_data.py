"""Finds the real recordings. They are never part of this repository."""

import functools
import os
import pathlib
import unittest

from harness.program import SOURCE

ROOT = pathlib.Path(os.environ.get("NOROSHI_FIELD_DATA", SOURCE.parent / "shared" / "data"))

needed = unittest.skipUnless(
    (ROOT / "CATALOGUE.md").is_file(), "the field data is not here (NOROSHI_FIELD_DATA)"
)


@functools.cache
def path(relative: str) -> pathlib.Path:
    """The one file that `relative`, which may hold wildcards, names below the field data."""
    found = sorted(ROOT.glob(relative))
    if len(found) != 1:
        raise AssertionError(f"{len(found)} files match {ROOT / relative}, expected one")
    return found[0]
