"""Policies for tests: the default one, and the same for named people alone."""

import getpass
import json

from harness import program

DEFAULT = (program.SOURCE / "config/policy.toml").read_text()


def closed(*roles: str, clearance: str = "communications", until: str = "2099-12-31") -> str:
    """The default policy for named people alone: who runs this test, with some roles."""
    policy = DEFAULT.replace('default_role = "operator"', 'default_role = ""')
    policy = policy.replace('default_clearance = "communications"', 'default_clearance = ""')
    if not roles:
        return policy
    return policy + f"""
[[person]]
name = "One officer"
account = "officer-1"
roles = ["privacy-officer"]
clearances = [{{ class = "subscribers", until = 2099-12-31 }}]
[[person]]
name = "Another officer"
account = "officer-2"
roles = ["privacy-officer"]
clearances = [{{ class = "subscribers", until = 2099-12-31 }}]
[[person]]
name = "Tester"
account = "{getpass.getuser()}"
roles = {json.dumps(roles)}
clearances = [{{ class = "{clearance}", until = {until} }}]
"""
