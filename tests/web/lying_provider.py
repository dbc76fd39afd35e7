"""An OpenID provider that says whatever a test has it say."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Lying:
    """What it says of itself and gives for a code; both may be changed at any time."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.about: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
        }
        self.keys: dict[str, Any] = {"keys": []}
        self.id_token = ""

    def answer(self, path: str) -> dict[str, Any] | None:
        """What stands at *path*."""
        return {
            "/.well-known/openid-configuration": self.about,
            "/keys": self.keys,
            "/token": {"id_token": self.id_token, "token_type": "Bearer"},
        }.get(path)


@contextmanager
def lying() -> Generator[Lying]:
    """Such a provider, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = provider.answer(self.path)
            body = json.dumps(found).encode()
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(200 if found is not None else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name above
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Lying(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
