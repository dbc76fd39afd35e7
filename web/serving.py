"""The server process: from an empty folder to an address that answers."""

import socket
import threading
from collections.abc import Callable

import uvicorn

from kb.errors import ConflictError, UnavailableError
from web.app import create_app
from web.http.guard import is_loopback
from web.wiring import Services

_BACKLOG = 128
_GRACE_SECONDS = 3


def claim(host: str, port: int) -> socket.socket:
    """A socket bound to *host* and *port*, before any long work is done.

    Raises UnavailableError for an address that others can reach, as there is no sign-in yet, and for one
    that does not exist here; ConflictError when another program has the port.
    """
    if not is_loopback(host):
        raise UnavailableError(
            f"Hindsight can't be opened to others at {host}: sign-in is not available in this release. "
            "Use 127.0.0.1, which only this machine can reach."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay, 40 ms a request, only for sockets that name their protocol.
    claimed = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((host.strip("[]"), port))
        claimed.listen(_BACKLOG)
    except OSError as error:
        claimed.close()
        raise ConflictError(
            f"Port {port} is taken, perhaps by Hindsight itself; choose another with --port."
        ) from error
    return claimed


def address(claimed: socket.socket, host: str) -> str:
    """What to type into a browser."""
    named = f"[{host.strip('[]')}]" if ":" in host else host
    return f"http://{named}:{claimed.getsockname()[1]}"


def serve(services: Services, claimed: socket.socket, ready: Callable[[], None]) -> None:
    """Answer on *claimed* until the process is told to stop; *ready* is called when it does."""
    config = uvicorn.Config(
        create_app(services),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
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
