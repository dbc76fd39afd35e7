"""Search results as the API gives them."""

from datetime import UTC, datetime

from pydantic import Field

from kb.facets import FacetCounts
from kb.vocabulary import FacetName
from search.results import Hit, PassageHit, Place, Results, Similar, Snippet
from web.addresses import item_url
from web.schemas import ItemOut, LocatorOut, Out, PageOut
from web.searching.finding import Paging
from web.searching.reasons import overdue, reason


class SnippetOut(Out):
    """A piece of text with the words that matched."""

    text: str
    marks: list[tuple[int, int]] = Field(
        description="Character ranges [start, end) of the text that matched.", examples=[[[4, 12]]]
    )

    @staticmethod
    def of(snippet: Snippet) -> "SnippetOut":
        """From a snippet."""
        return SnippetOut(text=snippet.text, marks=list(snippet.marks))


class PassageOut(Out):
    """A passage that answers."""

    ordinal: int = Field(description="Its place among the item's passages, from 0.")
    headings: str = Field(description="The headings above it, outermost first, joined with ›.")
    snippet: SnippetOut
    score: float
    locator: LocatorOut | None
    url: str = Field(description="Opens the item's page at this passage.")

    @staticmethod
    def of(hit: PassageHit, ref: str, text: str) -> "PassageOut":
        """From a hit on the item *ref* by the query *text*."""
        return PassageOut(
            ordinal=hit.passage.ordinal,
            headings=hit.passage.headings,
            snippet=SnippetOut.of(hit.snippet),
            score=round(hit.score, 6),
            locator=LocatorOut.of(hit.passage.locator),
            url=item_url(ref, passage=hit.passage.ordinal, q=text),
        )


class WhyOut(Out):
    """The reasons a hit is there."""

    words: list[str] = Field(description="Words of the query found in it, as typed.")
    others: list[str] = Field(description="Words found in it that mean the same as words of the query.")
    places: dict[str, list[Place]] = Field(
        description="Where each of all these words stands.", examples=[{"supplier": ["title", "text"]}]
    )
    meaning: float | None = Field(
        description="How close its nearest passage is in meaning, -1 to 1; null when that was not asked."
    )
    named: bool = Field(description="Whether the query names it by its reference.")
    exact: bool = Field(
        description="Whether it holds a rare word, or all the words close together, as few others do."
    )
    applied: int = Field(description="How many projects' records say that it was applied …")
    worked: int = Field(description="… and to some effect …")
    failed: int = Field(description="… or to none, or the trouble came back.")
    superseded_by: list[str] = Field(description="References of what took its place.")
    review_overdue: bool = Field(description="Whether its review date went by.")
    text: str = Field(
        description="All the reasons, for people; with its age and standing and what became of it."
    )

    @staticmethod
    def of(hit: Hit) -> "WhyOut":
        """From a hit."""
        why = hit.why
        return WhyOut(
            words=[found.word for found in why.words],
            others=[found.word for found in why.others],
            places={found.word: list(found.places) for found in (*why.words, *why.others)},
            meaning=None if why.meaning is None else round(why.meaning, 4),
            named=why.named,
            exact=why.exact,
            applied=why.record.applied,
            worked=why.record.worked,
            failed=why.record.failed,
            superseded_by=list(why.superseded_by),
            review_overdue=bool(overdue(hit.item.review_date, datetime.now(UTC).date())),
            text=reason(hit),
        )


class HitOut(Out):
    """One item that answers, with its best passages, best first."""

    item: ItemOut
    title: SnippetOut
    score: float = Field(
        description="Words and meaning together, 0 to 1; it is ranked by this, moved a little by what became "
        "of it (see why)."
    )
    relevance: float | None = Field(
        description="The probability, 0 to 1, that a reader would call it relevant; the same scale in every "
        "search. Null in a list that nothing was asked of."
    )
    passages: list[PassageOut]
    why: WhyOut

    @staticmethod
    def of(hit: Hit, text: str) -> "HitOut":
        """From a hit of the query *text*."""
        return HitOut(
            item=ItemOut.of(hit.item),
            title=SnippetOut.of(hit.title),
            score=round(hit.score, 6),
            relevance=None if hit.relevance is None else round(hit.relevance, 4),
            passages=[PassageOut.of(found, hit.item.ref, text) for found in hit.passages],
            why=WhyOut.of(hit),
        )


class CountOut(Out):
    """How many results carry a value."""

    value: str
    count: int


class SearchOut(PageOut):
    """A page of hits; total, facets and pages are of one and the same set."""

    query: str
    hits: list[HitOut]
    facets: dict[FacetName, list[CountOut]]
    nearest_only: bool = Field(description="Nothing answers well: the hits are merely the nearest there is.")
    suggestion: str = Field(
        description="The query as it was probably meant, on the first page; empty when its words are known."
    )
    capped: bool = Field(description="More may match than were ranked: total is a lower bound.")

    @staticmethod
    def of(results: Results, text: str, paging: Paging) -> "SearchOut":
        """From the results of the query *text* as typed."""
        return SearchOut(
            query=text,
            **paging.figures(results.total),
            hits=[HitOut.of(hit, results.query.text) for hit in results.hits],
            facets=facets_out(results.facets),
            nearest_only=results.nearest_only,
            suggestion=results.suggestion,
            capped=results.capped,
        )


class SimilarOut(PageOut):
    """A page of items that are like another one, nearest first."""

    hits: list[HitOut]

    @staticmethod
    def of(found: Similar, paging: Paging) -> "SimilarOut":
        """From the items of one page."""
        return SimilarOut(
            **paging.figures(found.total),
            hits=[HitOut.of(hit, "") for hit in found.hits],
        )


def facets_out(counts: FacetCounts) -> dict[FacetName, list[CountOut]]:
    """Facet counts as they are given."""
    return {
        name: [CountOut(value=found.value, count=found.count) for found in values]
        for name, values in counts.items()
    }
