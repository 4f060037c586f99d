"""The guard's audit as its files stand."""

import json
import pathlib


def entries(state: pathlib.Path) -> list[dict]:
    """Every entry of a state folder's audit, in the order of the chain."""
    found = []
    for segment in sorted((state / "guard/audit").glob("*.jsonl")):
        found += [json.loads(line) for line in segment.read_text().splitlines()]
    return found
