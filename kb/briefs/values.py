"""What a brief is made of: needs read from a charter, and what answers them."""

from dataclasses import dataclass, field
from enum import StrEnum

from kb.items import ItemSummary
from kb.passages import StoredPassage
from kb.values import ItemId, Locator


class NeedKind(StrEnum):
    """What a piece of a charter says of the project."""

    OBJECTIVE = "objective"
    DELIVERABLE = "deliverable"
    TECHNOLOGY = "technology"
    SUPPLIER = "supplier"
    LOCATION = "location"
    CONSTRAINT = "constraint"
    STAKEHOLDER = "stakeholder"
    RISK = "risk"
    PHASE = "phase"


@dataclass(frozen=True, slots=True)
class Need:
    """Something the project wants, depends on or fears, for which experience is looked up."""

    kind: NeedKind
    text: str
    """A phrase or sentence as it stands in the charter."""
    headings: tuple[str, ...] = ()
    """The headings above it in the charter, outermost first."""
    locator: Locator = field(default_factory=Locator)
    """Where it stands in the charter; empty when a person added it."""


@dataclass(frozen=True, slots=True)
class Match:
    """Why an item answers a need: the passage of it that does, to be shown beside the need."""

    need: int
    """Index among the brief's needs."""
    passage: StoredPassage
    relevance: float
    """0 to 1, as search judges it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item the project should know of."""

    item: ItemSummary
    matches: tuple[Match, ...]
    """The most relevant first; never empty."""
    alike: tuple[ItemId, ...] = ()
    """Items that say nearly the same and were folded into this one."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A brief as the machine proposes it."""

    needs: tuple[Need, ...]
    entries: tuple[Entry, ...]
    """By likely consequence for the project."""
    unanswered: tuple[int, ...]
    """Indexes of needs nothing here answers well."""
