"""Filings of an installation's own, and a policy with somebody who may be responsible for them."""

import json

from harness import program

POLICY = (program.SOURCE / "config/policy.toml").read_text()


def policy(until: str = "2099-12-31") -> str:
    """The default policy, and hanako, who may be responsible until then."""
    return POLICY + f"""
[[person]]
name = "花子"
account = "hanako"
roles = ["privacy-officer"]
clearances = [{{ class = "communications", until = {until} }}]
"""


def filing(stop_when: str = "", mode: str = "operation", until: str = "2099-01-01", **texts) -> str:
    """A text to which nothing is missing under policy()."""
    answers = {
        "purpose": "c2-detection", "purpose_in_words": "C&Cサーバを見つける",
        "necessity": "ほかに方法がない", "means": "NetFlow、仮名、30日", "checking": "毎朝、判定Aのみ",
        "responsible": "hanako", "mode": mode, "from": "2020-01-01", "until": until, **texts,
    }  # fmt: skip
    lines = [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in answers.items()]
    return "\n".join(lines) + f'\nstop_criteria = ["目的外の閲覧"]\n[stop_when]\n{stop_when}\n'
