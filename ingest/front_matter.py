"""YAML front matter: ours, and what others' means the same."""

import re
from typing import Any, cast

import yaml

from kb.errors import InvalidError

_BLOCK = re.compile(r"\A\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[A-Za-z_][\w \-]*:(?:\s|$)", re.MULTILINE)
_LONGEST = 100_000


def split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter of *text*, empty when it has none, and the body after it.

    Raises InvalidError with line and column when there is front matter but it is not valid YAML.
    """
    found = _BLOCK.match(text[: _LONGEST * 2])
    if found is None or len(found[1]) > _LONGEST or (found[1].strip() and not _KEY.search(found[1])):
        return {}, text
    try:
        loaded = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidError(
            f"The front matter between the --- lines is not valid YAML{_place(error)}."
        ) from error
    body = text[found.end() :]
    if loaded is None:
        return {}, body
    if not isinstance(loaded, dict):
        return {}, text
    pairs = cast(dict[object, Any], loaded)
    return {str(key).strip().lower().replace("-", "_"): value for key, value in pairs.items()}, body


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    where = f" (line {mark.line + 2}, column {mark.column + 1})" if mark else ""
    return f"{where}: {problem}" if problem else where


def text(front: dict[str, Any], *keys: str) -> str:
    """The first of *keys* that holds a word or number, as text."""
    for key in keys:
        value = front.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def texts(front: dict[str, Any], *keys: str) -> tuple[str, ...]:
    """The first of *keys* that holds anything, as a list; text is split at commas and semicolons."""
    for key in keys:
        value = front.get(key)
        if isinstance(value, str):
            found = [part.strip() for part in re.split("[,;]", value)]
        elif isinstance(value, list):
            plain = [v for v in cast(list[object], value) if isinstance(v, str | int | float)]
            found = [str(v).strip() for v in plain]
        else:
            continue
        if kept := tuple(part for part in found if part):
            return kept
    return ()
