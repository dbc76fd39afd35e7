"""Facet values as numbers, so that counting thousands of them reads one short field of each item."""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from hashlib import blake2b

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from kb.models import FacetValue

Value = tuple[str, str]
"""Name and value of a facet."""

_BATCH = 500
_known: dict[int, Value] = {}
"""What codes met so far stand for: the same in every base, as a code is made of what it stands for."""


def code(value: Value) -> int:
    """The first 64 bits of a digest of *value*, signed as databases have them."""
    made = blake2b("\x1f".join(value).encode(), digest_size=8).digest()
    return int.from_bytes(made, "little", signed=True)


def coded(values: Iterable[Value]) -> bytes:
    """The codes of *values*, as an item keeps them."""
    return array("q", map(code, values)).tobytes()


def learn(session: Session, values: Collection[Value]) -> None:
    """Keep what the codes of *values* stand for, as far as the base does not know yet."""
    wanted = {code(value): value for value in values}
    codes = list(wanted)
    for start in range(0, len(codes), _BATCH):
        batch = codes[start : start + _BATCH]
        there = set(session.scalars(select(FacetValue.code).where(FacetValue.code.in_(batch))))
        new = [
            {"code": one, "name": wanted[one][0], "value": wanted[one][1]}
            for one in batch
            if one not in there
        ]
        if new:
            session.execute(insert(FacetValue), new)


def tally(session: Session, coded: Iterable[bytes]) -> dict[Value, int]:
    """How often each value stands in what items keep."""
    times = Counter(array("q", b"".join(coded)))
    unknown = [one for one in times if one not in _known]
    for start in range(0, len(unknown), _BATCH):
        batch = FacetValue.code.in_(unknown[start : start + _BATCH])
        found = session.execute(select(FacetValue.code, FacetValue.name, FacetValue.value).where(batch))
        _known.update({one: (name, value) for one, name, value in found})
    return {_known[one]: number for one, number in times.items()}
