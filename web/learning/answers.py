"""Which training answers a lesson, and which lessons training answers, for pages, API and command line."""

from contextlib import suppress

from pydantic import Field
from sqlalchemy.orm import Session

from ingest import markdown
from kb.access import Principal
from kb.errors import UnavailableError
from kb.items import ItemDetail
from kb.text import shorten
from kb.vocabulary import Kind
from search import answering
from search.answering import Answering
from web.addresses import item_url
from web.schemas import ItemOut, Out
from web.wiring import Services

_QUOTE = 260


class AnsweringOut(Out):
    """A training that answers a lesson, or a lesson that training answers."""

    item: ItemOut
    nearness: float = Field(description="Cosine of the two as wholes.")
    shared: list[str] = Field(description="Competences that both name.")
    reason: str = Field(description="Why it is here, as a sentence.")
    quote: str = Field(description="Its passage that is nearest to the other one.")
    url: str = Field(description="That passage on its page.")

    @staticmethod
    def of(one: Answering) -> "AnsweringOut":
        """From a pair."""
        both = f" and both name {', '.join(one.shared)}" if one.shared else ""
        return AnsweringOut(
            item=ItemOut.of(one.item),
            nearness=round(one.nearness, 4),
            shared=list(one.shared),
            reason=f"As wholes they are close in meaning ({one.nearness:.2f}){both}.",
            quote=shorten(markdown.plain(one.passage.text), _QUOTE),
            url=item_url(one.item.ref, passage=one.passage.ordinal),
        )


def of(services: Services, session: Session, principal: Principal, ref: str) -> list[AnsweringOut]:
    """What answers the lesson *ref*, or what the training *ref* answers. Raises as `search.answering`."""
    found = answering.answering(services.search(), session, principal, ref)
    return [AnsweringOut.of(one) for one in found]


def beside(
    services: Services, session: Session, principal: Principal, item: ItemDetail
) -> list[AnsweringOut] | None:
    """The same for the page of an item; None of a kind that has none, or of what was withdrawn."""
    if item.head.kind not in (Kind.LESSON, Kind.TRAINING) or item.withdrawn_at:
        return None
    with suppress(UnavailableError):  # an item can be read while the index is being built
        return of(services, session, principal, item.head.ref)
    return None
