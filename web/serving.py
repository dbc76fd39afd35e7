"""The server process: from an empty folder to an address that answers."""

import errno
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import uvicorn

from kb.errors import ConflictError, UnavailableError
from kb.people import users
from web.app import create_app
from web.http.guard import is_loopback
from web.signin.entrance import Entrance
from web.wiring import Services

_BACKLOG = 128
_GRACE_SECONDS = 3
_EVERYWHERE = ("", "0.0.0.0", "::", "[::]")  # noqa: S104 - what others may write to be reached everywhere


def names(services: Services, host: str) -> frozenset[str]:
    """The host names, beside this machine's own, under which a server on *host* answers.

    Raises UnavailableError when others could reach it and nobody would have to sign in, or nobody could
    administer it.
    """
    settings = services.settings
    public = urlsplit(settings.address).hostname or ""
    if is_loopback(host):
        return frozenset({public}) if public and Entrance(services).look() else frozenset()
    with services.sessions() as session:
        administered = users.administered(session, provider=settings.oidc.configured)
    if not administered and not settings.oidc.configured:
        raise UnavailableError(
            f"Hindsight can't be opened to others at {host or 'every address'} before somebody can sign in "
            "who administers it. Run `kb user add LOGIN --role administrator`, or name an OpenID provider "
            "with KB_OIDC_ISSUER and KB_OIDC_CLIENT_ID. Or use 127.0.0.1, which only this machine can reach."
        )
    if host in _EVERYWHERE and not public:
        raise UnavailableError(
            f"At {host or 'every address'} Hindsight has to know its name, so that no other site can speak "
            "for it: set KB_ADDRESS to what people open, such as https://hindsight.example.org."
        )
    return frozenset(name for name in (host, public) if name and name not in _EVERYWHERE)


def claim(host: str, port: int) -> socket.socket:
    """A socket bound to *host* and *port*, before any long work is done; see *names* for who may do that.

    Raises UnavailableError for an address that does not exist here, ConflictError when another program has
    the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay, 40 ms a request, only for sockets that name their protocol.
    claimed = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((host.strip("[]"), port))
        claimed.listen(_BACKLOG)
    except OSError as error:
        claimed.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise UnavailableError(
                f"This machine has no address {host}; `hostname -I` lists those it has."
            ) from error
        raise ConflictError(
            f"Port {port} is taken, perhaps by Hindsight itself; choose another with --port."
        ) from error
    return claimed


def address(claimed: socket.socket, host: str) -> str:
    """What to type into a browser."""
    named = f"[{host.strip('[]')}]" if ":" in host else host
    return f"http://{named}:{claimed.getsockname()[1]}"


def serve(
    services: Services, claimed: socket.socket, hosts: frozenset[str], ready: Callable[[], None]
) -> None:
    """Answer on *claimed*, also as *hosts*, until told to stop; *ready* is called when it does."""
    config = uvicorn.Config(
        create_app(services, hosts=hosts),
        log_config=None,  # its lines go where ours go, in the form that was asked for
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(services.settings.proxies),
        forwarded_allow_ips=services.settings.proxies,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    watcher = threading.Thread(target=_tell, args=(server, ready), daemon=True)
    watcher.start()
    server.run(sockets=[claimed])


def _tell(server: uvicorn.Server, ready: Callable[[], None]) -> None:
    pause = threading.Event()
    while not server.started:
        pause.wait(0.02)
    ready()
