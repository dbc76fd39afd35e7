import socket

import pytest

from kb.errors import ConflictError, UnavailableError
from web.serving import address, claim


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_can_be_bound_to(host: str) -> None:
    with claim(host, 0) as claimed:
        assert address(claimed, host).startswith("http://")
        assert str(claimed.getsockname()[1]) in address(claimed, host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "", "127.0.0.1.example.org"])  # noqa: S104 - these are what is refused
def test_an_address_that_others_reach_is_refused(host: str) -> None:
    with pytest.raises(UnavailableError, match="sign-in is not available"):
        claim(host, 0)


def test_a_port_that_is_taken_is_said_so() -> None:
    with claim("127.0.0.1", 0) as first, pytest.raises(ConflictError, match="is taken"):
        claim("127.0.0.1", first.getsockname()[1])


def test_answers_are_not_held_back_by_nagles_algorithm() -> None:
    with claim("127.0.0.1", 0) as claimed:
        assert claimed.proto == socket.IPPROTO_TCP
