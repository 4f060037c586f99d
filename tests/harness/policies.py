"""Policies for tests: the default one, and the same for named people alone."""

import getpass
import json

from harness import program

DEFAULT = (program.SOURCE / "config/policy.toml").read_text()


def person(name: str, account: str, *roles: str, clearance: str = "subscribers",
           until: str = "2099-12-31") -> str:
    """One more person of a policy."""
    return f"""
[[person]]
name = "{name}"
account = "{account}"
roles = {json.dumps(roles)}
clearances = [{{ class = "{clearance}", until = {until} }}]
"""


def closed(*roles: str, clearance: str = "communications", until: str = "2099-12-31") -> str:
    """The default policy for named people alone: who runs this test, with some roles."""
    policy = DEFAULT.replace('default_role = "operator"', 'default_role = ""')
    policy = policy.replace('default_clearance = "communications"', 'default_clearance = ""')
    if not roles:
        return policy
    return (policy + person("One officer", "officer-1", "privacy-officer")
            + person("Another officer", "officer-2", "privacy-officer")
            + person("Tester", getpass.getuser(), *roles, clearance=clearance, until=until))
