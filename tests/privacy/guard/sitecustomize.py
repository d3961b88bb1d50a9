"""Put on PYTHONPATH by a test: Python imports it at start. Every attempt to reach beyond this machine is noted and refused."""

import os
import socket

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_connect, _connect_ex, _lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def _refuse(target) -> None:
    with open(os.environ["ALTBENEFIT_TEST_CALLS"], "a") as out:
        out.write(f"{target}\n")
    raise ConnectionRefusedError("a test forbids calls beyond this machine")


def _is_here(host) -> bool:
    return host is None or str(host, "ascii") == "" if isinstance(host, bytes) else host is None or str(host).startswith(LOOPBACK)


def connect(self, address):
    if self.family != socket.AF_UNIX and not _is_here(address[0]):
        _refuse(address)
    return _connect(self, address)


def connect_ex(self, address):
    if self.family != socket.AF_UNIX and not _is_here(address[0]):
        _refuse(address)
    return _connect_ex(self, address)


def getaddrinfo(host, *args, **options):
    if not _is_here(host) and host != socket.gethostname():
        _refuse(host)
    return _lookup(host, *args, **options)


socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, getaddrinfo
