"""Addresses of pages."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode


def item_url(ref: str, **parameters: str | int | None) -> str:
    """The page of the item *ref*; opened at a passage when one is given."""
    given = {name: value for name, value in parameters.items() if value not in (None, "")}
    query = f"?{urlencode(given)}" if given else ""
    anchor = "#cited" if "passage" in given else ""
    return f"/items/{quote(ref, safe='')}{query}{anchor}"


def query_string(parameters: Mapping[str, Any]) -> str:
    """*parameters* as a query string with its question mark, without the empty ones."""
    given = {name: value for name, value in parameters.items() if value not in (None, "", [], ())}
    return f"?{urlencode(given, doseq=True)}" if given else ""
