"""What an item's past is worth in a ranking: pure functions that move a fused score a little.

Whether an item belongs to the results is decided before, by words and meaning alone; this only orders them.
Why the constants are what they are: docs/decisions/0008.
"""

from collections.abc import Iterable
from math import sqrt

from kb.life.applications import Record
from kb.life.experience import Experience
from kb.values import ItemId

PROVEN = 0.02
"""Added at most, for a record that leaves no doubt."""
OVERDUE = 0.004
"""Taken from what should have been reviewed by now."""
RETIRED = 0.1
"""Taken from what was rejected or superseded."""
_Z = 1.96
"""Of the normal distribution, for 95 % confidence."""


def proof(record: Record) -> float:
    """How surely an item works, 0 to 1: the lower bound of the share of its applications that did.

    Wilson's score interval (1927) at 95 %, over the applications whose outcome is known: 0.21 for one of one,
    0.49 for six of seven, 0.84 for twenty of twenty.
    """
    number = record.worked + record.failed
    if not record.worked:
        return 0.0
    share, z2 = record.worked / number, _Z * _Z
    spread = _Z * sqrt(share * (1 - share) / number + z2 / (4 * number * number))
    return (share + z2 / (2 * number) - spread) / (1 + z2 / number)


def shift(record: Record, *, overdue: bool, retired: bool) -> float:
    """What is added to the fused score of an item: -RETIRED - OVERDUE at least, PROVEN at most."""
    return PROVEN * proof(record) - OVERDUE * overdue - RETIRED * retired


def shifts(found: Iterable[ItemId], known: Experience) -> dict[ItemId, float]:
    """The shifts of those of *found* of which something is *known*."""
    return {
        item: shift(
            known.record(item),
            overdue=item in known.overdue,
            retired=item in known.retired,
        )
        for item in found
        if item in known.records or item in known.overdue or item in known.retired
    }
