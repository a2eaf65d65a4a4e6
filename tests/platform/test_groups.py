"""Tests that start Clientela share a worker; a release of pytest once dropped all groups silently."""

import pytest


@pytest.mark.xdist_group("alone")
def test_a_group_reaches_the_one_who_hands_out_tests(request: pytest.FixtureRequest) -> None:
    has_groups = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@alone") is bool(has_groups)
