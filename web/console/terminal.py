"""The command line's manners: opening a base, and how errors and interruptions end."""

import json
import re
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.text import Text
from sqlalchemy import make_url

from kb import database
from kb.access import Principal, local_user
from kb.errors import InvalidError, KbError, UnavailableError
from kb.settings import Settings
from search.terms import QueryError
from web import wiring
from web.wiring import Services

FAILED = 1
UNAVAILABLE = 3
INTERRUPTED = 130

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BEFORE = 40
"""Characters shown before what is pointed at."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def out() -> Console:
    """Where results go."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """Where progress and errors go."""
    return Console(stderr=True, highlight=False)


def plain(text: str) -> str:
    """*text* without control characters: a document must not command the terminal."""
    return _CONTROL.sub("", text)


def save(target: Path, parts: Iterable[bytes]) -> None:
    """Write *parts* into the file *target*. Raises InvalidError when it can't be written."""
    try:
        with target.open("wb") as stream:
            stream.writelines(parts)
    except OSError as error:
        raise InvalidError(f"{target} can't be written: {error.strerror}.") from error


def give_json(value: Any) -> None:
    """Write *value*, and nothing else, to standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def settings(data: Path | None, **changes: Any) -> Settings:
    """Settings from the environment, the data folder and *changes*. Raises InvalidError."""
    given: dict[str, Any] = {
        name: value for name, value in {"data": data, **changes}.items() if value is not None
    }
    try:
        return Settings(**given)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors())
        raise InvalidError(f"A setting can't be used: {faults}.") from error


@contextmanager
def manners() -> Generator[None]:
    """Turn errors made on purpose into a sentence and an exit code, and Ctrl-C into a clean end."""
    try:
        yield
    except KbError as error:
        err().print(f"[bold red]Error:[/] {_escaped(str(error))}", soft_wrap=True)
        if isinstance(error, QueryError):
            _point_at(error)
        raise typer.Exit(UNAVAILABLE if isinstance(error, UnavailableError) else FAILED) from error
    except KeyboardInterrupt:
        err().print("Stopped. What was stored so far is kept; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED) from None


def _point_at(error: QueryError) -> None:
    """The query with carets under what is meant."""
    first = max(0, error.start - _BEFORE)
    shown = [_UNSHOWN.sub(" ", part) for part in (error.text[first : error.start], error.text[error.start :])]
    length = cell_len(_UNSHOWN.sub(" ", error.text[error.start : error.end]))
    console = err()
    line, carets = "".join(shown), " " * cell_len(shown[0]) + "^" * length
    for text, style in ((line, ""), (carets, "bold red")):
        console.print(Text("  " + text, style, no_wrap=True, overflow="ellipsis"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was said before the command: which base, and who uses it."""

    data: Path | None
    person: str | None


@contextmanager
def opened(chosen: Chosen, **changes: Any) -> Generator[Services]:
    """The services of the base that was chosen; ends well whatever happens."""
    with manners():
        services = wiring.build(settings(chosen.data, person=chosen.person, **changes))
        try:
            yield services
        finally:
            services.close()


@contextmanager
def existing(chosen: Chosen) -> Generator[Services]:
    """As *opened*, for commands that only make sense on a base that is there."""
    with manners():
        found = settings(chosen.data)
        url = make_url(found.url)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise UnavailableError(
                f"There is no knowledge base in {found.data} yet. Run `kb init` to make one."
            )
    with opened(chosen) as services:
        database.migrate(services.database)
        yield services


def person(services: Services) -> Principal:
    """Who uses the command line."""
    return local_user(services.settings.person)


def _escaped(text: str) -> str:
    return escape(plain(text))
