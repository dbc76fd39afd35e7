"""Webhooks: signed as Standard Webhooks says, sent only to where the settings allow.

An address is looked up once and the connection goes to what was checked, so that a name can't lead into the
organisation's own network; redirections are not followed.
"""

import hmac
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from kb.errors import InvalidError, UnavailableError
from kb.push.subscriptions import SECRET_PREFIX
from web.release import release

ANY = "*"
"""Stands for every public host."""
_SECONDS = 10.0
"""For connecting, and for each answer of the other side."""
_DEADLINE = 30.0
"""For all of it."""
_NAT64 = IPv6Network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted."""

    key: str
    """The same in every try."""
    at: datetime
    """When it is sent."""
    body: bytes


def allowed(hosts: str) -> frozenset[str]:
    """The host names in the setting *hosts*."""
    return frozenset(host.strip().lower() for host in hosts.split(",") if host.strip())


def check(address: str, hosts: frozenset[str]) -> None:
    """Raise InvalidError, with what to do, unless webhooks may go to *address*; nothing is looked up."""
    _parts(address, hosts)


def sign(secret: str, message: Message) -> str:
    """The signature of *message*: `v1,` and the HMAC-SHA256 of key, second and body, in base64."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message.key}.{_second(message)}.".encode() + message.body
    return "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode()


def post(address: str, secret: str, message: Message, hosts: frozenset[str]) -> None:
    """Send *message* to *address*.

    Raises InvalidError when it may not go there, UnavailableError when the other side does not take it.
    """
    parts = _parts(address, hosts)
    host = parts.hostname or ""
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": f"Hindsight/{release()}",
        "webhook-id": message.key,
        "webhook-timestamp": str(_second(message)),
        "webhook-signature": sign(secret, message),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _connected(parts, private=host in hosts) as connection:
            connection.request("POST", target, message.body, headers)
            status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        reason = str(error) or type(error).__name__
        raise UnavailableError(f"{host} could not be reached: {reason}.") from error
    if not 200 <= status < 300:
        raise UnavailableError(f"{host} answered with status {status} instead of 2xx.")


def _second(message: Message) -> int:
    return int(message.at.timestamp())


def _parts(address: str, hosts: frozenset[str]) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    printable = address.isascii() and address.isprintable() and " " not in address
    if parts.scheme not in _PORTS or not host or not printable or parts.username is not None:
        raise InvalidError("A webhook's address looks like https://host/path, without a name or password.")
    if host in hosts or (ANY in hosts and parts.scheme == "https"):
        return parts
    if ANY in hosts:
        raise InvalidError("A webhook's address begins with https://.")
    raise InvalidError(
        f"Webhooks may not go to {host} from this server. Whoever runs it allows hosts with KB_WEBHOOK_HOSTS."
    )


@contextmanager
def _connected(parts: SplitResult, *, private: bool) -> Generator[HTTPConnection]:
    """A connection to what *parts* name; into the private network only when that is meant."""
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not private and not all(_public(ip_address(one)) for one in found):
        raise InvalidError(f"{host} leads into a private network, where webhooks may not go.")
    opened = socket.create_connection((found[0], port), _SECONDS)
    with opened.dup() as handle, _deadline(handle), closing(HTTPConnection(host, port)) as connection:
        connection.sock = _encrypted(opened, host) if parts.scheme == "https" else opened
        yield connection


def _encrypted(opened: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(opened, server_hostname=host)


@contextmanager
def _deadline(connected: socket.socket) -> Generator[None]:
    """End the connection when the other side spends too long over it, a byte at a time."""

    def cut() -> None:
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = Timer(_DEADLINE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _public(address: IPv4Address | IPv6Address) -> bool:
    """Whether *address* is on the public internet, whatever form it is written in."""
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if within is not None:
            return _public(within)
        if address in _NAT64 or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast
