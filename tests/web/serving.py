"""A server as people reach it: streams, several connections, a network that can fail."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from web.app import create_app
from web.wiring import Services


@contextmanager
def running(services: Services) -> Generator[str]:
    """A server over *services* on a free port; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(services), log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
