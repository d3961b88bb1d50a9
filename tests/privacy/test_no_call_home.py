"""No command reaches beyond this machine."""

import pytest

from tests.privacy.house import without_network


def test_the_guard_stands(house):
    """A call beyond this machine is refused and noted, or the other tests prove nothing."""
    tried = house.run(program="import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)")
    assert tried.returncode == 1
    assert any("192.0.2.1" in call for call in house.calls)


def test_every_command_works_without_a_network(worked):
    """The audit and whatever else there is; see the fixtures."""
    assert worked.calls == []


@pytest.mark.slow
def test_demo_works_without_a_network(house):
    done = house.run("demo", "--out", house.work / "demo", "--no-prefect", before=without_network())
    assert done.returncode in (0, 3), done.stderr
    assert house.run("evaluate", house.work / "demo", before=without_network()).returncode == 0
    assert house.calls == []


@pytest.mark.slow
def test_prefect_works_without_a_network(house):
    """Prefect's own server answers on this machine; its telemetry and update checks stay silent."""
    done = house.audit("store", before=without_network())
    assert done.returncode == 3, done.stderr
    assert house.calls == []
