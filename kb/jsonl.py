"""JSON Lines: an object on each line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from kb.errors import InvalidError


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects in the file at *path*, each with the number of its line; blank lines are skipped.

    Raises InvalidError, with the line, for what can't be read or is no object.
    """
    for number, line in lines(path):
        try:
            row: object = json.loads(line)
        except ValueError as error:
            raise InvalidError(f"{path}, line {number}: this is not JSON ({error}).") from error
        if not isinstance(row, dict):
            raise InvalidError(f"{path}, line {number}: a JSON object is expected here.")
        yield number, cast(dict[str, Any], row)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something in the text file at *path*, counted from 1. Raises InvalidError."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InvalidError(f"{path} is not UTF-8 text.") from error
    except OSError as error:
        raise InvalidError(f"{path} can't be read: {error.strerror}.") from error
