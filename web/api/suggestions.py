"""Ways to go on from what is being typed, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from kb.searching import searches
from kb.vocabulary import Kind
from search import completion
from search.completion import Source, Suggestion
from web.addresses import item_url, query_string
from web.api.problems import PROBLEMS
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.schemas import Out

router = APIRouter(tags=["Search"], responses=PROBLEMS)


class SuggestionOut(Out):
    """A way to go on."""

    source: Source = Field(description="Whether it is a past query of yours, a tag, or an item.")
    text: str = Field(description="The query, the tag or the title.", examples=["Supplier delivered late"])
    kind: Kind | None = Field(description="Of the item, if it is one.")
    url: str = Field(description="The page it leads to.", examples=["/items/HS-L-001"])

    @staticmethod
    def of(found: Suggestion) -> "SuggestionOut":
        """From a suggestion."""
        return SuggestionOut(source=found.source, text=found.text, kind=found.kind, url=_url(found))


class SuggestionsOut(Out):
    """Ways to go on, best first."""

    suggestions: list[SuggestionOut]


@router.get("/suggestions", operation_id="list_suggestions", summary="Complete what is being typed")
def suggestions(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[
        str, Query(max_length=2_000, description="What has been typed so far.", examples=["supp del"])
    ] = "",
    limit: Annotated[int, Query(ge=1, le=20, description="At most so many.")] = 8,
) -> SuggestionsOut:
    """Your own past queries, tags, and titles that hold words beginning as those typed do."""
    past = searches.matching(session, principal, q) if q.strip() else []
    found = completion.suggestions(session, principal, services.lexicon(), q, past=past, limit=limit)
    return SuggestionsOut(suggestions=[SuggestionOut.of(one) for one in found])


def _url(found: Suggestion) -> str:
    if found.source is Source.ITEM:
        return item_url(found.ref)
    return "/" + query_string({"tag" if found.source is Source.TAG else "q": found.text})
