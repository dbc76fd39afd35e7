"""What a search gives back."""

from dataclasses import dataclass, field
from enum import StrEnum

from kb.facets import FacetCounts
from kb.items import ItemSummary
from kb.life.applications import Record
from kb.passages import StoredPassage
from kb.values import ItemId
from search.query import Query


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text with the words that matched."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Character ranges [start, end) of *text*, rising, not overlapping."""


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that answers, and how well."""

    passage: StoredPassage
    snippet: Snippet
    score: float


class Place(StrEnum):
    """Where in an item a word may stand."""

    TITLE = "title"
    HEADINGS = "headings"
    TEXT = "text"
    LABELS = "labels"
    """Its references, project and tags."""


@dataclass(frozen=True, slots=True)
class WordFound:
    """A word of the query that stands in an item."""

    word: str
    """As typed."""
    places: tuple[Place, ...]
    """In the order of Place; a word of several parts may have them in several places."""


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons a hit is there, besides what its item says of its age and standing."""

    words: tuple[WordFound, ...] = ()
    """Words of the query found in the item."""
    others: tuple[WordFound, ...] = ()
    """Words found that mean the same as words of the query."""
    meaning: float | None = None
    """Cosine between query and nearest passage, -1 to 1; None when nothing was asked for in words."""
    named: bool = False
    """Whether the query names it by its reference."""
    exact: bool = False
    """Whether it holds a rare word, or all the words close together, which few others do."""
    record: Record = field(default_factory=Record)
    """How often it was applied, and how that went."""
    superseded_by: tuple[str, ...] = ()
    """References of what took its place."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One item that answers, with its best passages, best first."""

    item: ItemSummary
    title: Snippet
    score: float
    """Fused score of words and meaning, 0 to 1; it is ranked by this, moved a little by its record."""
    relevance: float | None
    """The probability, 0 to 1, that a reader would call it relevant, the same scale in every search; None in
    a list that nothing was asked of."""
    passages: tuple[PassageHit, ...]
    why: Why


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits; total, facets and pages are of one and the same set."""

    query: Query
    total: int
    hits: tuple[Hit, ...]
    facets: FacetCounts
    nearest_only: bool
    """Nothing answers well: the hits are merely the nearest there is."""
    capped: bool
    """More are related than were ranked: *total* is a lower bound."""
    suggestion: str = ""
    """The query as it was probably meant, when it holds words that nothing here does; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Items in order, not cut by relevance: what a ranking is judged by."""

    items: tuple[ItemId, ...]
    answered: bool
    """Whether the query counts as answered."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A page of the items that are like another one, nearest first."""

    total: int
    hits: tuple[Hit, ...]
