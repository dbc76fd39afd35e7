"""What the program tells its operator."""

import logging
import sys


def set_up(*, verbose: bool = False) -> None:
    """Send warnings, or with *verbose* everything of ours, to standard error."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for package in ("kb", "ingest", "search", "web"):
        logging.getLogger(package).setLevel(logging.DEBUG if verbose else logging.WARNING)
