"""Versions in headers: `ETag` tells which one was read, `If-Match` which one is changed (RFC 9110)."""

import re
from typing import Annotated

from fastapi import Header, Response

from kb.errors import InvalidError

_TAG = re.compile(r'\s*(?:W/)?"(\d{1,9})"\s*')

IfMatch = Annotated[
    str, Header(description="The version that was read, as its `ETag` gave it.", examples=['"3"'])
]


def matched(if_match: str, otherwise: str = "") -> int:
    """The version of `If-Match`; *otherwise* it may be given in another place, as its words tell."""
    found = _TAG.fullmatch(if_match)
    if found is None:
        raise InvalidError(f'Say which version you changed: {otherwise}the header If-Match: "3".')
    return int(found[1])


def tell(response: Response, version: int) -> None:
    """Tell which version the answer is."""
    response.headers["ETag"] = f'"{version}"'
