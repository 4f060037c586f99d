"""What the program tests share: they drive the built `noroshi` from outside, as a person would.

    PYTHONPATH=tests python3 tests/field/test_exporters.py [Class.test_name]

Environment, each with a default that suits a source tree: NOROSHI (the program; else the newest
build/*/noroshi), NOROSHI_SOURCE (the source tree), NOROSHI_FIELD_DATA (real recordings, else
../shared/data beside the source tree).
"""
