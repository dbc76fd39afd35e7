"""Real servers that tests send to: one that takes e-mail, one that takes webhooks."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller  # pyright: ignore[reportMissingTypeStubs]
from aiosmtpd.smtp import AuthResult, LoginPassword  # pyright: ignore[reportMissingTypeStubs]

USER, PASSWORD = "hindsight", "correct-horse-battery"


@dataclass
class Mailbox:
    """What a mail server took."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list[EmailMessage])
    raw: list[bytes] = field(default_factory=list[bytes])
    refuse: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse:
            return "451 Try again later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.raw.append(envelope.content)
        return "250 OK"


def _authenticate(_server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False)


@contextmanager
def mail_server(
    *, signing_in: bool = False, tls: SSLContext | None = None, host: str = "127.0.0.1"
) -> Generator[Mailbox]:
    """A mail server on a free port; with *signing_in* only for USER with PASSWORD."""
    mailbox = Mailbox()
    controller = Controller(
        mailbox,
        hostname=host,
        port=_free_port(),
        authenticator=_authenticate if signing_in else None,
        auth_required=signing_in,
        auth_require_tls=tls is not None,
        tls_context=tls,
        require_starttls=tls is not None,
    )
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@dataclass
class Hook:
    """A webhook's other side."""

    port: int = 0
    statuses: list[int] = field(default_factory=list[int])
    """Answers to give, in turn; then 204."""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])
    paths: list[str] = field(default_factory=list[str])
    on_request: Callable[[], None] = lambda: None
    location: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in?tenant=1"


@contextmanager
def hook_server(tls: SSLContext | None = None) -> Generator[Hook]:
    """A web server on a free port of this machine."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            hook.paths.append(self.path)
            hook.on_request()
            self.send_response(hook.statuses.pop(0) if hook.statuses else 204)
            if hook.location:
                self.send_header("Location", hook.location)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            return

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            return

    server = Quiet(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
