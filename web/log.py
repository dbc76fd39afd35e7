"""What the program tells its operator: a line for each event, without secrets and without anybody's text."""

import logging
import sys
import time
from contextvars import ContextVar
from enum import StrEnum

REQUEST: ContextVar[str] = ContextVar("request", default="-")
"""The number of the request that is being answered."""
_FIELDS = "%(asctime)s %(levelname)s %(name)s %(request)s %(message)s"


class LogFormat(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


def set_up(form: LogFormat = LogFormat.TEXT, *, verbose: bool = False) -> None:
    """Send warnings, or with *verbose* everything of ours, to standard error."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_numbered)
        handler.setFormatter(_formatter(form))
    for package in ("kb", "ingest", "search", "web"):
        logging.getLogger(package).setLevel(logging.DEBUG if verbose else logging.WARNING)


def _numbered(record: logging.LogRecord) -> bool:
    record.request = REQUEST.get()
    return True


def _formatter(form: LogFormat) -> logging.Formatter:
    made = _of_form(form)
    # UTC, said so: lines of several machines are read side by side, and no hour comes twice in autumn.
    made.converter = time.gmtime
    made.default_time_format, made.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
    return made


def _of_form(form: LogFormat) -> logging.Formatter:
    if form is LogFormat.TEXT:
        return logging.Formatter(_FIELDS)
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(_FIELDS, rename_fields={"asctime": "time", "levelname": "level", "name": "logger"})
