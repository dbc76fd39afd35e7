"""Lessons briefs as the API and the command line give them."""

from pydantic import Field

from kb.briefs.values import Composed, Entry, Match, Need, NeedKind
from web.addresses import item_url
from web.schemas import ItemOut, LocatorOut, Out


class NeedOut(Out):
    """Something the project wants, depends on or fears."""

    kind: NeedKind
    text: str = Field(description="As it stands in the charter.")
    headings: tuple[str, ...] = Field(description="Above it in the charter, outermost first.")
    start: int = Field(description="Where it begins in the charter's Markdown, in characters.")
    end: int
    locator: LocatorOut | None = Field(description="Where it stands in the charter's file.")
    answered: bool = Field(description="Whether anything here answers it well.")

    @staticmethod
    def of(need: Need, *, answered: bool) -> "NeedOut":
        """From a need."""
        place = need.locator
        return NeedOut(
            kind=need.kind,
            text=need.text,
            headings=need.headings,
            start=place.start,
            end=place.end,
            locator=LocatorOut.of(place),
            answered=answered,
        )


class MatchOut(Out):
    """Why an item is in a brief: the passage that answers a need."""

    need: int = Field(description="Index among the brief's needs.")
    relevance: float = Field(description="0 to 1.")
    headings: str = Field(description="The headings above the passage, outermost first, joined with ›.")
    text: str
    locator: LocatorOut | None
    url: str = Field(description="Opens the item's page at this passage.")

    @staticmethod
    def of(match: Match, ref: str) -> "MatchOut":
        """From a match of the item *ref*."""
        passage = match.passage
        return MatchOut(
            need=match.need,
            relevance=match.relevance,
            headings=passage.headings,
            text=passage.text,
            locator=LocatorOut.of(passage.locator),
            url=item_url(ref, passage=passage.ordinal),
        )


class EntryOut(Out):
    """An item the project should know of."""

    item: ItemOut
    matches: list[MatchOut] = Field(description="The most relevant first.")
    alike: int = Field(description="How many items say nearly the same and were folded into this one.")

    @staticmethod
    def of(entry: Entry) -> "EntryOut":
        """From an entry."""
        return EntryOut(
            item=ItemOut.of(entry.item),
            matches=[MatchOut.of(match, entry.item.ref) for match in entry.matches],
            alike=len(entry.alike),
        )


class ComposedOut(Out):
    """A brief as it is proposed."""

    title: str = Field(description="Of the charter.")
    doubts: list[str] = Field(description="What to know of how the charter was read.")
    needs: list[NeedOut]
    entries: list[EntryOut] = Field(description="By likely consequence for the project.")

    @staticmethod
    def of(composed: Composed, title: str, doubts: tuple[str, ...]) -> "ComposedOut":
        """From a brief for the charter called *title*."""
        return ComposedOut(
            title=title,
            doubts=list(doubts),
            needs=[
                NeedOut.of(need, answered=number not in composed.unanswered)
                for number, need in enumerate(composed.needs)
            ],
            entries=[EntryOut.of(entry) for entry in composed.entries],
        )
