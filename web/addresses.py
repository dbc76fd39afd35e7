"""Addresses of pages."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from kb.values import Filters


def item_url(ref: str, **parameters: str | int | None) -> str:
    """The page of the item *ref*; opened at a passage when one is given."""
    given = {name: value for name, value in parameters.items() if value not in (None, "")}
    query = f"?{urlencode(given)}" if given else ""
    anchor = "#cited" if "passage" in given else ""
    return f"/items/{quote(ref, safe='')}{query}{anchor}"


def session_url(code: str) -> str:
    """Where people join a lessons session."""
    return f"/s/{quote(code, safe='')}"


def adoption_url(code: str) -> str:
    """The page of an adoption plan."""
    return f"/adoption/{quote(code, safe='')}"


def kept_path_url(code: str) -> str:
    """The page of a kept learning path."""
    return f"/paths/kept/{quote(code, safe='')}"


def brief_url(code: str) -> str:
    """The page of a lessons brief."""
    return f"/briefs/{quote(code, safe='')}"


def query_string(parameters: Mapping[str, Any]) -> str:
    """*parameters* as a query string with its question mark, without the empty ones."""
    given = {name: value for name, value in parameters.items() if value not in (None, "", [], ())}
    return f"?{urlencode(given, doseq=True)}" if given else ""


def search_url(text: str, filters: Filters, start: str = "/") -> str:
    """The results for *text* and *filters*, or what stands at *start* for the same search."""
    return start + query_string({"q": text, **filters.as_json()})


def paged(start: str, **parameters: str | None) -> Callable[[int], str]:
    """The addresses of the pages of a list that stands at *start*."""
    return lambda page: start + query_string({**parameters, "page": page})


def here(given: str) -> str:
    """*given*, when it is an address on this server, without its fragment; otherwise the home page.

    Browsers read a backslash as a slash and leave out control characters: none may stand in it.
    """
    address = given.partition("#")[0]
    own = address.startswith("/") and not address.startswith("//")
    return address if own and re.fullmatch(r"[^\x00-\x20\x7f\\]+", address) else "/"
