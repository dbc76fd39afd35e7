import socket

import pytest

from kb.access import LOCAL_USER
from kb.database import transaction
from kb.errors import ConflictError, UnavailableError
from kb.people import users
from kb.people.users import UserDraft
from kb.vocabulary import Role
from web import wiring
from web.serving import address, claim, names
from web.wiring import Services

WORDS = "copper lantern drifts sideways"


def add(services: Services, draft: UserDraft) -> None:
    with transaction(services.sessions) as session:
        users.add(session, LOCAL_USER, draft)


def at(services: Services, address: str) -> Services:
    return wiring.build(services.settings.model_copy(update={"address": address}))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_can_be_bound_to(host: str) -> None:
    with claim(host, 0) as claimed:
        assert address(claimed, host).startswith("http://")
        assert str(claimed.getsockname()[1]) in address(claimed, host)


PUBLIC = ["0.0.0.0", "::", "192.0.2.1", "example.org", "", "127.0.0.1.example.org"]  # noqa: S104 - these are what is refused


@pytest.mark.parametrize("host", PUBLIC)
def test_an_address_that_others_reach_is_refused_until_somebody_administers(
    services: Services, host: str
) -> None:
    with pytest.raises(UnavailableError, match="kb user add LOGIN --role administrator"):
        names(services, host)


def test_without_a_password_nobody_administers(services: Services) -> None:
    add(services, UserDraft("anna", "Anna", [Role.ADMINISTRATOR]))
    with pytest.raises(UnavailableError, match="kb user add"):
        names(services, "192.0.2.1")


def test_once_somebody_administers_a_server_answers_to_its_names(services: Services) -> None:
    assert names(at(services, "https://kb.example.org"), "127.0.0.1") == frozenset()
    add(services, UserDraft("anna", "Anna", [Role.ADMINISTRATOR], password=WORDS))
    assert names(services, "192.0.2.1") == {"192.0.2.1"}
    assert names(services, "127.0.0.1") == frozenset()
    with pytest.raises(UnavailableError, match="KB_ADDRESS"):
        names(services, "0.0.0.0")  # noqa: S104
    known = at(services, "https://kb.example.org/")
    assert names(known, "0.0.0.0") == names(known, "127.0.0.1") == {"kb.example.org"}  # noqa: S104


def test_an_address_of_another_machine_can_t_be_taken() -> None:
    for host in ("192.0.2.1", "no.such.host.invalid"):
        with pytest.raises(UnavailableError, match="has no address"):
            claim(host, 0)


def test_a_port_that_is_taken_is_said_so() -> None:
    with claim("127.0.0.1", 0) as first, pytest.raises(ConflictError, match="is taken"):
        claim("127.0.0.1", first.getsockname()[1])


def test_answers_are_not_held_back_by_nagles_algorithm() -> None:
    with claim("127.0.0.1", 0) as claimed:
        assert claimed.proto == socket.IPPROTO_TCP
